"""Phrases of an abstract in which something is named: "we propose X", "called X", "long name (X)"."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from tasks.derive.names import (
    MAX_NAME,
    is_initials,
    is_known,
    is_never,
    is_strong,
    name_key,
    plain,
)


class Found(NamedTuple):
    """A name, other forms of it, and the words that introduce it."""

    name: str
    aliases: tuple[str, ...]
    kind: str | None
    pattern: str
    start: int
    end: int
    confidence: float


class Word(NamedTuple):
    """A word of a text: without LaTeX, its span, and the marks that follow it."""

    text: str
    start: int
    end: int
    mark: str


def _forms(verbs: str) -> Iterator[str]:
    for verb in verbs.split():
        stem = verb.removesuffix("e")
        yield from (verb, f"{verb}s", f"{stem}ing")


_PROPOSE = frozenset(
    _forms(
        "propose introduce release devise curate create formulate describe pioneer unveil announce "
        "establish open-source present develop design build construct contribute offer collect"
    )
)
_PROPOSED = frozenset(
    [
        "proposed",
        "introduced",
        "presented",
        "developed",
        "built",
        "released",
        "created",
        "designed",
        "curated",
        "constructed",
    ]
)
_ACTIVE = frozenset(["we", "have", "has", "and", "also", "then", "further", "is", "are"])
_CALLED = frozenset(
    ["called", "named", "dubbed", "termed", "coined", "titled", "nicknamed", "namely"]
)
_CALLED_AS = frozenset(["to", "denoted", "abbreviated", "known", "it", "them"])
_OURS = frozenset(["our", "proposed", "resulting"])
_LAST_WORDS = _PROPOSE | _PROPOSED | _CALLED | _OURS | {"as", "call", "term", "dub", "name"}
_WORDS = re.compile(r"(?:\{\\[a-z]{2,8}\s)?([^\s,;:()\[\]]{1,90}+)([,;:)\]]*)\s{0,3}([(\[]*)")
_OTHERS = re.compile(
    r"\b(?:existing|previous|prior|recent|earlier|they|others|researchers|who)\b", re.IGNORECASE
)
_DETOUR = frozenset(
    [
        "that",
        "which",
        "to",
        "by",
        "using",
        "with",
        "from",
        "for",
        "of",
        "on",
        "in",
        "via",
        "through",
        "where",
        "whose",
        "when",
        "while",
        "since",
        "because",
        "than",
        "into",
        "over",
        "against",
        "under",
        "between",
        "across",
        "is",
        "are",
        "was",
        "were",
        "can",
        "based",
        "without",
        "as",
    ]
)
_CONNECTOR = frozenset(["of", "for", "the", "with", "in", "to", "via", "as", "from", "on", "by"])
_AFTER_A_NAME = frozenset(
    [
        "a",
        "an",
        "the",
        "to",
        "which",
        "that",
        "for",
        "as",
        "and",
        "with",
        "by",
        "on",
        "in",
        "is",
        "are",
        "has",
        "can",
        "consists",
        "our",
        "we",
        "using",
        "where",
        "whose",
        "via",
        "through",
        "based",
        "from",
        "or",
        "along",
        "together",
        "at",
        "outperforms",
        "achieves",
        "enables",
        "addresses",
    ]
)
N_WORDS = 30
"""How far behind the words that introduce it a name is looked for."""


def in_abstract(text: str, in_title: Collection[str] = ()) -> Iterator[Found]:
    """The names an abstract introduces. `in_title` are keys of names the title begins with."""
    text = text.replace("--", ", ").replace("—", ",")
    for pattern, start, end in _triggers(text):
        if pattern == "propose" and _OTHERS.search(text, max(0, start - 40), start):
            continue
        words = _words(text, end, 14)
        if pattern == "called":
            kind = kind_in(text[max(0, start - 90) : start].rpartition(". ")[2], at_end=True)
            yield from _listed(text, words, 0, pattern, kind, 0.95)
        elif pattern == "apposition":
            yield from _ours(text, words, in_title)
        else:
            found = list(_proposed(text, words))
            is_cut = len(words) > 8 and "." not in words[-1].mark
            if is_cut and (not found or found[-1].end >= words[-3].end):
                found = list(_proposed(text, _words(text, end)))
            yield from found


def _triggers(text: str) -> Iterator[tuple[str, int, int]]:
    """The words that introduce a name: the pattern they belong to and their span."""
    words = text.lower().split(" ")
    start = counted = 0
    for number in [n for n, word in enumerate(words) if word in _LAST_WORDS]:
        start += sum(map(len, words[counted:number])) + number - counted
        counted = number
        before, last = ["", "", *words[max(0, number - 2) : number]][-2:]
        pattern = _pattern_of(words[number], last, before)
        if pattern:
            yield pattern, start, start + len(words[number]) + 1


def _pattern_of(word: str, last: str, before: str) -> str | None:
    if word in _PROPOSE or (word in _PROPOSED and (last in _ACTIVE or before in _ACTIVE)):
        return "propose"
    if word in _OURS:
        return "apposition"
    is_called = word in _CALLED or (word == "as" and last in _CALLED_AS and before != "as")
    is_called = is_called or (last == "we" and word in ("call", "term", "dub", "name"))
    return "called" if is_called else None


def names_in(text: str, place: int, most: int) -> Iterator[Found]:
    """Up to `most` names that begin right at a place."""
    words = _words(text, place)
    for found, _ in [named for named in (_name_at(words, 0),) if named][:most]:
        yield found


def _words(text: str, place: int, most: int = N_WORDS) -> list[Word]:
    """The words from a place to the end of its sentence, up to about `most`."""
    words: list[Word] = []
    for match in _WORDS.finditer(text, place, place + 10 * most):
        raw, closing, opening = match.groups()
        is_last = raw[-1] in ".?!" and raw not in ("e.g.", "i.e.", "vs.")
        word = raw if raw.isalnum() else plain(raw)
        mark = f"{closing}.{opening}" if is_last else closing + opening
        words.append(Word(word, match.start(1), match.end(1), mark))
        if is_last:
            break
    return words


def _proposed(text: str, words: list[Word]) -> Iterator[Found]:
    """Names after "we propose": at once, behind a comma, or in parentheses behind a long name."""
    is_direct = True
    for place, word in enumerate(words):
        if not word.text:
            continue
        if "(" in words[place - 1].mark if place else False:
            acronym = _acronym(words, place, is_direct=is_direct)
            if acronym:
                yield acronym
                return
        elif _starts_a_name(word) and (is_direct or (place and "," in words[place - 1].mark)):
            named = _name_at(words, place)
            if named and (is_direct or (is_strong(word.text) and _is_set_off(words, named[1]))):
                before = text[words[0].start : word.start] if place else ""
                pattern = "propose" if is_direct else "apposition"
                sure = 0.95 if is_direct else 0.85
                yield from _listed(text, words, place, pattern, kind_in(before, at_end=True), sure)
                return
            is_direct = False
        elif word.text.lower() in _DETOUR:
            is_direct = False
        if word.mark[:1] in (";", ":"):
            return


def _acronym(words: list[Word], place: int, *, is_direct: bool) -> Found | None:
    """The acronym at a place when the words before it are what it stands for."""
    word = words[place]
    if (
        ")" not in word.mark
        or not is_strong(word.text)
        or is_never(word.text)
        or is_known(word.text)
    ):
        return None
    n_letters = sum(letter.isupper() for letter in word.text)
    for n_words in range(min(place, n_letters + 4), 0, -1):
        said = words[place - n_words : place]
        phrase = " ".join(w.text for w in said)
        first_upper = said[0].text[:1].isupper()
        if first_upper and is_initials(word.text, phrase):
            kind = kind_in(phrase, at_end=True)
            return Found(word.text, (phrase,), kind, "acronym", word.start, word.end, 0.93)
    for n_words in range(min(place, n_letters + 2) if is_direct else 0, 0, -1):
        phrase = " ".join(w.text for w in words[place - n_words : place])
        if is_initials(word.text, phrase):
            return Found(word.text, (phrase,), None, "acronym", word.start, word.end, 0.8)
    is_coined = any(c.islower() for c in word.text) and n_letters >= 2
    return Found(word.text, (), None, "acronym", word.start, word.end, 0.8) if is_coined else None


def _ours(text: str, words: list[Word], in_title: Collection[str]) -> Iterator[Found]:
    """Names after "our": "our X", "our method X", "our method, X,"; the title's own count too."""
    for place, word in enumerate(words[:5]):
        if _starts_a_name(word) and is_strong(word.text):
            named = _name_at(words, place)
            is_told = place > 0 and kind_in(words[place - 1].text) is not None
            if named and (is_told or name_key(named[0].name) in in_title):
                kind = kind_in(words[place - 1].text) if place else None
                yield named[0]._replace(pattern="apposition", kind=kind, confidence=0.8)
            return
        if word.mark.strip(",") or not word.text.islower():
            return


