"""`paperhouse search`: papers by their words, for people and for machines."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.command import called
from tests.support.told import untold
from tests.support.warehouse import Warehouse

WORD = "experts"
"""What several papers of the sample are about."""


def test_papers_are_found_for_machines_and_narrowed_by_date_and_source(loaded: Warehouse) -> None:
    def found(*options: str) -> list[dict[str, object]]:
        done = loaded.called("search", WORD, "--json", *options)
        assert (done.returncode, done.stderr) == (0, "")
        papers: list[dict[str, object]] = json.loads(done.stdout)
        return papers

    papers = found("--limit", "500")
    assert len(papers) > 2
    assert set(papers[0]) == {
        *("score", "paper_id", "title", "listed_on", "sources", "snippet", "url")
    }
    day = str(papers[0]["listed_on"])
    of_the_day = found("--since", day, "--until", day, "--source", "huggingface")
    assert of_the_day == [paper for paper in papers if paper["listed_on"] == day]
    assert found("--limit", "1") == papers[:1]


def test_without_the_extension_the_command_says_so_and_answers(
    loaded: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb_extension_fts", None)
    done = loaded.called("search", WORD)
    assert done.returncode == 0
    assert untold(done.stderr, "not ranked", "fts") == []
    assert len(done.stdout.splitlines()) > 2


def test_nothing_found_is_no_failure_and_no_words_are_a_mistake(loaded: Warehouse) -> None:
    done = loaded.called("search", "zzyzx")
    assert (done.returncode, done.stderr) == (0, "nothing found\n")
    done = loaded.called("search", " ")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no word" in done.stderr


def test_where_nothing_is_published_the_error_says_what_to_do(home: Path) -> None:
    done = called("search", "words", home=home)
    assert done.returncode == 1
    assert "nothing is published" in done.stderr
