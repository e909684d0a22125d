"""What papers say of themselves, who wrote them, and how often they were voted for."""

from typing import Any

import pytest

from schemas import Change
from schemas.core import OBSERVATIONS, PAPER_AUTHORS, PAPER_VERSIONS
from tasks.parse.model import Author
from tests.support.captures import NEXT_DAY, OTHER, PAPER, Store, at, capture, record


@pytest.fixture
def store() -> Store:
    return Store()


def spans(store: Store) -> list[tuple[Any, Any]]:
    """From when until when the versions of the paper hold."""
    return [(v["valid_from"], v["valid_to"]) for v in store.rows(PAPER_VERSIONS)]


def test_a_new_paper_has_one_version_that_is_current(store: Store) -> None:
    changes = store.merge(capture(1, record(abstract="First.")))
    assert changes["paper_versions"] == Change(added=1)
    assert spans(store) == [(at(1), None)]
    assert store.row(PAPER_VERSIONS)["paper_month"] == "2025-11"


def test_a_changed_paper_has_a_version_more_and_the_old_one_ends_there(store: Store) -> None:
    store.merge(capture(1, record(abstract="First.")))
    changes = store.merge(capture(4, record(abstract="Second.")))
    assert changes["paper_versions"] == Change(added=1, changed=1)
    assert spans(store) == [(at(1), at(4)), (at(4), None)]
    assert store.column(PAPER_VERSIONS, "abstract") == ["First.", "Second."]


def test_a_paper_that_says_what_it_said_changes_nothing(store: Store) -> None:
    said = record(abstract="First.", ai_keywords=("a", "b"), authors=(Author("A"),), upvotes=3)
    store.merge(capture(1, said))
    changes = store.merge(capture(2, said))
    assert changes.keys() == {"issues", "issue_captures", "listings"}, "only that it was seen again"


def test_what_is_left_out_later_is_carried_on_and_is_no_change(store: Store) -> None:
    store.merge(capture(1, record(abstract="First.", github_repo="https://g.example/a/b")))
    changes = store.merge(capture(2, record(ai_keywords=None)))
    assert "paper_versions" not in changes
    store.merge(capture(3, record(title="New Title")))
    newest = store.row(PAPER_VERSIONS, valid_to=None)
    assert (newest["abstract"], newest["github_repo"]) == ("First.", "https://g.example/a/b")
    assert newest["title"] == "New Title"


def test_a_paper_that_goes_back_to_what_it_said_has_three_versions(store: Store) -> None:
    for hour, abstract in enumerate(("First.", "Second.", "First.")):
        store.merge(capture(hour, record(abstract=abstract)))
    assert spans(store) == [(at(0), at(1)), (at(1), at(2)), (at(2), None)]
    hashes = store.column(PAPER_VERSIONS, "content_sha256")
    assert hashes[0] == hashes[2] != hashes[1]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"abstract": "Other."},
        {"published_at": at(9)},
        {"withdrawn_at": at(9)},
        {"github_repo": "https://g.example/o"},
        {"project_page": "https://p.example"},
        {"ai_summary": "Other."},
        {"ai_keywords": ("b", "a")},
        {"ai_keywords": ("a b",)},
        {"categories": ("cs.CL",)},
        {"paper_organization": "Other"},
    ],
    ids=str,
)
def test_a_change_of_any_field_is_a_version(store: Store, change: dict[str, Any]) -> None:
    said = record(abstract="First.", ai_keywords=("a", "b"), published_at=at(1))
    store.merge(capture(1, said))
    store.merge(capture(2, said._replace(**change)))
    assert len(store.rows(PAPER_VERSIONS)) == 2


def test_votes_are_no_version(store: Store) -> None:
    store.merge(capture(1, record(upvotes=1)))
    store.merge(capture(2, record(upvotes=2)))
    assert len(store.rows(PAPER_VERSIONS)) == 1


def test_an_older_sighting_that_comes_late_is_put_before_the_newer_one(store: Store) -> None:
    store.merge(capture(5, record(abstract="Second.")))
    store.merge(capture(1, record(abstract="First.")))
    assert spans(store) == [(at(1), at(5)), (at(5), None)]
    assert store.column(PAPER_VERSIONS, "abstract") == ["First.", "Second."]


def authors(store: Store, paper_id: str = PAPER) -> list[tuple[Any, ...]]:
    """Name, user and status in the order of the paper."""
    rows = store.rows(PAPER_AUTHORS, paper_id=paper_id)
    return [(row["name"], row["hf_user"], row["status"]) for row in rows]


def test_the_newest_author_list_is_kept_whole_and_in_order(store: Store) -> None:
    store.merge(capture(1, record(authors=(Author("A"), Author("B"), Author("A")))))
    assert [a[0] for a in authors(store)] == ["A", "B", "A"]
    changes = store.merge(capture(2, record(authors=(Author("B"), Author("C")))))
    assert [a[0] for a in authors(store)] == ["B", "C"]
    assert changes["paper_authors"] == Change(changed=2, removed=1)


