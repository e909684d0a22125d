"""What a few words look like: a button, an id, a list of names, a sentence, a cut-off text.

None of these is a title. What a title is, is learnt from the whole body (`titles`); here it is only
said what none can be, whatever its place.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from tasks.parse.layout.facts import read_facts

_RULE = re.compile(r"[-=_*~#+. \u2014\u2013\u2500-\u257f]{2,}")
_FURNITURE = frozenset(
    """
new; subscribe; get trending papers in your email inbox; get trending papers in your email inbox!;
get trending papers in your email inbox once a day!; daily papers; trending papers; papers; by;
by ak and the research community; and the research community; daily; weekly; monthly; trending;
search; previous; next; back to top; upvote; view; share; submitted by; hugging face; models;
datasets; spaces; buckets; community; docs; enterprise; pricing; solutions; posts; blog; log in;
sign up; system theme; company; tos; privacy; about; jobs; careers; website; references;
visible links; hidden links; title; titles;
daily papers - hugging face; trending papers - hugging face; huggingface.co; by ak; null; none; n/a
""".replace("\n", " ")
    .strip()
    .split("; ")
)
"""Words of the page around the list: navigation, headings, the newsletter box."""
_BUTTON_WORDS = frozenset(
    """
    paper papers pdf html abs abstract arxiv hf hugging face huggingface huggingfacehub code
    github repo repository link links url page project homepage home demo video slides
    poster dataset data model weights website web doi bibtex cite read more view open see
    here details full text summary share tweet twitter star the a on in this at to go
    download source original official openreview semantic scholar google cool kimi alphaxiv
    other cn en other preprint article click continue discussion discuss comments reading
    listen supplementary supp colab blog post format formats \u8bba\u6587 \u4ee3\u7801
    \u94fe\u63a5 \u539f\u6587 \u8be6\u60c5 \u9605\u8bfb\u5168\u6587 \u6458\u8981 mehr lesen
    weiterlesen hier zum leer m\u00e1s ver aqu\u00ed lire suite
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_MOST_BUTTON_WORDS = 5
_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*|\S+\.(?:org|com|io|net|ai|co)(?:/\S*)?")
_ID = re.compile(
    r"[\[(#\s]*(?:(?:arxiv|doi|id)\W{0,3}(?:id\W{0,3})?)?"
    r"(?:\d{4}\.\d{4,5}|[a-z-]{2,20}(?:\.[A-Z]{2})?/\d{7})(?:v\d{1,3})?"
    r"(?:\s*\[[\w.-]{2,12}\])?[\])\s.,;:]*",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"^\W{0,2}(?:\d{4}-\d\d-\d\d[T ]\d\d:|\d{1,2}[./]\d{1,2}[./]\d{2,4},?\s\d{1,2}:\d\d)"
    r"|\b(?:[Tt]oday|[Yy]esterday) at \d{1,2}:\d\d"
)
_SETTING = re.compile(r"[\w.-]{1,30}\s?[:=]\s?(?:[\d.,%+-]+|true|false|null|none)", re.IGNORECASE)
_NAMED_ID = re.compile(r"arxiv\s?:\s?\d{4}\.\d", re.IGNORECASE)
_PERSON = re.compile(
    r"(?:(?:[A-Z]\.[ -]?){1,4}|(?:[^\W\d_a-z][\w'\u2019.-]{0,30}|de|da|di|del|della|der|den|van|von"
    r"|ter|ten|la|le|el|al|bin|ibn|dos|zu|O')(?:\s+|$)){1,5}",
)
_NAME_BREAKS = re.compile(r"\s*(?:,|;|&|\u00b7|\u3001|\uff0c| and | und | et (?!al))\s*")
_LISTED = re.compile(r"[,;\u00b7\u3001\uff0c]")
"""What parts names but is rare between two parts of a title, as `and` is not."""
_NAMES_GO_ON = re.compile(
    r"(?:\bet\.? ?al\b\.?.{0,12}|\u7b49|[,;]? (?:and )?\d{1,4} (?:more|others|other authors).{0,10}"
    r"|\u2026|\.{3})$",
    re.IGNORECASE,
)
_YEAR_AFTER = re.compile(r"[\s,(]+(?:19|20)\d\d\)?\.?$")
_BY = re.compile(r"(?:by|von|par|por)\s*:?\s+|[^\w(]{1,4}\s*", re.IGNORECASE)
_CUT_OFF = re.compile(r"(?:\u2026|\.{3}|\[\.{3}\]|\[\u2026\])\W{0,3}$")
_SENTENCE_END = re.compile(r"[.!?\u3002]\s+\S")
_FULL_STOP = re.compile(r"[.!\u3002]\s+\S")
_ENDS_SENTENCE = re.compile(r"(?<![A-Z])(?<!\bal)(?<!\bvs)[.!\u3002][\"'\u201d)]?$")
_CODE = re.compile(r"</?[a-z]{1,10}(?:\s[a-z]|\s*/?>)|^@\w{3,20}\{|=\s?\{")
_OF_AUTHORS = re.compile(
    r"(?:we|in this|this (?:paper|work|article|study|report)|our|here we|abstract)\b", re.IGNORECASE
)
_OPEN_END = re.compile(
    r"(?:(?:^|\s)(?:[Ss]ee|[Ss]iehe|of|to|at|in|on|for|from|with|by|and|or|the|a|an|its|that|which|is|are|as|via"
    r"|using|into|than|through|between|towards?|under|over|without)|[,:;(\u2013\u2014-])$"
)
_CATEGORY = re.compile(r"(?:cs|math|stat|eess|q-bio|q-fin|econ|physics|quant-ph)\.?[A-Z]{0,2}")
_ABSTRACT_LENGTH = 300
_SHORT_ABSTRACT_LENGTH = 120
_LETTERS = 0.4
"""The least share of letters in an abstract: real ones have twice as many."""
_LONGEST_TITLE = 400
_LONGEST_NAMES = 4_000
_MOST_COUNTED = 12
_FEWEST_WORDS = 5


