"""Learns from a whole body which of its blocks are titles.

The links to one paper are a group; where a body has no links to papers, each abstract is one. Every
block near a group has properties: how it is printed, how far before or after the link it stands,
what it stands between. The property that gives most groups a text of their own that looks like a
title is the title's. Other properties that nearly always name the same block vote too, so a record
that lacks one of them is still read, and one whose properties disagree is not guessed.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tasks.parse.layout.blocks import FACTS, Block
from tasks.parse.layout.looks import (
    begins_within,
    is_fragment,
    is_of_authors,
    is_sentence,
    likeness,
    no_title,
)

_WEIGHTS = {"title": 2.0, "heading": 1.5, "link": 1.35, "dress": 1.25, "item": 1.05, "place": 1.0}
_PLAIN = frozenset(
    (
        "item",
        "p",
        "div",
        "td",
        "tr",
        "table",
        "li",
        "ul",
        "ol",
        "dd",
        "dl",
        "span",
        "center",
        "section",
    )
)
"""Dresses that many kinds of text have."""
_CERTAIN = 1.2
"""The least weight of a property that is enough alone."""
_LEAST_SHARE = 0.5
_LEAST_LIKENESS = 0.25
_LEAST_OF_ONE = 0.4
_AGREEING = 0.75
_MAJORITY = 0.6
_FEW = 0.4
_SMALL = 3
"""In a list of so few, the place alone says little."""
_NARROW, _WIDE = 40, 120
_FARTHEST = 6
_MOST_DOTTED = 0.8
"""Where so many titles that are set off end with a full stop, the list puts it there."""

Key = tuple[Hashable, ...]


class Group(NamedTuple):
    """The links to one paper that follow each other: from the first to the last block."""

    arxiv_id: str | None
    first: int
    last: int


@dataclass
class Titles:
    """Groups of a body; by number of a group, the block that is its title, or why there is none;
    and blocks that are printed like titles and belong to no group."""

    groups: list[Group]
    of_group: dict[int, int] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    rest: dict[int, list[int]] = field(default_factory=dict)
    """By number of a title's block, the blocks in which a folded title goes on."""
    lone: list[int] = field(default_factory=list)
    is_first: bool = False
    """Whether most titles begin a paragraph."""
    is_certain: bool = False
    """Whether the dress of a title tells it, wherever it stands."""


def titles_of(blocks: Sequence[Block]) -> Titles:
    """The titles of a body."""
    groups = list(_groups(blocks))
    has_ids = any(group.arxiv_id for group in groups)
    if not has_ids:
        groups = list(_abstracts(blocks))
    found = Titles(groups)
    if not groups:
        return found
    named = [_candidates(blocks, groups, number) for number in range(len(groups))]
    scores = _scores(blocks, groups, named)
    best = _best(blocks, groups, named, scores)
    if best is None or scores[best].share < (_LEAST_SHARE if has_ids else _LEAST_LIKENESS):
        return found
    found.is_certain = scores[best].weight >= _CERTAIN
    if (
        has_ids
        and len(groups) == 1
        and not found.is_certain
        and best[:2] not in (("p", 0), ("n", 0))
    ):
        return found
    starts = [_starts_paragraph(blocks, c[best]) for c in named if best in c]
    found.is_first = sum(starts) > _MAJORITY * len(starts)
    voters = [key for key in scores if _agrees(named, best, key, scores)]
    for number, candidates in enumerate(named):
        _choose(found, blocks, number, candidates, best, voters, scores)
    _join_folded(found, blocks)
    _drop_middles(found, blocks)
    found.lone = _lone(blocks, found, has_ids=has_ids)
    return found


def _groups(blocks: Sequence[Block]) -> Iterator[Group]:
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


def _abstracts(blocks: Sequence[Block]) -> Iterator[Group]:
    """Each abstract as a group; sentences are short abstracts."""
    before = -1
    for number, block in enumerate(blocks):
        if block.role == "damaged":
            yield Group(None, number, number)
        elif block.role == "prose" or (block.role == "text" and _is_short_abstract(block)):
            if before < 0 or not continues(blocks[before], block) or before != number - 1:
                yield Group(None, number, number)
            before = number


def _is_short_abstract(block: Block) -> bool:
    return not block.dress and is_sentence(block.text)


def continues(above: Block, block: Block) -> bool:
    """Whether a block is the rest of the running text above it."""
    if block.line == above.line or block.paragraph == above.paragraph:
        return True
    is_open = above.text.rstrip()[-1:] not in ".!?)\"'\u201d\u3002"
    return is_open or block.dress == "item" or block.text[:1].islower()


