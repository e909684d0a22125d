"""`paperhouse subscribers`: the operator's way to add, look at, change and remove people."""

import json
import stat
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.support.command import called
from warehouse.requests import Requests
from warehouse.subscribers import open_subscribers

WHO = "reader@example.org"


def subscribers(home: Path, *given: str | Path) -> CompletedProcess[str]:
    return called("subscribers", *given, home=home)


def shown(home: Path, who: str = WHO) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(subscribers(home, "show", who, "--json").stdout)
    return found


def test_a_person_is_added_with_a_consent_and_all_wishes(home: Path) -> None:
    wishes = [
        "--frequency", "weekly", "--topics", "Robotics; memory", "--words", "world model",
        "--authors", "Ada Lovelace", "--code-only", "--min-votes", "3", "--max-papers", "9",
        "--language", "en", "--time-zone", "Europe/Vienna", "--hour", "0", "--unconfirmed", "mark",
        "--when-nothing",
    ]  # fmt: skip
    done = subscribers(home, "add", "Reader@Example.org", "--consent", "by phone", *wishes)
    assert done.returncode == 0, done.stderr
    person = shown(home)
    assert (person["address"], person["state"]) == ("Reader@example.org", "active")
    assert person["origin"] == "command: by phone"
    assert person["consented_at"] == person["asked_at"]
    assert person["wishes"] == {
        "frequency": "weekly", "topics": ["robotics", "memory"], "words": ["world model"],
        "authors": ["Ada Lovelace"], "code_only": True, "min_votes": 3, "max_papers": 9,
        "language": "en", "time_zone": "Europe/Vienna", "hour": 0, "unconfirmed": "mark",
        "when_nothing": True,
    }  # fmt: skip
    assert "nonce" not in person
    assert shown(home, person["subscriber_id"]) == person
    assert "robotics; memory" in subscribers(home, "show", WHO).stdout


def test_without_a_consent_a_person_is_asked_and_not_added(home: Path) -> None:
    assert subscribers(home, "add", WHO).returncode == 0
    with open_subscribers(home / "subscribers.sqlite") as store:
        assert store.all() == []
        assert Requests(store).n_waiting() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["add", "no address"], "@-sign"),
        (["add", WHO, "--consent", "two\nlines"], "one line"),
        (["add", WHO, "--hour", "24"], "between 0 and 23"),
        (["add", WHO, "--topics", "robotic"], "did you mean robotics"),
        (["add", WHO, "--time-zone", "Vienna"], "no such time zone"),
        (["show", "nobody@example.org"], "subscribers list"),
        (["remove", "nobody@example.org"], "subscribers list"),
        (["pause", "x"], "subscribers list"),
        (["import", "none.csv"], "cannot be read"),
        (["list", "--state", "asleep"], "--state"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_told_in_a_line(home: Path, given: list[str], said: str) -> None:
    done = subscribers(home, *given)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_person_pauses_resumes_stops_and_is_removed(home: Path) -> None:
    subscribers(home, "add", WHO, "--consent", "by phone")
    for command, state in (("pause", "paused"), ("resume", "active"), ("stop", "stopped")):
        assert subscribers(home, command, WHO.upper()).returncode == 0
        assert shown(home)["state"] == state
    refused = subscribers(home, "resume", WHO)
    assert refused.returncode == 2, "who stopped subscribes anew"
    assert subscribers(home, "add", WHO, "--consent", "again").returncode == 2
    assert subscribers(home, "remove", WHO).returncode == 0
    assert WHO.encode() not in (home / "subscribers.sqlite").read_bytes()
    again = subscribers(home, "remove", WHO)
    assert (again.returncode, again.stderr) == (0, "paperhouse: this person was removed before\n")
    assert subscribers(home, "add", WHO, "--consent", "came back").returncode == 0


def test_lists_go_out_and_in_again(home: Path, tmp_path: Path) -> None:
    subscribers(home, "add", WHO, "--consent", "by phone", "--words", "a;b")
    subscribers(home, "add", "p@example.org", "--consent", "by phone")
    subscribers(home, "pause", "p@example.org")
    listed = subscribers(home, "list")
    assert (WHO in listed.stdout, listed.stderr) == (True, "2 subscribers\n")
    paused = json.loads(subscribers(home, "list", "--state", "paused", "--json").stdout)
    assert [person["address"] for person in paused] == ["p@example.org"]
    file = tmp_path / "list.csv"
    file.write_text("old")
    file.chmod(0o644)
    assert subscribers(home, "export", "--output", file).returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == subscribers(home, "export").stdout
    done = subscribers(home, "export", "--output", tmp_path)
    assert (done.returncode, done.stderr) == (
        2,
        f"paperhouse: cannot write {tmp_path}: Is a directory\n",
    )
    file.write_text(file.read_text() + "bad,,,,,,,,,,,,,,,,\n")
    done = subscribers(tmp_path / "other", "import", file)
    assert done.returncode == 3
    assert done.stdout.splitlines()[-1].startswith("2 added")
    assert done.stdout.startswith("line 4: refused")


def test_who_waits_for_a_link_is_removed_too(home: Path, tmp_path: Path) -> None:
    assert subscribers(home, "add", WHO).returncode == 0
    done = subscribers(home, "remove", WHO.upper())
    assert (done.returncode, "removed, before" in done.stderr) == (0, True)
    files = [file for file in home.iterdir() if file.name.startswith("subscribers.sqlite")]
    assert files
    assert not any(WHO.encode() in file.read_bytes() for file in files)
    (tmp_path / "old.csv").write_text(f"address\n{WHO}\n")
    old = subscribers(home, "import", tmp_path / "old.csv", "--consent", "by phone")
    assert "this person was removed" in old.stdout
    assert "removed before" in subscribers(home, "remove", WHO).stderr
