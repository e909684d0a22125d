"""Bodies of all sources about the same papers: in any order a paper is what the best one says."""

import random
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from tests.support.arxiv_bodies import rss, rss_item
from tests.support.compare import current_rows, differences
from tests.support.issues import T0, Body, day, item
from tests.support.mails import mail
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

FIRST, SECOND = "2611.00001", "2611.00002"
TITLES = {FIRST: "KettleBench: Boiling at Length", SECOND: "SpoonNet: Stirring at Length"}
LETTER = """<div><h3><a href="https://arxiv.org/abs/{paper}v1">{title}</a></h3></div>"""
CARD = """<article><h3><a href="/papers/{paper}">{title}</a></h3></article>"""
DUMPED = "Title: {title}\nPDF: https://arxiv.org/pdf/{paper}v1\nSummary: {summary}\n---\n"


def worse(shape: str, how: str) -> str:
    """A text about both papers, their titles worse in its own way."""
    summary = f"As {how} put it, at some length and not quite as it was."
    return "".join(
        shape.format(paper=paper, title=f"{how}: {title[:11]}", summary=summary)
        for paper, title in TITLES.items()
    )


def letter() -> bytes:
    return mail(f"<html><body>{worse(LETTER, 'A letter')}</body></html>")


def bodies() -> list[Body]:
    """The API's day, then a mail, a dump, and a page of cards, an hour each."""
    papers = [item(paper, title) for paper, title in TITLES.items()]
    contents = [
        ("mailbox:weekly.cafe.example:2026-05-05.0123456789ab", letter()),
        ("textdump:weekly:2026-11-16", worse(DUMPED, "A dump").encode()),
        ("huggingface:daily:2026-11-20", f"<html>{worse(CARD, 'A card')}</html>".encode()),
    ]
    later = [
        Body(issue, content, T0 + timedelta(hours=n))
        for n, (issue, content) in enumerate(contents, start=1)
    ]
    return [day("2026-11-20", papers), *later]


def load_in(folder: Path, captures: list[Body]) -> Warehouse:
    """Each body in a run of its own, on the days after the last capture."""
    warehouse = Warehouse(folder)
    for number, body in enumerate(captures):
        report = warehouse.load([body], now=T0 + timedelta(days=1, minutes=number))
        assert report.exit_code == 0, report.lines()
    return warehouse


def test_in_several_orders_the_paper_is_what_the_api_says_and_nobody_revised_it(
    tmp_path: Path,
) -> None:
    captures = bodies()
    expected = None
    for number, order in enumerate(list(permutations(captures))[::7]):
        warehouse = load_in(tmp_path / str(number), list(order))
        rows = current_rows(warehouse)
        expected = expected or rows
        assert differences(expected, rows) == {}, [body.issue for body in order]
    papers = warehouse.tuples("SELECT paper_id, title, title_source FROM core.papers ORDER BY 1")
    assert papers == [(paper, title, "huggingface") for paper, title in TITLES.items()]
    assert warehouse.value("SELECT count(*) FROM mart.revisions") == 0
    assert warehouse.tuples(
        "SELECT source, witness, title FROM core.paper_versions "
        f"WHERE paper_id = '{FIRST}' ORDER BY ALL"
    ) == [
        ("huggingface", "api", TITLES[FIRST]),
        ("huggingface", "cards", "A card: KettleBench"),
        ("mailbox", "mail", "A letter: KettleBench"),
        ("textdump", "text", "A dump: KettleBench"),
    ]
    names = f"SELECT name FROM core.paper_authors WHERE paper_id = '{FIRST}' AND is_current"
    assert warehouse.tuples(names) == [("Author 1",)]


def test_a_listing_shows_its_own_title_beside_the_papers(tmp_path: Path) -> None:
    api, *_, cards = bodies()
    warehouse = load_in(tmp_path, [api, cards])
    (row,) = warehouse.rows(
        "SELECT title, title_as_listed FROM mart.listed_papers "
        f"WHERE paper_id = '{FIRST}' AND source = 'huggingface'"
    )
    assert row == {"title": TITLES[FIRST], "title_as_listed": "A card: KettleBench"}


def test_what_is_derived_follows_the_paper_and_not_the_last_body(tmp_path: Path) -> None:
    api, letter_, *_ = bodies()
    systems = "SELECT DISTINCT name FROM derived.paper_systems ORDER BY 1"
    warehouse = load_in(tmp_path, [letter_, api])
    assert warehouse.tuples(systems) == [("KettleBench",), ("SpoonNet",)]
    hashes = "SELECT count(*) FROM core.papers SEMI JOIN derived.paper_facts USING (content_sha256)"
    assert warehouse.value(hashes) == 2


def test_with_a_feed_and_a_second_day_any_order_and_batching_end_in_the_same_rows(
    tmp_path: Path,
) -> None:
    feed = rss(rss_item(f"{FIRST}v1", title="KettleBench: Boiling at Full Length"))
    changed = [item(paper, f"{title}, Again", upvotes=3) for paper, title in TITLES.items()]
    captures = [
        *bodies(),
        Body("arxiv:cs.CL:2026-11-20", feed, T0 + timedelta(hours=9)),
        day("2026-11-20", changed, minutes=600),
    ]
    whole = Warehouse(tmp_path / "whole")
    whole.load(captures, now=T0 + timedelta(days=1))
    random.Random(0).shuffle(captures)  # noqa: S311 - a reproducible order, no secret

    apart = load_in(tmp_path / "apart", captures)

    assert differences(current_rows(whole), current_rows(apart)) == {}
    titles = apart.tuples("SELECT title, title_source FROM core.papers ORDER BY paper_id")
    assert titles == [
        ("KettleBench: Boiling at Full Length", "arxiv"),
        (f"{TITLES[SECOND]}, Again", "huggingface"),
    ]
    (revised,) = apart.rows(f"SELECT * FROM mart.revisions WHERE paper_id = '{FIRST}'")
    assert (revised["source"], revised["title_before"]) == ("huggingface", TITLES[FIRST])