def is_furniture(text: str) -> bool:
    """Part of the page around the list, or a drawn rule: never a paper."""
    if len(text) > 80:
        return len(text) < 400 and _RULE.fullmatch(text) is not None
    return text.casefold().strip(" .:\u00b7#*") in _FURNITURE or is_rule(text)


def is_rule(text: str) -> bool:
    """A line drawn with characters."""
    return not text[:1].isalnum() and len(text) < 400 and _RULE.fullmatch(text) is not None


def is_abstract(text: str) -> bool:
    """Long, or of some length and several sentences; titles are neither. Mostly letters: thousands
    of digits or brackets are a damaged line of another kind."""
    if len(text) < _SHORT_ABSTRACT_LENGTH:
        return False
    head = text[:_ABSTRACT_LENGTH]
    if sum(map(str.isalpha, head)) < _LETTERS * len(head):
        return False
    if len(text) >= _ABSTRACT_LENGTH or _SENTENCE_END.search(text) is not None:
        return True
    return text[-1] == "." and is_sentence(text)


def is_sentence(text: str) -> bool:
    """Some words that end like a sentence: part of an abstract, or somebody's remark."""
    end = text[-6:].rstrip()
    return (
        end[-1:] in "\"'\u201d).!\u3002"
        and _ENDS_SENTENCE.search(text[-40:]) is not None
        and (text.count(" ") >= _FEWEST_WORDS - 1 or not text.isascii())
    )


def n_sentences(text: str) -> int:
    """How many sentences a text has, the last of which need not end."""
    return 1 + len(_SENTENCE_END.findall(text))


def begins_within(text: str) -> bool:
    """Whether a text begins with a word in small letters, as the middle of a title does."""
    word = text.split(" ", 1)[0]
    return word.isalpha() and word.islower() and word.isascii()


def is_of_authors(text: str) -> bool:
    """A sentence in which the authors speak: the beginning of an abstract, however short."""
    return _OF_AUTHORS.match(text) is not None and is_sentence(text)


def ends_open(text: str) -> bool:
    """Whether a text ends where no title does: it goes on, in the next line or in a sentence."""
    return _OPEN_END.search(text[-40:]) is not None


@lru_cache(maxsize=16_384)
def is_button(text: str) -> bool:
    """Words of links that say nothing about the paper behind them."""
    if len(text) > 60:
        return False
    words = _WORD.findall(text.casefold())
    if not words:
        return True
    known = sum(word in _BUTTON_WORDS or word.isdecimal() for word in words)
    return known == len(words) <= _MOST_BUTTON_WORDS and not all(map(str.isdecimal, words))


