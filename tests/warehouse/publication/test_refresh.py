"""A publication that goes on from a copy of the last shows what one built whole would."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from schemas import LAKE, Table
from schemas.core import (
    CAPTURES,
    ISSUES,
    LISTINGS,
    OBSERVATIONS,
    PAPER_ALIASES,
    PAPER_AUTHORS,
    PAPER_VERSIONS,
)
from schemas.derived import PAPER_CLAIMS, PAPER_TOPICS
from schemas.ops import OUTCOMES, RUNS
from tests.support.compare import differing_tables
from tests.support.rows import NOW, rows_of
from tests.support.warehouse import Warehouse
from warehouse.lake.transaction import Transaction
from warehouse.publication import publish as publication
from warehouse.publication import refresh as refreshing
from warehouse.publication.build_state import MAX_SIZE_RATIO, BuildState
from warehouse.publication.marts import View, dependencies

pytestmark = pytest.mark.slow
MONTHS = [f"2026-{month:02}" for month in range(1, 11)]


def assert_shows_what_a_whole_one_would(warehouse: Warehouse, **ops: pa.Table) -> None:
    """Compare every table with that of a file built from nothing."""
    whole = warehouse.file.with_name("whole.duckdb")
    whole.unlink(missing_ok=True)
    elsewhere = BuildState(warehouse.home / "elsewhere", warehouse.lake)
    warehouse.publish(file=whole, build_state=elsewhere, **ops)
    assert differing_tables(warehouse.file, whole) == []


def month_of(month: str, papers: Sequence[str], **said: list[Any]) -> list[Any]:
    """A month in which papers were put on arXiv and listed, a paper a day."""
    days = [f"{month}-{place + 1:02}" for place in range(len(papers))]
    ids = {"paper_id": list(papers)}
    issues = [f"huggingface:daily:{day}" for day in days]
    listed = {"issue_id": issues, "issue_month": [month] * len(papers)}
    at = {"paper_month": [month] * len(papers)}
    return [
        (CAPTURES, month, rows_of(CAPTURES, len(papers), **listed)),
        (
            ISSUES,
            month,
            rows_of(
                ISSUES,
                len(papers),
                **listed,
                source=["huggingface"] * len(papers),
                issued_on=pa.array(days).cast(pa.date32()).to_pylist(),
            ),
        ),
        (LISTINGS, month, rows_of(LISTINGS, len(papers), **ids, **listed)),
        (PAPER_VERSIONS, month, rows_of(PAPER_VERSIONS, len(papers), **ids, **at, **said)),
        (PAPER_AUTHORS, month, rows_of(PAPER_AUTHORS, len(papers), **ids, **at)),
    ]


@pytest.fixture(scope="module")
def ten_months(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Ten months of three papers, published; only to be copied."""
    warehouse = Warehouse(tmp_path_factory.mktemp("ten_months") / "home")
    warehouse.commit(
        *(part for month in MONTHS for part in month_of(month, [f"{month}.{n}" for n in range(3)]))
    )
    assert not warehouse.refresh()
    assert_shows_what_a_whole_one_would(warehouse)
    return warehouse


@pytest.fixture
def published(ten_months: Warehouse, home: Path) -> Warehouse:
    """The same, to be changed."""
    return ten_months.copy_to(home)


def observations(month: str, *papers: str) -> pa.Table:
    return rows_of(
        OBSERVATIONS, len(papers), paper_id=list(papers), observed_month=[month] * len(papers)
    )


def aliases(*papers: str) -> pa.Table:
    return rows_of(PAPER_ALIASES, len(papers), paper_id=list(papers), alias_id=list(papers))


def changes() -> Iterator[Any]:
    """One after the other what can become of a lake."""
    yield "a month comes", month_of("2026-11", ["2026-11.0", "2026-01.0"])
    yield "a paper comes late", month_of("2026-03", [f"2026-03.{n}" for n in range(4)])
    yield "a paper goes", month_of("2026-05", ["2026-05.0"])
    yield (
        "a paper is withdrawn",
        [
            (
                PAPER_VERSIONS,
                "2026-07",
                month_of(
                    "2026-07", [f"2026-07.{n}" for n in range(3)], withdrawn_at=[NOW, None, None]
                )[3][2],
            )
        ],
    )
    yield (
        "an old paper has another author",
        [
            (
                PAPER_AUTHORS,
                "2026-02",
                rows_of(PAPER_AUTHORS, 1, paper_id=["2026-02.1"], paper_month=["2026-02"]),
            )
        ],
    )
    yield (
        "a month goes",
        [
            (table, partition, rows.slice(0, 0))
            for table, partition, rows in month_of("2026-09", ["2026-09.0"])
        ],
    )
    yield "an unpartitioned table", [(PAPER_ALIASES, None, aliases("title:1"))]
    yield "an unpartitioned table again", [(PAPER_ALIASES, None, aliases("title:2", "title:3"))]


