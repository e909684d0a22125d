"""Rows of tables keep their cells, whatever writes them: HTML, tabs, commas, drawn rules."""

from collections.abc import Callable

import pytest

from tasks.sources.pagedump.parse_links import LINKS
from tests.layouts.dress import ABS, PDF, votes
from tests.layouts.measure import read
from tests.layouts.papers import PAPERS, Paper

FEW = [p for p in PAPERS if p.votes is not None][:5]
Row = Callable[[Paper], str]


def table(head: str, row: Row, end: str = "") -> bytes:
    return (head + "".join(map(row, FEW)) + end).encode()


def quoted(text: str) -> str:
    return f'"{text}"' if "," in text else text


TABLES = {
    "HTML, a cell a line": table(
        "# Papers\n\n<table>\n<tr><th>#</th><th>Title</th><th>Link</th><th>Votes</th></tr>\n",
        lambda p: (
            f"<tr>\n<td>1</td>\n<td>{p.title}</td>\n"
            f'<td><a href="{ABS}{p.id}">arXiv</a></td>\n<td>{votes(p)}</td>\n</tr>\n'
        ),
        "</table>\n\nThat is all.\n",
    ),
    "HTML with a row above the heads": table(
        "<table>\n<tr><th colspan=3>August</th></tr>\n"
        "<tr><th>Title</th><th>Likes</th><th>Link</th></tr>\n",
        lambda p: (
            f"<tr><td>{p.title}</td><td>{votes(p)}</td>"
            f'<td><a href="{ABS}{p.id}">pdf</a></td></tr>\n'
        ),
        "</table>\n",
    ),
    "HTML on one line": table(
        "<table><thead><tr><th>Title</th><th>Upvotes</th><th>PDF</th></tr></thead><tbody>",
        lambda p: (
            f"<tr><td><b>{p.title}</b></td><td>{votes(p)}</td>"
            f'<td><a href="{PDF}{p.id}">{p.id}</a></td></tr>'
        ),
        "</tbody></table>\n",
    ),
    "tabs": table("title\tlink\tvotes\n", lambda p: f"{p.title}\t{ABS}{p.id}\t{votes(p)}\n"),
    "commas": table("title,url,votes\n", lambda p: f"{quoted(p.title)},{ABS}{p.id},{votes(p)}\n"),
    "commas, most columns of which say something else": table(
        '"Key","Item Type","Year","Author","Title","Url","Votes","Shelf","Box"\n',
        lambda p: (
            f'"K","preprint","2026","{"; ".join(p.authors)}","{p.title}","{ABS}{p.id}",'
            f'"{votes(p)}","a","b"\n'
        ),
    ),
    "semicolons": table("Titel;Link;Stimmen\n", lambda p: f"{p.title};{ABS}{p.id};{votes(p)}\n"),
    "rules between rows": table(
        "+---+---+---+\n| Title | Votes | Link |\n+===+===+===+\n",
        lambda p: f"| {p.title} | {votes(p)} | {ABS}{p.id} |\n+---+---+---+\n",
    ),
    "a rule with crosses": table(
        " title | votes | link\n-------+-------+------\n",
        lambda p: f" {p.title} | {votes(p)} | {ABS}{p.id}\n",
    ),
    "line breaks in cells": table(
        "| Votes | Paper | Links |\n|---|---|---|\n",
        lambda p: (
            f"| {votes(p)} | [{p.title}]({ABS}{p.id})<br>{', '.join(p.authors)} "
            f"| [PDF]({PDF}{p.id}) |\n"
        ),
    ),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_row_gives_its_title_link_and_votes(kind: str) -> None:
    assert [(r.arxiv_id, r.title, r.upvotes) for r in read(TABLES[kind])] == [
        (p.id, p.title, p.votes) for p in FEW
    ]


@pytest.mark.parametrize("kind", ["HTML, a cell a line", "commas", "tabs"])
def test_a_row_without_its_title_costs_only_itself(kind: str) -> None:
    title = quoted(FEW[2].title) if kind == "commas" else FEW[2].title
    damaged = TABLES[kind].replace(title.encode(), b"", 1)
    assert [(r.arxiv_id, r.title, r.upvotes) for r in read(damaged)] == [
        (p.id, p.title, p.votes) for p in FEW if p is not FEW[2]
    ]


def test_a_record_is_found_again_in_the_lines_of_its_row() -> None:
    body = TABLES["HTML, a cell a line"]
    [place] = [r.place for r in LINKS.parse(body).records if r.arxiv_id == FEW[3].id]
    raw = LINKS.locate(body, place)
    assert FEW[3].title in raw.text
    assert FEW[4].title not in raw.text
    assert body[raw.span.start : raw.span.end].decode() == raw.text


def test_a_table_without_heads_is_read_as_lines() -> None:
    body = table(
        "<table>\n",
        lambda p: f'<tr>\n<td><b>{p.title}</b><br><a href="{PDF}{p.id}">PDF</a></td>\n</tr>\n',
        "</table>\n",
    )
    assert [r.title for r in read(body)] == [p.title for p in FEW]
