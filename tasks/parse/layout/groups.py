"""The papers of a body as groups of blocks, and the properties of the blocks around each group.

The links to one paper that follow each other are a group; where a body has no links to papers, each
abstract is one. A property says how a block is printed (its dress) or where it stands, seen from a
group: so far before or after the link, so far in its paragraph.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from tasks.parse.layout.blocks import Block
from tasks.parse.layout.looks import is_sentence

_WEIGHTS = {"title": 2.0, "heading": 1.5, "link": 1.35, "dress": 1.25, "item": 1.05, "place": 1.0}
_LEFT_OVER = 0.75
"""The weight of a place counted from the record before, some of which may stand there."""
_PLAIN = frozenset(
    ("", "item", "p", "div", "td", "tr", "table", "li", "ul", "ol", "dd", "dl", "span", "center")
)
"""Dresses that many kinds of text have."""
CERTAIN = 1.2
"""The least weight of a property that is enough alone."""
FARTHEST = 6
_MOST_BEFORE = 40

Key = tuple[Hashable, ...]


class Group(NamedTuple):
    """The links to one paper that follow each other: from the first to the last block."""

    arxiv_id: str | None
    first: int
    last: int


def groups_by_id(blocks: Sequence[Block]) -> Iterator[Group]:
    """The groups of links, and damaged links as groups without an id."""
    first = last = -1
    for number, block in enumerate(blocks):
        if block.arxiv_id is None and block.role != "damaged":
            continue
        if first >= 0:
            same = blocks[last].arxiv_id == block.arxiv_id is not None
            if same and blocks[last].row == block.row:
                last = number
                continue
            yield Group(blocks[last].arxiv_id, first, last)
        first = last = number
    if first >= 0:
        yield Group(blocks[last].arxiv_id, first, last)


def groups_by_abstract(blocks: Sequence[Block]) -> Iterator[Group]:
    """Each abstract as a group; sentences are short abstracts."""
    before = -1
    for number, block in enumerate(blocks):
        if block.role == "damaged":
            yield Group(None, number, number)
        elif block.role == "prose" or (block.role == "text" and is_short_abstract(block)):
            if before < 0 or not continues(blocks[before], block) or before != number - 1:
                yield Group(None, number, number)
            before = number


def is_short_abstract(block: Block) -> bool:
    """Whether a text is a sentence that is not set off."""
    return not block.dress and is_sentence(block.text)


def continues(above: Block, block: Block) -> bool:
    """Whether a block is the rest of the running text above it."""
    if block.line == above.line or block.paragraph == above.paragraph:
        return True
    is_open = above.text.rstrip()[-1:] not in ".!?)\"'\u201d\u3002"
    return is_open or (block.dress == "item" == above.dress)


def candidates_of(blocks: Sequence[Block], groups: Sequence[Group], number: int) -> dict[Key, int]:
    """The block that each property names for a group."""
    group = groups[number]
    row = blocks[group.first].row
    begin = groups[number - 1].last + 1 if number else 0
    end = groups[number + 1].first if number + 1 < len(groups) else len(blocks)
    before = [n for n in range(begin, group.first) if blocks[n].is_slot and blocks[n].row == row]
    inside = [n for n in range(group.first, group.last + 1) if blocks[n].is_slot]
    after = [n for n in range(group.last + 1, end) if blocks[n].is_slot and blocks[n].row == row]
    found: dict[Key, int] = {}
    if group.arxiv_id is None and blocks[group.first].role != "damaged":
        inside, after = [], []
    for n in (*inside, *reversed(before)):
        for key in _dressed(blocks[n]):
            found.setdefault(key, n)
    for n in after:
        for key in _dressed(blocks[n]):
            found.setdefault((">", *key), n)
    found.update(_placed(blocks, before, blocks[group.first].paragraph))
    if group.arxiv_id is None:  # what stands above an abstract counts from the abstract
        found = {key: n for key, n in found.items() if key[0] != "w"}
    found.update({("i", k): n for k, n in enumerate(inside[:FARTHEST])})
    found.update({(">", "n", k): n for k, n in enumerate(after[:FARTHEST])})
    return found


def _dressed(block: Block) -> Iterator[Key]:
    if block.role != "text" and not may_be_names(block):
        return
    if block.arxiv_id:
        yield ("link",)
    if block.dress:
        yield ("dress", block.dress, block.is_first)


def may_be_names(block: Block) -> bool:
    """Words that look like names and are not labelled so: `Vision, Big Data, Small Models`."""
    return block.role == "names" and block.value is None


def _placed(
    blocks: Sequence[Block], before: Sequence[int], paragraph: int
) -> Iterator[tuple[Key, int]]:
    """The properties of place of the blocks before a link: counted from it, from the one before it,
    and within paragraphs."""
    for k, n in enumerate(reversed(before[-FARTHEST:])):
        yield ("n", k), n
    for k, n in enumerate(before[:FARTHEST]):
        yield ("w", k), n
    backwards: dict[int, int] = {}
    place: Counter[int] = Counter()
    for n in before[-_MOST_BEFORE:]:
        backwards.setdefault(blocks[n].paragraph, len(backwards))
    for n in before[-_MOST_BEFORE:]:
        at = blocks[n].paragraph
        back = 0 if at == paragraph else len(backwards) - backwards[at]
        yield ("p", back, place[at]), n
        place[at] += 1


def weight_of(key: Key) -> float:
    """How much a property says of its own: a label more than a heading, that more than a place."""
    kind, *more = key[1:] if key[0] == ">" else key
    dress = str(more[0]) if kind == "dress" else ""
    level = int(dress[1]) if is_heading(dress) else 0
    name = "link" if kind == "link" else "place"
    if kind == "w":
        return _LEFT_OVER
    if level:
        name = "heading"
    elif dress:
        name = "title" if dress == "title" else "item" if is_plain(dress) else "dress"
    return _WEIGHTS[name] + 0.1 * level - 0.03 * (key[0] == ">")


def is_heading(dress: str) -> bool:
    """Whether a dress is that of a heading."""
    return dress[:1] == "h" and dress[1:2].isdigit()


def is_plain(dress: str) -> bool:
    """Whether a dress sets nothing off."""
    return dress.rpartition("/")[2] in _PLAIN


def is_set_off(key: Key) -> bool:
    """Whether a property is that of words which are set off: not by the style of a part of a page,
    which any text may have."""
    return weight_of(key) >= CERTAIN and not any("." in str(part) for part in key)


def starts_paragraph(blocks: Sequence[Block], number: int) -> bool:
    """Whether a block is the first of its paragraph."""
    return number == 0 or blocks[number - 1].paragraph != blocks[number].paragraph
