"""A body is parsed once on its way, and one that is loaded already is not read again.

Prevents the load that is slow because each step reads for itself what the step before it knew.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.jobs.ingest import ingest
from flows.pipeline.report import RunReport
from flows.settings import Settings
from tasks.parse.model import ParsedBody
from tasks.sources import Format, sources
from tests.replica.bodies import Bodies
from tests.replica.inside import Inside, replica_inside
from tests.support.arxiv_bodies import mailed, mailing, rss, rss_item
from tests.support.folders import SAMPLE
from tests.support.mails import mail, plain_mail
from tests.support.saved import LINKS

pytestmark = pytest.mark.slow

AT = datetime(2026, 11, 14, 6, tzinfo=UTC)
LATER = datetime(2026, 11, 14, 18, tzinfo=UTC)
ISSUE = "huggingface:daily:2026-11-12"
API = "/api/daily_papers"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each body was parsed, by the SHA-256 of its bytes."""
    counts: Counter[str] = Counter()
    for name, source in list(sources().items()):
        counted = tuple(_counted(body_format, counts) for body_format in source.formats)
        monkeypatch.setitem(sources(), name, replace(source, formats=counted))
    return counts


def _counted(body_format: Format, counts: Counter[str]) -> Format:
    """The format, counting what it parses; recognising is parsing where it gives what was read."""

    def counting(work: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
        def counted(content: bytes) -> Any:
            found = work(content)
            if isinstance(found, ParsedBody):
                counts[hashlib.sha256(content).hexdigest()] += 1
            return found

        return counted

    recognise, parse = counting(body_format.recognise), counting(body_format.parse)
    return replace(body_format, recognise=recognise, parse=parse)


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Inside]:
    with replica_inside(Bodies(SAMPLE), AT.date(), tmp_path / "requests.jsonl") as running:
        yield running


def fetched(home: Path, replica: Inside, *, at: datetime) -> RunReport:
    source = {"huggingface": {"base_url": replica.url}}
    return ingest(Settings(home=home, sources=source), [ISSUE], clock=lambda: at)


ANSWER = (SAMPLE / "huggingface/api/2026-11-12.json").read_bytes()
FILES: dict[str, tuple[str, bytes]] = {
    "an answer of the API": ("2026-11-12.json", ANSWER),
    "a page": ("2026-11-13.html", (SAMPLE / "huggingface/html/2026-11-13.html").read_bytes()),
    "a saved text": ("search.txt", (SAMPLE / "pagedump/search.txt").read_bytes()),
    "a feed": ("2026-11-12.xml", rss(rss_item("2611.00001"))),
    "a mailing": ("mailing.txt", mailing([mailed("2611.00001")]).encode()),
    "a mail of links": ("digest.eml", mail()),
    "a mail that holds a text": ("text.eml", plain_mail(LINKS)),
}


@pytest.mark.parametrize(("name", "content"), FILES.values(), ids=FILES)
def test_a_file_is_parsed_once(
    home: Path, tmp_path: Path, parsed: Counter[str], name: str, content: bytes
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    report = ingest(Settings(home=home), [str(file)], clock=lambda: AT)
    assert report.outcome == "ok"
    assert parsed.pop(hashlib.sha256(content).hexdigest()) == 1
    assert all(count == 1 for count in parsed.values()), "what a mail holds is a body of its own"


def test_a_fetched_issue_is_parsed_once(home: Path, replica: Inside, parsed: Counter[str]) -> None:
    assert fetched(home, replica, at=AT).outcome == "ok"
    assert list(parsed.values()) == [1]


def served(replica: Inside, items: list[dict[str, Any]], **how: Any) -> str:
    """Have the replica answer with these items; gives the SHA-256 of the body."""
    body = json.dumps(items, **how).encode()
    folder = replica.log.parent / "served" / "huggingface" / "api"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "2026-11-12.json").write_bytes(body)
    site = replace(replica.server.service.site, bodies=Bodies(folder.parents[1]))
    replica.change(site=site)
    return hashlib.sha256(body).hexdigest()


def items() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ANSWER)
    return found


def test_an_answer_that_says_the_same_is_told_without_reading_what_is_loaded(
    home: Path, replica: Inside, parsed: Counter[str]
) -> None:
    served(replica, items())
    fetched(home, replica, at=AT)
    (stored,) = (home / "landing").rglob("*.api.zst")
    stored.unlink()
    again = served(replica, items(), indent=3)
    parsed.clear()
    (outcome,) = fetched(home, replica, at=LATER).outcomes
    assert outcome.outcome == "unchanged"
    assert parsed == {again: 1}


def test_an_answer_that_says_more_is_parsed_once_and_loaded(
    home: Path, replica: Inside, parsed: Counter[str]
) -> None:
    served(replica, items())
    fetched(home, replica, at=AT)
    changed = items()
    changed[0]["paper"]["upvotes"] += 1
    again = served(replica, changed)
    parsed.clear()
    report = fetched(home, replica, at=LATER)
    assert report.changes["core.observations"].added == 1
    assert parsed == {again: 1}


def test_what_an_older_version_landed_is_compared_with_by_its_bytes(
    home: Path, replica: Inside, parsed: Counter[str]
) -> None:
    first = served(replica, items())
    fetched(home, replica, at=AT)
    (lines,) = (home / "landing").rglob("receipts.jsonl")
    record = json.loads(lines.read_text())
    del record["headers"]["content"]
    lines.write_text(json.dumps(record) + "\n")
    again = served(replica, items(), indent=3)
    parsed.clear()
    (outcome,) = fetched(home, replica, at=LATER).outcomes
    assert outcome.outcome == "unchanged"
    assert parsed == {again: 1, first: 1}
