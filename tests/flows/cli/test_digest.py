"""`paperhouse digest preview` shows the mail that somebody would get, and sends nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.pages import told
from tests.support.warehouse import Warehouse
from warehouse.subscriber import Wishes
from warehouse.subscribers import open_subscribers

pytestmark = pytest.mark.slow

ADDRESS = "reader@home.example"
AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of three days, and somebody who asked for its kettles once a week."""
    warehouse = told(tmp_path_factory.mktemp("digest") / "home")
    wishes = Wishes(frequency="weekly", words=("kettle",), max_papers=4, language="de")
    with open_subscribers(warehouse.paths.subscribers) as people:
        people.add(ADDRESS, wishes, state="active", origin="command", now=AT)
    return warehouse


def test_the_newest_day_is_written_and_its_text_printed(full: Warehouse, tmp_path: Path) -> None:
    done = full.called("digest", "preview", "-o", tmp_path / "out")
    assert done.returncode == 0
    subject, _, text = done.stdout.partition("\n\n")
    assert subject.startswith("Subject: ")
    assert text == (tmp_path / "out" / "digest.txt").read_text()
    assert text.startswith("FRIDAY, 20 NOVEMBER 2026\n")
    assert "Kettle-11: Boiling Water" in (tmp_path / "out" / "digest.html").read_text()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "digest.html",
        "digest.txt",
    ]


def test_a_day_or_a_week_can_be_chosen(full: Warehouse, tmp_path: Path) -> None:
    day = full.called("digest", "preview", "--date", "2026-11-19", "-o", tmp_path)
    assert "THURSDAY, 19 NOVEMBER 2026" in day.stdout
    week = full.called("digest", "preview", "--date", "2026-11-18", "--weekly", "-o", tmp_path)
    assert "WEEK OF 16 TO 22 NOVEMBER 2026" in week.stdout


def test_a_subscriber_s_wishes_are_used_and_the_address_is_nowhere(
    full: Warehouse, tmp_path: Path
) -> None:
    done = full.called("digest", "preview", "--for", ADDRESS, "-o", tmp_path)
    assert "WOCHE VOM 16. BIS 22. NOVEMBER 2026" in done.stdout
    assert done.stdout.count("Enth\u00e4lt Ihre W\u00f6rter: \u201ekettle\u201c") == 4
    for said in (done.stdout, *(path.read_text() for path in tmp_path.iterdir())):
        assert ADDRESS not in said


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["--for", "nobody@home.example"], "nobody subscribed with this address"),
        (["--date", "2020-01-01"], "there is no list of 2020-01-01 to mail"),
        (["--date", "2026-11-17", "--for", ADDRESS], ""),
    ],
)
def test_what_is_not_there_is_said_in_one_line(
    full: Warehouse, tmp_path: Path, arguments: list[str], fault: str
) -> None:
    done = full.called("digest", "preview", *arguments, "-o", tmp_path)
    assert done.returncode == (2 if fault else 0)
    assert (fault or f"written: {tmp_path / 'digest.html'}") in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "nobody@" not in done.stderr


def test_a_preview_that_cannot_be_written_is_said_in_one_line(
    full: Warehouse, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    done = full.called("digest", "preview", "-o", tmp_path / "file")
    assert done.returncode == 2
    assert done.stderr == f"paperhouse: cannot write into {tmp_path / 'file'}: File exists\n"
