"""Links to papers as other markups and chats write them, or bare ones, with titles beside them."""

from tasks.parse.layout.markup import URL, trimmed
from tasks.parse.layout.reader import read_text
from tasks.parse.links import paper_of
from tasks.sources.pagedump.parse_markdown import has_markdown
from tasks.sources.pagedump.saved_page import page_format

EXPECTS = "text with one link to a paper for each of its titles"


def recognise(content: bytes) -> bool:
    """Whether plain text has links to papers, and no Markdown links to any."""
    text = content.decode(errors="replace")
    links = (trimmed(found.group("url").partition("|")[0]) for found in URL.finditer(text))
    return any(paper_of(link) for link in links) and not has_markdown(text)


LINKS = page_format("links", 4, EXPECTS, recognise, read_text)
