"""Cuts the blocks of a body into records.

A record begins at its title or at the first mention of its paper, whichever comes first, and ends
where another begins; what is printed once for each record and comes twice begins another, too. So a
damaged record costs only itself. What belongs to no paper that can be named is a reject.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median_high
from typing import Any

from tasks.parse.layout.blocks import FACTS, Block
from tasks.parse.layout.groups import continues
from tasks.parse.layout.looks import is_cut_off, is_of_authors, is_sentence
from tasks.parse.layout.titles import Titles
from tasks.parse.model import Span

_ONCE = frozenset({"n_authors", "listed_on"})
_COUNTS = frozenset({"count", "upvotes"})
_MOST = 0.8
_END = re.compile(r"\.$|\s\(\d{1,5}\)$")
"""What a list may put behind every title, but a title may also end with."""


@dataclass
class Entry:
    """A record as printed: the values its blocks give. `fault` says why it is no record; it is
    None, without a title, for what was never meant to be one."""

    title: str | None = None
    arxiv_id: str | None = None
    abstract: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    fault: str | None = None
    captured_on: date | None = None
    span: Span = Span(0, 0)

    @property
    def is_record(self) -> bool:
        return self.title is not None and self.fault is None


class _Part:
    """The blocks of one record, by number; its title and group, if it has them."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = start
        self.group: int | None = None
        self.title: int | None = None
        self.lead: list[int] = []


