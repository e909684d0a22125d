"""Compare texts of the sample with others: no passage may be shared by accident or by copying."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path


def texts_of(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Title and abstract of every row in these files, on one line each."""
    for path in paths:
        for row in json.loads(path.read_text(encoding="utf-8")):
            paper = row["paper"]
            yield " ".join(paper["title"].split()), " ".join(paper["summary"].split())


def shared_shingles(known: Sequence[str], written: Sequence[str], length: int) -> list[str]:
    """Passages of `length` characters that occur on both sides.

    Any such passage contains a block of half its length that starts at a multiple of that half
    in the known text, so only those blocks are looked up and then widened.
    """
    half = length // 2
    blocks: dict[str, list[tuple[str, int]]] = {}
    ours = {text[i : i + half] for text in written for i in range(len(text) - half + 1)}
    for text in known:
        for start in range(0, len(text) - half + 1, half):
            if text[start : start + half] in ours:
                blocks.setdefault(text[start : start + half], []).append((text, start))
    passages = {text[i : i + length] for text in written for i in range(len(text) - length + 1)}
    return [
        text[i : i + length]
        for places in blocks.values()
        for text, start in places
        for i in range(max(start - half, 0), start + 1)
        if text[i : i + length] in passages
    ]
