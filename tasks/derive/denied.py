"""Words that take a claim back, or say that a change did not come about."""

import re

from tasks.derive.words import folded, has_one

_GAIN = (
    r"\b(?:gain|improvement|advantage|benefit|speedup|speed-up|reduction|increase|result|claim|number|"
    r"figure|difference)s?\b"
)
_IS = r"(?:is|are|was|were|be|been|as|came|comes?|stem(?:s|med)?|turns? out|turned out|proved)\b"
_CANNOT = (
    r"\b(?:(?:could|can|did|does) ?(?:not|n't)|cannot|can't|couldn't|unable to|fail(?:s|ed)? to)"
    r"(?: be)?(?: fully| independently)?"
)
_FROM_A_FAULT = r"(?:due to|caused by|from|artifacts? of) (?:an? )?(?:bug|error|leak|contaminat)"
_TAKEN_BACK = re.compile(
    rf"{_CANNOT} (?:reproduc|replicat|verif|confirm|substantiat)"
    r"|\b(?:not|never|ir|non)[ -]?(?:reproduc|replic)(?:ed|ible|able|ated)\b"
    r"|\bno longer (?:claim|hold|report|stand|valid)"
    r"|\b(?:we|authors) (?:\w+ )?(?:retract|withdraw|withdrew|disavow)"
    rf"|{_GAIN}[^.;]{{0,60}}\b{_IS}(?: \w+){{0,2}} (?:retracted|withdrawn|erroneous|overstated|"
    rf"incorrect|invalid|{_FROM_A_FAULT})"
    rf"|{_GAIN}[^.;]{{0,60}}\b(?:vanish(?:es|ed)?|disappear(?:s|ed)?|(?:does|do|did) not hold)\b"
    r"|\binvalidate[sd]? (?:the|this|that|our|their|its|all) "
)
_MAY_TAKE_BACK = (
    "reproduc", "replica", "verif", "confirm", "substantiat", "no longer", "not hold", "retract",
    "withdr", "disavow", "erroneous", "overstated", "incorrect", "invalid", "vanish", "disappear",
    " bug", " error", " leak", " contaminat",
)  # fmt: skip
"""Whatever takes a claim back has one of these."""
_FAILS = re.compile(
    r"\b(?:fail(?:s|ed|ing)? to|unable to|instead of|rather than|"
    r"(?:not|never|\w+n't)(?! (?:only|just|merely|simply)\b)(?: to)?) (?:\w+ly )?$"
)
_REACH = 30
"""What makes a verb none stands in so many characters before it."""


def is_taken_back(clause: str) -> bool:
    """Whether a clause takes back its changes: "the gain of 4% could not be reproduced"."""
    said = folded(clause)
    return has_one(said, _MAY_TAKE_BACK) and _TAKEN_BACK.search(said) is not None


def fails(before: str) -> bool:
    """Whether the words before a verb of change make it none: "fails to improve accuracy by 4%"."""
    return _FAILS.search(folded(before[-_REACH:])) is not None
