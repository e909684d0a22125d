"""arXiv in the warehouse: one paper with what others say, versions, what is held or kept out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.pipeline.extract import plan
from flows.pipeline.run import running
from flows.settings import Settings
from flows.settings.sections import SourceSettings
from tasks.sources.arxiv import SOURCE
from tests.support.arxiv_bodies import mailed, mailing, rss, rss_item
from tests.support.samples import API, FIRST, items_of
from tests.support.warehouse import Warehouse
from warehouse.storage.home import Home

pytestmark = pytest.mark.slow


def test_a_paper_of_arxiv_and_of_hugging_face_is_one_paper_with_what_both_say(
    tmp_path: Path,
) -> None:
    warehouse = Warehouse(tmp_path / "home")
    day = API / "2026-11-13.json"
    paper = items_of(day)[0]["paper"]
    feed = tmp_path / "feed.xml"
    feed.write_bytes(
        rss(
            rss_item(f"{paper['id']}v1", title=paper["title"]),
            rss_item("2611.77001v1").replace("</title>", "</titel>"),
            rss_item("2611.77002v2", kind="replace-cross", title="Another List"),
        )
    )
    sent = tmp_path / "mailing.txt"
    sent.write_text(mailing([mailed("2611.77003", title="A Mailed List")]))
    stale = tmp_path / "stale.xml"
    stale.write_bytes(rss(rss_item("2611.77004v1")))

    report = warehouse.ingest(day, feed, sent, at=FIRST)
    assert report.count("n_quarantined") == 1
    [known] = warehouse.rows(f"SELECT * FROM core.papers WHERE paper_id = '{paper['id']}'")
    assert known["categories"] == ["cs.CL", "cs.DL"]
    assert known["published_at"] is not None
    assert warehouse.rows(
        "SELECT issue_id, listing_type, paper_version AS version FROM core.listings "
        f"WHERE paper_id IN ('{paper['id']}', '2611.77002') ORDER BY ALL"
    ) == [
        {"issue_id": "arxiv:cs.CL:2026-11-20", "listing_type": "new", "version": 1},
        {"issue_id": "arxiv:cs.CL:2026-11-20", "listing_type": "replace-cross", "version": 2},
        {"issue_id": "huggingface:daily:2026-11-13", "listing_type": "listed", "version": None},
    ]
    assert "2611.77001v1" in warehouse.value("SELECT raw FROM ops.quarantine")
    assert warehouse.value("SELECT count(*) FROM core.observations WHERE source = 'arxiv'") == 0

    held = warehouse.ingest(stale, given="arxiv:cs.CL:2026-11-23")
    assert [outcome.outcome for outcome in held.outcomes] == ["held"]
    assert "it shows the date 2026-11-20, not 2026-11-23" in str(held.outcomes[0].reason)


def test_a_night_asks_for_the_categories_that_were_named_and_for_no_other(tmp_path: Path) -> None:
    friday = datetime(2026, 11, 20, 12, tzinfo=UTC)
    named = {"arxiv": SourceSettings(editions=("cs.CL", "cs.AI"))}
    with running(Home(tmp_path / "home"), "test", run_id="one", clock=lambda: friday) as run:
        assert plan(run, Settings(home=tmp_path / "home"), SOURCE) == []
        planned = plan(run, Settings(home=tmp_path / "home", sources=named), SOURCE)
    assert [str(item.due.issue) for item in planned] == [
        "arxiv:cs.CL:2026-11-20",
        "arxiv:cs.AI:2026-11-20",
    ]
