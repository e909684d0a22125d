"""Names of systems: which words can be one, which never are, and their version."""

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib import resources

MAX_NAME = 80

_WRAPPER = re.compile(
    r"\\(?:text(?:bf|sc|tt|it|sf|rm)?|emph|math(?:bf|rm|sf|tt|cal)|underline|ours)\s?\{|"
    r"text(?:bf|sc|tt|it|sf|rm)\{|\{\\(?:sc|bf|tt|em|it)\s|[{}$`\"“”]"
)
_ACCENT = re.compile(r"\\([\"'`^~])\{?([A-Za-z])\}?")
_COMBINING = dict(zip("\"'`^~", "\u0308\u0301\u0300\u0302\u0303", strict=True))
"""The accents of LaTeX, as in `LL\\"aMa`, as combining characters."""
_ENDS = " \t,.;:~*'’-–—()[]"
_SUPER = re.compile(r"[\^_]\{?(\w)\}?")
_INNER = re.compile(r".+[A-Z0-9]")
_PLURAL = re.compile(r"^[A-Z0-9-]{2,}s$")
_NUMBERISH = re.compile(
    r"^[+-]?\d[\d.,]*(?:[%xX×+]|[BKMGT]b?|[kmb]|st|nd|rd|th|D|fps|s|bit|-[a-z]+)?$"
)
_PREFIXES = frozenset(
    [
        "multi",
        "non",
        "pre",
        "post",
        "inner",
        "inter",
        "intra",
        "few",
        "zero",
        "human",
        "one",
        "single",
        "dual",
        "video",
    ]
)
"""What stands before the hyphen of a word that is no name: "multi-LoRA"."""
_PROBLEMS = (
    " Gap",
    " Problem",
    " Dilemma",
    " Paradox",
    " Phenomenon",
    " Hypothesis",
    " Effect",
    " Issue",
    " Curse",
    " Bias",
    " Law",
    " Heads",
)
_NO_NAMES = (*_PROBLEMS, "'s", "’s")
_CITED = re.compile(r"\(\d{4}\)$")
_CLASS = re.compile(
    r"(?:[A-Z][a-z]+(?:ese|ish|ian|ean|man|ic)|Large|Small|Open|Multimodal|Multilingual|Medical|AI)"
    r" (?:[A-Z][a-z]+ )*(?:M*LLMs|[LS]LMs|V?LMs|VLAs|Models|Agents|Co-Scientists|Assistants)$"
)
"""A class of models or agents: "Japanese LLMs"."""
_GENERIC_TAIL = re.compile(
    r"-(?:based|style|like|driven|level|aware|trained|tuned|guided|free|enhanced|augmented|powered|"
    r"parameter|sample|generated|oriented|specific|centric|agnostic|compatible|assisted|optimized|wise|training|"
    r"tuning|finetuning|time|side|efficient|effective|conditioned|inspired|consistent|inductive|related|ready|scale|quality|friendly|intensive|grounded|variant|as-a-\w+|of-\w+)s?$"
)
_VERSION = re.compile(
    r"(?:[\s_-]?[vV](?P<v>\d{1,2}(?:\.\d{1,2})*)|[\s_-]?(?P<decimal>\d{1,2}(?:\.\d{1,2}){1,2})|"
    r"[\s_-](?P<size>\d{1,4}(?:\.\d{1,2})?[Bb](?:-(?:Instruct|Base|Chat|Thinking))?)|(?:(?<=[a-z]{2})|(?<=[A-Z]{3}))[\s-]?(?P<number>\d))$"
)
_NOUNS_OF_NAMES = frozenset(
    [
        "bench",
        "ben",
        "gym",
        "eval",
        "arena",
        "agent",
        "coder",
        "zero",
        "pro",
        "lite",
        "mini",
        "omni",
    ]
)
_ALWAYS_NAMES = ("-bench", "-ben", "-gym", "-eval", "-arena")
"""Ends of words that are always names, in small letters too: "moss-bench"."""
_GREEK = re.compile(r"[α-ω](?:[_-]?\d(?:\.\d)?)$")
_TWO_WORDS = re.compile(r"[A-Z][a-z]*-(?:to-|and-|of-|in-)?[A-Z]?[a-z]+$")
_TWO_SENTENCES = re.compile(r"[a-z]+\.[A-Z]")
"""The last word of a sentence and the first of the next, without a blank: "leaves.In"."""
_PLACEHOLDER = re.compile(
    r"(?:benchmark|model|method|data ?set|framework|system|our)s?_?name$", re.IGNORECASE
)
_A_SIZE = re.compile(r"\d+D/\d+D$|\d*times\d|\d+B-A\d")
"""Dimensions and sizes: "3D/4D", "30B-A3B"."""
_AFTER_A_FRONT = re.compile(r"[-\s\d]")
_DIGIT = re.compile(r"\d")
_NOT_KEY = re.compile(r"[\W_]+")


_remembered = lru_cache(maxsize=2048)
"""Remembers what was told of the last few thousand words: four calls of five ask again."""


