"""Learns from a whole body which of its blocks are titles.

The property that gives most groups a text of their own that looks like a title is the title's.
Other properties that nearly always name the same block vote too, so a record that lacks one of them
is still read, and one whose properties disagree is not guessed.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tasks.parse.layout.blocks import Block
from tasks.parse.layout.groups import (
    CERTAIN,
    FARTHEST,
    Group,
    Key,
    candidates_of,
    groups_by_abstract,
    groups_by_id,
    is_plain,
    is_set_off,
    may_be_names,
    starts_paragraph,
    weight_of,
)
from tasks.parse.layout.looks import is_fragment, is_of_authors, is_sentence, likeness, no_title

_LEAST_SHARE = 0.5
_LEAST_SHARE_WITHOUT_IDS = 0.25
_LEAST_LIKENESS = 0.25
_LEAST_IF_VOTED = 0.4
_AGREEING = 0.75
_MAJORITY = 0.6
_MOST = 0.8
_FEW = 3
"""In a list of so few, the place alone says little."""


@dataclass
class Titles:
    """Groups of a body; by number of a group, the block that is its title, or the one that cannot
    be one, and why."""

    groups: list[Group]
    of_group: dict[int, int] = field(default_factory=dict)
    refused: dict[int, int] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    rest: dict[int, list[int]] = field(default_factory=dict)
    """By number of a title's block, the blocks in which a folded title goes on."""
    lone: list[int] = field(default_factory=list)
    """Blocks that are printed like titles and belong to no group."""
    is_certain: bool = False
    """Whether the dress of a title tells it, wherever it stands."""


class _Score(NamedTuple):
    """How good a property is: the share of groups that it gives a likely title, its weight, how
    many groups have it, and the share of its texts that look like names."""

    share: float
    weight: float
    n: int
    names: float

    @property
    def total(self) -> float:
        return self.share * self.weight


def titles_of(blocks: Sequence[Block]) -> Titles:
    """The titles of a body; none where no property tells them."""
    groups = list(groups_by_id(blocks))
    has_ids = any(group.arxiv_id for group in groups)
    if not has_ids:
        groups = list(groups_by_abstract(blocks))
    return _Learner(blocks, groups, has_ids=has_ids).titles() if groups else Titles([])


