"""Every record of a capture is accepted, quarantined or a duplicate; none is lost on the way."""

from collections.abc import Sequence

import pytest

from schemas import Table
from schemas.core import LISTINGS, OBSERVATIONS, PAPER_AUTHORS, PAPER_VERSIONS
from tasks.merge.resolve import ExistingPapers
from tasks.parse.model import Author, Record
from tasks.quality.record_checks import UNREADABLE, CheckedRecords, check_records
from tests.support.captures import NEXT_DAY, OTHER, PAPER, STAMP, capture, record
from tests.support.told import untold

BAD_ID, BAD_VOTES = record("not-an-id"), record("2511.00008", upvotes=-1)


@pytest.fixture(scope="module")
def checked() -> CheckedRecords:
    """Two captures with everything that can happen to a record."""
    return check_records(
        [
            capture(
                1, record(authors=(Author("A"),)), BAD_ID, record(), BAD_VOTES, is_partial=True
            ),
            capture(2, record(OTHER, thumbnail_url="ftp://x"), issue=NEXT_DAY),
        ],
        ExistingPapers(),
        STAMP,
    )


def accepted(checked: CheckedRecords, table: Table) -> Sequence[str]:
    found: list[str] = checked.accepted[table]["paper_id"].to_pylist()
    return found


def test_every_record_is_accounted_for(checked: CheckedRecords) -> None:
    [first, second] = [counts for _, counts in checked.counted]
    assert (first.n_accepted, first.n_quarantined, first.n_duplicate) == (1, 3, 1)
    assert (second.n_accepted, second.n_quarantined, second.n_duplicate) == (1, 0, 0)
    for landed, counts in checked.counted:
        assert landed.n_parsed == counts.n_parsed


def test_the_accounts_are_stored_with_each_capture(checked: CheckedRecords) -> None:
    rows = checked.captures.to_pylist()
    assert [(r["n_parsed"], r["n_accepted"], r["state"]) for r in rows] == [
        (5, 1, "partial"),
        (1, 1, "settled"),
    ]


def test_a_record_that_broke_a_rule_is_in_no_table(checked: CheckedRecords) -> None:
    for table in (LISTINGS, PAPER_VERSIONS, OBSERVATIONS):
        assert accepted(checked, table) == [PAPER, OTHER]
        assert checked.accepted[table].schema.equals(table.arrow)
    assert accepted(checked, PAPER_AUTHORS) == [PAPER]


def test_a_rejected_record_names_every_rule_it_broke_and_where_it_stands(
    checked: CheckedRecords,
) -> None:
    by_place = {item.index: item for item in checked.rejected}
    assert set(by_place) == {1, 3, 99}
    assert "core.listings.paper_id.matches" in by_place[1].rules
    assert by_place[3].rules == ("core.observations.upvotes.between",)
    assert untold(by_place[3].reason, "upvotes", "0", "100000000", "-1") == []
    assert {item.capture_number for item in checked.rejected} == {0}


def test_an_unreadable_record_is_quarantined_with_what_stood_there(checked: CheckedRecords) -> None:
    [item] = [item for item in checked.rejected if item.rules == (UNREADABLE,)]
    assert item.raw is not None
    assert (item.raw.text, item.reason) == ("{}", "unreadable")


def test_a_warning_is_loaded_and_reported(checked: CheckedRecords) -> None:
    [warned] = [r for r in checked.results if r.n_broken and r.severity == "warn"]
    assert warned.rule_id == "core.listings.thumbnail_url.matches"
    assert OTHER in accepted(checked, LISTINGS)


@pytest.mark.parametrize("records", [(), (BAD_ID,), (BAD_ID, BAD_VOTES)])
def test_captures_of_which_nothing_is_left_are_accounted_for_too(
    records: tuple[Record, ...],
) -> None:
    found = check_records([capture(1, *records)], ExistingPapers(), STAMP)
    [(_, counts)] = found.counted
    assert (counts.n_accepted, counts.n_quarantined) == (0, len(records))
    assert found.accepted[LISTINGS].num_rows == 0


def test_no_captures_are_judged_in_peace() -> None:
    found = check_records([], ExistingPapers(), STAMP)
    assert (found.counted, found.rejected) == ((), ())
