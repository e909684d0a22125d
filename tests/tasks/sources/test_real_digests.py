"""The parsers on real bodies, where they are at hand; numbers were counted independently."""

import hashlib
import re
from pathlib import Path

import pytest

from tasks.detect_format import detect_format
from tasks.errors import BadBody
from tasks.parse.model import ParsedBody
from tasks.sources.huggingface import parse_api, parse_page
from tests.support.folders import digests


def parsed(folder: str) -> list[ParsedBody]:
    return [parse_api.parse(path.read_bytes()) for path in sorted(digests(folder).glob("*.json"))]


def test_all_bodies_of_the_api_are_read_without_one_reject() -> None:
    bodies = parsed("huggingface/api")
    records = [record for body in bodies for record in body.records]
    assert (len(bodies), len(records)) == (292, 4_196)
    assert sum(len(record.authors) for record in records) == 40_382
    assert sum(len(body.rejects) for body in bodies) == 0
    assert all(re.fullmatch(r"\d{4}\.\d{4,5}", record.arxiv_id or "") for record in records)


def test_bodies_fetched_again_are_read_whole() -> None:
    bodies = parsed("huggingface/refetch")
    assert (sum(len(b.records) for b in bodies), sum(len(b.rejects) for b in bodies)) == (578, 0)


def test_the_page_and_its_cards_name_the_same_papers() -> None:
    content = (digests("huggingface/html") / "2024-08-01.html").read_bytes()
    whole = parse_page.parse(content)
    cards = parse_page.parse(content.replace(b'data-target="DailyPapers"', b'data-target="Moved"'))
    assert (len(whole.records), str(whole.shown_on)) == (13, "2024-08-01")
    assert [r.arxiv_id for r in cards.records] == [r.arxiv_id for r in whole.records]
    assert [r.title for r in cards.records] == [r.title_as_listed for r in whole.records]
    assert parse_page.PAGE.issue_of(content) == "daily:2024-08-01"


def test_the_saved_search_page_is_read_word_for_word() -> None:
    content = (digests("pagedump") / "000_afe59ee0768df88f.txt").read_bytes()
    lines = [line for line in content.decode().splitlines() if line.strip()]
    listed = lines[lines.index("by AK and the research community") + 1 :]
    told = detect_format(content, "000_afe59ee0768df88f.txt")
    key = hashlib.sha256(content).hexdigest()[:12]
    assert (str(told.issue), told.format.name) == (f"pagedump:search:{key}", "text")
    found = told.format.parse(content)
    assert len(found.records) == 63
    assert found.rejects == ()
    assert [r.title for r in found.records] == [line.strip() for line in listed[::2]]
    assert [r.abstract for r in found.records] == [line.strip() for line in listed[1::2]]
    unknown = {(r.arxiv_id, r.upvotes, r.published_at, r.submitted_at) for r in found.records}
    assert unknown == {(None, None, None, None)}


def odd_bodies() -> list[Path]:
    folder = digests("huggingface")
    return [*sorted((folder / "odd-bodies").iterdir()), folder / "html" / "not-huggingface.html"]


def test_bodies_that_are_no_issue_are_refused_and_say_what_they_are() -> None:
    assert len(odd_bodies()) == 4
    for path in odd_bodies():
        with pytest.raises(BadBody, match=r"expected .*, found "):
            recognise_and_parse(path)


def recognise_and_parse(path: Path) -> None:
    content = path.read_bytes()
    found = detect_format(content, "2026-11-20")
    found.format.parse(content)


def test_every_real_record_is_found_again_in_its_body() -> None:
    path = min(digests("huggingface/api").glob("*.json"))
    content = path.read_bytes()
    for record in parse_api.parse(content).records:
        raw = parse_api.locate(content, record.place)
        assert f'"{record.arxiv_id}' in raw.text
        assert content[raw.span.start : raw.span.end].decode() == raw.text
