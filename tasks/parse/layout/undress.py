"""Takes off what is printed around titles: numbers, votes, signs, quotes, names beside them."""

import re
from collections.abc import Iterator

from tasks.parse.layout.facts import Fact, read_fact, read_facts
from tasks.parse.layout.looks import is_button, is_category, is_id, is_names

_NUMBERING = re.compile(
    r"^\[\d{1,4}\]\s*|^(?:\(?\d{1,3}[.)\]:]|#\d{1,3}[.:)]?|no\.? ?\d{1,3}[.:])(?:\s+|$)"
    r"|^(?:[(\uff08]?\d{1,3}[\u3001\uff0e\uff09\uff1a]|\u3010\d{1,4}\u3011|[\u2460-\u2473])\s*"
    r"|^\d{1,3}/\s+|^\d{4}\.\d{4,5}(?:v\d{1,2})?[:,]?\s+(?:[-\u2013\u2014|]\s+)?",
    re.IGNORECASE,
)
_PICTOGRAMS = (
    "\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u2500-\u27bf\u2b00-\u2bff"
    "\ufe0f\u200d\u3030\u20e3"
)
_SIGNS = re.compile(rf"(?:[{_PICTOGRAMS}\s]|:[a-z][a-z0-9_+-]{{1,30}}:)+", re.ASCII)
_SIGNS_AFTER = re.compile(rf"(?:[{_PICTOGRAMS}\s]+|\s:[a-z][a-z0-9_+-]{{1,30}}:)$")
_VOTES_BEFORE = re.compile(
    rf"(?:[+{_PICTOGRAMS}]{{1,3}}\s?\d[\d,.]*k?|\d[\d,.]*k?\s?[{_PICTOGRAMS}]{{1,3}})\s+(?=\w)"
)
_VOTES_AFTER = re.compile(rf"\s+[{_PICTOGRAMS}]{{1,3}}\s?\d[\d,.]*k?$")
_COUNT_BEFORE = re.compile(
    r"([^-\u2013\u2014|\u00b7\u2022:]{3,24})[-\u2013\u2014|\u00b7\u2022:]\s+(?=\w)"
)
_COUNT_AFTER = re.compile(
    r"\s*[-\u2013\u2014|\u00b7\u2022,;]\s+([^-\u2013\u2014|\u00b7\u2022,;]{3,24})$"
)
_BRACKETED = re.compile(r"[(\[](?P<inside>[^()\[\]]{1,80})[)\]]")
_BREAKS = re.compile(r"(\s+[-\u2013\u2014|\u00b7\u2022]\s+|\t+|;\s+|(?<=[a-z?!])\.\s+(?=[A-Z]))")
_QUOTES = {'"': '"', "\u201c": "\u201d", "\u300a": "\u300b", "\u201e": "\u201c"}
_QUOTED = re.compile(
    r"[\"\u201c\u201e](?P<inside>[^\"\u201c\u201d\u201e]{3,400})[\"\u201d\u201c],?\s+(?P<rest>\S.*)"
)
_BY = re.compile(r"\s+by\s+(?=[A-Z])")
_YEAR = re.compile(
    r"(?:.{0,30}\b)?(?:19|20)\d\d(?:[-/.]\d\d){0,2}(?:[T ]\d\d:\d\d(?::\d\d)?)?"
    r"|\d{1,2}:\d\d(?::\d\d)?(?:\s?[AaPp][Mm])?"
)
_MOST_LAYERS = 4
_COUNTS = ("upvotes", "comments", "github_stars")


def undressed(text: str) -> tuple[str, list[Fact]]:
    """A title without numbering, votes, signs and brackets with other things; and the facts among
    them."""
    facts: list[Fact] = []
    for _ in range(_MOST_LAYERS):
        before = text
        text = _NUMBERING.sub("", text.strip(), count=1)
        if not text.isascii():
            for found in filter(None, (_VOTES_BEFORE.match(text), _VOTES_AFTER.search(text))):
                facts += filter(None, [read_fact(found.group().strip())])
                text = text.replace(found.group(), "", 1)
            text = _without_signs(text)
        elif ":" in text:
            text = _without_signs(text)
        text = _without_counts(text, facts)
        text = _unquoted(_without_aside(text, facts).strip(" \t*_,;|\u00b7-\u2013\u2014"))
        if text == before:
            break
    return text, facts


