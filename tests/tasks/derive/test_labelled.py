"""On labelled real papers the extractors do not get worse than they were measured to be."""

import pytest

from tasks.parse.model import Record
from tests.labels.measure import Score, agreement, calibration, labels, measure
from tests.labels.pick import (
    N_FIRST,
    N_LAST,
    N_LATER,
    N_SECOND,
    N_THIRD,
    N_WORK,
    papers,
    picked,
)
from tests.support.folders import digests

_FLOORS: dict[str, dict[str, tuple[float, float]]] = {
    "work": {
        "systems": (0.97, 0.94),
        "claims": (0.97, 0.95),
        "links": (0.99, 0.99),
        "code": (0.99, 0.99),
    },
    "work-2": {
        "systems": (0.97, 0.94),
        "claims": (0.96, 0.94),
        "links": (0.99, 0.99),
        "code": (0.97, 0.97),
        "topics": (0.95, 0.92),
    },
    "work-3": {
        "systems": (0.97, 0.92),
        "claims": (0.85, 0.95),
        "links": (0.99, 0.99),
        "code": (0.99, 0.99),
    },
    "report-2": {"systems": (0.97, 0.95), "claims": (0.95, 0.95), "topics": (0.96, 0.96)},
    "report-3": {"systems": (0.97, 0.9), "claims": (0.95, 0.95), "topics": (0.96, 0.95)},
    "report-4": {"topics": (0.97, 0.95)},
    "report-5": {"systems": (0.96, 0.95), "claims": (0.98, 0.98), "topics": (0.97, 0.93)},
    "report-6": {
        "links": (0.98, 0.99),
        "systems": (0.97, 0.9),
        "claims": (0.98, 0.98),
        "topics": (0.96, 0.91),
    },
    "report-7": {"systems": (0.95, 0.88), "claims": (0.99, 0.95), "topics": (0.97, 0.93)},
    "report-8": {"systems": (0.97, 0.9), "claims": (0.95, 0.92), "topics": (0.95, 0.88)},
    "report-9": {"systems": (0.96, 0.92), "claims": (0.95, 0.88), "topics": (0.95, 0.9)},
    "report-10": {"systems": (0.96, 0.88), "claims": (0.97, 0.95), "topics": (0.93, 0.9)},
    "report-18": {
        "systems": (0.97, 0.94),
        "claims": (0.97, 0.95),
        "topics": (0.93, 0.97),
    },
    "report-17": {
        "systems": (0.97, 0.94),
        "claims": (0.97, 0.89),
        "topics": (0.93, 0.9),
    },
    "report-16": {
        "code": (0.98, 0.98),
        "systems": (0.97, 0.91),
        "claims": (0.94, 0.86),
        "topics": (0.94, 0.9),
    },
    "report-15": {
        "code": (0.98, 0.98),
        "systems": (0.97, 0.91),
        "claims": (0.97, 0.87),
        "topics": (0.94, 0.91),
    },
    "report-14": {
        "systems": (0.96, 0.89),
        "claims": (0.98, 0.91),
        "topics": (0.94, 0.92),
    },
    "report-13": {
        "systems": (0.96, 0.91),
        "claims": (0.94, 0.85),
        "topics": (0.94, 0.9),
    },
    "report-11": {"systems": (0.95, 0.9), "claims": (0.93, 0.85), "topics": (0.94, 0.88)},
}
_REFERENCES = {"links": (0.99, 0.99), "code": (0.99, 0.99)}
FLOORS = {part: _REFERENCES | floors for part, floors in _FLOORS.items()}
"""Least precision and recall on papers that rules were written with, or were mended by later."""


@pytest.fixture(scope="module")
def known() -> dict[str, Record]:
    digests("huggingface/api")
    return papers()


@pytest.fixture(scope="module")
def work(known: dict[str, Record]) -> dict[str, dict[str, Score]]:
    return {part: measure(part, known) for part in FLOORS}


@pytest.mark.parametrize(
    ("part", "table"), [(part, table) for part, tables in FLOORS.items() for table in tables]
)
def test_precision_and_recall_stay_above_their_floors(
    work: dict[str, dict[str, Score]], part: str, table: str
) -> None:
    precision, recall = FLOORS[part][table]
    assert work[part][table].precision >= precision
    assert work[part][table].recall >= recall


def test_confidence_is_how_often_a_row_is_right(
    work: dict[str, dict[str, Score]],
) -> None:
    for table in FLOORS["work-2"]:
        scores = [scores[table] for part, scores in work.items() if table in FLOORS[part]]
        rows = [row for score in scores for row in (*score.found, *score.below)]
        for band, n_rows, said, right in calibration(rows):
            assert n_rows < 20 or -0.05 <= right - said <= 0.05, (table, band, said, right)


def test_the_labelled_papers_are_those_the_rule_draws(known: dict[str, Record]) -> None:
    for part, ids in picked(known).items():
        assert list(labels(part)) == ids
    assert list(labels("second-reader")) == picked(known)["again-2"]


def test_no_paper_is_drawn_twice_to_be_measured_on() -> None:
    parts = picked(str(number) for number in range(5000))
    of_all = (*N_FIRST, *N_SECOND, *N_THIRD, *N_LATER, *N_WORK, *N_LAST)
    assert len({paper for part in of_all for paper in parts[part]}) == 3896
    assert all(int(paper) % 2 == 0 for part in N_LATER for paper in parts[part])
    assert all(int(paper) % 2 == 1 for part in (*N_WORK, *N_LAST) for paper in parts[part])


@pytest.mark.parametrize("again", ["again-2", "second-reader"])
def test_two_readings_of_the_same_papers_agree(again: str) -> None:
    readings = [agreement(part, again) for part in N_SECOND]
    for kind in readings[0]:
        n_both, n_either = (
            sum(counts) for counts in zip(*(r[kind] for r in readings), strict=True)
        )
        assert n_both >= 0.7 * n_either, kind