def test_whatever_becomes_of_the_lake_a_copy_that_went_on_shows_it_all(
    published: Warehouse,
) -> None:
    for number, (what, parts) in enumerate(changes()):
        published.commit(*parts)
        runs = rows_of(RUNS, number)
        assert published.refresh(runs=runs), what
        assert_shows_what_a_whole_one_would(published, runs=runs)


def test_files_that_came_on_top_of_a_month_are_added_to_it(published: Warehouse) -> None:
    for papers in (["2026-04.0"], ["2026-04.1", "2026-04.2"]):
        published.commit((OBSERVATIONS, "2026-04", observations("2026-04", *papers)), is_added=True)
        assert published.refresh()
        assert_shows_what_a_whole_one_would(published)


def test_votes_that_came_alone_are_the_latest_of_their_paper(published: Warehouse) -> None:
    """No listing tells of them: a month of votes is a file more, or is written again."""
    for votes, is_added in ((7, True), (9, False)):
        rows = observations("2026-10", "2026-04.0")
        rows = OBSERVATIONS.rows(
            {**rows.to_pydict(), "source": ["huggingface"], "upvotes": [votes]}
        )
        published.commit((OBSERVATIONS, "2026-10", rows), is_added=is_added)
        assert published.refresh()
        assert_shows_what_a_whole_one_would(published)
        shown = "SELECT upvotes FROM mart.papers WHERE paper_id = '2026-04.0'"
        assert published.value(shown) == votes


def test_a_paper_of_a_list_without_a_date_moves_to_the_month_of_its_date(
    published: Warehouse,
) -> None:
    search = {"issue_id": ["pagedump:search:0123456789ab"], "issue_month": ["2026-12"]}
    said = {"paper_id": ["a paper"], "paper_month": ["unknown"]}
    published.commit(
        (ISSUES, "2026-12", rows_of(ISSUES, 1, **search, source=["pagedump"])),
        (LISTINGS, "2026-12", rows_of(LISTINGS, 1, **search, paper_id=["a paper"])),
        (PAPER_VERSIONS, "unknown", rows_of(PAPER_VERSIONS, 1, **said)),
    )
    assert published.refresh()
    assert_shows_what_a_whole_one_would(published)
    month = "SELECT strftime(month_on, '%Y-%m') FROM mart.papers WHERE paper_id = 'a paper'"
    assert published.value(month) == f"{NOW:%Y-%m}", "the month of the capture"
    published.commit(*month_of("2026-04", ["a paper"])[:3])
    assert published.refresh()
    assert_shows_what_a_whole_one_would(published)
    assert published.value(month) == "2026-04"


def test_an_older_snapshot_published_again_shows_what_it_showed(published: Warehouse) -> None:
    first = published.lake.current()
    published.commit(*month_of("2026-03", ["2026-03.9"]))
    assert published.refresh()
    with Transaction(published.lake, run_id="back", now=NOW, base=first) as transaction:
        transaction.commit({})
    assert published.refresh()
    assert_shows_what_a_whole_one_would(published)


def test_a_home_may_be_called_anything(ten_months: Warehouse, tmp_path: Path) -> None:
    names = "[a] *home {b,c} of issue_month=2020-01 %20"
    warehouse, fits_as_pattern = (
        ten_months.copy_to(tmp_path / "title=mine" / name)
        for name in (names, names.replace("[a] *", "a x"))
    )
    fits_as_pattern.commit(*month_of("2026-03", ["2026-03.0", "2026-03.1"]))
    warehouse.commit(*month_of("2026-03", ["2026-03.9"]))
    assert warehouse.refresh()
    with warehouse.reading() as connection:
        months = connection.execute("SELECT DISTINCT issue_month FROM core.listings").fetchall()
        n_listed = connection.execute("SELECT count(*) FROM core.listings").fetchone()
    assert sorted(months) == [(month,) for month in MONTHS]
    assert n_listed == (3 * len(MONTHS) - 2,)


def test_a_copy_that_broke_half_changed_leaves_nothing_to_the_whole_one(
    published: Warehouse,
) -> None:
    write(published, "ALTER TABLE mart.topic_activity DROP COLUMN n_read")
    seen = published.file.stat()
    forge(published, n_bytes=seen.st_size, changed_ns=seen.st_mtime_ns)
    published.commit(*month_of("2026-03", ["2026-03.9"]))
    runs = rows_of(RUNS, 2)
    assert not published.refresh(runs=runs)
    assert_shows_what_a_whole_one_would(published, runs=runs)
    assert [*published.home.glob(".unfinished-*")] == []


