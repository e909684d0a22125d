"""Which paper a record is: its id, else the only paper of exactly its title, never a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.merge.resolve import (
    ExistingPapers,
    paper_month,
    provisional_id,
    resolve,
    titles_to_look_up,
)
from tasks.parse.capture import Capture
from tasks.parse.model import Record
from tasks.parse.text import title_key
from tests.support.captures import OTHER, PAPER, capture, record

TITLE = "A Title of Its Own"
KEY = title_key(TITLE)
PROVISIONAL = provisional_id(KEY)


def nameless(title: str = TITLE) -> Record:
    """A record without an id."""
    return record(None, title)


def papers(*captures: Capture, known: ExistingPapers | None = None) -> list[str]:
    """The paper ids a batch resolves to."""
    resolved = resolve(list(captures), known or ExistingPapers())
    return [candidate.paper_id for candidate in resolved.candidates]


def aliases(*captures: Capture, known: ExistingPapers | None = None) -> dict[str, str]:
    """The aliases a batch shows."""
    resolved = resolve(list(captures), known or ExistingPapers())
    return {
        alias.alias_id: resolved.candidates[alias.candidate_number].paper_id
        for alias in resolved.aliases
    }


def knowing(*paper_ids: str, provisional: tuple[str, ...] = ()) -> ExistingPapers:
    """A lake in which these papers have the title."""
    return ExistingPapers({paper: {"01": {KEY}} for paper in paper_ids}, frozenset(provisional))


def test_an_id_in_the_record_is_the_paper_whatever_its_title() -> None:
    assert papers(capture(0, record(PAPER, TITLE)), known=knowing(OTHER)) == [PAPER]


@pytest.mark.parametrize("title", [TITLE, "a title OF its own", "A  Title of\u00a0Its-Own"])
def test_without_an_id_it_is_the_only_known_paper_of_that_title(title: str) -> None:
    assert papers(capture(0, nameless(title)), known=knowing(PAPER)) == [PAPER]


def test_a_paper_of_the_same_batch_is_known_too_in_whatever_order() -> None:
    with_id, without_id = capture(0, record(PAPER, TITLE)), capture(1, nameless())
    assert papers(with_id, without_id) == [PAPER, PAPER]
    assert papers(without_id, with_id) == [PAPER, PAPER]


def test_a_title_nobody_knows_stays_provisional() -> None:
    assert papers(capture(0, nameless())) == [PROVISIONAL]
    assert papers(capture(0, nameless(TITLE + "s")), known=knowing(PAPER)) != [PAPER]


def test_a_title_two_papers_share_stays_provisional() -> None:
    assert papers(capture(0, nameless()), known=knowing(PAPER, OTHER)) == [PROVISIONAL]
    assert papers(capture(0, nameless(), record(OTHER, TITLE)), known=knowing(PAPER)) == [
        PROVISIONAL,
        OTHER,
    ]
    assert aliases(capture(0, nameless()), known=knowing(PAPER, OTHER)) == {}


def test_a_provisional_paper_of_that_title_is_no_second_paper() -> None:
    known = knowing(PAPER, provisional=(PROVISIONAL,))
    assert papers(capture(0, nameless()), known=known) == [PAPER]


def test_an_id_that_turns_up_for_a_provisional_paper_joins_them() -> None:
    known = knowing(provisional=(PROVISIONAL,))
    assert aliases(capture(0, record(PAPER, TITLE)), known=known) == {PROVISIONAL: PAPER}


def test_a_record_resolved_by_its_title_leaves_an_alias_that_says_so() -> None:
    assert aliases(capture(0, nameless()), known=knowing(PAPER)) == {PROVISIONAL: PAPER}


def test_an_alias_is_told_once_a_batch() -> None:
    known = knowing(provisional=(PROVISIONAL,))
    batch = [capture(hour, record(PAPER, TITLE)) for hour in range(3)]
    assert len(resolve(batch, known).aliases) == 1


def test_two_papers_that_claim_a_provisional_one_leave_it_alone() -> None:
    known = knowing(provisional=(PROVISIONAL,))
    batch = capture(0, record(PAPER, TITLE), record(OTHER, TITLE))
    assert aliases(batch, known=known) == {}


def test_a_paper_that_shares_its_title_with_a_known_one_joins_nothing() -> None:
    known = knowing(OTHER, provisional=(PROVISIONAL,))
    assert aliases(capture(0, record(PAPER, TITLE)), known=known) == {}


def test_a_paper_with_an_id_needs_no_alias_when_nothing_was_provisional() -> None:
    assert aliases(capture(0, record(PAPER, TITLE))) == {}


def test_a_paper_a_body_lists_twice_is_counted_as_a_duplicate_and_the_first_stays() -> None:
    landed = capture(0, record(upvotes=1), record(OTHER), record(upvotes=2), nameless(), nameless())
    resolved = resolve([landed, capture(1, record())], ExistingPapers())
    assert resolved.n_duplicate == (2, 0)
    assert [c.record.upvotes for c in resolved.candidates if c.paper_id == PAPER] == [1, None]
    assert [c.capture_number for c in resolved.candidates] == [0, 0, 0, 1]


def test_a_record_without_an_id_that_is_a_paper_the_body_lists_is_a_duplicate() -> None:
    resolved = resolve([capture(0, record(PAPER, TITLE), nameless())], ExistingPapers())
    assert resolved.n_duplicate == (1,)


def test_a_duplicate_on_another_page_of_the_capture_is_one_too() -> None:
    one, two = capture(0, record()), capture(0, record(OTHER), record())
    both = Capture(one.issue, one.captured_at, (*one.pages, *two.pages))
    assert resolve([both], ExistingPapers()).n_duplicate == (1,)


def test_rejects_are_no_candidates() -> None:
    assert papers(capture(0, is_partial=True)) == []


def test_only_titles_of_records_without_an_id_must_be_looked_up() -> None:
    batch = [capture(0, record(PAPER, "Known"), nameless()), capture(1, nameless("Another"))]
    assert titles_to_look_up(batch, ()) == {KEY, "another"}


@pytest.mark.parametrize(
    ("paper_id", "month"),
    [
        ("2503.02130", "2025-03"),
        ("0704.0001", "2007-04"),
        ("9912.00001", "1999-12"),
        ("hep-th/9901001", "1999-01"),
        ("math.GT/0309136", "2003-09"),
        ("hep-th/9108001", "1991-08"),
        ("quant-ph/0001001", "2000-01"),
        (PROVISIONAL, "unknown"),
    ],
)
def test_the_month_of_a_paper_is_in_its_id(paper_id: str, month: str) -> None:
    assert paper_month(paper_id) == month


@given(st.text())
def test_a_provisional_id_is_a_form_that_no_real_id_has(key: str) -> None:
    made = provisional_id(key)
    assert len(made) == len("title:") + 16
    assert paper_month(made) == "unknown"
    assert made == provisional_id(key)
