"""Listings and issues: what is inserted, brought up to date, closed, and left alone."""

import pytest

from schemas import Change
from schemas.core import CAPTURES, ISSUES, LISTINGS
from tests.support.captures import DAY, NEXT_DAY, OTHER, PAPER, Store, at, capture, record

SEARCH = "pagedump:search:afe59ee0768d"


@pytest.fixture
def store() -> Store:
    return Store()


def test_a_new_listing_is_inserted(store: Store) -> None:
    changes = store.merge(capture(1, record(OTHER), record(submitter="ann")))
    assert changes["listings"] == Change(added=2)
    found = store.row(LISTINGS, paper_id=PAPER)
    assert (found["issue_id"], found["rank"], found["submitter"]) == (DAY, 2, "ann")
    assert found["first_seen_at"] == found["last_seen_at"] == at(1)
    assert found["removed_at"] is None


def test_a_listing_seen_again_keeps_when_it_was_first_seen(store: Store) -> None:
    store.merge(capture(1, record(submitter="ann")))
    changes = store.merge(capture(2, record(OTHER), record(submitter="bob")))
    assert changes["listings"] == Change(added=1, changed=1)
    found = store.row(LISTINGS, paper_id=PAPER)
    assert (found["rank"], found["submitter"]) == (2, "bob")
    assert (found["first_seen_at"], found["last_seen_at"]) == (at(1), at(2))


def test_what_a_later_body_does_not_say_does_not_remove_what_is_known(store: Store) -> None:
    full = record(submitter="ann", media_urls=("u",), is_author_participating=False)
    store.merge(capture(1, full))
    store.merge(capture(2, record()))
    found = store.row(LISTINGS)
    assert (found["submitter"], found["media_urls"]) == ("ann", ["u"])
    assert found["is_author_participating"] is False


def test_a_listing_that_vanished_is_closed_by_the_first_body_without_it(store: Store) -> None:
    store.merge(capture(1, record(), record(OTHER)))
    store.merge(capture(2, record(OTHER)), capture(3, record(OTHER)))
    assert store.row(LISTINGS, paper_id=PAPER)["removed_at"] == at(2)
    assert store.row(LISTINGS, paper_id=OTHER)["removed_at"] is None


def test_a_listing_that_comes_back_is_open_again(store: Store) -> None:
    store.merge(capture(1, record(), record(OTHER)))
    store.merge(capture(2, record(OTHER)))
    store.merge(capture(3, record(), record(OTHER)))
    found = store.row(LISTINGS, paper_id=PAPER)
    assert found["removed_at"] is None
    assert (found["first_seen_at"], found["last_seen_at"]) == (at(1), at(3))


def test_a_body_with_records_in_quarantine_closes_no_listing(store: Store) -> None:
    store.merge(capture(1, record(), record(OTHER)))
    store.merge(capture(2, record(OTHER), is_partial=True))
    assert store.row(LISTINGS, paper_id=PAPER)["removed_at"] is None
    store.merge(capture(3, record(OTHER)))
    assert store.row(LISTINGS, paper_id=PAPER)["removed_at"] == at(3)


def test_an_empty_body_closes_what_was_listed(store: Store) -> None:
    store.merge(capture(1, record()))
    changes = store.merge(capture(2))
    assert changes["listings"] == Change(changed=1)
    assert store.row(LISTINGS)["removed_at"] == at(2)


def test_an_older_body_that_comes_late_closes_nothing_and_overwrites_nothing(store: Store) -> None:
    store.merge(capture(5, record(submitter="bob")))
    store.merge(capture(1, record(OTHER), record(submitter="ann")))
    found = store.row(LISTINGS, paper_id=PAPER)
    assert (found["submitter"], found["removed_at"]) == ("bob", None)
    assert (found["first_seen_at"], found["last_seen_at"]) == (at(1), at(5))
    assert store.row(LISTINGS, paper_id=OTHER)["removed_at"] == at(5)


def test_another_issue_closes_nothing_of_this_one(store: Store) -> None:
    store.merge(capture(1, record()))
    store.merge(capture(2, record(OTHER), issue=NEXT_DAY))
    assert store.column(LISTINGS, "removed_at") == [None, None]


def test_a_paper_listed_by_two_issues_has_two_listings(store: Store) -> None:
    store.merge(capture(1, record()), capture(2, record(), issue=NEXT_DAY))
    assert store.column(LISTINGS, "issue_id", paper_id=PAPER) == [DAY, NEXT_DAY]


def test_an_issue_is_as_its_newest_body_tells(store: Store) -> None:
    store.merge(capture(1, record()))
    changes = store.merge(capture(2, record(), record(OTHER), is_partial=True))
    found = store.row(ISSUES)
    assert changes["issues"] == Change(changed=1)
    assert (found["state"], found["n_parsed"], found["n_accepted"]) == ("partial", 3, 2)
    assert found["n_quarantined"] == 1
    assert (found["first_seen_at"], found["last_seen_at"]) == (at(1), at(2))
    assert (found["source"], found["edition"], found["issue_key"]) == tuple(DAY.split(":"))
    assert str(found["issued_on"]) == "2026-11-20"


def test_an_issue_is_not_taken_back_by_an_older_body(store: Store) -> None:
    store.merge(capture(5, record(), record(OTHER)))
    store.merge(capture(1, record()))
    found = store.row(ISSUES)
    assert (found["n_parsed"], found["captured_at"]) == (2, at(5))
    assert found["first_seen_at"] == at(1)


@pytest.mark.parametrize("key", ["afe59ee0768d", "202611200000"])
def test_an_issue_without_a_date_has_none(store: Store, key: str) -> None:
    store.merge(capture(1, record(None, "T"), issue=f"pagedump:search:{key}"))
    assert store.row(ISSUES)["issued_on"] is None


def test_every_body_leaves_one_row_of_its_own_also_an_empty_one(store: Store) -> None:
    store.merge(capture(1, record()), capture(2), capture(3, record(), issue=SEARCH))
    assert store.column(CAPTURES, "state", issue_id=DAY) == ["settled", "empty"]
    assert len(store.rows(CAPTURES)) == 3


def test_each_body_accounts_for_all_its_records(store: Store) -> None:
    store.merge(capture(1, record(), record(), record(OTHER), is_partial=True))
    found = store.row(CAPTURES)
    assert found["n_parsed"] == 4
    assert [found[f"n_{name}"] for name in ("accepted", "quarantined", "duplicate")] == [2, 1, 1]
