"""A page of cards has no listing times: other issues that list its papers show whose day it is."""

import json
import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.apart import listings, loaded_apart
from tests.support.compare import current_rows, differences
from tests.support.examples import FEW
from tests.support.issues import T0, Body, item
from tests.support.told import untold
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

MONDAY, TUESDAY, WEDNESDAY = DAYS = ["2025-08-04", "2025-08-05", "2025-08-06"]
PAPERS = [f"2508.0000{n}" for n in range(6)]
CARD = '<article><h3><a href="/papers/{paper}">On {paper}</a></h3></article>'


def listed(paper: str, day: str) -> dict[str, Any]:
    return item(paper, submittedOnDailyAt=f"{day}T04:00:00.000Z")


def body(day: str, content: str, minutes: int) -> Body:
    at = T0 + timedelta(minutes=minutes)
    return Body(f"huggingface:daily:{day}", content.encode(), at)


def api(day: str, papers: Sequence[str], minutes: int = 0, on: str | None = None) -> Body:
    """An answer of the API whose papers were listed on its date, or `on` another."""
    return body(day, json.dumps([listed(paper, on or day) for paper in papers]), minutes)


def cards(day: str, papers: Sequence[str], minutes: int = 0) -> Body:
    shown = "".join(CARD.format(paper=paper) for paper in papers)
    return body(day, f"<html>{shown}</html>", minutes)


def test_cards_of_papers_that_were_listed_on_another_day_are_held(tmp_path: Path) -> None:
    warehouse = loaded_apart(tmp_path, [api(MONDAY, PAPERS[:5])])
    report = warehouse.load([cards(TUESDAY, PAPERS, 5)], now=T0 + timedelta(days=2))
    (outcome,) = report.outcomes
    told = f"5 of 6 records were listed on {MONDAY}"
    assert (outcome.outcome, untold(outcome.reason, told, "6 records")) == ("held", [])
    assert {day for day, _ in listings(warehouse)} == {MONDAY}

    right = warehouse.load([cards(TUESDAY, PAPERS[5:], 9)], now=T0 + timedelta(days=3))
    assert right.exit_code == 0
    assert (TUESDAY, PAPERS[5]) in listings(warehouse)


@pytest.mark.parametrize("size", [2, 4])
@pytest.mark.parametrize("is_first", [True, False], ids=["known", "known later"])
def test_whatever_comes_first_the_wrong_cards_are_not_in_the_tables(
    tmp_path: Path, size: int, is_first: bool
) -> None:
    """In one week the right body was captured first, in the next one last."""
    weeks = {("2025-08-04", "2025-08-05"): (0, 5), ("2025-08-11", "2025-08-12"): (4, -1)}
    papers = dict(zip(weeks, (PAPERS[:3], PAPERS[3:]), strict=True))
    right = [api(days[0], papers[days], minutes[0]) for days, minutes in weeks.items()]
    wrong = [cards(days[1], papers[days], minutes[1]) for days, minutes in weeks.items()]
    bodies = [*right, *wrong] if is_first else [*wrong, *right]
    warehouse = loaded_apart(tmp_path, bodies, size)
    assert listings(warehouse) == [(days[0], paper) for days in weeks for paper in papers[days]]
    held = warehouse.called("issues", "list").stdout
    assert untold(held, *(f"huggingface:daily:{tuesday}" for _, tuesday in weeks)) == []


def test_a_load_that_turns_out_to_be_another_days_is_told(tmp_path: Path) -> None:
    warehouse = loaded_apart(tmp_path, [cards(TUESDAY, PAPERS[:3])])
    assert len(listings(warehouse)) == 3
    report = warehouse.load([api(MONDAY, PAPERS[:3], 5)], now=T0 + timedelta(days=2))
    outcomes = {outcome.issue_id.rpartition(":")[2]: outcome for outcome in report.outcomes}
    assert [outcomes[day].outcome for day in (MONDAY, TUESDAY)] == ["settled", "held"]
    assert f"3 of 3 records were listed on {MONDAY}" in str(outcomes[TUESDAY].reason)
    assert report.exit_code == 3


def test_a_right_body_that_a_wrong_load_kept_out_is_loaded_and_no_longer_listed_as_held(
    tmp_path: Path,
) -> None:
    """A week's cards were taken for a day, and its own list is small beside them."""
    bodies = [cards(TUESDAY, PAPERS), api(TUESDAY, PAPERS[:2], 5), api(MONDAY, PAPERS[2:], 6)]
    warehouse = loaded_apart(tmp_path, bodies)
    assert listings(warehouse) == [
        *((MONDAY, paper) for paper in PAPERS[2:]),
        *((TUESDAY, paper) for paper in PAPERS[:2]),
    ]
    assert warehouse.called("issues", "list").stderr == "0 held\n"


