"""Takes off what a chat's export prints before each message: its time and who wrote it."""

import re
from collections import Counter

from tasks.parse.layout.lines import TextLine
from tasks.parse.model import Span

_STAMP = re.compile(
    r"[\u200e\u200f]?\[?(?:\d{1,2}:\d\d(?::\d\d)?\]?\s<[@+ ]?(?P<nick>[^\s<>]{1,30})>\s+(?=\S)|"
    r"(?:\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d\d-\d\d),?\s\d{1,2}:\d\d(?::\d\d)?"
    r"(?:\s?[AaPp]\.?[Mm]\.?)?(?:\]|\s[-\u2013])\s(?P<who>[^:\[\]<>|]{1,40}):\s+(?=\S))"
)
_ENOUGH = 2


def without_stamps(lines: list[TextLine]) -> list[TextLine]:
    """Lines without stamps, each message a paragraph of its own. Only where somebody wrote twice:
    else what stands before a colon may be the beginning of a title."""
    stamps = [_STAMP.match(line.text) for line in lines]
    who = Counter(stamp["who"] or stamp["nick"] for stamp in stamps if stamp)
    if max(who.values(), default=0) < _ENOUGH:
        return lines
    return [
        _without(line, stamp.end()) if stamp else line
        for line, stamp in zip(lines, stamps, strict=True)
    ]


def _without(line: TextLine, end: int) -> TextLine:
    start = line.span.start + len(line.text[:end].encode(errors="surrogateescape"))
    return line._replace(text=line.text[end:], span=Span(start, line.span.end), gap=True)
