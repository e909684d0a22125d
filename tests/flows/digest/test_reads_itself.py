"""Our own mailbox source reads our digest back: same papers, exact titles, votes where printed."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle, product

import pytest

from flows.digest.choose import Choices, Chosen
from flows.digest.issues import due_issues
from flows.digest.letter import LetterLinks
from tasks.detect_format import detect_format
from tasks.parse.text import on_one_line as plain
from tasks.sources.mailbox.parse_message import MESSAGE, parse
from tests.support.folders import digests
from tests.support.letters import LINKS, chosen, mail_of, one, shown, written
from tests.support.pages import HOSTILE
from tests.support.warehouse import Warehouse
from warehouse.query.read_only import reading
from warehouse.subscriber import Wishes

PARTS = {"both parts": (True, True), "HTML": (False, True), "text": (True, False)}
TITLES = [
    *HOSTILE,
    "Models Assume People are More Rational than We Really are",
    "Let's <think> about It",
    '"Quoted as a Whole"',
    "\u201cQuoted\u201d, \u2018and\u2019 'Half",
    "12. A Title that Begins with a Number",
    "1. 2. 3.",
    "- * # > | A Title of Signs ``` ~~~ ===",
    "A Title (GitHub) [PDF] (2024)",
    "[2401.00001] A Title with an Id",
    "PDF",
    "40 votes",
    "Jane Doe, John Roe, Ann Poe",
    "Title: Votes: Abstract: A Label",
    "https://arxiv.org/abs/2401.00001",
    "See https://arxiv.org/pdf/2401.00002",
    "A Title that Is Cut off ...",
    "A Title that Is Cut off \u2026",
    "--------------------------------",
    "(paperhouse digest 1)",
    '</article><article data-paper="2401.00003"><h3>Another</h3>',
    "A very " + "long " * 400 + "title",
    "one" + "-word" * 200,
    "\u5f62\u614b\u7d20\u89e3\u6790" * 30,
    "\u202e\u2066\u200f\u05e9\u05dc\u05d5\u05dd\u202c \u0645\u0631\u062d\u0628\u0627",
    "A\nTitle\r\n  of\tLines\u2028and\u0085Breaks\x0b\x00",
    "$\\alpha < \\beta$ \\& 5\u202f% \u2264 $x^{2}$ \\\\",
    "\U0001f600 Emoji \U0001f468\u200d\U0001f469\u200d\U0001f467 \u2b50 10",
    "=?utf-8?q?coded?= &amp;amp; %3Cb%3E",
    "unsubscribe from https://example.org/unsubscribe",
]
"""Titles that a reader of unknown layouts takes for something else, or breaks."""


def read_back(content: bytes) -> list[tuple[str | None, str, int | None]]:
    """Id, title and votes of each record, in order."""
    parsed = parse(content)
    assert parsed.rejects == ()
    return [(record.arxiv_id, record.title, record.upvotes) for record in parsed.records]


def said(what: Chosen) -> list[tuple[str | None, str, int | None]]:
    return [(p.paper_id, p.title, p.votes) for p in (each.paper for each in what.papers)]


@pytest.mark.parametrize("links", [LINKS, LetterLinks()], ids=["with a site", "without"])
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("parts", PARTS)
def test_any_title_comes_back_exactly(parts: str, language: str, links: LetterLinks) -> None:
    text, html = PARTS[parts]
    papers = [
        one(
            shown(
                n,
                title=plain(title),
                sentence=plain(title),
                names=(plain(title),)[: n % 2],
            ),
            **({"words": (plain(title),)} if n % 3 else {}),
        )
        for n, title in enumerate(TITLES, 1)
    ]
    what = chosen(*papers, wishes=Wishes(language=language, words=("a",)))
    content = mail_of(written(what, links), text=text, html=html)
    assert read_back(content) == said(what)


@pytest.mark.parametrize("parts", PARTS)
def test_votes_come_back_where_they_are_printed(parts: str) -> None:
    text, html = PARTS[parts]
    votes = (None, 0, 1, 999, 1_000, 1_234_567)
    for language in ("en", "de"):
        what = chosen(
            *(one(shown(n, votes=count)) for n, count in enumerate(votes, 1)),
            wishes=Wishes(language=language),
        )
        assert read_back(mail_of(written(what), text=text, html=html)) == said(what)


@pytest.mark.parametrize("parts", PARTS)
def test_one_paper_and_a_hundred_are_read(parts: str) -> None:
    text, html = PARTS[parts]
    for n_papers in (1, 2, 100):
        what = chosen(*(one(shown(n)) for n in range(1, n_papers + 1)))
        assert read_back(mail_of(written(what), text=text, html=html)) == said(what)


def test_it_is_taken_for_a_mail_and_each_record_can_be_shown() -> None:
    what = chosen(*(one(shown(n)) for n in range(1, 4)))
    content = mail_of(written(what))
    found = detect_format(content, "digest.eml")
    assert found.issue.edition == "digest.example.org"
    for place, each in enumerate(what.papers):
        shown_text = MESSAGE.locate(content, place).text
        assert each.paper.title in shown_text
        assert each.paper.paper_id in shown_text


@pytest.fixture(scope="module")
def every_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Chosen]]:
    """All papers of each real day, and of each week."""
    warehouse = Warehouse(tmp_path_factory.mktemp("real") / "home")
    warehouse.ingest(digests("huggingface/api"), at=datetime(2026, 8, 20, tzinfo=UTC))
    now = datetime(2026, 8, 21, tzinfo=UTC)
    with reading(warehouse.file) as connection:
        issues = due_issues(connection, now, 5_000)
        yield [Choices(connection, one).choose(Wishes(max_papers=1_000), now) for one in issues]
    shutil.rmtree(warehouse.home)


@pytest.mark.slow
def test_every_real_day_and_week_comes_back(every_day: list[Chosen]) -> None:
    """Each in one of the forms, in turn."""
    forms = cycle(product(PARTS.values(), (LINKS, LetterLinks())))
    n_papers = 0
    for what, ((text, html), links) in zip(every_day, forms, strict=False):
        assert read_back(mail_of(written(what, links), text=text, html=html)) == said(what)
        n_papers += len(what.papers)
    assert len(every_day) > 290
    assert n_papers > 8_000