def _candidates(blocks: Sequence[Block], groups: Sequence[Group], number: int) -> dict[Key, int]:
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
    found.update({("i", k): n for k, n in enumerate(inside[:_FARTHEST])})
    found.update({(">", "n", k): n for k, n in enumerate(after[:_FARTHEST])})
    return found


def _dressed(block: Block) -> Iterator[Key]:
    if block.role != "text" and not _may_be_names(block):
        return
    if block.arxiv_id:
        yield ("link",)
    if block.dress:
        yield ("dress", block.dress, block.is_first)


def _may_be_names(block: Block) -> bool:
    """Words that look like names and are not labelled so: `Vision, Big Data, Small Models`."""
    return block.role == "names" and block.value is None


def _placed(
    blocks: Sequence[Block], before: Sequence[int], paragraph: int
) -> Iterator[tuple[Key, int]]:
    """The properties of place of the blocks before a link: counted from it, from the one before it,
    and within paragraphs."""
    for k, n in enumerate(reversed(before[-_FARTHEST:])):
        yield ("n", k), n
    for k, n in enumerate(before[:_FARTHEST]):
        yield ("w", k), n
    backwards: dict[int, int] = {}
    place: Counter[int] = Counter()
    for n in before[-40:]:
        backwards.setdefault(blocks[n].paragraph, len(backwards))
    for n in before[-40:]:
        at = blocks[n].paragraph
        back = 0 if at == paragraph else len(backwards) - backwards[at]
        yield ("p", back, place[at]), n
        place[at] += 1


class _Score(NamedTuple):
    """How good a property is: the share of groups that it gives a likely title, and its weight."""

    share: float
    weight: float
    n: int
    names: float
    """The share of the texts it names that look like names."""
    is_usual: bool
    """Whether most groups have such a text."""

    @property
    def total(self) -> float:
        return self.share * self.weight


def _best(
    blocks: Sequence[Block],
    groups: Sequence[Group],
    named: Sequence[dict[Key, int]],
    scores: dict[Key, "_Score"],
) -> Key | None:
    """The property of the titles. Where a list has its titles before its links, all but the first
    title also stand after one, and the reverse: then the nearer side counts, else the side that the
    ends of the list show."""
    sides = [
        max(
            (k for k in scores if (k[0] == ">") == side and scores[k].is_usual),
            key=lambda k: scores[k].total,
            default=None,
        )
        for side in (False, True)
    ]
    before, after = sides
    if before is None or after is None:
        return before or after
    if min(scores[before].total, scores[after].total) < 0.7 * max(
        scores[before].total, scores[after].total
    ):
        return max(before, after, key=lambda k: scores[k].total)
    return after if _follows(blocks, groups, named, before, after) else before


def _follows(
    blocks: Sequence[Block],
    groups: Sequence[Group],
    named: Sequence[dict[Key, int]],
    before: Key,
    after: Key,
) -> bool:
    """Whether titles stand after their links: in one paragraph with them, or, where neither side
    is, because the list ends so; damage at an end is told by where the texts of a record gather."""
    near = [0, 0]
    between = [0.0, 0.0]
    for number, (group, candidates) in enumerate(zip(groups, named, strict=True)):
        for side, key in enumerate((before, after)):
            if key in candidates:
                paragraph = blocks[candidates[key]].paragraph
                near[side] += paragraph == blocks[group.last if side else group.first].paragraph
        if before in candidates and number:
            title = candidates[before]
            between[0] += sum(b.is_slot for b in blocks[groups[number - 1].last + 1 : title])
            between[1] += sum(b.is_slot for b in blocks[title + 1 : group.first])
    most = _MAJORITY * len(groups)
    if (near[0] > most) != (near[1] > most):
        return near[1] > most
    first, last = named[0].get(before), named[-1].get(after)
    has_first = first is not None and likeness(blocks[first].text) >= _LEAST_SHARE
    has_last = last is not None and likeness(blocks[last].text) >= _LEAST_SHARE
    if has_first != has_last:
        return has_last
    if has_first or between[1] <= between[0]:
        return False
    head = sum(block.is_slot for block in blocks[: groups[0].first])
    return sum(block.is_slot for block in blocks[groups[-1].last + 1 :]) > head


