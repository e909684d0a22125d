"""Text without links to papers: a title, its abstract, and so on; facts may stand between them.

Such a text has no ids. Each abstract is classified by itself, and its title is the text before it
that is printed as titles are, so one damaged record cannot shift the titles of the rest. A title
without an abstract and an abstract without a title are rejects: they may be a damaged record or
something else, and we do not guess.
"""

from tasks.errors import BadBody
from tasks.parse.layout.reader import read_text
from tasks.parse.layout.records import parsed_of, read_layout
from tasks.parse.model import ParsedBody
from tasks.sources.pagedump.issues import has_heading, shown
from tasks.sources.pagedump.saved_page import page_format

_ENOUGH = 3
EXPECTS = "text with a title, a blank line and an abstract for each paper"


def recognise(content: bytes) -> bool | ParsedBody:
    """The parsed text if it has a record under a digest's heading, or several that are most of it,
    which only parsing shows; else false."""
    try:
        parsed = parsed_of(content, read_layout(read_text(content)), EXPECTS, **shown(content))
    except BadBody:
        return False
    n_others = parsed.n_parsed - parsed.n_papers
    is_list = parsed.n_papers >= _ENOUGH and parsed.n_papers >= 2 * n_others
    return parsed if is_list or has_heading(content) else False


TEXT = page_format("text", 5, EXPECTS, recognise, read_text)
