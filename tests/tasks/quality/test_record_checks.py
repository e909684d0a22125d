"""Every record of a capture is accepted, quarantined or a duplicate; none is lost on the way."""

from collections.abc import Sequence

import pytest

from schemas import Table
from schemas.core import LISTINGS, OBSERVATIONS, PAPER_AUTHORS, PAPER_VERSIONS
from tasks.merge.resolve import Known
from tasks.parse.model import Author, Record
from tasks.quality.record_checks import UNREADABLE, Judged, judge
from tests.support.captures import NEXT_DAY, OTHER, PAPER, STAMP, capture, record

BAD_ID, BAD_VOTES = record("not-an-id"), record("2511.00008", upvotes=-1)


@pytest.fixture(scope="module")
def judged() -> Judged:
    """Two captures with everything that can happen to a record."""
    return judge(
        [
            capture(
                1, record(authors=(Author("A"),)), BAD_ID, record(), BAD_VOTES, is_partial=True
            ),
            capture(2, record(OTHER, thumbnail_url="ftp://x"), issue=NEXT_DAY),
        ],
        Known(),
        STAMP,
    )


def accepted(judged: Judged, table: Table) -> Sequence[str]:
    found: list[str] = judged.accepted[table]["paper_id"].to_pylist()
    return found


def test_every_record_is_accounted_for(judged: Judged) -> None:
    [first, second] = [counts for _, counts in judged.counted]
    assert (first.n_accepted, first.n_quarantined, first.n_duplicate) == (1, 3, 1)
    assert (second.n_accepted, second.n_quarantined, second.n_duplicate) == (1, 0, 0)
    for taken, counts in judged.counted:
        assert taken.n_parsed == counts.n_parsed


def test_the_accounts_are_stored_with_each_capture(judged: Judged) -> None:
    rows = judged.captures.to_pylist()
    assert [(r["n_parsed"], r["n_accepted"], r["state"]) for r in rows] == [
        (5, 1, "partial"),
        (1, 1, "settled"),
    ]


def test_a_record_that_broke_a_rule_is_in_no_table(judged: Judged) -> None:
    for table in (LISTINGS, PAPER_VERSIONS, OBSERVATIONS):
        assert accepted(judged, table) == [PAPER, OTHER]
        assert judged.accepted[table].schema.equals(table.arrow)
    assert accepted(judged, PAPER_AUTHORS) == [PAPER]


def test_a_rejected_record_names_every_rule_it_broke_and_where_it_stands(judged: Judged) -> None:
    by_place = {item.index: item for item in judged.rejected}
    assert set(by_place) == {1, 3, 99}
    assert "core.listings.paper_id.matches" in by_place[1].rules
    assert by_place[3].rules == ("core.observations.upvotes.between",)
    assert "upvotes must lie between 0 and 100000000, but is -1" in by_place[3].reason
    assert {item.capture_number for item in judged.rejected} == {0}


def test_an_unreadable_record_is_quarantined_with_what_stood_there(judged: Judged) -> None:
    [item] = [item for item in judged.rejected if item.rules == (UNREADABLE,)]
    assert item.raw is not None
    assert (item.raw.text, item.reason) == ("{}", "unreadable")


def test_a_warning_is_loaded_and_reported(judged: Judged) -> None:
    [warned] = [r for r in judged.results if r.n_broken and r.severity == "warn"]
    assert warned.rule_id == "core.listings.thumbnail_url.matches"
    assert OTHER in accepted(judged, LISTINGS)


@pytest.mark.parametrize("records", [(), (BAD_ID,), (BAD_ID, BAD_VOTES)])
def test_captures_of_which_nothing_is_left_are_accounted_for_too(
    records: tuple[Record, ...],
) -> None:
    found = judge([capture(1, *records)], Known(), STAMP)
    [(_, counts)] = found.counted
    assert (counts.n_accepted, counts.n_quarantined) == (0, len(records))
    assert found.accepted[LISTINGS].num_rows == 0


def test_no_captures_are_judged_in_peace() -> None:
    found = judge([], Known(), STAMP)
    assert (found.counted, found.rejected) == ((), ())