def _scores(
    blocks: Sequence[Block], groups: Sequence[Group], named: Sequence[dict[Key, int]]
) -> dict[Key, _Score]:
    chosen: defaultdict[Key, list[int]] = defaultdict(list)
    for candidates in named:
        for key, n in candidates.items():
            chosen[key].append(n)
    n_groups = sum(bool(candidates) for candidates in named) or 1
    n_papers = len({group.arxiv_id or number for number, group in enumerate(groups)})
    has_ids = any(group.arxiv_id for group in groups)
    scores: dict[Key, _Score] = {}
    for key, numbers in chosen.items():
        texts = [blocks[n].text for n in numbers if blocks[n].role == "text"]
        dotted = sum(text.endswith(".") for text in texts)
        if (
            _weight(key) >= _WEIGHTS["dress"]
            and not _is_shaped(key)
            and dotted >= _MOST_DOTTED * len(texts)
        ):
            texts = [text.removesuffix(".") for text in texts]
        likely = sum(likeness(text) for text in texts)
        if has_ids and len(groups) <= _SMALL and _weight(key) < _CERTAIN:
            likely -= sum(likeness(text) * is_fragment(text) for text in texts) / 2
        distinct = len({text.casefold() for text in texts}) / max(1, min(n_papers, len(texts)))
        share = likely * min(1.0, distinct) / n_groups
        names = sum(blocks[n].role == "names" for n in numbers) / len(numbers)
        weight = _weight(key) - _rank(blocks, numbers)
        scores[key] = _Score(share, weight, len(numbers), names, 2 * len(numbers) > n_groups)
    return scores


def _rank(blocks: Sequence[Block], numbers: Sequence[int]) -> float:
    """A little for each text of a record that stands before these: titles come first."""
    texts = 0
    for number in numbers:
        for n in range(number - 1, max(-1, number - _FARTHEST), -1):
            if (
                blocks[n].arxiv_id
                or blocks[n].role == "prose"
                or blocks[n].row != blocks[number].row
            ):
                break
            texts += blocks[n].role == "text"
    return 0.02 * min(3.0, texts / len(numbers))


def _is_shaped(key: Key) -> bool:
    """Whether a dress is the style or class of a part of a page, which any text may have."""
    return any("." in str(part) for part in key)


def _weight(key: Key) -> float:
    is_after = key[0] == ">"
    kind, *more = key[1:] if is_after else key
    dress = str(more[0]) if kind == "dress" else ""
    name = "place"
    if kind == "link":
        name = "link"
    elif dress.startswith("title"):
        name = "title"
    elif dress[:1] == "h" and dress[1:2].isdigit():
        name = "heading"
    elif dress:
        name = "item" if dress.rpartition("/")[2] in _PLAIN else "dress"
    if kind == "w":
        return 0.75  # what stands there may be left of the record before
    deeper = 0.04 * int(dress[1]) if name == "heading" else 0.0
    return _WEIGHTS[name] + deeper - 0.03 * is_after


def _agrees(
    named: Sequence[dict[Key, int]], best: Key, key: Key, scores: dict[Key, _Score]
) -> bool:
    both = [(c[best], c[key]) for c in named if best in c and key in c]
    same = sum(one == other for one, other in both)
    return bool(both) and same >= _AGREEING * len(both) and scores[key].n >= len(named) / 2


def _choose(
    found: Titles,
    blocks: Sequence[Block],
    number: int,
    candidates: dict[Key, int],
    best: Key,
    voters: Sequence[Key],
    scores: dict[Key, _Score],
) -> None:
    """Choose the title of a group, or say why it has none."""
    block = candidates.get(best)
    if block is not None and found.is_certain:
        if _is_likely(blocks[block]) or (
            scores[best].names < 1 - _MOST_DOTTED and _may_be_names(blocks[block])
        ):
            found.of_group[number] = block
            return
    votes: Counter[int] = Counter()
    for key in voters:
        if key in candidates:
            votes[_first_of_fold(blocks, candidates[key], found.is_first)] += scores[key].weight  # type: ignore[assignment]
    if not votes:
        return
    block, n = votes.most_common(1)[0]
    is_enough = n >= _MAJORITY * sum(scores[key].weight for key in voters)
    if blocks[block].role == "text" and (reason := no_title(blocks[block].text)):
        found.reasons[number] = reason
    elif found.is_certain and not _may_have_lost_dress(blocks[block]):
        return
    elif is_enough and _is_likely(blocks[block]) and not is_sentence(blocks[block].text):
        if likeness(blocks[block].text) >= _LEAST_OF_ONE:
            found.of_group[number] = block


def _may_have_lost_dress(block: Block) -> bool:
    """Whether a block is printed so plainly that it may be a title without its mark."""
    return not block.dress or block.dress.rpartition("/")[2] in _PLAIN


