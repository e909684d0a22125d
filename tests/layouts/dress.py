"""What a dress is: a way to print papers, and what of them it shows."""

import hashlib
from collections.abc import Callable, Sequence
from textwrap import wrap as _wrap
from typing import NamedTuple

from tests.layouts.papers import PAPERS, Paper

HF, ABS, PDF = (
    "https://huggingface.co/papers/",
    "https://arxiv.org/abs/",
    "https://arxiv.org/pdf/",
)
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 - reads best
Print = Callable[[Sequence[Paper]], str | bytes]


class Dress(NamedTuple):
    """`shows` are the fields that the text prints; all others must be read as unknown."""

    name: str
    kind: str
    shows: frozenset[str]
    print: Print
    papers: tuple[Paper, ...]

    @property
    def part(self) -> str:
        """`work` or `report`, by the hash of the name."""
        return "report" if hashlib.sha256(self.name.encode()).digest()[0] % 2 else "work"

    @property
    def body(self) -> bytes:
        return self.body_of(self.papers)

    def body_of(self, papers: Sequence[Paper]) -> bytes:
        text = self.print(papers)
        return text if isinstance(text, bytes) else text.encode()


DRESSES: list[Dress] = []


def dress(kind: str, shows: str, n: int = 5) -> Callable[[Print], Print]:
    """Register a function as a dress: its name is the dress's, `n` the papers it prints."""

    def register(function: Print) -> Print:
        name = function.__name__.replace("_", "-")
        first = int(hashlib.sha256(f"{name} papers".encode()).hexdigest(), 16)
        papers = tuple(PAPERS[(first + i) % len(PAPERS)] for i in range(n))
        DRESSES.append(Dress(name, kind, frozenset(shows.split()), function, papers))
        return function

    return register


def each(papers: Sequence[Paper], part: Callable[[int, Paper], str], between: str = "\n\n") -> str:
    """The parts of all papers, numbered from 1."""
    return between.join(part(number, paper) for number, paper in enumerate(papers, 1))


def folded(text: str, width: int = 72, end: str = "\n", indent: str = "") -> str:
    """A text with its lines folded."""
    lines = _wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return (end + indent).join(lines)


def votes(paper: Paper) -> str:
    return "-" if paper.votes is None else str(paper.votes)


def day(paper: Paper, *, with_year: bool = True) -> str:
    """`Aug 5, 2026`."""
    year, month, number = paper.day.split("-")
    return f"{MONTHS[int(month) - 1]} {int(number)}" + (f", {year}" if with_year else "")


def names(paper: Paper) -> str:
    return ", ".join(paper.authors)
