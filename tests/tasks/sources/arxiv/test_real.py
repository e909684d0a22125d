"""arXiv's own feeds, answers and mailings, where they are at hand, against counts made here."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from tasks.detect_format import Detected, detect_format
from tasks.errors import BadBody
from tests.support.folders import digests

EXCHANGES = {
    "recorded-id_0000.0000_s0_m100_8b51d9633a68": (0, "arxiv:ids:0000.0000"),
    "recorded-id_astro-ph_0601001_s0_m100_3150dca9dc76": (1, "arxiv:ids:astro-ph/0601001"),
    "recorded-q_testing_s0_m10_bc5a6c384fe9": (10, "arxiv:query:all:testing"),
    "recorded-q_testing_s10_m10_34e56e15aaac": (10, "arxiv:query:all:testing"),
}


def told(content: bytes, name: str) -> tuple[Detected, list[str]]:
    """What a body is, and the ids in it; every record is found again in the bytes."""
    found = detect_format(content, name)
    parsed = found.format.parse(content)
    assert parsed.rejects == ()
    for record in parsed.records:
        raw = found.format.locate(content, record.place)
        assert record.arxiv_id is not None
        assert record.arxiv_id in raw.text
        assert content[slice(*raw.span)].decode() == raw.text
        assert record.title
        assert record.authors
        assert record.categories
    return found, [record.arxiv_id or "" for record in parsed.records]


@pytest.mark.parametrize("name", ["cs_ai", "cs_cl", "cs_lg", "weekend_empty"])
def test_feeds_are_read_whole(name: str) -> None:
    path = digests("arxiv/rss") / f"arxiv_{name}.xml"
    content = path.read_bytes()
    found, ids = told(content, path.name)
    assert ids == re.findall(r"oai:arXiv\.org:([\d.]+)v\d+<", content.decode())
    assert len(ids) == content.count(b"<item>") == (0 if name == "weekend_empty" else 3)
    records = found.format.parse(content).records
    n_commas = sum(line.count(",") for line in re.findall("<dc:creator>.*", content.decode()))
    assert sum(len(record.authors) for record in records) == n_commas + len(ids)
    issues = {
        "cs_ai": "arxiv:cs.AI:2026-04-27",
        "cs_cl": "arxiv:cs.CL:2026-04-27",
        "cs_lg": "arxiv:cs.LG:2026-04-27",
        "weekend_empty": "arxiv:cs.CL:2026-08-01",
    }
    assert str(found.issue) == issues[name]


def test_an_answer_of_fifty_papers_is_read_whole() -> None:
    path = digests("arxiv/atom") / "arxiv_feed.xml"
    content = path.read_bytes()
    found, ids = told(content, path.name)
    assert ids == re.findall(r"<id>http://arxiv\.org/abs/([\d.]+)v\d+</id>", content.decode())
    assert len(ids) == 50
    records = found.format.parse(content).records
    assert sum(len(record.authors) for record in records) == content.count(b"<name>") == 243
    primary = re.findall(r'primary_category term="([^"]+)"', content.decode())
    assert [(record.categories or ("",))[0] for record in records] == primary
    assert found.format.parse(content).n_declared == 50


@pytest.mark.parametrize("name", EXCHANGES)
def test_recorded_answers_are_read_whole(name: str) -> None:
    path = digests("arxiv/atom") / f"{name}.json"
    content = json.loads(path.read_bytes())["body"].encode()
    found, ids = told(content, path.name)
    assert ids == re.findall(r"<id>http://arxiv\.org/abs/(\S+?)v\d+</id>", content.decode())
    assert (len(ids), str(found.issue)) == EXCHANGES[name]
    assert found.format.parse(content).n_declared == len(ids)


def test_the_recorded_error_is_told_in_arxivs_words() -> None:
    [path] = (digests("arxiv/atom")).glob("recorded-id_abc_*.json")
    exchange = json.loads(path.read_bytes())
    assert exchange["status_code"] == 400
    with pytest.raises(BadBody, match="arXiv's error: incorrect id format for abc"):
        detect_format(exchange["body"].encode(), path.name)


def test_the_mailing_reconciles_with_what_its_subject_declares() -> None:
    path = digests("arxiv/mailing") / "astro-ph-new.txt"
    content = path.read_bytes()
    found, ids = told(content, path.name)
    lines = content.decode().splitlines()
    assert "Subject: astro-ph daily 53 new + 4 crosses received" in lines
    assert ids == [line[6:].split()[0] for line in lines if line.startswith("arXiv:")]
    records = found.format.parse(content).records
    kinds = Counter(record.listing_type for record in records)
    n_replaced = sum(line.startswith("replaced with ") for line in lines)
    assert kinds == {"new": 53, "cross": 4, "replace": 29, "replace-cross": 11}
    assert n_replaced == 29 + 11
    assert found.format.parse(content).n_declared == len(records) == 53 + 4 + n_replaced == 97
    assert str(found.issue) == "arxiv:astro-ph:2023-03-03"
    assert sum(record.abstract is not None for record in records) == 53 + 4


@pytest.mark.parametrize(("name", "count"), [("AG", 2), ("OA", 3)])
def test_mailings_of_a_subject_class_are_read_whole(name: str, count: int) -> None:
    path: Path = digests("arxiv/mailing") / f"math-new.{name}.txt"
    content = path.read_bytes()
    found, ids = told(content, path.name)
    assert len(ids) == content.count(b"\narXiv:") == count
    assert (str(found.issue), found.format.parse(content).n_declared) == (
        f"arxiv:math.{name}:2023-06-09",
        None,
    )