def test_when_most_is_new_the_file_is_built_whole(published: Warehouse) -> None:
    published.commit(*(part for m in MONTHS[:6] for part in month_of(m, [f"{m}.7", f"{m}.8"])))
    assert not published.refresh()
    assert_shows_what_a_whole_one_would(published)


def test_a_lake_that_grew_large_goes_on_in_small_blocks_until_its_file_is_built_whole(
    published: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "SMALL_LAKE", 0)
    for number, is_reusable in enumerate((True, False, True)):
        if not is_reusable:
            published.file.unlink()
        published.commit(*month_of("2026-03", [f"2026-03.{number}"]))
        assert published.refresh() is is_reusable
        assert_shows_what_a_whole_one_would(published)
        with published.reading() as connection:
            size = connection.execute("SELECT block_size FROM pragma_database_size()").fetchone()
        assert size == (64 * 1024 if number == 0 else 256 * 1024,)


@pytest.mark.parametrize(
    ("batch", "small"),
    [
        pytest.param("BYTES_PER_BATCH", 1, id="tables loaded a partition at a time"),
        pytest.param("LISTINGS_PER_BATCH", 4, id="marts materialized in many batches"),
    ],
)
def test_what_is_made_in_batches_is_what_is_made_at_once(
    published: Warehouse, monkeypatch: pytest.MonkeyPatch, batch: str, small: int
) -> None:
    published.commit(*month_of("2026-03", ["2026-03.9", "2026-04.9", "2026-05.9"]))
    for is_reusable in (True, False):
        if not is_reusable:
            published.file.unlink()
        monkeypatch.setattr(refreshing, batch, small)
        assert published.refresh() is is_reusable
        monkeypatch.undo()
        assert_shows_what_a_whole_one_would(published)


def write(published: Warehouse, statement: str) -> None:
    with duckdb.connect(str(published.file)) as connection:
        connection.execute(statement)


