"""Words that take a claim back, or say that a change did not come about."""

import re

from tasks.derive.words import folded, has_one

_RETRACTED = r"(?:retract|withdraw|withdrew|disavow)\w*"
_TAKEN_BACK = re.compile(
    r"\b(?:not|never|cannot|can't|couldn't|unable|fail(?:s|ed|ing)?)(?: to)?(?: be)?"
    r"(?: fully| independently)? (?:reproduc|replicat|verif|confirm|substantiat|support)"
    r"|\bno longer (?:claim|hold|report|stand|observ|see|support|valid|present|there)"
    r"|\b(?:not|ir|non)[ -]?(?:reproducible|replicable)\b"
    rf"|\b{_RETRACTED}\b[^.;]{{0,40}}\b(?:claim|report|result)"
    r"|\b(?:claims?|report\w*|results?)\b[^.;]{0,60}"
    rf"\b(?:{_RETRACTED}|erroneous|overstated|incorrect|invalid)"
    r"|\b(?:vanish(?:es|ed)?|disappear(?:s|ed)?|invalidate[sd]?|(?:does|do|did) not hold)\b"
    r"|\b(?:due to|caused by|artifacts? of) (?:an? )?(?:bugs?|errors?|leak\w*|contaminat\w*)\b"
)
_MAY_TAKE_BACK = (
    "reproduc", "replicat", "verif", "confirm", "substantiat", "support", "no longer", "not hold",
    "retract", "withdr", "disavow", "erroneous", "overstated", "incorrect", "invalid", "vanish",
    "disappear", "due to", "caused by", "artifact",
)  # fmt: skip
"""Whatever takes a claim back has one of these."""
_FAILS = re.compile(
    r"\b(?:fail(?:s|ed|ing)? to|unable to|instead of|rather than|"
    r"(?:not|never|\w+n't)(?! (?:only|just|merely|simply)\b)(?: to)?) (?:\w+ly )?$"
)
_REACH = 30


def is_taken_back(clause: str) -> bool:
    """Whether a clause takes back its changes: "the gain of 4% could not be reproduced"."""
    said = folded(clause)
    return has_one(said, _MAY_TAKE_BACK) and _TAKEN_BACK.search(said) is not None


def fails(before: str) -> bool:
    """Whether the words before a verb of change make it none: "fails to improve accuracy by 4%"."""
    return _FAILS.search(folded(before[-_REACH:])) is not None
