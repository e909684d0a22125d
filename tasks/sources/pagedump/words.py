"""Splits one line into Markdown links, bare links and the text between them."""

import re
from collections.abc import Iterator, Mapping

from tasks.parse.unicode_faults import unescaped
from tasks.sources.pagedump.facts import read_facts
from tasks.sources.pagedump.linked import Words

_TARGET = re.compile(
    r"\(\s*<?(?P<url>(?:[^\s()<>]|\([^\s()<>]*\))*)>?(?:\s+[\"'][^\"')]*[\"'])?\s*\)"
)
_NAMED = re.compile(r"\[(?P<name>[^\]\s]{1,40})\]")
URL = re.compile(r"<?(?P<url>https?://[^\s<>\"]{3,8000})>?")
BRACKET = re.compile(r"\\.|\[|\]")
_ESCAPED = re.compile(r"\\([\[\]_*#()!>.+|~`-])")
_BOLD = re.compile(r"\*\*([^*]{1,300})\*\*")
_EDGES = " \t-\u2013\u2014:|,;\u00b7\u2022<>"
_SEPARATORS = re.compile(r"\t+|\s+[|\u00b7\u2022]\s+")
_DEEPEST = 4


def words_of(text: str, defined: Mapping[str, str], depth: int = 0) -> Iterator[Words]:
    """The words of a line: links of both kinds and the text between them, without pictures."""
    closing = _closing(text)
    position = done = 0
    while (found := text.find("[", position)) >= 0:
        link = _link_at(text, found, closing, defined)
        if link is None:
            position = found + 1
            continue
        end, target = link
        is_picture = found > 0 and text[found - 1] == "!"
        yield from _plain(text[done : found - is_picture])
        if not is_picture:
            inner = text[found + 1 : closing[found]]
            yield Words(_flat(inner, defined, depth), target)
        position = done = end
    yield from _plain(text[done:])


def _link_at(
    text: str, found: int, closing: dict[int, int], defined: Mapping[str, str]
) -> tuple[int, str] | None:
    """End and target of the link whose bracket opens here; None if it is only a bracket."""
    if found not in closing:
        return None
    after = closing[found] + 1
    target = _TARGET.match(text, after, after + 9_000)
    if target:
        return target.end(), target.group("url")
    named = _NAMED.match(text, after)
    if named and named.group("name").lower() in defined:
        return named.end(), defined[named.group("name").lower()]
    return None


def _closing(text: str) -> dict[int, int]:
    """Where each bracket that opens is closed."""
    opened: list[int] = []
    closing: dict[int, int] = {}
    for found in BRACKET.finditer(text):
        if found.group() == "[":
            opened.append(found.start())
        elif found.group() == "]" and opened:
            closing[opened.pop()] = found.start()
    return closing


def _flat(text: str, defined: Mapping[str, str], depth: int) -> str:
    """The words a reader sees of a link's text."""
    if depth < _DEEPEST and "](" in text:
        text = " ".join(words.text for words in words_of(text, defined, depth + 1))
    return _clean(text)


def _plain(text: str) -> Iterator[Words]:
    """Running text and the bare links in it."""
    done = 0
    for found in URL.finditer(text):
        yield from _parts(text[done : found.start()])
        url = trimmed(found.group("url"))
        yield Words(url, url)
        done = found.start("url") + len(url)
    yield from _parts(text[done:])


def _parts(text: str) -> Iterator[Words]:
    """A stretch of text; cut at dots and bars where any part of it is a fact."""
    parts = [_clean(part) for part in _SEPARATORS.split(text)]
    if len(parts) == 1 or not any(read_facts(part) for part in parts):
        parts = [_clean(_SEPARATORS.sub(" ", text) if "\t" in text else text)]
    yield from (Words(part) for part in parts if part)


def trimmed(url: str) -> str:
    """A bare link without the punctuation that follows it in a sentence."""
    url = url.rstrip(".,;:!?'\u201d*_`]")
    return url if url.count("(") >= url.count(")") else url.rstrip(")").rstrip(".,;")


def _clean(text: str) -> str:
    """Words without the marks of Markdown around them."""
    stripped = text.strip(_EDGES) if text.strip() not in ("-", "\u2013", "\u2014") else text.strip()
    if stripped[:1] in (")", "]"):
        stripped = stripped[1:].lstrip(_EDGES)
    if stripped[-1:] in ("(", "["):
        stripped = stripped[:-1].rstrip(_EDGES)
    stripped = _BOLD.sub(r"\1", stripped)
    for mark in ("__", "*", "`"):
        if len(stripped) > 2 * len(mark) and stripped.startswith(mark) and stripped.endswith(mark):
            stripped = stripped[len(mark) : -len(mark)]
            break
    return unescaped(_ESCAPED.sub(r"\1", stripped)).strip()
