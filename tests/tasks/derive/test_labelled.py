"""On labelled real papers the extractors do not get worse than they were measured to be."""

import pytest

from tests.labels.measure import Score, labels, measure
from tests.labels.pick import papers, picked
from tests.support.folders import digests

FLOORS = {
    "systems": (0.95, 0.84),
    "claims": (0.95, 0.90),
    "links": (0.99, 0.99),
    "code": (0.97, 0.97),
}
"""Least precision and recall on the papers to work with."""


@pytest.fixture(scope="module")
def work() -> dict[str, Score]:
    digests("huggingface/api")
    return measure("work", papers())


@pytest.mark.parametrize("table", FLOORS)
def test_precision_and_recall_stay_above_their_floors(work: dict[str, Score], table: str) -> None:
    precision, recall = FLOORS[table]
    assert work[table].precision >= precision
    assert work[table].recall >= recall


def test_what_is_said_to_be_sure_is_right_more_often(work: dict[str, Score]) -> None:
    found = [judgement for score in work.values() for judgement in score.found]
    sure = [j.is_right for j in found if j.confidence >= 0.9]
    unsure = [j.is_right for j in found if j.confidence < 0.9]
    assert sum(sure) / len(sure) > sum(unsure) / len(unsure)


def test_the_labelled_papers_are_those_the_rule_draws() -> None:
    digests("huggingface/api")
    drawn = picked(papers())
    labelled = ("work", "report", "work-2", "report-2")
    assert {part: list(labels(part)) for part in labelled} == {part: drawn[part] for part in labelled}
