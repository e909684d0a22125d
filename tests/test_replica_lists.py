"""The replica's lists of several days, the paths it serves from files, and its newer faults."""

import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.replica.faults import packed_blanks
from tests.replica.process import Replica, running_replica
from tests.replica.reading import get, hydration_in
from tests.support.folders import ROOT

SAMPLE = ROOT / "tests" / "sample"
API = "/api/daily_papers"
DAY = "2026-11-03"
ODD = [
    {"path": API, "query": {"date": DAY}, "times": 1, "fault": fault}
    for fault in ("cut", "empty", "html", "mistyped")
]


@pytest.fixture(scope="module")
def replica(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replica]:
    folder = tmp_path_factory.mktemp("paths")
    (folder / "feed.xml").write_text("<rss/>", encoding="utf-8")
    (folder / "error.xml").write_text("<feed/>", encoding="utf-8")
    entries: list[dict[str, Any]] = [
        {"path": "/query", "query": {"id": "x"}, "file": "error.xml", "type": "a/b", "status": 400},
        {"path": "/query", "file": "feed.xml", "type": "application/rss+xml"},
    ]
    (folder / "paths.json").write_text(json.dumps(entries), encoding="utf-8")
    with running_replica(
        SAMPLE, date(2026, 11, 14), paths=folder / "paths.json", script=ODD, sends_etags=False
    ) as running:
        yield running


def test_a_path_is_served_from_its_file_by_the_first_entry_that_fits(replica: Replica) -> None:
    plain, failed = get(replica.url, "/query?n=1"), get(replica.url, "/query?id=x")
    assert (plain.status, plain.headers["Content-Type"]) == (200, "application/rss+xml")
    assert plain.body == b"<rss/>"
    assert (failed.status, failed.body) == (400, b"<feed/>")
    assert "ETag" not in plain.headers


def test_a_list_of_paths_that_names_no_file_is_refused_at_the_start(tmp_path: Path) -> None:
    listed = tmp_path / "paths.json"
    listed.write_text('[{"path": "/x", "file": "missing", "type": "a/b"}]', encoding="utf-8")
    with (
        pytest.raises(RuntimeError, match="no such file"),
        running_replica(SAMPLE, date(2026, 11, 14), paths=listed),
    ):
        pytest.fail("the replica started")


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["paper"]["id"] for row in rows]


def test_weeks_and_months_are_the_rows_of_their_days(replica: Replica) -> None:
    days = [path.stem for path in sorted((SAMPLE / "huggingface/api").glob("*.json"))]
    for query, wanted in (("week=2026-W46", "2026-11-09"), ("month=2026-10", "2026-10")):
        first, last = (wanted, "2026-11-13") if "week" in query else ("2026-10-01", "2026-10-31")
        of_days = [
            row
            for day in days
            if first <= day <= last
            for row in json.loads((SAMPLE / f"huggingface/api/{day}.json").read_bytes())
        ]
        target, seen = f"{API}?{query}&limit=100", []
        while target:
            reply = get(replica.url, target)
            seen += ids(reply.rows())
            target = reply.headers.get("Link", "").partition(">")[0].removeprefix("<")
        assert seen == ids(of_days)
        path = query.replace("=", "/")
        page = hydration_in(get(replica.url, f"/papers/{path}").body.decode())
        assert ids(page["dailyPapers"]) == seen[:105]
        assert page["periodType"] == path.partition("/")[0]


def test_trending_searches_and_single_papers_are_answered(replica: Replica) -> None:
    trending = get(replica.url, f"{API}?sort=trending&limit=100").rows()
    votes = [row["paper"]["upvotes"] for row in trending]
    assert votes == sorted(votes, reverse=True)
    title = trending[0]["title"]
    found = hydration_in(get(replica.url, f"/papers?q={title.split()[0]}").body.decode())
    assert trending[0]["paper"]["id"] in ids(found["dailyPapers"])
    paper = get(replica.url, f"/api/papers/{trending[0]['paper']['id']}")
    assert json.loads(paper.body)["title"] == trending[0]["paper"]["title"]
    assert get(replica.url, "/api/papers/2611.99999").status == 404


def test_odd_answers_are_complete_http_and_nothing_else_is_wrong_with_them(
    replica: Replica,
) -> None:
    whole = (SAMPLE / f"huggingface/api/{DAY}.json").read_bytes()
    replies = [get(replica.url, f"{API}?date={DAY}") for _ in range(5)]
    cut, empty, html, mistyped, well = replies
    assert {reply.status for reply in replies} == {200}
    assert (cut.body, empty.body) == (whole[: len(whole) // 2], b"")
    assert html.headers["Content-Type"].startswith("text/html")
    assert (mistyped.body, mistyped.headers["Content-Type"]) == (whole, "application/octet-stream")
    assert well.body == whole
    logged = [line["fault"] for line in replica.requests() if DAY in line["path"]]
    assert logged == ["cut", "empty", "html", "mistyped", None]


def test_the_bomb_is_a_whole_gzip_of_what_it_says() -> None:
    packed = packed_blanks(3)
    assert len(packed) < 5_000
    assert gzip.decompress(packed) == b" " * 3 * 1024 * 1024
