"""Text renderings of digest pages that somebody saved, in the shapes they come in.

What a text does not say stays NULL. The shapes differ only in how a line is read; `assemble` makes
records of all of them in the same way.
"""

from tasks.sources import Source
from tasks.sources.pagedump.bare import TEXT
from tasks.sources.pagedump.edition import is_valid_key

SOURCE = Source(name="pagedump", forms=(TEXT,), is_valid_key=is_valid_key)