def _first_of_fold(blocks: Sequence[Block], number: int, is_first: bool) -> int:
    """The first line of what may be a folded title, where titles begin their paragraphs."""
    while is_first and number and _is_plain(blocks[number]) and _is_plain(blocks[number - 1]):
        if blocks[number - 1].paragraph != blocks[number].paragraph:
            break
        number -= 1
    return number


def _is_likely(block: Block) -> bool:
    is_labelled = block.dress.startswith("title")
    least = 0.0 if is_labelled else _LEAST_LIKENESS
    return block.role == "text" and likeness(block.text) > least and not is_of_authors(block.text)


def _join_folded(found: Titles, blocks: Sequence[Block]) -> None:
    """Join titles that are folded where the titles of most records are one line: their paragraphs
    have more texts than the others'."""
    paragraphs: defaultdict[int, list[int]] = defaultdict(list)
    for number, block in enumerate(blocks):
        if block.is_slot and not block.arxiv_id:
            paragraphs[block.paragraph].append(number)
    chosen = {g: n for g, n in found.of_group.items() if n in paragraphs[blocks[n].paragraph]}
    shapes = Counter(
        (len(paragraphs[blocks[n].paragraph]), paragraphs[blocks[n].paragraph].index(n))
        for n in chosen.values()
    )
    if not shapes or 2 * shapes.most_common(1)[0][1] <= len(chosen):
        return
    usual, first = shapes.most_common(1)[0][0]
    if usual > first + 1 and _all_fold(blocks, chosen.values()):
        usual = first + 1
    for group, n in chosen.items():
        paragraph = paragraphs[blocks[n].paragraph]
        folded = paragraph[first : first + 1 + len(paragraph) - usual]
        is_whole = folded == list(range(folded[0], folded[0] + len(folded))) if folded else False
        if (
            len(folded) > 1
            and n in folded
            and is_whole
            and all(_is_plain(blocks[k]) for k in folded)
        ):
            found.of_group[group] = folded[0]
            found.rest[folded[0]] = folded[1:]


def _drop_middles(found: Titles, blocks: Sequence[Block]) -> None:
    """Drop titles that begin with a small letter where nearly no other does: they are the rest of
    titles that lost their first line."""
    middles = [g for g, n in found.of_group.items() if begins_within(blocks[n].text)]
    if not found.is_certain and 2 * len(middles) < len(found.of_group):
        for group in middles:
            del found.of_group[group]
            found.reasons[group] = "a title without its first words"


def _all_fold(blocks: Sequence[Block], titles: Iterable[int]) -> bool:
    """Whether nearly all titles fill their line, so that the next one is the rest of them."""
    titles = [n for n in titles if n + 1 < len(blocks)]
    width = max((len(blocks[n].text) for n in titles), default=0)
    full = 0
    for n in titles:
        following = blocks[n + 1]
        is_next = _is_plain(following) and following.line == blocks[n].line + 1
        is_next = is_next and following.paragraph == blocks[n].paragraph
        room = len(blocks[n].text) + 1 + len(following.text.split(" ", 1)[0])
        full += is_next and room > width and not is_sentence(following.text)
    return len(titles) > 1 and _NARROW < width < _WIDE and full >= _MOST_DOTTED * len(titles)


def _is_plain(block: Block) -> bool:
    return block.role == "text" and not block.dress and block.row is None


def _lone(blocks: Sequence[Block], found: Titles, *, has_ids: bool) -> list[int]:
    """Texts printed like the titles that belong to no group: few in a list, and something of a
    record follows each."""
    titles = set(found.of_group.values())
    taken = titles | {n for rest in found.rest.values() for n in rest}
    if not taken:
        return []
    dresses = Counter((blocks[n].dress, _starts_paragraph(blocks, n)) for n in titles)
    dress, starts = dresses.most_common(1)[0][0]
    is_heading = dress[:1] == "h" and dress[1:2].isdigit()
    lone = []
    for number, block in enumerate(blocks):
        if number in taken or block.role != "text" or block.dress != dress or block.row is not None:
            continue
        if _starts_paragraph(blocks, number) != starts or block.arxiv_id or no_title(block.text):
            continue
        if _is_short_abstract(block) or (has_ids and likeness(block.text) < _LEAST_SHARE):
            continue
        following = blocks[number + 1].role if number + 1 < len(blocks) else "rule"
        if not has_ids or is_heading or following in FACTS or following in ("prose", "names"):
            lone.append(number)
    is_few = not has_ids or is_heading or len(lone) <= _FEW * len(titles)
    return lone if is_few else []


def _starts_paragraph(blocks: Sequence[Block], number: int) -> bool:
    above = blocks[number - 1] if number else None
    return above is None or above.paragraph != blocks[number].paragraph
