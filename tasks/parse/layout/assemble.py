"""Makes records of the parts of a body.

What is printed once for each record and comes twice begins another, so a damaged record costs only
itself. What belongs to no paper that can be named is a reject.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median_high
from typing import Any

from tasks.parse.layout.blocks import FACTS, Block
from tasks.parse.layout.groups import continues
from tasks.parse.layout.looks import is_cut_off, is_of_authors, is_sentence, n_sentences, no_title
from tasks.parse.layout.parts import COUNTS, Part, parts_of
from tasks.parse.layout.titles import Titles
from tasks.parse.model import Span

_ONCE = frozenset({"n_authors", "listed_on"})
_MOST = 0.8
_END = re.compile(r"\.$|\s\(\d{1,5}\)$")
"""What a list may put behind every title, but a title may also end with."""
_SITE = (
    re.compile(r"^[^|\u2013\u2014-]{2,40}?\s[|\u2013\u2014-]\s+(?=\S)"),
    re.compile(r"(?<=\S)\s+[|\u2013\u2014-]\s[^|\u2013\u2014-]{2,40}$"),
)
"""What stands before and behind titles where a page's own title was copied."""
_FEWEST_ALIKE = 3


@dataclass
class Entry:
    """A record as printed: the values its blocks give. `fault` says why it is no record; it is
    None, without a title, for what was never meant to be one."""

    span: Span
    title: str | None = None
    arxiv_id: str | None = None
    abstract: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    fault: str | None = None
    captured_on: date | None = None

    @property
    def is_record(self) -> bool:
        return self.title is not None and self.fault is None


