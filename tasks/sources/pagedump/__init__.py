"""Text renderings of digest pages that somebody saved, in the shapes they come in.

What a text does not say stays NULL. The shapes differ only in how a line is read; `assemble` makes
records of all of them in the same way.
"""

from tasks.sources import Source
from tasks.sources.pagedump.bare import TEXT
from tasks.sources.pagedump.browser import BROWSER
from tasks.sources.pagedump.edition import is_valid_key
from tasks.sources.pagedump.links import LINKS
from tasks.sources.pagedump.markdown import MARKDOWN

SOURCE = Source(name="pagedump", forms=(BROWSER, MARKDOWN, LINKS, TEXT), is_valid_key=is_valid_key)
