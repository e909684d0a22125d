"""One paper's sheet: what is known of it, and the bytes that each part came from."""

from pathlib import Path

import pytest

from flows.cli.sheet import curve
from tests.support.issues import T0, day, item
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

PAPER = "2611.00001"


@pytest.fixture
def home(warehouse: Warehouse) -> Warehouse:
    """A paper that three captures of two days list, its votes growing."""
    for minutes, (date, upvotes) in enumerate(
        [("2026-11-19", 1), ("2026-11-19", 5), ("2026-11-20", 9)]
    ):
        listed = [item(PAPER, "On Kites", upvotes=upvotes, githubRepo="https://github.com/a/b")]
        warehouse.load([day(date, listed, minutes=minutes)], now=T0)
    return warehouse


@pytest.mark.parametrize(
    "name", [PAPER, f"{PAPER}v2", f"https://arxiv.org/abs/{PAPER}", f"hf.co/papers/{PAPER}"]
)
def test_a_paper_is_shown_by_id_or_address(home: Warehouse, name: str) -> None:
    shown = home.called("show", name)
    assert shown.returncode == 0
    lines = shown.stdout.splitlines()
    assert lines[0].startswith("On Kites")
    assert f"  https://huggingface.co/papers/{PAPER}" in lines
    assert "upvotes at huggingface: \u2582\u2585\u2588 1 on 2026-11-20, 9 on 2026-11-20" in lines
    assert sum(line.startswith("  huggingface:daily:") for line in lines) == 2


def test_votes_that_were_seen_once_are_shown_once(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "once")
    warehouse.load([day("2026-11-19", [item(PAPER, "On Kites", upvotes=3)])], now=T0)
    lines = warehouse.called("show", PAPER).stdout.splitlines()
    assert "upvotes at huggingface: \u2588 3 on 2026-11-20" in lines


def test_each_part_names_the_bytes_it_came_from(home: Warehouse) -> None:
    sha256 = home.value(f"SELECT payload_sha256 FROM core.papers WHERE paper_id = '{PAPER}'")
    assert str(sha256)[:12] in home.called("show", PAPER).stdout


def test_a_paper_that_there_is_not_is_told(home: Warehouse) -> None:
    done = home.called("show", "2611.99999")
    assert done.returncode == 2
    assert "no paper is called '2611.99999'" in done.stderr


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], ""),
        ([0], "\u2581"),
        ([7], "\u2588"),
        ([0, 7], "\u2581\u2588"),
        ([5] * 100, "\u2588" * 40),
    ],
)
def test_votes_are_bars_from_zero_to_the_most(values: list[int], expected: str) -> None:
    assert curve(values) == expected


@pytest.mark.parametrize("name", [f"{PAPER}v3", f"https://huggingface.co/papers/{PAPER}"])
def test_a_search_for_an_address_or_a_version_finds_the_paper(home: Warehouse, name: str) -> None:
    assert PAPER in home.called("search", name).stdout