def _listed(
    text: str, words: list[Word], place: int, pattern: str, kind: str | None, sure: float
) -> Iterator[Found]:
    """The name at a place and those listed behind it: "X", "X and Y", "X, Y, and Z"."""
    is_first = True
    while place < len(words):
        if words[place].text in ("and", "or", "the", "a", "an", "our", "two", "&") and not is_first:
            place += 1
            continue
        named = _name_at(words, place)
        if not named:
            return
        found, after = named
        if not is_first and not is_strong(found.name.split()[0]):
            return
        own = _kind_behind(text, words, after) or kind
        yield found._replace(
            pattern=pattern if is_first else "list",
            kind=found.kind or own,
            confidence=sure * found.confidence if is_first else 0.8,
        )
        is_first = False
        goes_on = after < len(words) and words[after].text in ("and", "&")
        if not goes_on and "," not in words[after - 1].mark:
            return
        if "," in words[after - 1].mark and not (
            after < len(words) and (goes_on or is_strong(words[after].text))
        ):
            return
        place = after
    return


def _name_at(words: list[Word], place: int) -> tuple[Found, int] | None:
    """The name that begins at a word, and the place of the first word behind it and its brackets."""
    while place < len(words) and words[place].text.lower() in ("a", "an", "the", "our", "as"):
        if words[place].mark:
            return None
        place += 1
    if place >= len(words) or not _starts_a_name(words[place]):
        return None
    after = place + 1
    while after < len(words) and not words[after - 1].mark and _goes_on(words, after):
        after += 1
    said = words[place:after]
    name = " ".join(word.text for word in said)
    is_any_strong = any(is_strong(word.text) for word in said)
    aliases: tuple[str, ...] = ()
    start, end = said[0].start, said[-1].end
    if "(" in said[-1].mark and after < len(words):
        inside, behind = _in_brackets(words, after)
        acronym = inside if " " not in inside and is_strong(inside) else ""
        if is_never(acronym) or is_known(acronym):
            return None
        spelled = " " in name and is_initials(acronym, name)
        if acronym and (spelled or not is_strong(name.split()[0])):
            aliases, name, is_any_strong = (name,), acronym, True
            start, end = words[after].start, words[after].end
        elif acronym or is_initials(name, inside):
            aliases = (inside,)
        after = behind
    elif not is_any_strong and not _is_set_off(words, after):
        return None
    if len(name) > MAX_NAME or is_never(name) or is_known(name) or len(name) < 2:
        return None
    sure = 1.0 if is_any_strong else 0.9
    return Found(name, aliases, None, "", start, end, sure), after


