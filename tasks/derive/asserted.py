"""Whether a sentence asserts a change as the paper's own.

Else it takes the change back, denies it, asks for it, supposes or wishes it, or tells it of others.
All functions read text in lower case.
"""

import re
from collections.abc import Iterable

from tasks.derive.words import has_one, one_of

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
    rf"|{_CHANGE}[^.;]{{0,60}}\b(?:is|are) (?:merely |only |just |largely |mostly )?(?:an? )?"
    r"(?:artifacts?|illusion|explained (?:\w+ )?by|not (?:statistically )?significant\b)"
    rf"|{_CHANGE}[^.;]{{0,60}}\b(?:vanish(?:es|ed)?|disappear(?:s|ed)?|(?:does|do|did) not hold)\b"
    r"|\binvalidate[sd]? (?:the|this|that|our|their|its|all) "
)
_MAY_TAKE_BACK = (
    "reproduc", "replica", "verif", "confirm", "substantiat", "no longer", "not hold", "retract",
    "withdr", "disavow", "erroneous", "overstated", "incorrect", "invalid", "vanish", "disappear",
    " bug", " error", " leak", " contaminat", "artifact", "illusion", "explained", "significant ",
)  # fmt: skip
"""Whatever takes a claim back has one of these."""
_NOT = r"\b(?:not|never|\w+n't)(?! (?:only|just|merely|simply)\b)"
_MAY = r"\b(?:may|might|would|should|must(?! be noted)|ought to)"
_FAILS = r"\b(?:fail(?:s|ed|ing)? to|unable to|instead of|rather than)"
_GIVES = (
    r"(?:yield(?:ed)?|give|given|bring|brought|provided?|offer(?:ed)?|achieved?|reach(?:ed)?|show|"
    r"shown|see|seen|observed?|find|found|have|had|be|been|mean|result(?:ed)? in|lead to|led to|"
    r"require|need|cost|take|use|consume|gain)"
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
    r"(?:aim|hope|want|wish|attempt|set out)(?:s|es|ed|ing)? (?:to|for|at)|(?:need|seek)s? to|"
    r"(?:we|to) target|(?:define|count|treat|consider)(?:s|d|ed)? .*\bas|"
    r"(?:when|once|until) (?:it|they)|future (?:work|research)|"
    r"(?:goal|aim|hope|target|objective)s? (?:is|are|was|were|of))\b|^(?:had|should|were) "
)
"""What a clause begins with that supposes or wishes, up to the next comma."""
_THOUGHT = re.compile(
    r"\b(?:(?<!as )(?<!than )(?<!what )(?:we|they|authors) (?:\w+ )?"
    r"(?:hypothesi[sz]ed?|conjectured?|expect(?:ed)?|anticipated?|speculated?|suspect(?:ed)?|hoped?)|"
    r"(?:is|are|was|were|been) (?:\w+ly )?"
    r"(?:hypothesi[sz]ed|conjectured|expected|supposed|assumed|believed|predicted|projected|known) "
    r"(?:to|that)|hypothes[ie]s (?:is )?that|(?:no|little) evidence|in theory|"
    r"it (?:is|was|has been) (?:\w+ )?(?:claimed|reported|argued|said|believed) that|"
    r"theoretical (?:upper bound|limit|maximum|speedup|gain)|upper bound|we (?:\w+ )?believe)\b|"
    r"^theoretically\b|\boracle (?:that|would|could)\b"
)
"""What leads to a thought, which goes on behind commas."""
_METHODS = (
    r"(?:methods?|approach(?:es)?|works?|stud(?:y|ies)|models?|techniques?|systems?|schemes?|"
    r"solutions?|frameworks?|papers?|results?|reports?|solvers?|algorithms?|wisdom|surveys?)"
)
_OF_OTHERS = re.compile(
    r"^\W*(?:(?:however|yet|but|in contrast|although|though|while|whereas|unlike|and|that|the|many|"
    r"most|all|some),? )*"
    r"(?:(?:existing|prior|previous|earlier|current|recent|traditional|conventional|past) "
    rf"(?:[\w'’-]+ ){{0,3}}?{_METHODS}|[\w ]{{2,30}} et al\.?(?: \(\d{{4}}\))?|"
    r"(?:unlike|than) (?:methods|approaches|models|techniques) that|original authors) "
    r"(?!(?:are|is|was|were|can be|have been) (?:\w+ly )?(?:outperformed|surpassed|exceeded|beaten|"
    r"improved|accelerated|sped))"
    r"|^(?:however|but|yet),? (?:these|such) (?:methods|approaches|models|techniques) "
)
"""What a clause begins with of which others are the subject: "existing methods lose"."""
_NOBODY = re.compile(r"(?:^|[,;:] |\b(?:that|and|but|while|find|show) )(?:no|none|few)\b[^,;:]*$")
"""What makes nobody the subject of a verb behind it: "none of the models improves"."""
_ONLY_SAID = re.compile(
    r"\b(?:claimed|reported|apparent|alleged|promised|advertised|purported|often-cited) (?:\w+ )?$"
)
"""What stands before a change, or its number, of which others speak."""
_DENIED_BETWEEN = re.compile(
    r"\b(?:never|cannot|(?:do|does|did|is|are|was|were|could|can) ?(?:not|n't))(?! only\b)"
)
_NEXT_CLAUSE = re.compile(r"[,;:]")
_NEXT_THOUGHT = re.compile(
    r"[;:]|, (?:and|but|so|which|then|while|where|thus|yet|whereas|we|our|in fact)\b"
)
_ASKED = re.compile(r"[^.:;!?]*\?")
_ASSERTS = re.compile(
    r"\b(?:and|but|which|then) (?:\w+ )?(?:show|find|found|demonstrate|report|observe)"
    r"|\band still\b"
)
_ONLY_WANTED = re.compile(
    r"(?:(?!\b(?:when|if|while|as|where|which|once|because|since|and)\b)[^,;.:]){0,40}"
    r"\b(?:is|are|was|were|be) (?:\w+ly )?"
    r"(?:needed|required|necessary|expected|predicted|projected|hypothesi[sz]ed|desired|wanted|"
    r"discarded|filtered|excluded|rejected)\b"
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
    "suspected supposed believed predicted projected needed required necessary desired evidence "
    "none few existing prior previous earlier current recent traditional conventional past "
    "these such al claimed reported apparent alleged promised advertised purported often-cited "
    "set target define defined counted count treat treated consider considered until once when "
    "future little theory theoretical theoretically upper oracle believe known original "
    "discarded filtered excluded rejected"
)
"""Whatever denies, supposes or wishes a change, or tells it of others, has one of these words."""
_EMPHASIS = re.compile(r"\\(?:text|math)?[a-z]{2,4}(?={)|[*_{}\"“”]")
_HIDES = ("*", "_", "{", "“")
"""Marks of emphasis that may stand at a word that denies, which is then none of `_DENIES`."""
_MARKS = (*_HIDES, '"')
_MAY_DENY = ("?", *_HIDES)