class Assembler:
    """Cuts blocks into parts, and makes entries of them."""

    def __init__(self, blocks: Sequence[Block], titles: Titles, captured_on: date | None) -> None:
        self.blocks = blocks
        self.titles = titles
        self._captures = [n for n, block in enumerate(blocks) if block.role == "captured_on"]
        stated = [blocks[n].value.in_year_of(None) for n in self._captures[:1]]
        self._captured_on = stated[0] if stated else captured_on
        self._by_ids = any(group.arxiv_id for group in titles.groups)

    def entries(self) -> list[Entry]:
        """The entries of a body, in order."""
        parts = self._parts()
        for part in parts:
            part.lead = self._run_before(part.start, parts)
        leading = self._leading(parts)
        for part in parts:
            part.lead = self._nearest(part.lead, leading)
        self._usual_prose = self._prose_of_most(parts)
        self._has_abstracts = self._prose_is_abstract(parts)
        titles = [self.blocks[n].text for n in self.titles.of_group.values()]
        ends = Counter(
            end.group() if end.group() == "." else "(n)" for end in map(_END.search, titles) if end
        )
        most = max(2, _MOST * len(titles))
        self._strips_end = max(ends.values(), default=0) >= most
        entries: list[Entry] = []
        leads = bool(leading & _COUNTS)
        for number, part in enumerate(parts):
            taken = parts[number + 1].lead if number + 1 < len(parts) else ()
            numbers = [n for n in range(part.start, part.end) if n not in taken]
            entries += self._entries_of(part, part.lead, numbers, leads=leads)
        return [entry for entry in entries if entry.is_record or entry.fault]

    def _parts(self) -> list[_Part]:
        """Where each record begins and ends."""
        parts: list[_Part] = []
        for number, group in enumerate(self.titles.groups):
            title = self.titles.of_group.get(number)
            first = min(group.first, group.first if title is None else title)
            part = _Part(self._row_start(first))
            part.group, part.title = number, title
            parts.append(part)
        for title in self.titles.lone:
            part = _Part(title)
            part.title = title
            parts.append(part)
        parts.sort(key=lambda part: part.start)
        for part, following in zip(parts, [*parts[1:], None], strict=False):
            part.end = following.start if following else len(self.blocks)
            row = self.blocks[part.start].row
            while row is not None and self.blocks[part.end - 1].row != row:
                part.end -= 1
        return parts

    def _row_start(self, number: int) -> int:
        """The first block of the row of a table that a block stands in; the block if in none."""
        row = self.blocks[number].row
        while row is not None and number and self.blocks[number - 1].row == row:
            number -= 1
        return number

    def _run_before(self, start: int, parts: Sequence[_Part]) -> list[int]:
        """The facts that stand directly before a record."""
        found: list[int] = []
        row = self.blocks[start].row
        for number in range(start - 1, max(-1, start - 12), -1):
            block = self.blocks[number]
            if block.role in FACTS and block.arxiv_id is None and block.row == row:
                found.append(number)
            elif block.is_slot or block.arxiv_id or block.role in ("rule", "damaged", "link"):
                break
        return found

    def _leading(self, parts: Sequence[_Part]) -> set[str]:
        """The kinds of facts that stand before their records and not after them.

        The majority decides, and the ends of the list: what leads stands before the first record
        and not after the last.
        """
        titled = [part for part in parts if part.title is not None]
        if not titled:
            return set()
        before: Counter[str] = Counter()
        after: Counter[str] = Counter()
        for part in titled:
            before.update({self._kind(n) for n in part.lead})
            after.update(self._kinds_after(part))
        first = {self._kind(n) for n in parts[0].lead}
        last = set(self._tail_kinds(parts[-1]))
        found = set()
        for kind in before:
            if before[kind] * 2 < len(titled) or before[kind] <= after[kind]:
                continue
            if (kind in first and (kind == "count" or kind not in last)) or (
                kind not in first and kind not in last and self._is_near(kind, titled)
            ):
                found.add(kind)
        return {kind for kind in found if self._is_next(kind, found, titled)}

    def _is_next(self, kind: str, leading: set[str], parts: Sequence[_Part]) -> bool:
        """Whether nothing that belongs to the record before stands between a fact and what it
        leads to."""
        between = whole = 0
        for part in parts:
            kinds = [self._kind(n) for n in part.lead]
            if kind in kinds:
                whole += 1
                between += not leading.issuperset(kinds[: kinds.index(kind)])
        return 2 * between <= whole

    def _is_near(self, kind: str, parts: Sequence[_Part]) -> bool:
        """Whether facts of a kind stand in one paragraph with what follows, or, if they have their
        own, are votes."""
        blocks = self.blocks
        places = [(n, part) for part in parts for n in self._nearest(part.lead, {kind}) if n]
        above = sum(blocks[n].paragraph == blocks[n - 1].paragraph for n, _ in places)
        below = sum(blocks[n].paragraph == blocks[part.start].paragraph for n, part in places)
        return below > above or (kind == "count" and above == 0)

    def _kind(self, number: int) -> str:
        role = self.blocks[number].role
        return "count" if role in _COUNTS else role

    def _kinds_after(self, part: _Part) -> set[str]:
        """The fact that stands next to a title, after it."""
        if part.title is None:
            return set()
        for number in range(part.title + 1, part.end):
            block = self.blocks[number]
            if block.role in FACTS and block.arxiv_id is None:
                return {self._kind(number)}
            if block.role not in ("link", "label", "names"):
                break
        return set()

    def _tail_kinds(self, part: _Part) -> Iterable[str]:
        return (
            self._kind(n)
            for n in range((part.title or part.start) + 1, part.end)
            if self.blocks[n].role in FACTS
        )

    def _nearest(self, run: Sequence[int], leading: set[str]) -> list[int]:
        """Of the facts before a record, the nearest of each kind that leads."""
        found: dict[str, int] = {}
        for number in run:
            kind = self._kind(number)
            if kind in leading:
                found.setdefault(kind, number)
        return sorted(found.values())

    def _prose_of_most(self, parts: Sequence[_Part]) -> int:
        counts = [
            sum(self.blocks[n].role == "prose" for n in range(part.start, part.end))
            for part in parts
            if part.title is not None
        ]
        return median_high(counts) if counts else 1

    def _prose_is_abstract(self, parts: Sequence[_Part]) -> bool:
        """Whether short sentences in a record are its abstract: where most records have running
        text, or where the authors speak in them."""
        strong = weak = 0
        for part in parts:
            for n in range(part.start, part.end):
                block = self.blocks[n]
                if n == part.title:
                    continue
                if block.role == "prose" or (block.role == "text" and is_of_authors(block.text)):
                    strong += 1
                    break
                if block.role == "text" and is_sentence(block.text):
                    weak += 1
                    break
        return strong > weak

    def _entries_of(
        self, part: _Part, lead: Sequence[int], numbers: Sequence[int], *, leads: bool
    ) -> list[Entry]:
        """The entry of a part, and those of records without a title that follow in it."""
        cut = self._cut(part, numbers, leads=leads)
        entries = [self._entry(part, [*lead, *numbers[:cut]])]
        rest = numbers[cut:]
        if any(self.blocks[n].role == "prose" for n in rest):
            lost = _Part(rest[0])
            lost.end = part.end
            entries += self._entries_of(lost, [], rest, leads=leads)
        return entries

    def _cut(self, part: _Part, numbers: Sequence[int], *, leads: bool) -> int:
        """Where, within a part, something comes for the second time that a record has once."""
        seen: Counter[str] = Counter()
        prose = -1
        for place, n in enumerate(numbers):
            block = self.blocks[n]
            is_prose = block.role == "prose"
            if is_prose and prose >= 0 and prose == n - 1 and continues(self.blocks[prose], block):
                prose = n
                continue
            prose = n if is_prose else prose
            most = max(1, self._usual_prose) if is_prose else 1
            if (is_prose or block.role in _ONCE) and seen[block.role] >= most:
                return self._cut_before(numbers, place, leads=leads)
            seen[block.role] += 1
        return len(numbers)

    def _cut_before(self, numbers: Sequence[int], place: int, *, leads: bool) -> int:
        """The place of a cut, with the facts before it that lead to what follows."""
        while leads and place > 1 and self.blocks[numbers[place - 1]].role in _COUNTS:
            place -= 1
        return place

    def _entry(self, part: _Part, numbers: Sequence[int]) -> Entry:
        entry = Entry(captured_on=self._captured_at(part.start))
        entry.span = self._span(numbers)
        if part.title is not None:
            whole = (part.title, *self.titles.rest.get(part.title, ()))
            title = " ".join(self.blocks[n].text for n in whole)
            entry.title = _END.sub("", title) if self._strips_end else title
        if part.group is not None:
            entry.arxiv_id = self.titles.groups[part.group].arxiv_id
        entry.facts = self._facts_of(numbers)
        entry.fault = next(
            (self.blocks[n].text for n in numbers if self.blocks[n].role == "damaged"), None
        )
        entry.abstract = self._abstract(part, numbers)
        entry.fault = entry.fault or self._fault(part, entry)
        return entry

    def _facts_of(self, numbers: Sequence[int]) -> dict[str, Any]:
        """The facts of a record. A count without a label is its votes; so is the first of two, and
        the second its comments."""
        facts: dict[str, Any] = {}
        counts: list[int | None] = []
        for n in numbers:
            block = self.blocks[n]
            if block.role == "count":
                counts.append(block.value)
            elif block.role in FACTS and block.role != "captured_on":
                facts.setdefault(block.role, block.value)
        if "upvotes" in facts:
            counts = [None, *(count for count in counts if count is not None)]
        for kind, count in zip(("upvotes", "comments"), counts, strict=False):
            facts.setdefault(kind, count)
        return facts

    def _captured_at(self, start: int) -> date | None:
        """The capture date that stands above a record, if a body has several."""
        above = bisect_left(self._captures, start)
        if not above:
            return self._captured_on
        captured_on: date | None = self.blocks[self._captures[above - 1]].value.in_year_of(None)
        return captured_on

    def _span(self, numbers: Sequence[int]) -> Span:
        spans = [self.blocks[n].span for n in numbers] or [Span(0, 0)]
        return Span(min(span.start for span in spans), max(span.end for span in spans))

    def _abstract(self, part: _Part, numbers: Sequence[int]) -> str | None:
        """The abstract: what is labelled as one, else the first running text after the title."""
        labelled = [n for n in numbers if self.blocks[n].value == "abstract"]
        prose = labelled or [n for n in numbers if n != part.title and self._is_prose(n)]
        if not prose or (not labelled and self._usual_prose > 1 and self._by_ids):
            return None
        texts = [self.blocks[prose[0]].text]
        above = prose[0]
        for n in range(prose[0] + 1, (numbers[-1] if numbers else 0) + 1):
            block = self.blocks[n]
            is_next = n == above + 1 and n in numbers and n != part.title
            if (
                not is_next
                or block.role not in ("prose", "text")
                or block.arxiv_id != self.blocks[above].arxiv_id
            ):
                break
            if not continues(self.blocks[above], block):
                break
            texts.append(block.text)
            above = n
        return None if is_cut_off(texts[-1]) else " ".join(texts)

    def _is_prose(self, n: int) -> bool:
        block = self.blocks[n]
        if block.role == "prose":
            return True
        return block.role == "text" and self._has_abstracts and is_sentence(block.text)

    def _fault(self, part: _Part, entry: Entry) -> str | None:
        """Why a part is no record; None also for what was never meant to be one."""
        if entry.title is None:
            if part.group is not None and entry.arxiv_id:
                return self.titles.reasons.get(part.group, "a link to a paper without a title")
            return "an abstract without a title" if entry.abstract else None
        if entry.arxiv_id or (entry.abstract and (self.titles.is_certain or not self._by_ids)):
            return None
        if not self._by_ids:
            return "a title without an abstract"
        has_more = entry.abstract or entry.facts.keys() - {"organization", "submitter"}
        if not has_more:
            entry.title = None
            return None
        return "a title without a link to its paper"
