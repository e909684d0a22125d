"""Citations are read back by their libraries as they were meant, and do nothing in LaTeX."""

import csv
from datetime import date
from io import StringIO
from typing import Any

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import example, given
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from flows.site.citations import COLUMNS, bibtex, csv_of, latex, ris
from tests.support.pages import HOSTILE


def paper(title: str = "On Kettles", **more: Any) -> dict[str, Any]:
    """A row of mart.papers."""
    given = {
        "paper_id": "2611.00012",
        "title": title,
        "authors": "Zoë Müller, Rock and Roll, \u05e9\u05dc\u05d5\u05dd",
        "abstract": "We boil.\nThen tea.",
        "listed_on": date(2026, 11, 13),
        "published_at": None,
        "topics": "robotics, agents",
        "code_url": None,
        "arxiv_url": "https://arxiv.org/abs/2611.00012",
        "hf_url": None,
    }
    return given | more


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Zoë Müller", r"Zo{\"e} M{\"u}ller"),
        ("50% of A & B_1 #2", r"50\% of A \& B\_1 \#2"),
        (r"$\beta_1 \leq 3$ and \textsc{Small}", r"$\beta_1 \leq 3$ and \textsc{Small}"),
        (r"already \& escaped", r"already \& escaped"),
        (r"\input{/etc/passwd}", r"\textbackslash{}input{/etc/passwd}"),
        (r"$\write18{rm}$", r"$\textbackslash{}write18{rm}$"),
        ("a {brace", "a brace"),
        (r"ends with \ "[:-1], r"ends with \textbackslash{}"),
        (r"\\{", r"\textbackslash{}\{"),
        (r"\input{x", r"\textbackslash{}inputx"),
        (r"M\^{o}n\$ 5", r"M\^{o}n\$ 5"),
        ("one $ alone", r"one \$ alone"),
        ("x^2 ~ y", r"x\^{}2 \textasciitilde{} y"),
    ],
)
def test_latex_shows_the_text_and_does_nothing_else(text: str, written: str) -> None:
    assert latex(text) == written


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=60))
@example("\\")
@example("\\\\{ $ }")
def test_whatever_a_title_is_its_braces_are_balanced(text: str) -> None:
    found = parse_string(bibtex([paper(text or "x")]))
    assert len(found.entries) == 1
    assert found.failed_blocks == []


def test_bibtex_is_read_back_with_every_field_and_name() -> None:
    papers = [paper(), paper("Another", paper_id="hep-th/9901001", authors=None, arxiv_url=None)]
    found = parse_string(bibtex(papers))
    first, second = found.entries
    fields = {field.key: field.value for field in first.fields}
    assert (fields["eprint"], fields["year"], fields["month"]) == ("2611.00012", "2026", "11")
    names = [LatexNodes2Text().latex_to_text(one) for one in fields["author"].split(" and ")]
    assert names[0] == "Zoë Müller"
    assert r"{Rock and Roll}" in fields["author"]
    assert second.key == "hep-th-9901001"
    assert {field.key for field in second.fields} == {"title", "year", "month"}


def test_hostile_titles_are_one_entry_each_in_every_format() -> None:
    papers = [paper(title, paper_id=f"2611.0000{n}") for n, title in enumerate(HOSTILE)]
    assert len(parse_string(bibtex(papers)).entries) == len(HOSTILE)
    assert [entry["title"] for entry in rispy.loads(ris(papers))] == HOSTILE
    assert len(list(csv.reader(StringIO(csv_of(papers))))) == len(HOSTILE) + 1


def test_ris_is_read_back_with_names_and_keywords() -> None:
    (entry,) = rispy.loads(ris([paper()]))
    assert entry["authors"] == ["Zoë Müller", "Rock and Roll", "\u05e9\u05dc\u05d5\u05dd"]
    assert entry["keywords"] == ["robotics", "agents"]
    assert entry["urls"] == ["https://arxiv.org/abs/2611.00012"]


@pytest.mark.parametrize(
    "title", ["=HYPERLINK(1)", "\uff1d1+1", "\ufeff=1+1", '"=1+1', "\u201c+1", "\tx"]
)
def test_csv_has_no_cell_that_a_spreadsheet_would_run(title: str) -> None:
    head, row = csv.reader(StringIO(csv_of([paper(title)])))
    assert tuple(head) == COLUMNS
    assert row[1] == f"'{title}"