class Assembler:
    """Makes entries of the parts of a body."""

    def __init__(self, blocks: Sequence[Block], titles: Titles, captured_on: date | None) -> None:
        self._blocks = blocks
        self._titles = titles
        self._parts = parts_of(blocks, titles)
        self._captures = [n for n, block in enumerate(blocks) if block.role == "captured_on"]
        stated = [blocks[n].value.in_year_of(None) for n in self._captures[:1]]
        self._captured_on = stated[0] if stated else captured_on
        self._by_ids = any(group.arxiv_id for group in titles.groups)
        self._counts_lead = any(blocks[n].role in COUNTS for part in self._parts for n in part.lead)
        self._usual_prose = self._prose_of_most()
        self._has_abstracts = self._prose_is_abstract()
        self._strips_end = self._ends_alike()
        self._site = self._words_of_site()

    def entries(self) -> list[Entry]:
        """The entries of a body, in order."""
        entries: list[Entry] = []
        leads: list[list[int]] = [part.lead for part in self._parts[1:]]
        for part, following in zip(self._parts, [*leads, []], strict=False):
            numbers = [n for n in range(part.start, part.end) if n not in following]
            entries += self._entries_of(part, numbers)
        return [entry for entry in entries if entry.is_record or entry.fault]

    def _prose_of_most(self) -> int:
        """How many abstracts and the like most records have."""
        counts = [
            sum(block.role == "prose" for block in self._blocks[part.start : part.end])
            for part in self._parts
            if part.title is not None
        ]
        return median_high(counts) if counts else 1

    def _prose_is_abstract(self) -> bool:
        """Whether short sentences in a record are its abstract: where most records have running
        text, or where the authors speak in them."""
        strong = weak = 0
        for part in self._parts:
            for n in range(part.start, part.end):
                block = self._blocks[n]
                is_text = block.role == "text" and n != part.title
                if block.role == "prose" or (is_text and is_of_authors(block.text)):
                    strong += 1
                    break
                if is_text and is_sentence(block.text):
                    weak += 1
                    break
        return strong > weak

    def _ends_alike(self) -> bool:
        """Whether nearly all titles end with a full stop, or with a number in brackets."""
        titles = [self._blocks[n].text for n in self._titles.of_group.values()]
        ends = Counter(found.group()[:2] for found in map(_END.search, titles) if found)
        return max(ends.values(), default=0) >= max(2, _MOST * len(titles))

    def _words_of_site(self) -> tuple[str, str]:
        """What all titles begin and end with, set off from them: `Paper page - `, ` | Blog`."""
        titles = [self._blocks[n].text for n in self._titles.of_group.values()]
        ends = [
            Counter(found.group() for found in map(end.search, titles) if found) for end in _SITE
        ]
        shared = [next(iter(end.most_common(1)), ("", 0)) for end in ends]
        is_list = len(titles) >= _FEWEST_ALIKE
        before, after = (words if is_list and n == len(titles) else "" for words, n in shared)
        return before, after

    def _own_words(self, title: str) -> str:
        before, after = self._site
        own = title.removeprefix(before).removesuffix(after)
        return title if no_title(own) else own

    def _entries_of(self, part: Part, numbers: list[int]) -> Iterator[Entry]:
        """The entry of a part, and those of records without a title that follow in it."""
        lead = part.lead
        while numbers:
            cut = self._cut(numbers)
            yield self._entry(part, [*lead, *numbers[:cut]])
            numbers, lead = numbers[cut:], []
            if not any(self._blocks[n].role == "prose" for n in numbers):
                return
            part = Part(numbers[0], part.end)

    def _cut(self, numbers: Sequence[int]) -> int:
        """Where, within a part, something comes for the second time that a record has once."""
        seen: Counter[str] = Counter()
        prose = -2
        for place, n in enumerate(numbers):
            block = self._blocks[n]
            is_prose = block.role == "prose"
            is_rest = is_prose and prose == n - 1 and continues(self._blocks[prose], block)
            prose = n if is_prose else prose
            if is_rest or not (is_prose or block.role in _ONCE):
                continue
            if seen[block.role] >= (max(1, self._usual_prose) if is_prose else 1):
                return self._cut_before(numbers, place)
            seen[block.role] += 1
        return len(numbers)

    def _cut_before(self, numbers: Sequence[int], place: int) -> int:
        """The place of a cut, with the votes before it that lead to what follows."""
        while self._counts_lead and place > 1 and self._blocks[numbers[place - 1]].role in COUNTS:
            place -= 1
        return place

    def _entry(self, part: Part, numbers: Sequence[int]) -> Entry:
        blocks = [self._blocks[n] for n in numbers]
        spans = [block.span for block in blocks]
        entry = Entry(Span(min(span.start for span in spans), max(span.end for span in spans)))
        entry.captured_on = self._captured_at(part.start)
        if part.title is not None:
            whole = (part.title, *self._titles.rest.get(part.title, ()))
            title = " ".join(self._blocks[n].text for n in whole)
            entry.title = self._own_words(_END.sub("", title) if self._strips_end else title)
        if part.group is not None:
            entry.arxiv_id = self._titles.groups[part.group].arxiv_id
        entry.facts = _facts_of(blocks)
        entry.abstract = self._abstract(part, numbers)
        damage = next((block.text for block in blocks if block.role == "damaged"), None)
        if entry.title and part.group is None:
            damage = damage or no_title(entry.title)
        entry.fault = damage or self._fault(part, entry)
        if not self._is_meant(entry):
            entry.title = None
        return entry

    def _captured_at(self, start: int) -> date | None:
        """The capture date that stands above a record, if a body has several."""
        above = bisect_left(self._captures, start)
        if not above:
            return self._captured_on
        captured_on: date | None = self._blocks[self._captures[above - 1]].value.in_year_of(None)
        return captured_on

    def _abstract(self, part: Part, numbers: Sequence[int]) -> str | None:
        """The abstract: what is labelled as one, else the first running text after the title."""
        blocks = self._blocks
        labelled = [n for n in numbers if blocks[n].value == "abstract"]
        prose = labelled or [n for n in numbers if n != part.title and self._is_prose(n)]
        if not prose or (not labelled and self._usual_prose > 1 and self._by_ids):
            return None
        last, end = prose[0], numbers[-1]
        texts = [blocks[last].text]
        while last < end and last + 1 != part.title:
            block = blocks[last + 1]
            is_text = block.role in ("prose", "text") and block.arxiv_id == blocks[last].arxiv_id
            if not (is_text and continues(blocks[last], block)):
                break
            texts.append(block.text)
            last += 1
        return None if is_cut_off(texts[-1]) else " ".join(texts)

    def _is_prose(self, n: int) -> bool:
        block = self._blocks[n]
        if block.role != "text" or not self._has_abstracts:
            return block.role == "prose"
        return is_sentence(block.text) or n_sentences(block.text) > 1

    def _fault(self, part: Part, entry: Entry) -> str | None:
        """Why a part is no record; None also for what was never meant to be one."""
        if entry.title is None:
            if part.group is not None and entry.arxiv_id:
                return self._titles.reasons.get(part.group, "a link to a paper without a title")
            return "an abstract without a title" if entry.abstract else None
        is_told = entry.abstract and (self._titles.is_certain or not self._by_ids)
        if entry.arxiv_id or is_told or not self._is_meant(entry):
            return None
        has_links = "a title without a link to its paper"
        return has_links if self._by_ids else "a title without an abstract"

    def _is_meant(self, entry: Entry) -> bool:
        """Whether something of a record follows a title that has no link, in a body that has."""
        has_more = entry.abstract or entry.facts.keys() - {"organization", "submitter"}
        return bool(entry.arxiv_id or has_more or entry.fault or not self._by_ids)


def _facts_of(blocks: Sequence[Block]) -> dict[str, Any]:
    """The facts of a record. A count without a label is its votes; so is the first of two, and the
    second its comments."""
    facts: dict[str, Any] = {}
    counts: list[int | None] = []
    for block in blocks:
        if block.role == "count":
            counts.append(block.value)
        elif block.role in FACTS and block.role != "captured_on":
            facts.setdefault(block.role, block.value)
    if "upvotes" in facts:
        counts = [None, *(count for count in counts if count is not None)]
    for kind, count in zip(("upvotes", "comments"), counts, strict=False):
        facts.setdefault(kind, count)
    return facts
