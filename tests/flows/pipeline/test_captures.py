"""Bodies of one moment: the pages of a capture belong together, other bodies are captures of their
own, and a replay ends in the rows that the load ended in."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.jobs.replay import replay
from flows.jobs.review import held_issues, release
from flows.pipeline.captures import LandedBody, LandedCapture, landed_captures
from flows.pipeline.load import load
from flows.pipeline.run import running
from flows.settings import Settings
from tasks.parse.model import IssueRef
from tests.support.compare import current_rows, differences
from tests.support.folders import digests
from tests.support.issues import T0, Body, day, item
from tests.support.warehouse import Warehouse
from warehouse.storage.landing import Landing, RawBody

DAY, OTHER_DAY = "2026-11-20", "2026-11-19"
ISSUE = f"huggingface:daily:{DAY}"
API = "https://huggingface.co/api/daily_papers"
AFTER = T0 + timedelta(days=1)
PAPERS = [f"2611.0000{n}" for n in range(8)]


def listed(*upvotes: int, date: str = DAY, papers: Sequence[str] = PAPERS) -> Body:
    """A body that lists so many papers with these votes."""
    return day(date, [item(p, upvotes=n) for p, n in zip(papers, upvotes, strict=False)])


def raw(content: bytes, origin: str, part: int = 0, *, minutes: int = 0) -> RawBody:
    at = T0 + timedelta(minutes=minutes)
    return RawBody("huggingface", "api", ISSUE, at, content, origin, part)


def split(landing: Landing) -> list[list[bytes]]:
    """The bytes of each landed capture, page by page."""
    captures = landed_captures(Landing(landing.root)).values()
    return [[landing.read(record) for record in capture.records] for capture in captures]


@pytest.mark.parametrize("order", [1, -1], ids=["as stored", "the other way round"])
def test_bodies_that_each_begin_are_captures_and_later_parts_are_their_pages(
    tmp_path: Path, order: int
) -> None:
    landing = Landing(tmp_path)
    pages = [raw(b"page %d" % n, f"{API}?p={n}", n) for n in range(3)]
    files = [
        raw(b"a file", "a.json"),
        raw(b"another file", "b.json"),
        raw(b"of its name", "a.json"),
    ]
    landing.store([*pages, *files][::order])
    found = split(landing)
    assert sorted(found) == sorted(
        [[b"page 0", b"page 1", b"page 2"], [b"a file"], [b"another file"], [b"of its name"]]
    )


def test_a_page_whose_bytes_were_known_before_stays_in_its_place(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    for minutes, votes in enumerate((b"old", b"new")):
        contents = [votes, b"the same"]
        pages = [raw(c, f"{API}?p={n}", n, minutes=minutes) for n, c in enumerate(contents)]
        landing.store(pages)
    assert split(landing) == [[b"old", b"the same"], [b"new", b"the same"]]


def test_the_same_bytes_under_two_names_are_one_capture(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.store([raw(b"a file", "a.json"), raw(b"a file", "b.json")])
    assert split(landing) == [[b"a file"]]


OF_A_MOMENT: dict[str, list[tuple[int, ...]]] = {
    "votes": [(1, 2, 3, 4, 5), (9, 2, 3, 4, 5)],
    "a paper more": [(1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6)],
    "three bodies": [(1, 2, 3, 4, 5), (7, 2, 3, 4, 5), (3, 2, 1, 4, 5)],
    "one is held": [(1, 2, 3, 4, 5, 6, 7, 8), (1,)],
    "a record is rejected": [(1, 2, 3, 4, 5), (-1, 2, 3, 4, 5)],
}
"""Votes of the papers in bodies of an issue, by what is told apart."""


@pytest.mark.slow
@pytest.mark.parametrize("batch_issues", [1, 100])
def test_a_replay_of_several_bodies_of_a_moment_ends_in_the_rows_of_the_load(
    warehouse: Warehouse, batch_issues: int
) -> None:
    """Each kind of bodies is of a day of its own; one paper is listed on another day too."""
    dates = [f"2026-11-{9 + number:02}" for number in range(len(OF_A_MOMENT))]
    bodies = [
        listed(*votes, date=date, papers=[f"26{date[5:7]}.{date[8:]}00{n}" for n in range(8)])
        for date, of_day in zip(dates, OF_A_MOMENT.values(), strict=True)
        for votes in of_day
    ]
    bodies.insert(3, listed(7, date=OTHER_DAY, papers=["2611.09000"]))
    warehouse.load(bodies, now=AFTER, batch_issues=batch_issues)
    counted = "SELECT issue_id, count(*) FROM core.issue_captures GROUP BY ALL ORDER BY ALL"
    assert [n for _, n in warehouse.tuples(counted)] == [2, 2, 3, 1, 2, 1]
    before = current_rows(warehouse)
    report = replay(Settings(home=warehouse.home), clock=lambda: AFTER + timedelta(hours=1))
    assert differences(before, current_rows(warehouse)) == {}
    assert report.changes == {}


@pytest.mark.slow
def test_one_held_body_of_a_moment_is_released_alone(warehouse: Warehouse) -> None:
    warehouse.load([listed(1, 2, 3, 4, 5, 6, 7, 8)], now=AFTER)
    small = [listed(9), listed(8)]
    warehouse.load([b._replace(captured_at=AFTER) for b in small], now=AFTER + timedelta(hours=1))
    settings = Settings(home=warehouse.home)
    (held,) = held_issues(settings)
    release(settings, ISSUE, why="it is right", clock=lambda: AFTER + timedelta(hours=2))
    query = "SELECT payload_sha256 FROM core.issue_captures WHERE n_parsed = 1"
    assert warehouse.tuples(query) == [(held["payload_sha256"],)]


def made_one_capture(warehouse: Warehouse, bodies: Sequence[Body]) -> None:
    """Load bodies of a moment as replays of older versions did: as the pages of one capture."""
    with running(warehouse.paths, "replay", run_id="r1", clock=lambda: AFTER) as run:
        stored = run.landing.store(
            [raw(body.content, f"{n}.json") for n, body in enumerate(bodies)]
        )
        capture = LandedCapture(IssueRef.parse(ISSUE), T0, tuple(map(LandedBody, stored)))
        run.add(load(run, [capture], batch_issues=100))


def rows_of(warehouse: Warehouse) -> list[dict[str, Any]]:
    return warehouse.rows("SELECT * EXCLUDE (run_id, loaded_at) FROM core.listings ORDER BY ALL")


@pytest.mark.slow
def test_what_older_versions_made_one_capture_of_stays_loaded_when_a_paper_of_it_comes_late(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    bodies = [listed(1, 2, 3, 4, 5), listed(9, 2, 3, 4, 5)]
    late = listed(4, date=OTHER_DAY)._replace(captured_at=T0 - timedelta(days=1))
    made_one_capture(warehouse, bodies)
    warehouse.load([late], now=AFTER + timedelta(hours=1))
    votes = "SELECT observed_at, upvotes FROM core.observations WHERE paper_id = '2611.00000'"
    right = Warehouse(tmp_path / "right")
    right.load([late, *bodies], now=AFTER)
    assert sorted(warehouse.tuples(votes)) == sorted(right.tuples(votes))
    assert rows_of(warehouse) == rows_of(right)
    replay(Settings(home=warehouse.home), clock=lambda: AFTER + timedelta(hours=2))
    assert differences(current_rows(right), current_rows(warehouse)) == {}


@pytest.mark.slow
def test_a_replay_of_real_days_fetched_twice_and_loaded_at_one_moment_ends_in_the_same_rows(
    warehouse: Warehouse,
) -> None:
    refetched = sorted(digests("huggingface/refetch").glob("*.json"))
    first = [digests("huggingface/api") / file.name for file in refetched]
    warehouse.ingest(*first, *refetched)
    before = current_rows(warehouse)
    twice = "SELECT issue_id FROM core.issue_captures GROUP BY ALL HAVING count(*) > 1"
    assert len(warehouse.tuples(twice)) > 20
    report = replay(Settings(home=warehouse.home), clock=lambda: AFTER)
    assert differences(before, current_rows(warehouse)) == {}
    assert report.changes == {}
