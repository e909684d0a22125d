"""Great Expectations' pages are written on demand and tell every rule of what is published."""

from pathlib import Path

import pytest

from flows.site.quality_pages import build_quality_docs
from schemas import TABLES
from tasks.quality.validate import checks_of
from tests.support.warehouse import Warehouse
from warehouse.query.read_only import NothingPublished
from warehouse.storage.home import Home

pytestmark = pytest.mark.slow


def test_the_pages_tell_every_table_with_rules_and_are_written_anew_each_time(
    loaded: Warehouse,
) -> None:
    left_over = loaded.home / "docs" / "quality" / "old.html"
    left_over.parent.mkdir(parents=True)
    left_over.touch()
    before = loaded.state()

    page = build_quality_docs(loaded.paths)

    assert page.read_text(encoding="utf-8").count("html") > 1
    assert not left_over.exists()
    suites = page.parent / "expectations"
    ruled = [name for name, table in TABLES.items() if checks_of(table)]
    assert "ops.issue_profiles" in ruled
    for name in ruled:
        assert (suites / f"{name.replace('.', '/')}.html").exists(), name
    results = [p.read_text(encoding="utf-8") for p in (page.parent / "validations").rglob("*.html")]
    assert len(results) == len(ruled)
    assert any("share_of_known" in text for text in results)
    assert loaded.state() == before


def test_with_nothing_published_there_is_nothing_to_tell(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished):
        build_quality_docs(Home(tmp_path))
