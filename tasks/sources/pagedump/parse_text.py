"""Bare paragraphs: a title, a blank line, its abstract, and so on; facts may stand between them.

Such a text has no ids. Each paragraph is classified by itself (title or abstract?), so one damaged
record cannot shift the titles of the rest. A title without an abstract and an abstract without a
title are rejects: they may be a damaged record or something else, and we do not guess.
"""

from itertools import pairwise
from typing import Literal

from tasks.sources.pagedump.assemble import Event
from tasks.sources.pagedump.facts import read_facts
from tasks.sources.pagedump.lines import HEADINGS, is_abstract, is_furniture, paragraphs_of
from tasks.sources.pagedump.saved_page import page_format

EXPECTS = "text with a title, a blank line and an abstract for each paper"


def recognise(content: bytes) -> bool:
    """Whether the bytes are plain text with a digest's heading, or with several records."""
    paragraphs = paragraphs_of(content)
    kinds = [is_abstract(p.text) for p in paragraphs if not read_facts(p.text)]
    n_pairs = sum(not first and second for first, second in pairwise(kinds))
    has_heading = any(p.text.casefold() in HEADINGS for p in paragraphs[:20])
    return n_pairs >= (1 if has_heading else 3)


def _events(content: bytes) -> list[Event]:
    events: list[Event] = []
    for text, span, _, _ in paragraphs_of(content):
        if is_furniture(text):
            continue
        facts = [Event(*fact, span) for fact in read_facts(text)]
        kind: Literal["abstract", "title"] = "abstract" if is_abstract(text) else "title"
        events += facts or [Event(kind, text, span)]
    return events


TEXT = page_format("text", 3, EXPECTS, recognise, _events)
