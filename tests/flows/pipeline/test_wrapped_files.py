"""Files in a wrapper are loaded as what is in it, and landed as they came."""

import bz2
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from flows.jobs.replay import replay
from flows.settings import Settings
from tests.support.arxiv_bodies import rss, rss_item
from tests.support.bodies import ABSTRACT, body, item
from tests.support.mails import mail
from tests.support.warehouse import Warehouse
from warehouse.storage.landing import Landing

TITLES = ["One", "Two", "Three", "Four"]
DAY = body(*(item(id=f"2611.0000{n}", title=title) for n, title in enumerate(TITLES)))
UNTITLED = body(*(item(id=f"2611.0000{n}", title=title) for n, title in enumerate([*TITLES, ""])))


def as_lines(content: bytes) -> bytes:
    return "\n".join(map(json.dumps, json.loads(content))).encode()


WRAPPERS: dict[str, Callable[[bytes], bytes]] = {
    "2026-11-09.json.gz": gzip.compress,
    "2026-11-10.json.bz2": bz2.compress,
    "2026-11-11.json.zst": zstandard.compress,
    "2026-11-12.json": lambda content: content.decode().encode("utf-16"),
    "2026-11-13.jsonl": as_lines,
}


def test_the_landing_has_the_bytes_as_they_came_and_a_replay_reads_them_again(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """Each wrapper has a day of its own, whose papers no other day has."""
    packed = {}
    for name, wrap in WRAPPERS.items():
        papers = [(f"2611.{name[8:10]}00{n}", f"{title}, {name}") for n, title in enumerate(TITLES)]
        packed[name] = wrap(body(*(item(id=paper, title=title) for paper, title in papers)))
        (tmp_path / name).write_bytes(packed[name])
    assert warehouse.ingest(*(tmp_path / name for name in packed)).outcome == "ok"
    listed = "SELECT title AS t FROM core.papers ORDER BY paper_id"
    titles = [f"{title}, {name}" for name in packed for title in TITLES]
    assert [row["t"] for row in warehouse.rows(listed)] == titles
    landing = Landing(warehouse.paths.landing)
    assert {r.origin: landing.read(r) for r in landing.capture_records()} == packed
    before = warehouse.rows("FROM core.listings ORDER BY ALL")
    assert replay(Settings(home=warehouse.home)).outcome in ("ok", "unchanged")
    assert len(warehouse.rows("FROM core.listings ORDER BY ALL")) == len(before)


def test_a_rejected_record_of_a_wrapped_body_is_in_quarantine_with_its_own_text(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    file = tmp_path / "2026-11-13.json.gz"
    file.write_bytes(gzip.compress(UNTITLED.replace(b'"title": "Reading Lists"', b'"title": ""')))
    warehouse.ingest(file)
    (row,) = warehouse.rows("SELECT raw, span_start, span_end FROM ops.quarantine")
    assert '"2611.00004"' in row["raw"]
    assert (row["span_start"], row["span_end"]) == (0, file.stat().st_size)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, zstandard.compress])
def test_a_packed_mailbox_is_loaded_mail_by_mail(
    warehouse: Warehouse, tmp_path: Path, pack: object
) -> None:
    assert callable(pack)
    mails = [mail().replace(b"abc-1", b"abc-%d" % n) for n in range(3)]
    line = b"From a@example.org Mon Nov  2 09:00:00 2026\n"
    file = tmp_path / "list.mbox.gz"
    file.write_bytes(pack(b"".join(line + content + b"\n" for content in mails)))
    report = warehouse.ingest(file)
    assert [issue.outcome for issue in report.outcomes] == ["settled"] * 3


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(b"\0" * 50_000_000),
        gzip.compress(DAY)[:-8],
        b"%PDF-1.7\n\xe2\xe3\xcf\xd3",
        "Plain words only".encode("utf-16-le"),
        b"\x1f\x8b\x08 no gzip",
        ABSTRACT.encode(),
    ],
)
def test_a_refusal_is_at_most_three_short_lines_without_raw_bytes(
    warehouse: Warehouse, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "2026-11-13.json"
    file.write_bytes(content)
    done = warehouse.called("ingest", file)
    assert done.returncode == 1
    lines = (done.stdout + done.stderr).replace(str(tmp_path), "").strip().splitlines()
    assert len(lines) <= 3
    assert all(len(line) < 200 and line.isprintable() and "\ufffd" not in line for line in lines)


def test_a_hint_says_what_as_takes(warehouse: Warehouse, tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(rss(rss_item(), title="Mine: updates on arXiv.org"))
    done = warehouse.called("ingest", file)
    hinted = done.stderr.strip().rpartition("--as ")[2]
    assert "None" not in done.stderr
    assert warehouse.called("ingest", "--as", hinted, file).returncode == 0
    wrong = warehouse.called("ingest", "--as", "arxiv:cs.XX:2026-11-20", file)
    assert wrong.returncode == 2
    assert "cs has AI" in wrong.stderr
