"""Markdown with links to papers, as page converters and READMEs write it."""

import re

from tasks.parse.layout.reader import read_text
from tasks.parse.links import paper_of
from tasks.sources.pagedump.saved_page import page_format

EXPECTS = "Markdown with links to papers on huggingface.co or arxiv.org"
_LINKED = re.compile(r"\]\(\s{0,5}<?(?P<url>[^\s()<>]{8,2000})|\]: {1,5}<?(?P<defined>\S{8,2000})")


def recognise(content: bytes) -> bool:
    """Whether plain text has a link to a paper in Markdown."""
    return has_markdown(content.decode(errors="replace"))


def has_markdown(text: str) -> bool:
    """Whether a text has a link to a paper in Markdown."""
    marked = (found.group("url") or found.group("defined") for found in _LINKED.finditer(text))
    return any(paper_of(url) for url in marked)


MARKDOWN = page_format("markdown", 4, EXPECTS, recognise, read_text)
