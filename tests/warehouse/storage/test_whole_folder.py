"""A folder is replaced whole, at the cost of what changed, whenever its writer is killed."""

import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.folders import ROOT
from warehouse.storage.whole_folder import replacing_folder


def fill(
    path: Path, texts: dict[str, str], *, kept: Iterable[str] = (), removed: Iterable[str] = ()
) -> None:
    with replacing_folder(path) as folder:
        for name, text in texts.items():
            folder.write(name, text)
        for name in kept:
            folder.keep(name)
        for name in removed:
            folder.remove(name)


def texts_of(folder: Path) -> dict[str, str]:
    return {str(f.relative_to(folder)): f.read_text() for f in folder.rglob("*.html")}


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_folder_is_replaced_by_the_other_one_with_what_is_written_and_without_what_is_removed(
    tmp_path: Path,
) -> None:
    site = tmp_path / "docs" / "site"
    fill(site, {"a.html": "old", "b.html": "old", "c.html": "old"})
    fill(site, {"a.html": "new", "below/c.html": "new"}, removed=["b.html", "never-was.html"])
    assert texts_of(site) == {"a.html": "new", "below/c.html": "new", "c.html": "old"}
    assert names_in(site.parent) == {"site", "site-1", "site-2"}
    assert site.readlink() == Path("site-2")


def test_a_filler_finds_what_was_there_two_fillings_ago_and_readers_files_are_not_written_to(
    tmp_path: Path,
) -> None:
    site = tmp_path / "site"
    fill(site, {"a.html": "1", "b.html": "1"})
    fill(site, {"a.html": "2"})
    seen = site.resolve()
    fill(site, {"b.html": "3"}, kept=["a.html"])
    assert texts_of(seen) == {"a.html": "2", "b.html": "1"}
    assert texts_of(site) == {"a.html": "2", "b.html": "3"}
    fill(site, {})
    assert texts_of(site) == {"a.html": "2", "b.html": "1"}
    assert names_in(tmp_path) == {"site", "site-3", "site-4"}


def test_a_file_that_was_taken_over_may_be_written_all_the_same(tmp_path: Path) -> None:
    site = tmp_path / "site"
    fill(site, {"a.html": "old"})
    seen = site.resolve()
    with replacing_folder(site) as folder:
        folder.clear()
        folder.keep("a.html")
        folder.write("a.html", "new")
    assert texts_of(site) == {"a.html": "new"}
    assert not seen.exists(), "of a folder that was filled from nothing there are two"
    assert texts_of(tmp_path / "site-3") == {"a.html": "new"}


def test_a_kept_file_is_the_same_file_and_not_a_copy(tmp_path: Path) -> None:
    site = tmp_path / "site"
    fill(site, {"below/a.html": "old", "b.html": "old"})
    inode = (site / "below" / "a.html").stat().st_ino
    with replacing_folder(site) as folder:
        folder.clear()
        folder.keep("below/a.html")
    assert texts_of(site) == {"below/a.html": "old"}
    assert (site / "below" / "a.html").stat().st_ino == inode


def test_after_a_filling_from_nothing_the_other_folder_shares_its_files(tmp_path: Path) -> None:
    site = tmp_path / "site"
    fill(site, {"below/a.html": "1"})
    other = tmp_path / "site-2" / "below" / "a.html"
    assert other.stat().st_ino == (site / "below" / "a.html").stat().st_ino


def test_a_folder_that_cannot_be_filled_leaves_the_old_one_and_the_next_one_begins_empty(
    tmp_path: Path,
) -> None:
    site = tmp_path / "site"
    fill(site, {"a.html": "old"})
    with pytest.raises(FileNotFoundError):
        fill(site, {"a.html": "new", "half.html": "new"}, kept=["never-was.html"])
    assert texts_of(site) == {"a.html": "old"}
    (tmp_path / "site-map").mkdir()  # somebody else's
    fill(site, {"b.html": "newer"}, kept=["a.html"])
    assert texts_of(site) == {"a.html": "old", "b.html": "newer"}
    assert names_in(tmp_path) == {"site", "site-2", "site-3", "site-map"}


def test_of_several_other_folders_one_is_left(tmp_path: Path) -> None:
    site = tmp_path / "site"
    fill(site, {"a.html": "1"})
    (tmp_path / "site-3").mkdir()
    (tmp_path / "site-7").mkdir()
    fill(site, {"a.html": "2"})
    assert names_in(tmp_path) == {"site", "site-1", "site-2"}


@pytest.mark.parametrize("called", ["_named", "point", "link"])
@pytest.mark.parametrize("cleared", [True, False])
def test_killed_at_any_step_of_the_swap_readers_see_old_or_new_and_a_filler_a_whole_folder(
    tmp_path: Path, called: str, *, cleared: bool
) -> None:
    site = tmp_path / "site"
    fill(site, {"a.html": "1", "b.html": "1"})
    for n in range(1, 4):
        died = subprocess.run(
            [sys.executable, "-c", KILLED, str(site), called, str(n), str(int(cleared))],
            cwd=ROOT,
            check=False,
        )
        assert died.returncode in (0, -signal.SIGKILL)
        assert texts_of(site) in ({"a.html": "1", "b.html": "1"}, {"a.html": "2", "b.html": "1"})
        with replacing_folder(site) as folder:
            if not folder.is_cleared:
                assert texts_of(folder.path).keys() == {"a.html", "b.html"}
            folder.write("a.html", "1")
            folder.write("b.html", "1")
        assert len(names_in(tmp_path)) == 3


KILLED = """
import os, signal, sys
from pathlib import Path
from warehouse.storage import whole_folder

site, called, n, cleared = sys.argv[1:]
holder = os if called == "link" else whole_folder
done, left = getattr(holder, called), [int(n)]

def dying(*given, **named):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return done(*given, **named)

setattr(holder, called, dying)
with whole_folder.replacing_folder(Path(site)) as folder:
    if int(cleared):
        folder.clear()
    folder.write("a.html", "2")
    folder.write("b.html", "1")
"""