def may_take_back(said: str) -> bool:
    """Whether a sentence has words with which a claim is taken back."""
    return has_one(said, _MAY_TAKE_BACK)


def may_deny(words: Iterable[str], said: str) -> bool:
    """Whether a sentence, and its words, may assert less than it says."""
    return not _DENIES.isdisjoint(words) or has_one(said, _MAY_DENY)


def unmarked(said: str) -> str:
    """A text without marks of emphasis: "does **not** reduce", "\\emph{fails} to"."""
    return _EMPHASIS.sub("", said) if has_one(said, _MARKS) else said


def is_taken_back(clause: str) -> bool:
    """Whether a clause takes back its changes: "the gain of 4% could not be reproduced"."""
    return _TAKEN_BACK.search(clause) is not None


def is_no_change(before: str, between: str, *, is_noun: bool) -> bool:
    """Whether a change is denied, or only spoken of: "fails to improve", "the claimed gain of".

    `before` is the sentence up to the word of change, `between` what follows up to the number.
    """
    near = before[-_REACH:]
    if _DENIED_BETWEEN.search(between) or _NOBODY.search(before):
        return True
    if _ONLY_SAID.search(near) or _NO_VERB.search(near):
        return True
    return is_noun and _NO_NOUN.search(near) is not None


def is_of_others(before: str) -> bool:
    """Whether the clause that leads to a number tells of others: "existing methods lose"."""
    said = before.replace("however,", "however")
    return _OF_OTHERS.match(_NEXT_CLAUSE.split(said)[-1]) is not None


def is_only_thought(before: str, behind: str) -> bool:
    """Whether the sentence around a number asks, supposes, or wishes a change, and asserts none.

    `before` and `behind` are the rest of the sentence: "we hypothesize a gain of" and "in recall."
    """
    if _ASKED.match(behind):
        return True
    said = _ASSERTS.split(before)[-1]
    clause, thought = _NEXT_CLAUSE.split(said)[-1], _NEXT_THOUGHT.split(said)[-1]
    return (
        _IF.search(clause.lstrip()) is not None
        or _THOUGHT.search(thought.lstrip()) is not None
        or _ONLY_WANTED.match(behind) is not None
    )
