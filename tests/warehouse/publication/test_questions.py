"""Every question of the documents is answered by its query, on the bundled sample."""

import re
from pathlib import Path

import pytest

from tests.support.facts import at
from tests.support.folders import ROOT
from tests.support.samples import API, LATER, items_of
from tests.support.warehouse import Warehouse
from warehouse.publication.marts import views
from warehouse.publication.questions import questions
from warehouse.query.read_only import query

PAGE = ROOT / "docs" / "questions.md"
QUESTIONS = {question.title: question.query for question in questions()}
FIRSTS = {
    "How many papers a week, by source?": {"week": "2026-W46", "n_issues": 5, "n_listed": 84},
    "How far do the lists overlap, and who was first?": {
        "source": "huggingface",
        "other_source": "pagedump",
        "n_shared": 3,
        "n_dated": 0,
    },
}
"""What is known of the first row of an answer."""


@pytest.fixture(scope="module")
def answering(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The sample, some days looked at again later, and a list without a date that shares papers."""
    folder = tmp_path_factory.mktemp("questions")
    warehouse = Warehouse(sample_home).copy_to(folder / "home")
    listed = [item["paper"] for item in items_of(API / "2026-11-13.json")[:3]]
    paragraphs = [" ".join(paper[key].split()) for paper in listed for key in ("title", "summary")]
    search = folder / "search.txt"
    search.write_text("\n\n".join(["Daily Papers", *paragraphs]), encoding="utf-8")
    warehouse.ingest(LATER, search, at=at("2026-11-19 06:00"))
    return warehouse


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered(answering: Warehouse, question: str) -> None:
    answer = query(answering.file, QUESTIONS[question])
    assert answer.num_rows > 0
    silent = [name for name in answer.column_names if answer[name].null_count == len(answer)]
    assert silent == []
    known = FIRSTS.get(question, {})
    assert {name: answer[name][0].as_py() for name in known} == known


def test_every_mart_answers_a_question() -> None:
    asked = set(re.findall(r"mart\.(\w+)", " ".join(QUESTIONS.values())))
    assert asked == {view.name for view in views()}
    assert len(QUESTIONS) == PAGE.read_text(encoding="utf-8").count("\n## ")