def _listed(group: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names of a group in small letters, and those of them that are ordinary words."""
    text = (resources.files("tasks.derive") / "not_systems.toml").read_text(encoding="utf-8")
    lists: dict[str, list[str]] = tomllib.loads(text)[group]
    words = frozenset(word.casefold() for word in lists.pop("words", ()))
    return frozenset(name.casefold() for names in lists.values() for name in names), words


_NEVER, _WORDS = _listed("never")
_KNOWN, _ = _listed("known")


def plain(text: str) -> str:
    """A name without LaTeX, and without the blanks and marks at its ends; empty where a command
    for colour has eaten letters of it."""
    name = text.strip(_ENDS)
    if name.replace("-", "").isalnum():
        return name
    if "color{" in name:
        return ""
    if "\\" in name:
        name = _ACCENT.sub(_accented, name)
    bare = _WRAPPER.sub("", name)
    if "_" in bare or "^" in bare:
        bare = _SUPER.sub(r"\1", bare)
    return bare.replace("\\", "").strip(_ENDS)


def _accented(letter: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", letter[2] + _COMBINING[letter[1]])


@_remembered
def is_strong(token: str) -> bool:
    """Whether a word alone looks like a name: GPQA, WebRL, Kosmos-2, 4DMoT; not Large or 7B."""
    lowered = token.lower()
    is_always = lowered.endswith(_ALWAYS_NAMES)
    if is_always or token == lowered:
        return is_always or _GREEK.match(token) is not None
    inner = token[1:]
    if inner == inner.lower() and inner.isalpha():
        return False
    if not _INNER.match(token) or _TWO_SENTENCES.match(token):
        return False
    if _NUMBERISH.match(token) or _GENERIC_TAIL.search(token):
        return False
    opening, hyphen, rest = token.partition("-")
    if opening in _PREFIXES and (is_never(rest) or is_known(rest)):
        return False
    is_adjective = bool(hyphen) and rest.islower() and rest not in _NOUNS_OF_NAMES
    return not (is_adjective and (is_never(opening) or is_known(opening)))


def is_never(name: str, *, is_plural_fit: bool = False) -> bool:
    """Whether a name is never a paper's system: a field, a metric, a place, a problem, a citation.

    Abbreviations in the plural are none either, except where `is_plural_fit`.
    """
    if _is_in(_NEVER, name) or name.endswith(_NO_NAMES) or name.isdigit() or " et al" in name:
        return True
    if not name.isupper() and name.casefold() in _WORDS:
        return True
    if not name.isalpha() and _is_no_word(name):
        return True
    if name[-1:] == "s":
        is_plural = not is_plural_fit and _PLURAL.match(name) is not None
        return is_plural or _CLASS.match(name) is not None
    return (name[-3:] == "ame" and _PLACEHOLDER.search(name) is not None) or (
        name[-1:] == ")" and _CITED.search(name) is not None
    )


def _is_no_word(name: str) -> bool:
    """Whether a name is a formula, an address, a size, or a field with its dimensions: "3D LMM"."""
    if "=" in name or ".com/" in name or name.endswith("-series"):
        return True
    if not name[:1].isdigit():
        return False
    return (name[1:3] == "D " and _is_in(_NEVER, name[3:])) or _A_SIZE.match(name) is not None


def is_family(name: str) -> bool:
    """Whether a name is that of a well-known model in some version or size."""
    base, _ = split_version(name)
    opening = _AFTER_A_FRONT.split(base, maxsplit=1)[0]
    parts = (name, base, opening, opening.rstrip("0123456789."))
    return any(is_known(part) or is_never(part) for part in parts if part)


def is_pair(token: str) -> bool:
    """Whether a word is two plain ones with a hyphen: `Bradley-Terry`, `Text-to-Leaf`."""
    if _TWO_WORDS.match(token) is None:
        return False
    return token.rpartition("-")[2] not in _NOUNS_OF_NAMES


def is_compound(token: str) -> bool:
    """Whether a word may begin a name of several words: `Multi-level`, but not `CLIP-based`."""
    opening, hyphen, rest = token.partition("-")
    is_word = opening[:1].isupper() and opening[1:].islower() and rest.replace("-", "").isalpha()
    return bool(hyphen) and is_word


def is_known(name: str) -> bool:
    """Whether a name is so well known that a paper mentioning it hardly introduces it."""
    return _is_in(_KNOWN, name)


def _is_in(names: frozenset[str], name: str) -> bool:
    is_plural = name[-1:] == "s" and name[-2:-1].isupper()
    return (name[:-1] if is_plural else name).casefold() in names


@_remembered
def split_version(name: str) -> tuple[str, str | None]:
    """A name and the version or size at its end: `Kosmos-2` → `Kosmos`, `2`."""
    if not _DIGIT.search(name):
        return name, None
    tags: list[str] = []
    base = name
    while len(tags) < 2 and (found := _VERSION.search(base)) and found.start() >= 2:
        tags.insert(0, next(filter(None, found.groups())))
        base = base[: found.start()]
    return base, " ".join(tags) or None


@_remembered
def name_key(name: str) -> str:
    """Lower-case letters and digits of a name without its version, for comparing names."""
    base = split_version(name)[0].casefold()
    return base if base.isalnum() else _NOT_KEY.sub("", base) or _NOT_KEY.sub("", name.casefold())


def is_initials(acronym: str, words: str) -> bool:
    """Whether a phrase has an acronym's letters in order, beginning with its own first letter."""
    singular = acronym[:-1] if acronym[-1:] == "s" and acronym[-2:-1].isupper() else acronym
    letters = _NOT_KEY.sub("", split_version(singular)[0].casefold())
    parts = _NOT_KEY.sub(" ", words.casefold()).split()
    if not letters or not parts or parts[0][0] != letters[0]:
        return False
    if len(letters) > 2 and letters == "".join(filter(str.isupper, words)).casefold():
        return True
    initials = iter([part[0] for part in parts])
    if all(letter in initials for letter in letters):
        return True
    place, text = 0, " ".join(parts)
    hits = 0
    for letter in letters:
        place = text.find(letter, place)
        if place < 0:
            return False
        hits += place == 0 or text[place - 1] == " "
        place += 1
    return hits * 2 >= min(len(letters), len(parts))