def test_a_user_once_tied_to_an_author_stays_when_it_is_not_repeated(store: Store) -> None:
    store.merge(capture(1, record(authors=(Author("A", "ann", "claimed", True), Author("B")))))
    changes = store.merge(capture(2, record(authors=(Author("A"), Author("B", "bob")))))
    assert authors(store) == [("A", "ann", "claimed"), ("B", "bob", None)]
    assert store.column(PAPER_AUTHORS, "is_hidden") == [True, None]
    assert changes["paper_authors"].changed


def test_a_user_does_not_pass_to_another_author_at_that_place(store: Store) -> None:
    store.merge(capture(1, record(authors=(Author("A", "ann"), Author("B")))))
    store.merge(capture(2, record(authors=(Author("B"), Author("A")))))
    assert authors(store) == [("B", None, None), ("A", None, None)]


def test_a_user_is_forgotten_with_the_author_however_the_captures_are_batched(
    store: Store,
) -> None:
    lists = [(Author("A", "ann"),), (Author("B"),), (Author("A"),)]
    night = [capture(hour, record(authors=listed)) for hour, listed in enumerate(lists)]
    store.merge(*night)
    singly = Store()
    for landed in night:
        singly.merge(landed)
    assert authors(store) == authors(singly) == [("A", None, None)]


def test_an_author_list_that_is_not_repeated_stays(store: Store) -> None:
    store.merge(capture(1, record(authors=(Author("A"),))))
    changes = store.merge(capture(2, record()))
    assert "paper_authors" not in changes
    assert store.column(PAPER_AUTHORS, "seen_at") == [at(1)]


def test_an_older_author_list_that_comes_late_does_not_replace_the_newer_one(store: Store) -> None:
    store.merge(capture(5, record(authors=(Author("B"),))))
    changes = store.merge(capture(1, record(authors=(Author("A"),))))
    assert "paper_authors" not in changes
    assert authors(store) == [("B", None, None)]


def test_the_same_body_under_two_issues_does_not_double_its_authors(store: Store) -> None:
    said = record(authors=(Author("A"), Author("B")))
    store.merge(capture(1, said), capture(1, said, issue=NEXT_DAY))
    assert store.column(PAPER_AUTHORS, "position") == [1, 2]
    store.merge(capture(1, said))
    assert store.column(PAPER_AUTHORS, "position") == [1, 2]


def votes(store: Store, **where: Any) -> list[tuple[Any, ...]]:
    """Hour, upvotes, comments and stars of the observations."""
    return [
        ((o["observed_at"] - at(0)).seconds // 3600, o["upvotes"], o["comments"], o["github_stars"])
        for o in store.rows(OBSERVATIONS, **where)
    ]


def test_an_observation_is_added_only_where_a_count_differs(store: Store) -> None:
    for hour, count in enumerate((3, 3, 4, 4, 3)):
        store.merge(capture(hour, record(upvotes=count, comments=0)))
    assert votes(store) == [(0, 3, 0, None), (2, 4, 0, None), (4, 3, 0, None)]


def test_a_count_that_is_not_told_is_no_change_and_never_zero(store: Store) -> None:
    store.merge(capture(0, record(upvotes=3, comments=1)))
    store.merge(capture(1, record()))
    store.merge(capture(2, record(upvotes=3)))
    store.merge(capture(3, record(github_stars=0)))
    assert votes(store) == [(0, 3, 1, None), (3, None, None, 0)]


def test_a_paper_of_which_nothing_is_counted_has_no_observation(store: Store) -> None:
    store.merge(capture(0, record()))
    assert store.rows(OBSERVATIONS) == []


def test_zero_votes_are_an_observation(store: Store) -> None:
    store.merge(capture(0, record(upvotes=0)))
    assert votes(store) == [(0, 0, None, None)]


def test_observations_of_before_are_never_changed(store: Store) -> None:
    store.merge(capture(0, record(upvotes=3)))
    before = store.rows(OBSERVATIONS)
    changes = store.merge(capture(1, record(upvotes=9), record(OTHER, upvotes=1)))
    assert changes["observations"] == Change(added=2)
    assert [row for row in store.rows(OBSERVATIONS) if row in before] == before


def test_two_issues_that_list_a_paper_at_one_moment_make_one_observation(store: Store) -> None:
    store.merge(capture(0, record(upvotes=3)), capture(0, record(upvotes=4), issue=NEXT_DAY))
    assert votes(store) == [(0, 4, None, None)]


def test_papers_do_not_mix(store: Store) -> None:
    store.merge(capture(0, record(abstract="One.", upvotes=3), record(OTHER, upvotes=7)))
    store.merge(capture(1, record(OTHER, abstract="Two.", upvotes=3)))
    assert votes(store, paper_id=PAPER) == [(0, 3, None, None)]
    assert store.row(PAPER_VERSIONS, paper_id=PAPER)["abstract"] == "One."
    assert len(store.rows(PAPER_VERSIONS, paper_id=OTHER)) == 2
