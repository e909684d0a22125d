"""Mends what was chosen as titles: joins folded ones, drops halves, finds those of damaged records.

What is usual in a body says what is not: where titles are one line, a paragraph with one line more
has a folded title; where they begin with capitals, one that does not lost its first line.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from tasks.parse.layout.blocks import FACTS, Block
from tasks.parse.layout.groups import is_heading, is_plain, is_short_abstract, starts_paragraph
from tasks.parse.layout.looks import begins_within, is_names, is_sentence, likeness, no_title
from tasks.parse.layout.titles import Titles, is_bare, titles_of

_NARROWEST, _NARROW, _WIDE = 30, 40, 120
_MOST = 0.8
_FEW = 0.4
_LEAST_LIKENESS = 0.5
_NEXT = 3
_FEWEST = 2


def mended_titles(blocks: Sequence[Block]) -> Titles:
    """The titles of a body, whole, and the texts printed like titles that belong to no group."""
    found = titles_of(blocks)
    _join_folded(found, blocks)
    _join_filled(found, blocks)
    _drop_halves(found, blocks)
    lone = _lone(found, blocks)
    has_ids = any(group.arxiv_id for group in found.groups)
    found.lone = lone if not has_ids or len(lone) <= _FEW * len(found.of_group) else []
    return found


def _join_folded(found: Titles, blocks: Sequence[Block]) -> None:
    """Join titles that are folded where most are one line."""
    paragraphs: defaultdict[int, list[int]] = defaultdict(list)
    places: dict[int, int] = {}
    for number, block in enumerate(blocks):
        if block.is_slot and not block.arxiv_id:
            places[number] = len(paragraphs[block.paragraph])
            paragraphs[block.paragraph].append(number)
    chosen = {group: n for group, n in found.of_group.items() if n in places}
    shapes = Counter((len(paragraphs[blocks[n].paragraph]), places[n]) for n in chosen.values())
    (usual, first), n_usual = shapes.most_common(1)[0] if shapes else ((0, 0), 0)
    if 2 * n_usual <= len(chosen):
        return
    if usual > first + 1 and _all_fold(blocks, chosen.values()):
        usual = first + 1
    for group, n in chosen.items():
        paragraph = paragraphs[blocks[n].paragraph]
        if len(paragraph) > usual and abs(places[n] - first) <= len(paragraph) - usual:
            lines = paragraph[first : first + 1 + len(paragraph) - usual]
            if lines[-1] - lines[0] < len(lines) and all(is_bare(blocks[k]) for k in lines):
                found.of_group[group] = lines[0]
                found.rest[lines[0]] = lines[1:]


def _join_filled(found: Titles, blocks: Sequence[Block]) -> None:
    """Join titles with the line below where each that has one fills its own: not one of them had
    room for the next word. Elsewhere the line below is something else, such as a teaser."""
    chosen = {
        g: n for g, n in found.of_group.items() if _is_open(blocks[n]) and n not in found.rest
    }
    has_names = any(block.role == "names" for block in blocks)
    below = {g: n for g, n in chosen.items() if _goes_below(blocks, n, has_names=has_names)}
    width = max((len(blocks[n].text) for n in below.values()), default=0)
    is_mixed = len(below) < len(chosen)
    if not _NARROWEST <= width < _WIDE or len(below) < (_FEWEST if is_mixed else _FEWEST + 1):
        return
    if all(_room(blocks, n) > width for n in below.values()):
        for n in below.values():
            found.rest[n] = [n + 1]


def _is_open(block: Block) -> bool:
    """Whether a title has no dress by which its end is told."""
    return is_plain(block.dress) and block.row is None


def _goes_below(blocks: Sequence[Block], n: int, *, has_names: bool) -> bool:
    """Whether a bare text that may be the rest of a title stands in the line below it. In a body
    that `has_names`, one name is an author, unless a list of them follows."""
    if n + 1 == len(blocks):
        return False
    following = blocks[n + 1]
    is_next = following.line == blocks[n].line + 1 and is_bare(following)
    is_same = following.paragraph == blocks[n].paragraph and not following.arxiv_id
    if not (is_next and is_same) or is_sentence(following.text):
        return False
    may_be_author = has_names and is_names(f"by {following.text}")
    return not may_be_author or blocks[min(n + 2, len(blocks) - 1)].role == "names"


def _room(blocks: Sequence[Block], n: int) -> int:
    """How long a line would be with the first word of the next one."""
    return len(blocks[n].text) + 1 + len(blocks[n + 1].text.split(" ", 1)[0])


def _all_fold(blocks: Sequence[Block], titles: Collection[int]) -> bool:
    """Whether nearly all titles fill their line, so that the next one is the rest of them."""
    width = max((len(blocks[n].text) for n in titles), default=0)
    full = 0
    for n in titles:
        following = blocks[n + 1] if n + 1 < len(blocks) else blocks[n]
        is_next = following.line == blocks[n].line + 1 and is_bare(following)
        is_next = is_next and following.paragraph == blocks[n].paragraph
        room = len(blocks[n].text) + 1 + len(following.text.split(" ", 1)[0])
        full += is_next and room > width and not is_sentence(following.text)
    return len(titles) > 1 and _NARROW < width < _WIDE and full >= _MOST * len(titles)


def _drop_halves(found: Titles, blocks: Sequence[Block]) -> None:
    """Drop titles that begin with a small letter where most do not: they are the rest of titles
    that lost their first line."""
    halves = [group for group, n in found.of_group.items() if begins_within(blocks[n].text)]
    if not found.is_certain and 2 * len(halves) < len(found.of_group):
        for group in halves:
            found.refused[group] = found.of_group.pop(group)
            found.reasons[group] = "a title without its first words"


def _lone(found: Titles, blocks: Sequence[Block]) -> list[int]:
    """Texts printed like the titles that belong to no group; something of a record follows each."""
    titles = set(found.of_group.values())
    taken = titles.union(found.refused.values(), *found.rest.values())
    has_ids = any(group.arxiv_id for group in found.groups)
    prints = Counter((blocks[n].dress, starts_paragraph(blocks, n)) for n in titles)
    usual = prints.most_common(1)[0][0] if prints else None
    lone = []
    for number, block in enumerate(blocks):
        if number in taken or block.role != "text" or block.arxiv_id or block.row is not None:
            continue
        if (block.dress, starts_paragraph(blocks, number)) != usual or is_short_abstract(block):
            continue
        is_likely = likeness(block.text) >= _LEAST_LIKENESS if has_ids else not no_title(block.text)
        if is_heading(block.dress) or (is_likely and (not has_ids or _has_more(blocks, number))):
            lone.append(number)
    return lone


def _has_more(blocks: Sequence[Block], number: int) -> bool:
    """Whether something of a record follows a title: next to it, or in its paragraph."""
    following = blocks[number + 1 : number + 1 + _NEXT]
    near = [b for b in following if b.paragraph == blocks[number].paragraph] or following[:1]
    return any(b.role in FACTS or b.role in ("prose", "names") for b in (*following[:1], *near))