def spoil(published: Warehouse) -> None:
    """Other bytes of the same size at the same time."""
    seen = published.file.stat()
    with published.file.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * (seen.st_size - 4096 * 3))
    os.utime(published.file, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def lose_rows(published: Warehouse) -> None:
    """A row less, and a build record that says it was so."""
    write(published, "DELETE FROM core.listings WHERE paper_id = '2026-02.1'")
    seen = published.file.stat()
    forge(published, n_bytes=seen.st_size, changed_ns=seen.st_mtime_ns)


def forge(published: Warehouse, **values: Any) -> None:
    """Change what the build record says."""
    record = published.build_state.record()
    assert record is not None
    (published.paths.build / "published.json").write_text(json.dumps({**vars(record), **values}))


@pytest.mark.parametrize(
    "happen",
    [
        lambda published: write(published, "CREATE TABLE mine AS SELECT 1"),
        lambda published: published.file.with_name("warehouse.duckdb.wal").write_bytes(
            b"somebody's"
        ),
        lambda published: published.file.unlink(),
        lambda published: shutil.rmtree(published.paths.build),
        lambda published: (published.paths.build / "published.json").write_text("{}"),
        lambda published: (published.paths.build / "published.json").write_text("half a no"),
        lambda published: forge(published, format="another"),
        lambda published: forge(published, run_id="of another lake"),
        lambda published: forge(published, snapshot=99),
        lambda published: forge(
            published, n_bytes_whole=published.file.stat().st_size // MAX_SIZE_RATIO - 1
        ),
    ],
    ids=[
        "somebody added a table",
        "somebody is writing",
        "it is gone",
        "the record is gone",
        "the record is another version's",
        "the record cannot be read",
        "another form",
        "another lake",
        "the snapshot expired",
        "it grew",
    ],
)
def test_nothing_goes_on_from_a_file_that_is_not_what_was_left(
    published: Warehouse, happen: Callable[[Warehouse], object]
) -> None:
    assert published.build_state.reusable(published.file) == published.lake.current()
    happen(published)
    assert published.build_state.reusable(published.file) is None


@pytest.mark.parametrize(
    "happen",
    [lambda published: write(published, "UPDATE core.listings SET rank = 7"), spoil, lose_rows],
    ids=["somebody changed rows", "it is damaged", "it has not the rows it should"],
)
def test_a_file_nobody_can_go_on_from_is_built_whole(
    published: Warehouse, happen: Callable[[Warehouse], object]
) -> None:
    happen(published)
    published.commit(*month_of("2026-03", ["2026-03.9"]))
    assert not published.refresh()
    assert_shows_what_a_whole_one_would(published)
    published.commit(*month_of("2026-04", ["2026-04.9"]))
    assert published.refresh()


def test_kept_marts_read_nothing_that_does_not_decide_their_months() -> None:
    names = ["author_activity", "listed_papers", "papers", "topic_activity"]
    assert sorted(dependencies()) == [f"mart.{name}" for name in names]
    deciding = {
        *(t.full_name for t in LAKE if t.partition in {"issue_month", "paper_month"}),
        *(OBSERVATIONS.full_name, OUTCOMES.full_name),
    }
    assert {table for tables in dependencies().values() for table in tables} <= deciding


@pytest.fixture
def recomputed(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The months of each materialized mart that a refresh computes, by the mart's name."""
    found: dict[str, list[str]] = {}
    recompute = refreshing._recompute

    def noted(connection: Any, view: View, months: list[date], n_slices: int) -> None:
        found.setdefault(view.name, []).extend(f"{month:%Y-%m}" for month in months)
        recompute(connection, view, months, n_slices)

    monkeypatch.setattr(refreshing, "_recompute", noted)
    return found


def test_bodies_that_are_read_again_make_no_month_of_a_mart_anew(
    published: Warehouse, recomputed: dict[str, list[str]]
) -> None:
    """They keep the time of their first capture, so nobody looked at the issue again."""
    known = published.rows("SELECT issue_id, captured_at FROM core.issue_captures")
    again = rows_of(
        OUTCOMES,
        len(known),
        issue_id=[row["issue_id"] for row in known],
        captured_at=[row["captured_at"] for row in known],
        outcome=["unchanged"] * len(known),
    )
    published.commit(*month_of("2026-11", ["2026-11.0"]))
    assert published.refresh(issue_outcomes=again)
    assert set(recomputed) == {"author_activity", "listed_papers", "papers", "topic_activity"}
    assert {month for months in recomputed.values() for month in months} == {"2026-11"}
    assert_shows_what_a_whole_one_would(published, issue_outcomes=again)


def test_a_look_makes_only_those_marts_anew_that_tell_when_a_paper_was_seen(
    published: Warehouse, recomputed: dict[str, list[str]]
) -> None:
    looked = looks("huggingface:daily:2026-03-02", "huggingface:daily:2026-08-01")
    assert published.refresh(issue_outcomes=looked)
    assert recomputed == {name: ["2026-03", "2026-08"] for name in ("listed_papers", "papers")}
    assert_shows_what_a_whole_one_would(published, issue_outcomes=looked)


@pytest.mark.parametrize(
    ("change", "marts"),
    [
        pytest.param(
            (OBSERVATIONS, "2026-04", "observed_month"), {"papers"}, id="votes of a paper"
        ),
        pytest.param(
            (PAPER_AUTHORS, "2026-04", "paper_month"), {"papers", "author_activity"}, id="authors"
        ),
        pytest.param(
            (PAPER_TOPICS, "2026-04", "paper_month"), {"papers", "topic_activity"}, id="topics"
        ),
        pytest.param((PAPER_CLAIMS, "2026-04", "paper_month"), set(), id="claims"),
    ],
)
def test_a_table_that_changes_makes_only_those_marts_anew_that_read_it(
    published: Warehouse,
    recomputed: dict[str, list[str]],
    change: tuple[Table, str, str],
    marts: set[str],
) -> None:
    table, month, partition = change
    rows = rows_of(table, 1, paper_id=["2026-04.0"], **{partition: [month]})
    published.commit((table, month, rows))
    assert published.refresh()
    assert recomputed == {name: [month] for name in marts}
    assert_shows_what_a_whole_one_would(published)


def looks(*issues: str) -> pa.Table:
    """Looks that found issues as they were, a day after all else."""
    return rows_of(
        OUTCOMES,
        len(issues),
        issue_id=list(issues),
        captured_at=[NOW + timedelta(days=1)] * len(issues),
        outcome=["unchanged"] * len(issues),
    )


def test_a_look_that_found_nothing_new_is_told_in_a_month_that_is_not_touched(
    published: Warehouse,
) -> None:
    seen = {}
    for number, issues in enumerate(
        [["huggingface:daily:2026-03-02"], ["huggingface:daily:2026-08-01"], []]
    ):
        published.commit(*month_of("2026-10", [f"2026-10.{n}" for n in range(number)]))
        assert published.refresh(issue_outcomes=looks(*issues))
        assert_shows_what_a_whole_one_would(published, issue_outcomes=looks(*issues))
        with published.reading() as connection:
            seen[number] = connection.execute(
                f"SELECT paper_id FROM mart.listed_papers WHERE last_seen_at > '{NOW}'"
            ).fetchall()
    assert seen == {0: [("2026-03.1",)], 1: [("2026-08.0",)], 2: []}


def test_a_file_that_goes_on_and_on_does_not_grow_on_and_on(published: Warehouse) -> None:
    sizes = []
    for number in range(12):
        published.commit(*month_of("2026-10", [f"2026-10.{number}"]))
        published.refresh()
        sizes.append(published.file.stat().st_size)
    assert max(sizes) <= 2 * MAX_SIZE_RATIO * sizes[0]