def _starts_a_name(word: Word) -> bool:
    return bool(word.text) and (
        is_strong(word.text) or (word.text[0].isupper() and word.text.isalpha())
    )


def _goes_on(words: list[Word], place: int) -> bool:
    """Whether the word at a place belongs to the name before it."""
    word = words[place]
    if not word.text or (kind_in(word.text) and word.text.islower()):
        return False
    if word.text[0].isupper() or is_strong(word.text) or re.fullmatch(r"\d(?:\.\d)?", word.text):
        return True
    is_connector = word.text in _CONNECTOR and not word.mark and place + 1 < len(words)
    return (
        is_connector
        and words[place + 1].text[:1].isupper()
        and not is_strong(words[place + 1].text)
    )


def _is_set_off(words: list[Word], after: int) -> bool:
    """Whether a name ends here: a mark, the end, or a word that cannot be its noun."""
    if words[after - 1].mark or after >= len(words):
        return True
    following = words[after].text
    return (
        following.lower() in _AFTER_A_NAME or kind_in(following) is not None or following in "-–—"
    )


def _in_brackets(words: list[Word], place: int) -> tuple[str, int]:
    """The text inside brackets that open before a word, and the place behind them."""
    inside: list[str] = []
    while place < len(words):
        inside.append(words[place].text)
        place += 1
        if ")" in words[place - 1].mark:
            break
    return " ".join(inside), place


_KINDS = {
    "model": "model models network transformer llm mllm vlm lmm agent policy encoder decoder tokenizer",
    "method": "method methods approach algorithm technique strategy mechanism paradigm objective loss "
    "procedure scheme recipe module optimizer adapter decoding attack defense",
    "framework": "framework system pipeline architecture",
    "tool": "library toolkit platform engine tool toolbox simulator environment interface codebase",
    "dataset": "dataset datasets corpus corpora collection",
    "benchmark": "benchmark benchmarks testbed leaderboard suite",
    "metric": "metric metrics score measure",
}
_KIND_OF = {noun: kind for kind, nouns in _KINDS.items() for noun in nouns.split()}
_NP_END = frozenset(
    [
        "for",
        "that",
        "which",
        "to",
        "of",
        "with",
        "designed",
        "built",
        "using",
        "in",
        "on",
        "capable",
        "trained",
        "based",
        "from",
        "by",
        "where",
        "whose",
        "and",
        "as",
        "towards",
        "toward",
        "specifically",
    ]
)
_LETTERS = re.compile(r"[a-z]+|[,.;:]")


def kind_in(words: str, *, at_end: bool = False) -> str | None:
    """What sort of thing a noun phrase is of: its last noun that says so, before a preposition.

    With `at_end` the phrase may have prepositions, and its first noun that says so counts.
    """
    kind = None
    for word in _LETTERS.findall(words.lower().replace("datasets", "dataset")):
        if word in _NP_END and not at_end and kind:
            return kind
        if word in _KIND_OF and not (at_end and kind):
            kind = _KIND_OF[word]
    return kind


_BEHIND = re.compile(
    r"[\s,–—-]{0,4}(?:(?:is|are|as|which is)\s)?(?:a|an|the|our|one of the)\s(.{3,110})"
)


def _kind_behind(text: str, words: list[Word], after: int) -> str | None:
    """The sort of thing said behind a name: "X dataset", "X, a novel framework", "X is a model"."""
    if after < len(words) and not words[after - 1].mark:
        direct = kind_in(words[after].text)
        if direct:
            return direct
    end = words[after - 1].end + len(words[after - 1].mark.rstrip("."))
    said = _BEHIND.match(text, end)
    return kind_in(said[1].split(". ")[0]) if said else None
