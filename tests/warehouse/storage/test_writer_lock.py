"""One writer at a time, and a dead one never stands in the way."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.support.process import started
from tests.support.rows import NOW
from warehouse.storage.home import Home, HomeUnusable
from warehouse.storage.writer_lock import MailerBusy, WriterBusy, mailing, writing

HOLD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from warehouse.storage.home import Home
from warehouse.storage.writer_lock import writing
since = datetime(2026, 11, 20, 5, tzinfo=UTC)
with writing(Home(Path(sys.argv[1])), owner="ingest run-1", now=since):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_refused_at_once_and_told_who_the_first_is(home: Path) -> None:
    with started(HOLD, home) as first:
        begun = time.monotonic()
        with (
            pytest.raises(WriterBusy) as refused,
            writing(Home(home), owner="ingest run-2", now=NOW),
        ):
            pytest.fail("two writers were admitted")
        assert time.monotonic() - begun < 0.5
        assert f"ingest run-1 (process {first.pid}, since 2026-11-20T05:00" in str(refused.value)
        assert str(home) in str(refused.value)


def test_a_refused_writer_does_not_take_the_name_of_the_owner_away(home: Path) -> None:
    with started(HOLD, home):
        for _ in range(2):
            with (
                pytest.raises(WriterBusy, match="ingest run-1"),
                writing(Home(home), owner="ingest run-2", now=NOW),
            ):
                pytest.fail("two writers were admitted")


def test_a_writer_that_was_killed_never_blocks_the_next(home: Path) -> None:
    with started(HOLD, home) as first:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        assert (home / "writer.lock").read_text()
        with writing(Home(home), owner="run-2", now=NOW):
            assert json.loads((home / "writer.lock").read_text())["owner"] == "run-2"


def test_the_lock_is_free_again_after_the_block_also_when_it_raised(home: Path) -> None:
    with pytest.raises(ZeroDivisionError), writing(Home(home), owner="one", now=NOW):
        raise ZeroDivisionError
    with writing(Home(home), owner="two", now=NOW):
        pass
    with writing(Home(home), owner="three", now=NOW):
        pass


def test_a_home_that_cannot_be_created_names_the_fix(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeUnusable, match=r"cannot create .*file/home.*PAPERHOUSE_HOME"):
        Home(tmp_path / "file" / "home").create()


def test_a_home_in_place_of_a_file_is_unusable(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with (
        pytest.raises(HomeUnusable, match="is a file, no warehouse folder"),
        writing(Home(tmp_path / "home"), owner="one", now=NOW),
    ):
        pytest.fail("a file is no home")


def test_a_home_whose_lock_cannot_be_opened_is_unusable(home: Path) -> None:
    (home / "writer.lock").mkdir(parents=True)
    with (
        pytest.raises(HomeUnusable, match="cannot write in"),
        writing(Home(home), owner="one", now=NOW),
    ):
        pytest.fail("there is no lock to hold")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_home_without_write_permission_names_the_fix(home: Path) -> None:
    home.mkdir(mode=0o500)
    with (
        pytest.raises(HomeUnusable, match="give its user write permission"),
        writing(Home(home), owner="one", now=NOW),
    ):
        pytest.fail("the home cannot be written")


def test_a_load_never_waits_for_mails_nor_mails_for_a_load(home: Path) -> None:
    mails = Home(home)
    with (
        writing(mails, owner="run-1", now=NOW),
        mailing(mails, owner="digest", now=NOW),
        pytest.raises(MailerBusy, match=r"mails of .* are being sent by digest"),
        mailing(mails, owner="others", now=NOW),
    ):
        pytest.fail("two senders were admitted")