def is_address(text: str) -> bool:
    """An id of arXiv, or an address."""
    return len(text) < 2_000 and bool(_ID.fullmatch(text) or _ADDRESS.fullmatch(text))


def is_id(text: str) -> bool:
    """An id of arXiv, with what may be printed around it."""
    return len(text) < 80 and _ID.fullmatch(text) is not None


def is_cut_off(text: str) -> bool:
    """A text whose end is left out."""
    return _CUT_OFF.search(text[-12:]) is not None


def is_category(text: str) -> bool:
    """The name of a category of arXiv."""
    return len(text) < 12 and _CATEGORY.fullmatch(text) is not None


def is_names(text: str) -> bool:
    """A list of persons: at least two, or one of several."""
    if len(text) > _LONGEST_NAMES or ": " in text or _is_prose(text):
        return False
    by = _BY.match(text)
    whole = text[by.end() :].strip() if by else text
    tail = _YEAR_AFTER.sub("", whole[-60:])
    shown = _NAMES_GO_ON.sub("", tail)
    has_more = len(shown) < len(tail)
    shown = whole[:-60] + shown.strip(" ,;")
    parts = [part for part in _NAME_BREAKS.split(shown.strip(" ,;.")) if part]
    persons = sum(_is_person(part) for part in parts)
    if not _LISTED.search(shown) and by is None and not has_more and "." not in shown:
        return False
    if len(parts) == 1:
        return persons == 1 and (has_more or (by is not None and by.group()[0].isalpha()))
    several = sum(" " in part or "." in part for part in parts)
    return persons >= 0.8 * len(parts) and several >= 0.5 * len(parts)


def _is_prose(text: str) -> bool:
    """Whether too many words of a text begin with small letters for a list of names."""
    words = text.split(None, _MOST_COUNTED)[:_MOST_COUNTED]
    small = sum(word[0].islower() for word in words)
    return 3 * small > 2 * len(words)


def _is_person(text: str) -> bool:
    return len(text) < 60 and _PERSON.fullmatch(text) is not None


@lru_cache(maxsize=16_384)
def no_title(text: str) -> str | None:
    """Why some words cannot be a title; None if they can."""
    return next((reason for is_it, reason in _NO_TITLES if is_it(text)), None)


_NO_TITLES: tuple[tuple[Callable[[str], object], str], ...] = (
    (lambda text: not any(map(str.isalpha, text)), "no letters where a title belongs"),
    (
        lambda text: (
            is_address(text) or _NAMED_ID.search(text) or _TIME.search(text) or read_facts(text)
        ),
        "an address, an id or a date where a title belongs",
    ),
    (_SETTING.fullmatch, "a name and its value where a title belongs"),
    (is_cut_off, "a title that is cut off"),
    (
        lambda text: "](" in text or (text[0] == "[" and text.find("]") in (-1, len(text) - 1)),
        "a link that is damaged where a title belongs",
    ),
    (
        lambda text: is_button(text) or is_furniture(text),
        "the words of a button where a title belongs",
    ),
    (is_names, "names where a title belongs"),
    (
        lambda text: len(text) > _LONGEST_TITLE or (is_abstract(text) and is_sentence(text)),
        "running text where a title belongs",
    ),
    (lambda text: '","' in text, "values of a table where a title belongs"),
    (_CODE.search, "code where a title belongs"),
    (ends_open, "a title that goes on elsewhere"),
)


@lru_cache(maxsize=16_384)
def likeness(text: str) -> float:
    """How much some words look like a title, from 0 to 1."""
    if no_title(text):
        return 0.0
    n_words = len(text.split())
    score = 1.0
    if text.isascii():
        score = {1: 0.4, 2: 0.8}.get(n_words, 1.0)
    if is_sentence(text) or _FULL_STOP.search(text):
        score *= 0.4
    if is_of_authors(text):
        score *= 0.3
    return score * (0.4 if begins_within(text) else 1.0)


def is_fragment(text: str) -> bool:
    """A few words without capitals beyond the first: a title, or any line of a list."""
    words = text.split()
    return (
        len(words) < _FEWEST_WORDS
        and ":" not in text
        and not any(w[:1].isupper() for w in words[1:])
    )
