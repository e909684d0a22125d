"""A file appears whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from warehouse.storage.durable_files import UNFINISHED, point, replacing_folder, sweep, unfinished


def test_the_file_has_the_new_content_when_the_block_ends_well(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "file"
    with unfinished(target) as temporary:
        temporary.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert os.listdir(target.parent) == ["file"]  # noqa: PTH208 - hidden files too


def test_the_old_content_stays_when_the_block_raises_and_nothing_is_left(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")
    with suppress(ZeroDivisionError), unfinished(target) as temporary:
        temporary.write_text("half of the n")
        raise ZeroDivisionError
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_the_old_content_stays_while_the_new_is_being_written(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")
    with unfinished(target) as temporary:
        temporary.write_text("half of the n")
        assert target.read_text() == "old"
        temporary.write_text("new")
    assert target.read_text() == "new"


def test_a_reader_of_the_old_file_keeps_it(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")
    with target.open() as reader:
        with unfinished(target) as temporary:
            temporary.write_text("new")
        assert reader.read() == "old"


def test_a_block_that_writes_nothing_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")
    with pytest.raises(FileNotFoundError), unfinished(target):
        pass
    assert target.read_text() == "old"


def test_a_link_is_made_and_then_moved_in_one_step(tmp_path: Path) -> None:
    link = tmp_path / "current"
    point(link, "snapshots/1")
    assert str(link.readlink()) == "snapshots/1"
    point(link, "snapshots/2")
    assert str(link.readlink()) == "snapshots/2"
    assert list(tmp_path.iterdir()) == [link]


def test_a_link_is_made_although_a_crash_left_its_temporary_one(tmp_path: Path) -> None:
    link = tmp_path / "current"
    (tmp_path / f"{UNFINISHED}{os.getpid()}-current").symlink_to("snapshots/7")
    point(link, "snapshots/1")
    assert str(link.readlink()) == "snapshots/1"
    assert list(tmp_path.iterdir()) == [link]


def test_sweeping_removes_unfinished_files_folders_and_links_and_nothing_else(
    tmp_path: Path,
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "precious").touch()
    (tmp_path / f"{UNFINISHED}1-file").touch()
    folder = tmp_path / f"{UNFINISHED}2"
    (folder / "inside").mkdir(parents=True)
    (tmp_path / f"{UNFINISHED}3-link").symlink_to(kept)
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [kept]
    assert (kept / "precious").exists()


def test_sweeping_a_folder_that_does_not_exist_is_harmless(tmp_path: Path) -> None:
    sweep(tmp_path / "nowhere")


def fill(path: Path, texts: dict[str, str], *kept: str) -> None:
    with replacing_folder(path) as folder:
        for name, text in texts.items():
            folder.write(name, text)
        for name in kept:
            folder.keep(name)


def test_a_folder_is_replaced_whole_by_the_files_given(tmp_path: Path) -> None:
    site = tmp_path / "docs" / "site"
    fill(site, {"a.html": "old", "b.html": "old"})
    fill(site, {"a.html": "new", "below/c.html": "new"})
    found = {str(f.relative_to(site)): f.read_text() for f in site.rglob("*.html")}
    assert found == {"a.html": "new", "below/c.html": "new"}
    assert {path.name for path in site.parent.iterdir()} == {"site", "site-1", "site-2"}
    assert site.readlink() == Path("site-2")


def test_the_folder_before_is_filled_again_and_what_readers_see_is_not_written_to(
    tmp_path: Path,
) -> None:
    site = tmp_path / "site"
    fill(site, {"a.html": "1", "b.html": "1", "gone/c.html": "1"})
    fill(site, {"a.html": "2"}, "b.html")
    seen = site.resolve()
    fill(site, {"b.html": "3"}, "a.html")
    assert (seen / "b.html").read_text() == "1"
    found = {str(f.relative_to(site)): f.read_text() for f in site.rglob("*.html")}
    assert found == {"a.html": "2", "b.html": "3"}
    assert {path.name for path in tmp_path.iterdir()} == {"site", "site-2", "site-3"}


def test_a_kept_file_is_the_same_file_and_not_a_copy(tmp_path: Path) -> None:
    site = tmp_path / "site"
    fill(site, {"below/a.html": "old", "b.html": "old"})
    inode = (site / "below" / "a.html").stat().st_ino
    fill(site, {"b.html": "new"}, "below/a.html")
    assert (site / "below" / "a.html").stat().st_ino == inode
    assert (site / "b.html").read_text() == "new"


def test_a_folder_that_cannot_be_filled_leaves_the_old_one_and_the_next_one_sweeps(
    tmp_path: Path,
) -> None:
    site = tmp_path / "site"
    fill(site, {"a.html": "old"})
    with pytest.raises(FileNotFoundError):
        fill(site, {"a.html": "new"}, "never-was.html")
    assert (site / "a.html").read_text() == "old"
    (tmp_path / "site-7").mkdir()  # one that a crash left before anything pointed to it
    (tmp_path / "site-map").mkdir()  # somebody else's
    fill(site, {"a.html": "newer"})
    assert (site / "a.html").read_text() == "newer"
    assert {path.name for path in tmp_path.iterdir()} == {"site", "site-1", "site-2", "site-map"}
