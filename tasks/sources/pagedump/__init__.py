"""Digest pages that somebody saved as text, in four formats.

What a text does not say stays NULL. The formats differ only in how a line is read; `assemble` makes
the records of all of them.
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
