"""Where each record of a body begins and ends, with the facts that stand before it.

A record begins at its title or at the first mention of its paper, whichever comes first, and ends
where another begins. Pages print votes before a title or after it: the majority in the body
decides, and its ends: what leads stands before the first record and not after the last. Else the
votes of one paper would be the comments of another.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tasks.parse.layout.blocks import FACTS, Block
from tasks.parse.layout.titles import Titles

COUNTS = frozenset({"count", "upvotes"})
_LONGEST_RUN = 12


@dataclass
class Part:
    """The blocks of one record, by number: from `start` to `end`, and those that lead to it."""

    start: int
    end: int = 0
    group: int | None = None
    title: int | None = None
    lead: list[int] = field(default_factory=list)


def parts_of(blocks: Sequence[Block], titles: Titles) -> list[Part]:
    """The parts of a body in order; the facts that lead to one are in no other."""
    parts = _cut(blocks, titles)
    for part in parts:
        part.lead = _run_before(blocks, part.start)
    leading = _leading(blocks, parts)
    for part in parts:
        part.lead = _nearest(blocks, part.lead, leading)
    return parts


def kind_of(block: Block) -> str:
    """What a fact is; a vote is a count, whether it has a label or not."""
    return "count" if block.role in COUNTS else block.role


def _cut(blocks: Sequence[Block], titles: Titles) -> list[Part]:
    parts = [Part(title, title=title) for title in titles.lone]
    for number, group in enumerate(titles.groups):
        title = titles.of_group.get(number)
        first = min(
            group.first, titles.refused.get(number, group.first) if title is None else title
        )
        first = _start_of_paragraph(blocks, _start_of_line(blocks, first))
        parts.append(Part(_start_of_row(blocks, first), 0, number, title))
    parts.sort(key=lambda part: part.start)
    for part, following in zip(parts, [*parts[1:], None], strict=False):
        part.end = following.start if following else len(blocks)
        row = blocks[part.start].row
        while row is not None and blocks[part.end - 1].row != row:
            part.end -= 1
    return parts


def _start_of_line(blocks: Sequence[Block], number: int) -> int:
    """The first block of the line of a title or a link: what stands before it there is its own."""
    line = blocks[number].line
    while number and blocks[number - 1].line == line and blocks[number - 1].arxiv_id is None:
        number -= 1
    return number


def _start_of_paragraph(blocks: Sequence[Block], number: int) -> int:
    """The first fact of a paragraph that begins with facts of the record in it."""
    first, paragraph = number, blocks[number].paragraph
    while first and blocks[first - 1].paragraph == paragraph and blocks[first - 1].role in FACTS:
        first -= 1
    is_whole = first == 0 or blocks[first - 1].paragraph != paragraph
    return first if is_whole and blocks[first].arxiv_id is None else number


def _start_of_row(blocks: Sequence[Block], number: int) -> int:
    """The first block of the row of a table that a block stands in; the block itself if in none."""
    row = blocks[number].row
    while row is not None and number and blocks[number - 1].row == row:
        number -= 1
    return number


def _run_before(blocks: Sequence[Block], start: int) -> list[int]:
    """The facts that stand directly before a record, the nearest first; those on a line with
    something of the record before are of that."""
    run: list[int] = []
    row = blocks[start].row
    for number in range(start - 1, max(-1, start - _LONGEST_RUN), -1):
        block = blocks[number]
        if block.role in FACTS and block.arxiv_id is None and block.row == row:
            run.append(number)
        elif block.is_slot or block.arxiv_id or block.role in ("rule", "damaged", "link"):
            return [n for n in run if blocks[n].line != block.line]
    return run


def _leading(blocks: Sequence[Block], parts: Sequence[Part]) -> set[str]:
    """The kinds of facts that stand before their records."""
    titled = [part for part in parts if part.title is not None]
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for part in titled:
        before.update({kind_of(blocks[n]) for n in part.lead})
        after.update(_kinds_after(blocks, part))
    found = set()
    for kind, n in before.items():
        is_first = any(kind_of(blocks[n]) == kind for n in parts[0].lead)
        is_last = _is_at_end(blocks, parts[-1], kind)
        is_leading = kind == "count" or not is_last
        if not is_first:
            is_leading = not is_last and _is_near(blocks, titled, kind)
        if 2 * n >= len(titled) and n > after[kind] and is_leading:
            found.add(kind)
    return {kind for kind in found if _is_next(blocks, titled, kind, found)}


def _kinds_after(blocks: Sequence[Block], part: Part) -> Iterator[str]:
    """The kind of the fact that stands next to a title, after it."""
    for number in range((part.title or 0) + 1, part.end):
        block = blocks[number]
        if block.role in FACTS and block.arxiv_id is None:
            yield kind_of(block)
        if block.role not in ("link", "label", "names"):
            return


def _is_at_end(blocks: Sequence[Block], part: Part, kind: str) -> bool:
    """Whether the last record has a fact of a kind after its title."""
    begin = (part.start if part.title is None else part.title) + 1
    return any(b.role in FACTS and kind_of(b) == kind for b in blocks[begin : part.end])


def _is_near(blocks: Sequence[Block], parts: Sequence[Part], kind: str) -> bool:
    """Whether facts of a kind stand in one paragraph with what follows, or, if they have their own,
    are votes."""
    places = [(n, part) for part in parts for n in _nearest(blocks, part.lead, {kind}) if n]
    above = sum(blocks[n].paragraph == blocks[n - 1].paragraph for n, _ in places)
    below = sum(blocks[n].paragraph == blocks[part.start].paragraph for n, part in places)
    return below > above or (kind == "count" and 3 * above <= len(places))


def _is_next(blocks: Sequence[Block], parts: Sequence[Part], kind: str, leading: set[str]) -> bool:
    """Whether nothing that belongs to the record before stands between a fact and what it leads
    to."""
    runs = [[kind_of(blocks[n]) for n in part.lead] for part in parts]
    runs = [run[: run.index(kind)] for run in runs if kind in run]
    return 2 * sum(not leading.issuperset(run) for run in runs) <= len(runs)


def _nearest(blocks: Sequence[Block], run: Sequence[int], leading: set[str]) -> list[int]:
    """Of the facts before a record, the nearest of each kind that leads."""
    found: dict[str, int] = {}
    for number in run:
        if kind_of(blocks[number]) in leading:
            found.setdefault(kind_of(blocks[number]), number)
    return sorted(found.values())