@pytest.mark.parametrize("is_first", [True, False])
def test_cards_that_were_held_load_when_it_turns_out_that_their_papers_were_listed_twice(
    tmp_path: Path, is_first: bool
) -> None:
    bodies = [
        api(MONDAY, PAPERS[:3]),
        cards(TUESDAY, PAPERS[:3], 5),
        api(TUESDAY, PAPERS[:3], 9),
    ]
    warehouse = loaded_apart(tmp_path, bodies if is_first else bodies[::-1])
    assert warehouse.value("SELECT count(*) FROM core.issue_captures") == 3


@pytest.mark.parametrize(
    ("papers", "warning"),
    [
        (PAPERS[:6], f"3 of 6 records were listed on {MONDAY}"),
        (PAPERS[2:6], f"1 of 4 records were listed on {MONDAY}"),
        (PAPERS[3:6], None),
    ],
    ids=["half", "less", "none"],
)
def test_half_of_the_papers_or_fewer_are_loaded_and_told(
    tmp_path: Path, papers: list[str], warning: str | None
) -> None:
    warehouse = loaded_apart(tmp_path, [api(MONDAY, PAPERS[:3])])
    report = warehouse.load([cards(TUESDAY, papers, 5)], now=T0 + timedelta(days=2))
    (outcome,) = report.outcomes
    assert outcome.outcome == "settled"
    assert untold(outcome.reason, warning or "unconfirmed") == []
    assert ("were listed on" in str(outcome.reason)) == (warning is not None)


def test_cards_of_the_papers_of_their_own_day_are_loaded(tmp_path: Path) -> None:
    bodies = [cards(MONDAY, PAPERS[:3]), api(MONDAY, PAPERS[:3], 5), cards(MONDAY, PAPERS[:3], 9)]
    warehouse = loaded_apart(tmp_path, bodies)
    assert warehouse.value("SELECT count(*) FROM core.issue_captures") == 3


def test_a_body_of_another_day_that_is_held_is_no_evidence(tmp_path: Path) -> None:
    bodies = [api(WEDNESDAY, PAPERS[:3], on=MONDAY), cards(TUESDAY, PAPERS[:3], 5)]
    for number, order in enumerate((bodies, bodies[::-1])):
        warehouse = loaded_apart(tmp_path / str(number), order)
        assert {day for day, _ in listings(warehouse)} == {TUESDAY}


def test_a_person_may_release_them(tmp_path: Path) -> None:
    warehouse = loaded_apart(tmp_path, [api(MONDAY, PAPERS[:3]), cards(TUESDAY, PAPERS[:3], 5)])
    issue_id = f"huggingface:daily:{TUESDAY}"
    assert warehouse.called("issues", "release", issue_id, "--why", "listed twice").returncode == 0
    assert len(listings(warehouse)) == 6
    later = [listed(paper, MONDAY) for paper in PAPERS[:4]]
    warehouse.load([body(MONDAY, json.dumps(later), 9)], now=T0 + timedelta(days=3))
    assert len(listings(warehouse)) == 7


@st.composite
def captures(draw: st.DrawFn) -> list[Body]:
    """Answers of the API and pages of cards of three days, some of which are another day's."""
    found = []
    for minutes in range(draw(st.integers(2, 5))):
        papers = draw(st.lists(st.sampled_from(PAPERS), unique=True, min_size=1, max_size=4))
        day, other = draw(st.sampled_from(DAYS)), draw(st.sampled_from(DAYS))
        is_page = draw(st.booleans())
        found.append(
            cards(day, papers, minutes) if is_page else api(day, papers, minutes, on=other)
        )
    return found


@FEW
@given(bodies=captures(), order=st.randoms(use_true_random=False), size=st.integers(1, 3))
def test_any_order_and_chunking_ends_in_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[Body], order: random.Random, size: int
) -> None:
    folder = tmp_path_factory.mktemp("order")
    together = Warehouse(folder / "together")
    together.load(bodies, now=T0 + timedelta(days=1))
    shuffled = list(bodies)
    order.shuffle(shuffled)
    apart = loaded_apart(folder / "apart", shuffled, size)
    assert differences(current_rows(together), current_rows(apart)) == {}
