"""The real digests, loaded by the command: counts, history and lineage hold for all of them.

Every expectation is counted here from the files, without any code of ours.
"""

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from flows.jobs.replay import replay
from flows.pipeline.issue_state import IssueStates
from flows.pipeline.publish import write_publication
from flows.settings import Settings
from tests.support.compare import (
    assert_nothing_became_null,
    current_rows,
    differences,
    differing_tables,
)
from tests.support.folders import digests
from tests.support.samples import AFTERWARDS, Item, counts_of, items_of
from tests.support.warehouse import Warehouse
from warehouse.ledger import open_ledger
from warehouse.publication.build_state import BuildState

pytestmark = pytest.mark.slow

FIRST, SECOND = "2026-08-20T00:00:00", "2026-08-21T00:00:00"
THIRD, FOURTH = "2026-08-22T00:00:00", "2026-08-23T00:00:00"
CONSERVED = "n_parsed = n_accepted + n_quarantined + n_duplicate"


def load(warehouse: Warehouse, path: Path, at: str) -> dict[str, Any]:
    """Load with the command, called in this process; gives its report."""
    done = warehouse.called("ingest", path, "--captured-at", at, "--json")
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def key_of(title: str) -> str:
    """Letters and digits of a title, lower case."""
    return re.sub(r"[\W_]+", "", title).casefold()


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """All issue days, loaded once."""
    days = digests("huggingface/api")
    warehouse = Warehouse(tmp_path_factory.mktemp("first") / "home")
    load(warehouse, days, FIRST)
    return warehouse


