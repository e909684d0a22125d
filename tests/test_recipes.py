"""The Python recipes run as they stand on the page, on a warehouse of the bundled sample."""

import re
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.flows.house import AFTERWARDS, LATER, House

FOLDER = Path(__file__).parents[1] / "docs" / "recipes"
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
    (tmp_path / "data").symlink_to(sample_home)
    monkeypatch.chdir(tmp_path)
    exec(compile(BLOCKS[number], f"python.md, block {number}", "exec"), {})  # noqa: S102
    assert capsys.readouterr().out.strip()


def test_without_a_pool_the_next_question_is_answered_by_the_new_file(loaded: House) -> None:
    engine = create_engine(
        f"duckdb:///{loaded.file}", connect_args={"read_only": True}, poolclass=NullPool
    )
    asked = text("SELECT snapshot FROM ops.publication")
    with engine.connect() as connection:
        assert connection.execute(asked).scalar_one() == 1
    loaded.ingest(LATER, at=AFTERWARDS)
    with engine.connect() as connection:
        assert connection.execute(asked).scalar_one() == 2


def test_beside_an_open_connection_a_new_one_shows_the_old_file(loaded: House) -> None:
    """Why the recipes say NullPool: if this ever fails, they can be simplified."""
    asked = "SELECT snapshot FROM ops.publication"
    with duckdb.connect(str(loaded.file), read_only=True) as pooled:
        assert pooled.execute(asked).fetchall() == [(1,)]
        loaded.ingest(LATER, at=AFTERWARDS)
        with duckdb.connect(str(loaded.file), read_only=True) as second:
            assert second.execute(asked).fetchall() == [(1,)]
    with duckdb.connect(str(loaded.file), read_only=True) as third:
        assert third.execute(asked).fetchall() == [(2,)]


def test_every_recipe_says_whether_it_was_tried() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    for page in FOLDER.glob("*.md"):
        if page.name != "README.md":
            assert f"({page.name})" in index
            assert re.search(r"^(Tried|Not tried) here", page.read_text("utf-8"), re.MULTILINE), (
                page
            )
