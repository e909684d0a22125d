"""Bare paragraphs: a title, a blank line, its abstract, and so on; facts may stand between them.

Such a text has no ids. Each paragraph is classified by itself (title or abstract?), so one damaged
record cannot shift the titles of the rest.
"""

from itertools import pairwise

from tasks.parse.model import ParsedBody, Raw
from tasks.sources import Format
from tasks.sources.pagedump.assemble import (
    Block,
    Event,
    assemble,
    loaded_paths,
    parsed_of,
    raw_of,
)
from tasks.sources.pagedump.facts import read_facts
from tasks.sources.pagedump.issues import issue_of, shown
from tasks.sources.pagedump.lines import Line, is_abstract, is_furniture, paragraphs_of
from tasks.sources.pagedump.refuse import is_other

EXPECTS = "text with a title, a blank line and an abstract for each paper"
_HEADINGS = ("daily papers", "trending papers")


def recognise(content: bytes) -> bool:
    """Whether the bytes are plain text with a digest's heading, or with several records."""
    if is_other(content):
        return False
    paragraphs = paragraphs_of(content)
    kinds = [is_abstract(p.text) for p in paragraphs if not read_facts(p.text)]
    n_pairs = sum(not first and second for first, second in pairwise(kinds))
    has_heading = any(p.text.casefold() in _HEADINGS for p in paragraphs[:20])
    return n_pairs >= (1 if has_heading else 3)


def parse(content: bytes) -> ParsedBody:
    """Pair each title with the abstract that follows it. Raises `BadBody` when there is no pair.

    A title without an abstract and an abstract without a title are rejects: they may be a damaged
    record or something else, and we do not guess.
    """
    return parsed_of(content, _blocks(paragraphs_of(content)), EXPECTS, **shown(content))


def locate(content: bytes, index: int) -> Raw:
    """The raw text of one record, from its title to its last fact."""
    return raw_of(content, _blocks(paragraphs_of(content))[index])


def _blocks(paragraphs: list[Line]) -> list[Block]:
    events: list[Event] = []
    for text, span, _, _ in paragraphs:
        if is_furniture(text):
            continue
        facts = read_facts(text)
        if facts:
            events += [Event(fact.kind, fact.value, span) for fact in facts]
        elif is_abstract(text):
            events.append(Event("abstract", text, span))
        else:
            events.append(Event("title", text, span))
    return assemble(events)


TEXT = Format(
    name="text",
    version=2,
    expects=EXPECTS,
    recognise=recognise,
    parse=parse,
    locate=locate,
    issue_of=issue_of,
    loaded_paths=loaded_paths,
)
