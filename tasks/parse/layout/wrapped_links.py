"""Joins lines in which the words of one link go on."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tasks.parse.layout.lines import LONGEST_LINE, TextLine
from tasks.parse.layout.markup import BRACKET, NAMED
from tasks.parse.model import Span

_LONGEST_LINK = 20_000
_MOST_LINES_OF_LINK = 200


def whole_links(lines: list[TextLine], defined: Mapping[str, str]) -> list[TextLine]:
    """Lines, joined where the words of a link go on in the next one; a link around several
    paragraphs becomes one around each."""
    wrapped = _wrapped_links(lines, defined)
    found: list[TextLine] = []
    number = 0
    while number < len(lines):
        link = wrapped.get(number)
        if link is None:
            found.append(lines[number])
            number += 1
            continue
        found += _unwrapped(lines[number : link.last + 1], link)
        number = link.last + 1
    return found


class _Wrapped(NamedTuple):
    """A link over several lines: its last line, and where in the last its words end; -1 if several
    links share the lines."""

    last: int
    end: int


def _unwrapped(lines: list[TextLine], link: _Wrapped) -> Iterator[TextLine]:
    """The lines of a link as one, or as one for each of its paragraphs."""
    paragraphs: list[list[TextLine]] = []
    for line in lines:
        if line.gap or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(line)
    last = lines[-1].text
    texts = [" ".join(line.text.rstrip("\\ ") for line in part) for part in paragraphs]
    full = [
        text for text in (texts[0], *texts[1:-1], last[: max(0, link.end)]) if text.strip("[ -*")
    ]
    if link.end < 0 or len(full) < 2 or "[" not in texts[0]:
        span = Span(lines[0].span.start, lines[-1].span.end)
        text = " ".join([line.text.rstrip("\\ ") for line in lines[:-1]] + [last])
        yield lines[0]._replace(text=text, span=span)
        return
    target = last[link.end :]
    texts[-1] = texts[-1][: len(texts[-1]) - len(target)]
    for number, (text, part) in enumerate(zip(texts, paragraphs, strict=True)):
        span = Span(part[0].span.start, part[-1].span.end)
        opened = "" if number == 0 else "["
        if text.strip("[ -*") or number == len(texts) - 1:
            yield part[0]._replace(text=f"{opened}{text}{target}", span=span)


def _wrapped_links(lines: list[TextLine], defined: Mapping[str, str]) -> dict[int, _Wrapped]:
    """Where links begin whose words go on, by number of the first line."""
    ends: dict[int, _Wrapped] = {}
    opened: list[tuple[int, int, int, bool]] = []
    n_links = n_characters = 0
    for number, line in enumerate(lines):
        if line.text.startswith("#"):
            opened.clear()
        n_characters += len(line.text) + 1
        if len(line.text) > LONGEST_LINE:
            opened.clear()
            continue
        for found in BRACKET.finditer(line.text) if "[" in line.text or "]" in line.text else ():
            if found.group() == "[":
                is_picture = line.text[found.start() - 1 : found.start()] == "!"
                opened.append((number, n_links, n_characters, is_picture))
            elif found.group() == "]" and opened:
                first, before, at, is_picture = opened.pop()
                after = line.text[found.end() : found.end() + 1]
                if after not in ("(", "[") or lines[first].text[:1] == "|":
                    continue
                if after == "[" and not _is_reference(line.text, found.end(), defined):
                    continue
                is_short = (
                    n_characters - at < _LONGEST_LINK and number - first < _MOST_LINES_OF_LINK
                )
                if first < number and n_links == before and is_short:
                    start = _start_of(ends, first)
                    ends[start] = _Wrapped(number, -1 if start in ends else found.start())
                n_links += not is_picture
    return ends


def _start_of(wrapped: dict[int, _Wrapped], line: int) -> int:
    """The first of the lines that a line is joined with already."""
    start = next(reversed(wrapped)) if wrapped else line
    return start if start in wrapped and wrapped[start].last >= line else line


def _is_reference(text: str, at: int, defined: Mapping[str, str]) -> bool:
    named = NAMED.match(text, at)
    name = named.group("name").lower() if named else ""
    return name in defined or name.isdecimal()