class _Learner:
    """Scores the properties of a body and chooses its titles."""

    def __init__(self, blocks: Sequence[Block], groups: list[Group], *, has_ids: bool) -> None:
        self._blocks = blocks
        self._groups = groups
        self._has_ids = has_ids
        self._named = [candidates_of(blocks, groups, number) for number in range(len(groups))]
        self._scores = self._score_all()

    def titles(self) -> Titles:
        found = Titles(self._groups)
        best = self._best()
        least = _LEAST_SHARE if self._has_ids else _LEAST_SHARE_WITHOUT_IDS
        if best is None or self._scores[best].share < least:
            return found
        found.is_certain = self._scores[best].weight >= CERTAIN
        is_next = best[:2] in (("p", 0), ("n", 0)) or not self._has_ids
        if len(self._groups) == 1 and not (found.is_certain or is_next):
            return found
        voters = [key for key in self._scores if self._agrees(best, key)]
        starts = [starts_paragraph(self._blocks, c[best]) for c in self._named if best in c]
        begins = sum(starts) > _MAJORITY * len(starts)
        for number in range(len(self._groups)):
            self._choose(found, number, best, voters, begins=begins)
        return found

    def _score_all(self) -> dict[Key, _Score]:
        chosen: defaultdict[Key, list[int]] = defaultdict(list)
        for candidates in self._named:
            for key, n in candidates.items():
                chosen[key].append(n)
        n_groups = sum(bool(candidates) for candidates in self._named) or 1
        n_papers = len({group.arxiv_id or n for n, group in enumerate(self._groups)})
        return {key: self._score(key, ns, n_groups, n_papers) for key, ns in chosen.items()}

    def _score(self, key: Key, numbers: list[int], n_groups: int, n_papers: int) -> _Score:
        texts = [self._blocks[n].text for n in numbers if self._blocks[n].role == "text"]
        dotted = sum(text.endswith(".") for text in texts)
        if is_set_off(key) and dotted >= _MOST * len(texts):
            texts = [text.removesuffix(".") for text in texts]
        likely = sum(likeness(text) for text in texts)
        if self._has_ids and len(self._groups) <= _FEW and weight_of(key) < CERTAIN:
            likely -= sum(likeness(text) * is_fragment(text) for text in texts) / 2
        distinct = len({text.casefold() for text in texts}) / max(1, min(n_papers, len(texts)))
        names = sum(self._blocks[n].role == "names" for n in numbers) / len(numbers)
        weight = weight_of(key) - self._rank(numbers)
        return _Score(likely * min(1.0, distinct) / n_groups, weight, len(numbers), names)

    def _rank(self, numbers: Sequence[int]) -> float:
        """A little for each text of a record that stands before these: titles come first."""
        texts = 0
        for number in numbers:
            row = self._blocks[number].row
            for n in range(number - 1, max(-1, number - FARTHEST), -1):
                block = self._blocks[n]
                if block.arxiv_id or block.role == "prose" or block.row != row:
                    break
                texts += block.role == "text"
        return 0.05 * min(3.0, texts / len(numbers))

    def _best(self) -> Key | None:
        """The property of the titles.

        Where a list has its titles before its links, all but the first title also stand after one,
        and the reverse; then the layout decides.
        """
        n_groups = sum(bool(candidates) for candidates in self._named)
        usual = [key for key, score in self._scores.items() if 2 * score.n > n_groups]
        usual.sort(key=lambda key: -self._scores[key].total)
        before = next((key for key in usual if key[0] != ">"), None)
        after = next((key for key in usual if key[0] == ">"), None)
        if before is None or after is None:
            return before or after
        totals = (self._scores[before].total, self._scores[after].total)
        if min(totals) < 0.7 * max(totals):
            return before if totals[0] > totals[1] else after
        return after if self._follows(before, after) else before

    def _follows(self, before: Key, after: Key) -> bool:
        """Whether titles stand after their links: in one paragraph with them, or, where neither
        side is, because the list ends so. Damage at an end of the list is told by where the other
        texts of a record gather."""
        near = self._near(before), self._near(after)
        most = _MAJORITY * len(self._groups)
        if (near[0] > most) != (near[1] > most):
            return near[1] > most
        has_first = self._is_title(self._named[0].get(before))
        has_last = self._is_title(self._named[-1].get(after))
        if has_first != has_last:
            return has_last
        above, below = self._around(before)
        if has_first or below <= above:
            return False
        head = self._n_slots(0, self._groups[0].first)
        return self._n_slots(self._groups[-1].last + 1, len(self._blocks)) > head

    def _near(self, key: Key) -> int:
        """How many texts stand in one paragraph with the link of their group."""
        return sum(
            self._blocks[c[key]].paragraph
            == self._blocks[group.last if key[0] == ">" else group.first].paragraph
            for group, c in zip(self._groups, self._named, strict=True)
            if key in c
        )

    def _around(self, before: Key) -> tuple[int, int]:
        """How many texts stand above titles, since the link before, and below, up to their own."""
        above = below = 0
        for number, candidates in enumerate(self._named):
            if before in candidates and number:
                title = candidates[before]
                above += self._n_slots(self._groups[number - 1].last + 1, title)
                below += self._n_slots(title + 1, self._groups[number].first)
        return above, below

    def _n_slots(self, begin: int, end: int) -> int:
        return sum(block.is_slot for block in self._blocks[begin:end])

    def _is_title(self, number: int | None) -> bool:
        return number is not None and likeness(self._blocks[number].text) >= _LEAST_SHARE

    def _agrees(self, best: Key, key: Key) -> bool:
        """Whether a property nearly always names the same block as the best one."""
        both = [(c[best], c[key]) for c in self._named if best in c and key in c]
        same = sum(one == other for one, other in both)
        is_usual = 2 * self._scores[key].n >= len(self._named)
        return bool(both) and same >= _AGREEING * len(both) and is_usual

    def _choose(
        self, found: Titles, number: int, best: Key, voters: Sequence[Key], *, begins: bool
    ) -> None:
        """Choose the title of a group, or say why it has none."""
        candidates = self._named[number]
        if found.is_certain and best in candidates and self._is_dressed(candidates[best], best):
            found.of_group[number] = candidates[best]
            return
        votes: defaultdict[int, float] = defaultdict(float)
        for key in voters:
            if key in candidates:
                first = self._first_of_fold(candidates[key]) if begins else candidates[key]
                votes[first] += self._scores[key].weight
        chosen = max(votes, key=lambda n: votes[n], default=None)
        block = self._blocks[chosen] if chosen is not None else None
        if chosen is None or block is None or block.role != "text":
            return
        is_voted = votes[chosen] >= _MAJORITY * sum(self._scores[key].weight for key in voters)
        is_likely = likeness(block.text) >= _LEAST_IF_VOTED and not is_sentence(block.text)
        has_lost_dress = is_plain(block.dress) or not found.is_certain
        if reason := no_title(block.text):
            found.refused[number], found.reasons[number] = chosen, reason
        elif is_voted and is_likely and has_lost_dress:
            found.of_group[number] = chosen

    def _is_dressed(self, number: int, best: Key) -> bool:
        """Whether a block that is printed as a title can be one."""
        block = self._blocks[number]
        if may_be_names(block):
            return self._scores[best].names < 1 - _MOST
        least = 0.0 if block.dress == "title" else _LEAST_LIKENESS
        return likeness(block.text) > least and not is_of_authors(block.text)

    def _first_of_fold(self, number: int) -> int:
        """The first line of what may be a folded title."""
        while not starts_paragraph(self._blocks, number):
            if not (is_bare(self._blocks[number]) and is_bare(self._blocks[number - 1])):
                break
            number -= 1
        return number


def is_bare(block: Block) -> bool:
    """Whether a block is a text without any dress, outside tables."""
    return block.role == "text" and not block.dress and block.row is None
