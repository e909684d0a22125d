"""The Python recipes run as they stand on the page, on a warehouse of the bundled sample."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from tests.support.folders import ROOT
from tests.support.samples import AFTERWARDS, LATER
from tests.support.warehouse import Warehouse
from warehouse.publication.marts import views

FOLDER = ROOT / "docs" / "recipes"
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
