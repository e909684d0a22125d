"""Where the elements of a JSON list or object stand in its bytes, without reading them."""

import re

from tasks.parse.model import Span

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{},]', re.DOTALL)
_OPENING, _CLOSING = (b"[", b"{"), (b"]", b"}")


def element_spans(content: bytes) -> list[Span]:
    """The spans of the elements of a list, or of the members of an object, without blanks around
    them.

    Only brackets, commas and texts are scanned, so an element may be nested to any depth.
    """
    spans: list[Span] = []
    depth = start = 0
    for token in _TOKEN.finditer(content):
        mark = content[token.start() : token.start() + 1]
        if depth == 1 and (mark == b"," or mark in _CLOSING):
            spans.append(Span(start, token.start()).stripped(content))
        if depth == 0 or (depth == 1 and mark == b","):
            start = token.end()
        depth += (mark in _OPENING) - (mark in _CLOSING)
        if depth == 0:
            break
    return [span for span in spans if span.start < span.end]
