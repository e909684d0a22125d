"""Candidates become rows of the declared schemas, each with its lineage."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from schemas import Table
from schemas.core import (
    CAPTURES,
    LISTINGS,
    OBSERVATIONS,
    PAPER_ALIASES,
    PAPER_AUTHORS,
    PAPER_VERSIONS,
)
from tasks.merge.premade import CANDIDATE
from tasks.merge.resolve import ExistingPapers, provisional_id, resolve
from tasks.merge.to_arrow import Counts, alias_rows, capture_rows, sightings, without
from tasks.parse.capture import Capture
from tasks.parse.model import Author
from tests.support.captures import DAY, NEXT_DAY, PAPER, STAMP, at, capture, record

SEEN = (LISTINGS, PAPER_VERSIONS, OBSERVATIONS, PAPER_AUTHORS)


def frames(*captures: Capture) -> dict[Table, pa.Table]:
    return sightings(resolve(list(captures), ExistingPapers()).candidates, STAMP)


def row(table: Table, *captures: Capture, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = frames(*captures)[table].to_pylist()[number]
    return found


@pytest.mark.parametrize("table", SEEN, ids=lambda table: table.name)
def test_sightings_are_of_the_declared_schema_also_when_there_are_none(table: Table) -> None:
    for landed in (
        frames(capture(0, record(authors=(Author("A"),)))),
        frames(),
        frames(capture(0)),
    ):
        assert without(landed[table], set()).schema.equals(table.arrow)
        assert landed[table].schema.field(CANDIDATE).type == pa.int64()


@pytest.mark.parametrize("table", SEEN, ids=lambda table: table.name)
def test_every_row_tells_the_run_the_bytes_and_the_record_it_came_from(table: Table) -> None:
    landed = capture(3, record("2511.00009"), record(authors=(Author("A"),)))
    last = row(table, landed, number=-1)
    assert last["paper_id"] == PAPER
    assert (last["run_id"], last["loaded_at"]) == (STAMP.run_id, STAMP.loaded_at)
    assert last["payload_sha256"] == landed.pages[0].sha256
    assert (last["record_index"], last["parser_version"]) == (1, "api/1")
    assert last[CANDIDATE] == 1


def test_a_rank_is_the_place_in_the_list_from_one() -> None:
    landed = capture(0, record("2511.00007"), record("2511.00008"), record("2511.00007"), record())
    assert frames(landed)[LISTINGS]["rank"].to_pylist() == [1, 2, 4]


def test_a_listing_is_of_its_issue_and_month() -> None:
    found = row(LISTINGS, capture(5, record(), issue=NEXT_DAY))
    assert (found["issue_id"], found["issue_month"]) == (NEXT_DAY, "2026-11")
    assert found["first_seen_at"] == found["last_seen_at"] == at(5)
    assert found["removed_at"] is None


def test_what_a_record_does_not_say_is_null_in_its_row() -> None:
    observed = row(OBSERVATIONS, capture(0, record()))
    assert {observed[name] for name in ("upvotes", "comments", "github_stars")} == {None}
    version = row(PAPER_VERSIONS, capture(0, record()))
    assert {version[name] for name in ("abstract", "ai_keywords", "withdrawn_at")} == {None}


def test_zero_is_not_null() -> None:
    assert row(OBSERVATIONS, capture(0, record(upvotes=0)))["upvotes"] == 0


def test_a_provisional_paper_has_no_arxiv_id_and_no_month() -> None:
    found = row(PAPER_VERSIONS, capture(0, record(None, "T")))
    assert (found["paper_id"], found["arxiv_id"]) == (provisional_id("t"), None)
    assert found["paper_month"] == "unknown"
    assert row(PAPER_VERSIONS, capture(0, record()))["arxiv_id"] == PAPER


def test_authors_are_numbered_from_one_and_may_share_a_name() -> None:
    twice = (Author("Ada  B"), Author("Ada B", "ab", "claimed", True))
    found = frames(capture(0, record(authors=twice)))[PAPER_AUTHORS].to_pylist()
    assert [(a["position"], a["name"], a["name_key"]) for a in found] == [
        (1, "Ada  B", "ada b"),
        (2, "Ada B", "ada b"),
    ]
    assert [a["hf_user"] for a in found] == [None, "ab"]
    assert [a["is_hidden"] for a in found] == [None, True]


def test_an_observation_lies_in_the_utc_month_of_its_capture() -> None:
    landed = capture(0, record(upvotes=1))
    late = Capture(landed.issue, datetime.fromisoformat("2026-11-30T20:00:00-05:00"), landed.pages)
    found = row(OBSERVATIONS, late)
    assert found["observed_month"] == "2026-12"
    assert found["observed_at"] == datetime(2026, 12, 1, 1, tzinfo=UTC)


def test_rows_of_rejected_candidates_are_left_out_everywhere() -> None:
    landed = frames(capture(0, record("2511.00007"), record(), record("2511.00008")))
    for table in (LISTINGS, PAPER_VERSIONS, OBSERVATIONS):
        assert without(landed[table], {0, 2})["paper_id"].to_pylist() == [PAPER]


@pytest.mark.parametrize(
    ("counts", "state", "n_parsed"),
    [
        (Counts(0, 0, 0), "empty", 0),
        (Counts(3, 0, 2), "settled", 5),
        (Counts(3, 1, 0), "partial", 4),
        (Counts(0, 2, 0), "partial", 2),
    ],
)
def test_the_state_of_an_issue_follows_from_its_counts(
    counts: Counts, state: str, n_parsed: int
) -> None:
    assert (counts.state, counts.n_parsed) == (state, n_parsed)
    found = capture_rows([(capture(2, record()), counts)], STAMP).to_pylist()[0]
    assert (found["state"], found["n_parsed"], found["captured_at"]) == (state, n_parsed, at(2))
    assert found["record_index"] is None
    assert found["issue_id"] == DAY


def test_no_captures_are_no_rows_of_the_declared_schema() -> None:
    assert capture_rows([], STAMP).schema.equals(CAPTURES.arrow)


def test_an_alias_points_to_the_candidate_that_shows_it() -> None:
    resolved = resolve(
        [capture(0, record(None, "T"), record("2511.00007")), capture(1, record(title="T"))],
        ExistingPapers(),
    )
    rows = alias_rows(resolved.aliases, resolved.candidates, STAMP)
    assert without(rows, set()).schema.equals(PAPER_ALIASES.arrow)
    [found] = rows.to_pylist()
    assert (found["alias_id"], found["paper_id"]) == (provisional_id("t"), PAPER)
    assert resolved.candidates[found[CANDIDATE]].paper_id == PAPER
