"""Text renderings of digest pages that somebody saved, in the shapes they come in.

What a text does not say stays NULL. The shapes differ only in how a line is read; `assemble` makes
records of all of them in the same way.
"""

from tasks.sources import Source
from tasks.sources.pagedump.issues import is_valid_key
from tasks.sources.pagedump.parse_browser import BROWSER
from tasks.sources.pagedump.parse_links import LINKS
from tasks.sources.pagedump.parse_markdown import MARKDOWN
from tasks.sources.pagedump.parse_text import TEXT

SOURCE = Source(
    name="pagedump", formats=(BROWSER, MARKDOWN, LINKS, TEXT), is_valid_key=is_valid_key
)
