"""Derived rows follow what papers say now: made with them, renewed and dropped with them."""

import multiprocessing
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import flows.pipeline.derive
import tasks.derive
from flows.jobs.replay import derive
from flows.pipeline.executors import processes
from flows.settings import Settings
from schemas import DERIVED
from tests.support.compare import current_rows
from tests.support.folders import SAMPLE
from tests.support.issues import T0, Body, day, item
from tests.support.warehouse import Warehouse
from warehouse.query.read_only import query

pytestmark = pytest.mark.slow

FERN = item("2611.00001", "FernNet: Growing", summary="FernNet is 3x faster than weeding by hand.")
MOSS = item("2510.00002", "MossNet: Waiting", summary="MossNet cuts the use of water by 40%.")


@pytest.fixture(scope="module")
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("derived") / "home")
    load(warehouse, day("2026-11-16", [FERN, MOSS]), nights=0)
    return warehouse


@pytest.fixture
def two_papers(_made_once: Warehouse, home: Path) -> Warehouse:
    """A warehouse with two papers of two months."""
    return _made_once.copy_to(home)


def load(warehouse: Warehouse, *bodies: Body, nights: int) -> None:
    """Load bodies in one run, so many nights after the first."""
    warehouse.load(bodies, now=T0 + timedelta(days=nights))


def derived(warehouse: Warehouse, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = current_rows(warehouse)[f"derived.{name}"].to_pylist()
    return rows


def files(warehouse: Warehouse) -> dict[str, set[str]]:
    """Checksums of the files of every derived table."""
    snapshot = warehouse.lake.current()
    return {t.name: {file.sha256 for file in snapshot.places(t)} for t in DERIVED}


def test_a_load_leaves_facts_and_derived_facts_in_one_snapshot(two_papers: Warehouse) -> None:
    assert two_papers.lake.numbers() == [1]
    assert [row["name"] for row in derived(two_papers, "paper_systems")] == ["MossNet", "FernNet"]
    assert [row["n_claims"] for row in derived(two_papers, "paper_facts")] == [1, 1]


def test_the_published_file_has_the_derived_tables_with_their_comments(
    two_papers: Warehouse,
) -> None:
    asked = "SELECT name, kind FROM derived.paper_systems ORDER BY name"
    assert query(two_papers.file, asked)["name"].to_pylist() == ["FernNet", "MossNet"]
    comments = query(
        two_papers.file,
        "SELECT count(*) AS n FROM duckdb_columns() "
        "WHERE schema_name = 'derived' AND coalesce(comment, '') = ''",
    )
    assert comments["n"].to_pylist() == [0]


def test_a_paper_that_says_something_new_is_read_again_and_others_keep_their_files(
    two_papers: Warehouse,
) -> None:
    before = files(two_papers)
    linked = FERN | {"paper": FERN["paper"] | {"githubRepo": "https://github.com/lab/fern"}}
    load(two_papers, day("2026-11-16", [linked, MOSS], minutes=5), nights=1)

    facts = {row["paper_id"]: row["code"] for row in derived(two_papers, "paper_facts")}
    assert facts == {"2510.00002": "none", "2611.00001": "linked"}
    after = files(two_papers)
    assert len(before["paper_facts"] & after["paper_facts"]) == 1
    versions = current_rows(two_papers)["core.paper_versions"]
    current = versions.filter(pa.compute.is_null(versions["valid_to"]))
    assert {row["content_sha256"] for row in derived(two_papers, "paper_systems")} == set(
        current["content_sha256"].to_pylist()
    )


def test_a_paper_that_says_something_new_in_the_next_batch_is_read_as_it_is_then(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Papers of a batch are read while the next is loaded, which may change them."""
    monkeypatch.setattr(flows.pipeline.derive, "POOL_FROM", 1)
    slower = item("2611.00001", "FernNet: Growing", summary="FernNet is 2x faster than weeding.")
    bodies = [
        day("2026-11-16", [FERN, MOSS]),
        day("2026-11-16", [slower, MOSS], minutes=5),
        day("2026-11-17", [item("2611.00003", "ReedNet: Bending")], minutes=9),
    ]
    warehouse.load(bodies, now=T0, batch_issues=1)
    assert [row["value"] for row in derived(warehouse, "paper_claims")] == [40.0, 2.0]
    assert [row["n_systems"] for row in derived(warehouse, "paper_facts")] == [1, 1, 1]


def test_few_papers_start_no_process(warehouse: Warehouse) -> None:
    with processes(2) as workers:
        bodies = [day("2026-11-16", [FERN, MOSS])]
        warehouse.load(bodies, now=T0, executor=workers)
        assert multiprocessing.active_children() == []
    assert len(derived(warehouse, "paper_facts")) == 2


def test_new_votes_alone_read_no_paper(
    two_papers: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> dict[Any, Any]:
        raise AssertionError("a paper was read")

    monkeypatch.setattr(flows.pipeline.derive, "derived_tables", fail)
    voted = FERN | {"paper": FERN["paper"] | {"upvotes": 9}}
    load(two_papers, day("2026-11-16", [voted, MOSS], minutes=5), nights=1)
    assert two_papers.lake.current().number == 2


def test_a_newer_extractor_reads_all_papers_again_and_then_none(
    two_papers: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=two_papers.home)
    assert derive(settings, clock=lambda: T0 + timedelta(days=1)).snapshot is None

    monkeypatch.setattr(tasks.derive, "VERSION", "links/1 systems/1 claims/2 topics/1")
    monkeypatch.setattr(flows.pipeline.derive, "VERSION", "links/1 systems/1 claims/2 topics/1")
    seen: list[Any] = []

    def watch(months: Sequence[Any]) -> Iterator[Any]:
        seen.extend(month.name for month, *_ in months)
        yield from months

    report = derive(settings, clock=lambda: T0 + timedelta(days=2), watch=watch)
    assert seen == ["2025-10", "2026-11"] * 2, "submitted, then written"

    assert report.changes["derived.paper_facts"].changed == 2
    assert "derived.paper_systems" not in report.changes
    assert derive(settings, clock=lambda: T0 + timedelta(days=3)).snapshot is None


def test_a_provisional_paper_that_gets_its_id_takes_its_derived_rows_along(
    warehouse: Warehouse,
) -> None:
    dump = SAMPLE / "pagedump" / "search.txt"
    body = Body("pagedump:search:000000000000", dump.read_bytes(), T0)
    load(warehouse, body, nights=0)
    provisional = derived(warehouse, "paper_facts")[0]["paper_id"]
    versions = current_rows(warehouse)["core.paper_versions"].to_pylist()
    title = next(row["title"] for row in versions if row["paper_id"] == provisional)

    load(warehouse, day("2026-11-16", [item("2611.00009", title)], minutes=5), nights=1)

    papers = {row["paper_id"] for row in derived(warehouse, "paper_facts")}
    assert provisional not in papers
    assert "2611.00009" in papers