@pytest.fixture(scope="module")
def second(first: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """And the days that were fetched again."""
    warehouse = first.copy_to(tmp_path_factory.mktemp("second") / "home")
    load(warehouse, digests("huggingface/refetch"), SECOND)
    return warehouse


@pytest.fixture(scope="module")
def third(second: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """And the search page."""
    warehouse = second.copy_to(tmp_path_factory.mktemp("third") / "home")
    load(warehouse, digests("pagedump"), THIRD)
    return warehouse


@pytest.fixture(scope="module")
def items() -> dict[str, list[Item]]:
    """The records of each day as first fetched."""
    return {file.stem: items_of(file) for file in digests("huggingface/api").glob("*.json")}


def test_every_record_of_292_days_is_in_the_tables(
    first: Warehouse, items: dict[str, list[Item]]
) -> None:
    records = [item for day in items.values() for item in day]
    assert (len(items), len(records)) == (292, 4196)
    authors = {item["paper"]["id"]: len(item["paper"]["authors"]) for item in records}
    expected = {
        "core.issues": 292,
        "core.listings": 4196,
        "core.papers": len(authors),
        "core.paper_authors": sum(authors.values()),
        "ops.quarantine": 0,
    }
    assert expected["core.papers"] == 4196
    assert expected["core.paper_authors"] == 40382
    found = {table: first.value(f"SELECT count(*) FROM {table}") for table in expected}
    assert found == expected
    assert first.value(f"SELECT bool_and({CONSERVED}) FROM core.issues")
    assert first.value(f"SELECT bool_and({CONSERVED}) FROM core.issue_captures")
    parsed = first.rows("SELECT issue_key, n_parsed FROM core.issues")
    assert {row["issue_key"]: row["n_parsed"] for row in parsed} == {
        day: len(listed) for day, listed in items.items()
    }


def test_the_first_votes_of_every_paper_are_observations(
    first: Warehouse, items: dict[str, list[Item]]
) -> None:
    expected = {
        (item["paper"]["id"], *counts_of(item).values()) for day in items.values() for item in day
    }
    rows = first.rows("SELECT paper_id, upvotes, comments, github_stars FROM core.observations")
    assert {tuple(row.values()) for row in rows} == expected


def test_the_same_again_changes_not_a_byte(first: Warehouse) -> None:
    before = first.state()
    report = load(first, digests("huggingface/api"), FIRST)
    assert (report["outcome"], report["snapshot"]) == ("unchanged", None)
    assert first.state() == before


def test_fetching_days_again_adds_late_papers_and_loses_nothing(
    first: Warehouse, second: Warehouse, items: dict[str, list[Item]]
) -> None:
    again = {f.stem: items_of(f) for f in digests("huggingface/refetch").glob("*.json")}
    assert sum(map(len, again.values())) == 578
    known = {(day, item["paper"]["id"]) for day, listed in items.items() for item in listed}
    late = {(day, i["paper"]["id"]) for day, listed in again.items() for i in listed} - known
    assert len(late) == 187
    added = second.rows(
        "SELECT split_part(issue_id, ':', 3), paper_id FROM core.listings "
        f"WHERE first_seen_at = TIMESTAMPTZ '{SECOND}Z'"
    )
    assert {tuple(row.values()) for row in added} == late
    assert second.value("SELECT sum(n_parsed) FROM core.issue_captures") == 4196 + 578
    assert_nothing_became_null(first, second)


def test_every_changed_count_of_a_second_fetch_is_an_observation(
    second: Warehouse, items: dict[str, list[Item]]
) -> None:
    known = {item["paper"]["id"]: counts_of(item) for day in items.values() for item in day}
    changed = set()
    n_upvotes_changed = 0
    for file in digests("huggingface/refetch").glob("*.json"):
        for item in items_of(file):
            now = counts_of(item)
            was = known.get(item["paper"]["id"], {})
            if any(value is not None and value != was.get(name) for name, value in now.items()):
                changed.add((item["paper"]["id"], *now.values()))
                n_upvotes_changed += bool(was) and now["upvotes"] != was["upvotes"]
    added = second.rows(
        "SELECT paper_id, upvotes, comments, github_stars FROM core.observations "
        f"WHERE observed_at = TIMESTAMPTZ '{SECOND}Z'"
    )
    assert {tuple(row.values()) for row in added} == changed
    assert n_upvotes_changed > 300


def test_history_is_kept_without_gaps_or_overlaps(second: Warehouse) -> None:
    broken = second.rows(
        "SELECT paper_id FROM (SELECT *, lead(valid_from) OVER "
        "(PARTITION BY paper_id ORDER BY valid_from) AS next FROM core.paper_versions) "
        "WHERE valid_to IS DISTINCT FROM next"
    )
    assert broken == []
    assert second.value("SELECT count(*) = count(DISTINCT paper_id) FROM core.papers")


def test_a_search_page_adds_listings_and_joins_only_titles_that_are_known(
    second: Warehouse, third: Warehouse
) -> None:
    known: dict[str, set[str]] = {}
    for row in second.rows("SELECT paper_id, title FROM core.paper_versions"):
        known.setdefault(key_of(row["title"]), set()).add(row["paper_id"])
    listed = third.rows(
        "SELECT l.paper_id, l.title_as_listed, p.arxiv_id FROM core.listings AS l "
        "JOIN core.papers AS p USING (paper_id) WHERE l.issue_id LIKE 'pagedump:%'"
    )
    assert len(listed) == 63
    assert third.value("SELECT count(*) FROM core.issues WHERE source = 'pagedump'") == 1
    joined = 0
    for row in listed:
        papers = known.get(key_of(row["title_as_listed"]), set())
        if len(papers) == 1:
            assert {row["paper_id"], row["arxiv_id"]} == papers
            joined += 1
        else:
            assert row["paper_id"].startswith("title:")
            assert row["arxiv_id"] is None
    assert joined == 2
    assert third.value("SELECT count(*) FROM core.observations") == second.value(
        "SELECT count(*) FROM core.observations"
    )
    assert_nothing_became_null(second, third)


def test_the_page_of_a_day_adds_what_came_late(
    third: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> None:
    fourth = third.copy_to(tmp_path_factory.mktemp("fourth") / "home")
    report = load(fourth, digests("huggingface/html/2024-08-01.html"), FOURTH)
    (outcome,) = report["outcomes"]
    assert (outcome["outcome"], outcome["n_parsed"]) == ("settled", 13)
    in_issue = "issue_id = 'huggingface:daily:2024-08-01'"
    assert fourth.value(f"SELECT count(*) FROM core.listings WHERE {in_issue}") == 13
    late = f"{in_issue} AND first_seen_at = TIMESTAMPTZ '{FOURTH}Z'"
    assert fourth.value(f"SELECT count(*) FROM core.listings WHERE {late}") == 2
    assert_nothing_became_null(third, fourth)


@pytest.mark.parametrize(
    "name",
    [
        "odd-bodies/body-is-1.json",
        "odd-bodies/list-of-python-reprs.json",
        "odd-bodies/status-no-data.json",
        "html/not-huggingface.html",
    ],
)
def test_what_is_no_issue_is_told_kept_and_changes_nothing(first: Warehouse, name: str) -> None:
    file = digests(f"huggingface/{name}")
    before = first.state()
    done = first.called("ingest", file)
    assert done.returncode != 0
    (told,) = [line for line in done.stderr.splitlines() if "expected" in line]
    assert "found" in told
    assert first.state() == before
    content = file.read_bytes()
    assert first.body(hashlib.sha256(content).hexdigest()) == content


def test_replay_of_the_real_days_gives_the_same_rows_from_the_landing_alone(
    second: Warehouse, tmp_path: Path
) -> None:
    warehouse = second.copy_to(tmp_path / "home")
    before = current_rows(warehouse)
    assert before["core.listings"].num_rows == 4196 + 187

    report = replay(Settings(home=warehouse.home), clock=lambda: AFTERWARDS)

    assert report.changes == {}
    assert differences(before, current_rows(warehouse)) == {}


def test_the_file_that_went_on_twice_shows_what_one_built_whole_does(
    third: Warehouse, tmp_path: Path
) -> None:
    record = BuildState(third.home / "build", third.lake).record()
    assert record is not None
    assert (record.n_since, record.snapshot) == (2, 3)
    whole = tmp_path / "whole.duckdb"
    published_at = third.value("SELECT published_at FROM ops.publication")
    with open_ledger(third.home / "ledger.sqlite") as ledger:
        issues = IssueStates(third.lake.current(), ledger)
        write_publication(whole, issues, ledger, published_at)
    assert differing_tables(third.file, whole) == []


def test_each_listing_leads_through_the_landing_to_its_record(third: Warehouse) -> None:
    rows = third.rows(
        "SELECT payload_sha256, record_index, paper_id FROM core.listings "
        "WHERE parser_version = 'api/2'"
    )
    bodies = {sha: json.loads(third.body(sha)) for sha in {row["payload_sha256"] for row in rows}}
    assert len(rows) == 4196 + 187
    for row in rows:
        record = bodies[row["payload_sha256"]][row["record_index"]]
        assert record["paper"]["id"] == row["paper_id"]


def test_fields_nobody_loads_are_noted(first: Warehouse, items: dict[str, list[Item]]) -> None:
    seen = Counter(key for day in items.values() for item in day for key in item["paper"])
    noted = first.rows(
        "SELECT path, sum(n_seen) AS n FROM ops.source_fields "
        "WHERE regexp_matches(path, '^paper\\.[^.\\[]+$') GROUP BY path"
    )
    assert {row["path"].removeprefix("paper."): int(row["n"]) for row in noted} == dict(seen)
