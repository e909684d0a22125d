"""The Python recipes run as they stand, on a warehouse of the bundled sample."""

import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from tests.support.folders import ROOT
from tests.support.samples import AFTERWARDS, LATER
from tests.support.warehouse import Warehouse
from warehouse.publication.marts import views

FOLDER = ROOT / "docs" / "recipes"
NOTEBOOK = FOLDER / "daily_papers.py"
BLOCKS = re.findall(
    r"^```python\n(.*?)^```$",
    (FOLDER / "python.md").read_text(encoding="utf-8"),
    re.DOTALL | re.MULTILINE,
)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_a_block_of_the_python_page_runs_and_prints(
    number: int,
    sample_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for module in re.findall(r"^(?:import|from) (\w+)", BLOCKS[number], re.MULTILINE):
        pytest.importorskip(module, reason=f"{module} is not installed")
    (tmp_path / "data").symlink_to(sample_home)
    monkeypatch.chdir(tmp_path)
    exec(compile(BLOCKS[number], f"python.md, block {number}", "exec"), {})  # noqa: S102
    assert capsys.readouterr().out.strip()


@pytest.mark.slow
def test_the_notebook_shows_what_the_marts_say_and_meets_a_new_night(
    loaded: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERHOUSE_HOME", str(loaded.home))
    app = runpy.run_path(str(NOTEBOOK))["app"]
    _, shown = app.run()
    assert shown["glance"].n_papers == loaded.value("SELECT count(*) FROM mart.listed_papers")
    newest = "SELECT max(period_on) FROM mart.top_papers WHERE period = 'week'"
    top = "SELECT title FROM mart.top_papers WHERE basis = 'latest' AND period = 'week'"
    top += f" AND period_on = ({newest}) AND place = 1"
    assert shown["top"]["title"][0] == loaded.value(top)
    for name in ("rising", "days", "code", "moves", "lists"):
        assert len(shown[name]), name
    loaded.ingest(LATER, at=AFTERWARDS)
    _, again = app.run()
    assert again["glance"].n_papers > shown["glance"].n_papers


@pytest.mark.slow
def test_the_notebook_is_whole_as_a_page(loaded: Warehouse, tmp_path: Path) -> None:
    """Each cell runs and shows something; one that fails makes marimo end with an error."""
    page = tmp_path / "page.html"
    notebook = shutil.copy(NOTEBOOK, tmp_path)  # marimo keeps what it showed beside a notebook
    command = [sys.executable, "-m", "marimo", "export", "html", notebook, "-o", str(page)]
    environment = {"PAPERHOUSE_HOME": str(loaded.home), "PATH": os.environ["PATH"]}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    text = page.read_text(encoding="utf-8")
    assert loaded.value("SELECT title FROM mart.papers ORDER BY upvotes DESC LIMIT 1") in text


def snapshot_seen(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT snapshot FROM ops.publication")).scalar_one())


@pytest.mark.slow
def test_a_pool_keeps_the_old_file_and_without_one_the_next_question_meets_the_new(
    loaded: Warehouse,
) -> None:
    """Why the recipes say NullPool: where this fails, they can be simplified."""
    url, read_only = f"duckdb:///{loaded.file}", {"read_only": True}
    pooled = create_engine(url, connect_args=read_only)
    fresh = create_engine(url, connect_args=read_only, poolclass=NullPool)
    assert snapshot_seen(pooled) == snapshot_seen(fresh) == 1
    loaded.ingest(LATER, at=AFTERWARDS)
    assert snapshot_seen(pooled) == 1
    # the pool of this process still holds the old database, so this one gets it too
    assert snapshot_seen(fresh) == 1
    pooled.dispose()
    assert snapshot_seen(fresh) == 2


def test_every_recipe_says_whether_it_was_tried() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    for page in FOLDER.glob("*.md"):
        if page.name != "README.md":
            assert f"({page.name})" in index
            assert re.search(r"^(Tried|Not tried) here", page.read_text("utf-8"), re.MULTILINE), (
                page
            )


def test_the_python_page_names_the_marts_that_are_tables() -> None:
    """Tools that list tables and views apart show them in different places."""
    page = (FOLDER / "python.md").read_text(encoding="utf-8")
    stored = sorted(view.name for view in views() if view.is_materialized)
    assert f"({', '.join(f'`{name}`' for name in stored)})" in " ".join(page.split())
    index = " ".join((FOLDER / "README.md").read_text(encoding="utf-8").split())
    assert len(stored) == 4
    assert "Four marts are stored as tables" in index
