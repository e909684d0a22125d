"""Whether a sentence asserts a change, or takes it back, denies, asks, supposes or wishes it."""

import re
from collections.abc import Iterable

from tasks.derive.words import folded, has_one, one_of

_CHANGE = (
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
    rf"|{_CHANGE}[^.;]{{0,60}}\b{_IS}(?: \w+){{0,2}} (?:retracted|withdrawn|erroneous|overstated|"
    rf"incorrect|invalid|{_FROM_A_FAULT})"
    rf"|{_CHANGE}[^.;]{{0,60}}\b(?:vanish(?:es|ed)?|disappear(?:s|ed)?|(?:does|do|did) not hold)\b"
    r"|\binvalidate[sd]? (?:the|this|that|our|their|its|all) "
)
_MAY_TAKE_BACK = (
    "reproduc", "replica", "verif", "confirm", "substantiat", "no longer", "not hold", "retract",
    "withdr", "disavow", "erroneous", "overstated", "incorrect", "invalid", "vanish", "disappear",
    " bug", " error", " leak", " contaminat",
)  # fmt: skip
"""Whatever takes a claim back has one of these."""
_NOT = r"\b(?:not|never|\w+n't)(?! (?:only|just|merely|simply)\b)"
_MAY = r"\b(?:may|might|would|should|must|ought to)"
_FAILS = r"\b(?:fail(?:s|ed|ing)? to|unable to|instead of|rather than)"
_GIVES = (
    r"(?:yield(?:ed)?|give|given|bring|brought|provided?|offer(?:ed)?|achieved?|reach(?:ed)?|show|"
    r"shown|see|seen|observed?|find|found|have|had|be|been|mean|result(?:ed)? in|lead to|led to)"
)
_NO = r"\b(?:no|without|neither|nor)(?! (?:more|less|fewer)\b)"
_NO_VERB = re.compile(rf"(?:{_FAILS}|{_NOT}(?: to)?|{_MAY}(?: not)?) (?:\w+ly )?$")
"""What makes the verb right behind it none: "fails to", "would"."""
_NO_NOUN = re.compile(
    rf"(?:(?:{_NOT}|{_MAY}) (?:\w+ly )?{_GIVES}|{_NO})(?: (?!and\b|but\b)[\w-]+){{0,4}} $"
)
"""What makes a noun of change, or its number, soon behind it none: "no", "does not yield an"."""
_REACH = 60
"""Either stands in so many characters before it."""
_IF = re.compile(
    r"\b(?:whether|if|unless|suppos(?:e|ing)|assum(?:e|es|ed|ing)|imagin(?:e|ing)|contrary to|"
    r"(?:aim|hope|want|wish|attempt)(?:s|es|ed|ing)? to|(?:need|seek)s? to|"
    r"(?:goal|aim|hope|target|objective)s? (?:is|are|was|were|of))\b|^(?:had|should|were) "
)
"""What a clause begins with that supposes or wishes, up to the next comma."""
_THOUGHT = re.compile(
    r"\b(?:(?<!as )(?<!than )(?<!what )(?:we|they|authors) (?:\w+ )?"
    r"(?:hypothesi[sz]ed?|conjectured?|expect(?:ed)?|anticipated?|speculated?|suspect(?:ed)?|hoped?)|"
    r"(?:is|are|was|were|been) (?:\w+ly )?"
    r"(?:hypothesi[sz]ed|conjectured|expected|supposed|assumed|believed|predicted|projected) "
    r"(?:to|that)|hypothes[ie]s (?:is )?that|no evidence)\b"
)
"""What leads to a thought, which goes on behind commas."""
_NEXT_CLAUSE = re.compile(r"[,;:]")
_NEXT_THOUGHT = re.compile(
    r"[;:]|, (?:and|but|so|which|then|while|where|thus|yet|whereas|we|our|in fact)\b"
)
_ASSERTS = re.compile(
    r"\b(?:and|but|which|then) (?:\w+ )?(?:show|find|found|demonstrate|report|observe)"
)
_ONLY_WANTED = re.compile(
    r"[^,;.:]{0,40}\b(?:is|are|was|were|be) (?:\w+ly )?"
    r"(?:needed|required|necessary|expected|predicted|projected|hypothesi[sz]ed|desired|wanted)\b"
)


_DENIES = one_of(
    "not never cannot can't couldn't don't doesn't didn't won't wouldn't shouldn't isn't aren't "
    "wasn't weren't hasn't haven't hadn't fail fails failed failing unable instead rather no "
    "without neither nor may might would should must ought whether if unless suppose supposing "
    "assume assumes assumed assuming imagine imagining contrary aim aims aimed aiming seek "
    "seeks hope hopes hoped hoping want wants wanted wanting wish wishes wished wishing attempt "
    "attempts attempted attempting need needs goal goals target targets objective objectives "
    "had were hypothesize hypothesized hypothesise hypothesised hypothesis hypotheses "
    "conjecture conjectured expect expected anticipate anticipated speculate speculated suspect "
    "suspected supposed believed predicted projected needed required necessary desired evidence"
)
"""Whatever denies, supposes or wishes has one of these words."""


def may_take_back(said: str) -> bool:
    """Whether a sentence in lower case has words with which a claim is taken back."""
    return has_one(said, _MAY_TAKE_BACK)


def may_deny(words: Iterable[str], said: str) -> bool:
    """Whether a sentence in lower case, and its words, may assert less than it says."""
    return not _DENIES.isdisjoint(words) or "?" in said


def is_taken_back(clause: str) -> bool:
    """Whether a clause takes back its changes: "the gain of 4% could not be reproduced"."""
    return _TAKEN_BACK.search(folded(clause)) is not None


def is_no_verb(before: str) -> bool:
    """Whether the words before a verb of change make it none: "fails to improve accuracy by 4%"."""
    return _NO_VERB.search(folded(before[-_REACH:])) is not None


def is_no_noun(before: str) -> bool:
    """Whether the words before a noun of change or its number make it none: "no gain of 4%"."""
    return _NO_NOUN.search(folded(before[-_REACH:])) is not None


def is_only_thought(before: str, behind: str) -> bool:
    """Whether the sentence around a number asks, supposes, or wishes a change, and asserts none.

    `before` and `behind` are the rest of the sentence: "we hypothesize a gain of" and "in recall."
    """
    if behind.rstrip().endswith("?") and ":" not in behind:
        return True
    said = _ASSERTS.split(folded(before))[-1]
    clause, thought = _NEXT_CLAUSE.split(said)[-1], _NEXT_THOUGHT.split(said)[-1]
    return (
        _IF.search(clause.lstrip()) is not None
        or _THOUGHT.search(thought) is not None
        or _ONLY_WANTED.match(folded(behind)) is not None
    )
