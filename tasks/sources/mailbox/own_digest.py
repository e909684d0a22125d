"""Reads the digest mail of a paperhouse back: the same papers, their titles exactly, their votes.

Titles may be anything, also what a reader of unknown layouts must take for markup or for a cut-off
text. Our own mails say where a title begins and ends: in HTML by a heading in an element that names
its paper, in text by a number at the left edge that counts up, and indents. A mail is ours by its
mark, so no other digest is read by these rules.
"""

import re
from collections.abc import Iterator, Sequence

from tasks.parse.layout.assemble import Entry
from tasks.parse.links import paper_of
from tasks.parse.model import Span
from tasks.parse.unicode_faults import unescaped

MARK = "paperhouse digest 1"
"""Part of every mail of ours; the number is that of its shape."""
INDENT = "    "
"""What every line of a paper begins with in a text, but its first."""

_LONGEST = 1024 * 1024
_GENERATOR = f'content="{MARK}"'
_ARTICLE = re.compile(r"<article\b([^<>]{0,4000})>")
_PAPER = re.compile(r'\bdata-paper="([^"<>]{1,80})"')
_VOTES = re.compile(r'\bdata-votes="(\d{1,9})"')
_TAG = re.compile(r"<[^<>]{0,8000}>")
_NUMBER = re.compile(r"(\d{1,5})\. {1,4}(?=\S)")
_COUNT = re.compile(r"(\d{1,3}(?:[.,]\d{3}){0,3}|\d{1,9}) ")
_LINK = re.compile(rf"{INDENT}\S{{1,40}} {{2,40}}(https?://\S{{1,2000}})")
"""A label and an address; no text of ours has two blanks in a row."""


def own_entries(html: Sequence[str], plain: Sequence[str]) -> list[Entry]:
    """The papers of a mail of ours, from its HTML, else from its text; none of any other mail."""
    for text in html:
        if _GENERATOR in text[:4000]:
            return list(_of_html(text[:_LONGEST]))
    for text in plain:
        if f"({MARK})" in text:
            return list(_of_text(text[:_LONGEST].replace("\r\n", "\n")))
    return []


def _of_html(html: str) -> Iterator[Entry]:
    begun = list(_ARTICLE.finditer(html))
    ends = [found.start() for found in begun[1:]] + [len(html)]
    for found, end in zip(begun, ends, strict=False):
        paper, votes = (about.search(found.group(1)) for about in (_PAPER, _VOTES))
        title = _heading(html, found.end(), end)
        if paper and title:
            arxiv_id = paper_of(f"https://arxiv.org/abs/{paper.group(1)}")
            yield _entry(arxiv_id, title, int(votes.group(1)) if votes else None)


def _heading(html: str, start: int, end: int) -> str:
    """The words of the first heading between two places; empty where there is none."""
    opened = html.find(">", html.find("<h3", start, end), end)
    closed = html.find("</h3>", opened, end)
    if opened < start or closed < 0:
        return ""
    return " ".join(unescaped(_TAG.sub("", html[opened + 1 : closed])).split())


def _of_text(text: str) -> Iterator[Entry]:
    for lines in _records(text.split("\n")):
        blank = lines.index("") if "" in lines else len(lines)
        head, rest = lines[:blank], lines[blank + 1 :]
        title = " ".join(" ".join(head).split(" ", 1)[1].split())
        count = _COUNT.match(rest[0].strip()) if rest else None
        votes = int(re.sub("[.,]", "", count.group(1))) if count else None
        shown = [line for line in rest if line]
        link = _LINK.fullmatch(shown[-1]) if shown else None
        yield _entry(paper_of(link.group(1)) if link else None, title, votes)


def _records(lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines of each paper: from its number to the next line at the left edge."""
    record: list[str] = []
    n_papers = 0
    for line in lines:
        number = _NUMBER.match(line)
        if number and int(number.group(1)) == n_papers + 1:
            n_papers += 1
            if record:
                yield record
            record = [line]
        elif record and (not line or line.startswith(INDENT)):
            record.append(line)
        elif record:
            yield record
            record = []
    if record:
        yield record


def _entry(arxiv_id: str | None, title: str, votes: int | None) -> Entry:
    return Entry(Span(0, 0), title, arxiv_id, facts={} if votes is None else {"upvotes": votes})