def _without_counts(text: str, facts: list[Fact]) -> str:
    """A text without labelled counts at its ends, `- 41 upvotes`; they are added to `facts`."""
    for found in (_COUNT_BEFORE.match(text), _COUNT_AFTER.search(text, max(0, len(text) - 32))):
        fact = read_fact(found.group(1).strip()) if found else None
        if found and fact and fact.kind in _COUNTS:
            facts.append(fact)
            return text[found.end() :] if found.start() == 0 else text[: found.start()]
    return text


def _without_signs(text: str) -> str:
    if (found := _SIGNS.match(text)) and found.end() < len(text):
        text = text[found.end() :]
    tail = _SIGNS_AFTER.search(text[-40:])
    return text[: len(text) - len(tail.group())] if tail else text


def _without_aside(text: str, facts: list[Fact]) -> str:
    """A text without the brackets at its ends that are no part of it; the facts in them are added
    to `facts`."""
    for found in _ends_in_brackets(text):
        inside = found.group("inside").strip(" *_")
        if is_aside(inside):
            facts += [fact for fact in read_facts(inside) if fact.kind != "count"]
            return text[found.end() :] if found.start() == 0 else text[: found.start()]
    return text


def _ends_in_brackets(text: str) -> Iterator[re.Match[str]]:
    """The brackets a text begins and ends with."""
    if text[:1] in "([" and (found := _BRACKETED.match(text)):
        yield found
    if text[-1:] in ")]":
        start = max(text.rfind("("), text.rfind("["))
        if start > 0 and (found := _BRACKETED.fullmatch(text, start)):
            yield found


def is_aside(text: str) -> bool:
    """What stands in brackets beside a title, and is no part of it."""
    return not text.isdecimal() and bool(
        is_button(text)
        or is_id(text)
        or is_category(text)
        or read_facts(text)
        or is_names(text)
        or _YEAR.fullmatch(text)
    )


def _unquoted(text: str) -> str:
    last = _QUOTES.get(text[:1], "")
    is_quoted = last and len(text) > 4 and text[-1] == last and last not in text[1:-1]
    return text[1:-1] if is_quoted else text


def has_names_beside(text: str) -> bool:
    """Whether a part of a line is a list of names."""
    parts = _cut(text)
    return len(parts) > 1 and any(is_names(part) for part in parts[::2])


def without_name(text: str) -> tuple[str, str]:
    """A text without the brackets at its end in which one person may be named, and that name; for
    lists that have the names of most papers there."""
    for found in _ends_in_brackets(text):
        inside = found.group("inside").strip(" *_")
        if found.start() > 0 and is_names(f"by {inside}"):
            return text[: found.start()].rstrip(), inside
    return text, ""


def has_names_in_brackets(text: str) -> bool:
    """Whether a text ends with a list of names in brackets."""
    return any(
        found.start() > 0 and is_names(found.group("inside")) for found in _ends_in_brackets(text)
    )


def _cut(text: str) -> list[str]:
    """A text cut where names may begin or end: parts, and what stands between them."""
    if text[:1] in _QUOTES and (found := _QUOTED.match(text)):
        return [found.group("inside"), " ", found.group("rest")]
    by = next((b for b in _BY.finditer(text) if is_names(f"by {text[b.end() :]}")), None)
    pieces = _BREAKS.split(text[: by.start()] if by else text)
    return [*pieces, by.group(), text[by.end() :]] if by else pieces


def parts_of(text: str, *, is_set_off: bool, one_is_enough: bool) -> Iterator[str]:
    """A text, cut at dashes, semicolons, full stops and at `by`, where one side is names or a
    fact. `one_is_enough`: one name is a list of names, as it is beside other titles; nothing is cut
    from words that are set off."""

    def is_list(part: str) -> bool:
        return is_names(part) or (one_is_enough and is_names(f"by {part}"))

    parts = [text] if is_set_off else _cut(text)
    if len(parts) > 1 and not any(is_list(p) or read_fact(p) or is_aside(p) for p in parts[::2]):
        parts = [text]
    whole = ""
    for number in range(0, len(parts), 2):
        part = parts[number]
        if len(parts) > 1 and is_list(part):
            yield from filter(None, [whole])
            whole = ""
            yield part
        elif len(parts) == 1 or not (read_fact(part) or is_aside(part)):
            whole += (parts[number - 1] if whole else "") + part
    yield from filter(None, [whole.strip()])
