"""What a person is shown of an issue: what matches, what is hidden, and in which order."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from schemas.core import PAPER_AUTHORS
from schemas.derived import PAPER_FACTS, PAPER_TOPICS
from tests.support.facts import Facts, at
from tests.support.warehouse import Warehouse
from warehouse.query.digest import Ranked, Wished, prepare, rank
from warehouse.query.read_only import reading

DAY = "huggingface:daily:2026-11-20"
SEEN = "2026-11-21 03:00"
PAPERS: dict[str, dict[str, Any]] = {
    "few votes": {
        "title": "Kites",
        "abstract": "A paper of r\u00e9sum\u00e9s and sailing.",
        "authors": ["Fei-Fei Li", "Ana D\u00edaz"],
        "votes": 2,
    },
    "many votes": {"title": "Lamps", "authors": ["Alice Lin"], "votes": 90, "code": True},
    "tie b": {"title": "Knots", "authors": ["Li, Wei"], "votes": 40, "topics": ["robotics"]},
    "tie a": {"title": "GRASPING Things", "authors": ["Bo \u00d8rsted"], "votes": 40},
    "not counted": {"title": "Gravel", "authors": ["Chi-Li"], "votes": None, "code": True},
    "withdrawn": {"title": "Gone", "authors": ["Fei-Fei Li"], "votes": 99, "withdrawn": True},
    "hidden": {"title": "Veils", "authors": ["Ann Unseen"], "votes": 1, "hides": True},
}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The papers above in one issue, another day's paper beside it."""
    with reading(_published(tmp_path_factory.mktemp("digest"))) as opened:
        prepare(opened, "it", "huggingface", date(2026, 11, 20), date(2026, 11, 20))
        yield opened


def _published(home: Path) -> Path:
    facts = Facts()
    facts.issue(DAY, SEEN)
    facts.issue("huggingface:daily:2026-11-19", SEEN)
    facts.paper("other day", title="Kites Again")
    facts.listing("huggingface:daily:2026-11-19", "other day", SEEN, SEEN)
    for paper, told in PAPERS.items():
        withdrawn_at = at(SEEN) if told.get("withdrawn") else None
        facts.paper(
            paper, title=told["title"], abstract=told.get("abstract"), withdrawn_at=withdrawn_at
        )
        facts.listing(DAY, paper, SEEN, SEEN)
        if told["votes"] is not None:
            facts.seen(paper, SEEN, upvotes=told["votes"])
        for position, name in enumerate(told["authors"], 1):
            facts.add(
                PAPER_AUTHORS,
                paper_id=paper,
                position=position,
                name=name,
                name_key=name.lower(),
                is_hidden=told.get("hides", False),
                is_current=True,
            )
        for topic in told.get("topics", ()):
            facts.add(PAPER_TOPICS, paper_id=paper, topic=topic, confidence=0.9)
        url = f"https://github.com/example/{paper[:4].strip()}" if told.get("code") else None
        facts.add(PAPER_FACTS, paper_id=paper, code_url=url, code="linked" if url else "none")
    warehouse = Warehouse(home)
    warehouse.fill(facts.tables())
    return warehouse.file


def ranked(connection: duckdb.DuckDBPyConnection, **wishes: Any) -> list[Ranked]:
    (found,) = rank(connection, "it", [Wished(**wishes)])
    return found


def order(connection: duckdb.DuckDBPyConnection, **wishes: Any) -> list[str]:
    return [one.paper_id for one in ranked(connection, **wishes)]


def matching(connection: duckdb.DuckDBPyConnection, **wishes: Any) -> set[str]:
    return {one.paper_id for one in ranked(connection, **wishes) if one.place != "top"}


def test_without_wishes_the_most_voted_come_first_and_ties_are_always_broken_alike(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    expected = ["many votes", "tie a", "tie b", "few votes", "hidden", "not counted"]
    assert order(connection) == expected
    assert order(connection, max_papers=2) == expected[:2]


def test_followed_authors_come_first_then_what_matches_then_the_top(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    found = ranked(connection, authors=["D\u00edaz"], words=["gravel"], topics=["robotics"])
    assert [(one.paper_id, one.place) for one in found] == [
        ("few votes", "pinned"),
        ("tie b", "match"),
        ("not counted", "match"),
        ("many votes", "top"),
        ("tie a", "top"),
        ("hidden", "top"),
    ]
    assert [found[n][2:] for n in range(3)] == [
        ((), (), ("Ana D\u00edaz",)),
        (("robotics",), (), ()),
        ((), ("gravel",), ()),
    ]


@pytest.mark.parametrize(
    ("wish", "papers"),
    [
        ("Li", {"few votes", "not counted", "tie b"}),
        ("fei fei li", {"few votes"}),
        ("Li, Fei-Fei", {"few votes"}),
        ("LI WEI", set()),
        ("Wei", {"tie b"}),
        ("Diaz", {"few votes"}),
        ("D\u00cdAZ", {"few votes"}),
        ("Ali", set()),
        ("ice", set()),
        ("Ann Unseen", set()),
        ("Li Ana", set()),
        (" - ", set()),
        ("", set()),
        ("%", set()),
    ],
)
def test_a_name_matches_whole_parts_of_names_and_never_hidden_ones(
    connection: duckdb.DuckDBPyConnection, wish: str, papers: set[str]
) -> None:
    assert matching(connection, authors=[wish]) == papers


@pytest.mark.parametrize(
    ("wish", "papers"),
    [
        ("grasp", {"tie a"}),
        ("  SAIL ", {"few votes"}),
        ("Resumes and", {"few votes"}),
        ("kites again", set()),
        ("", set()),
        ("...", set()),
        ("it's \\ '' \" ; DROP", set()),
    ],
)
def test_words_match_within_title_and_abstract_without_case_and_accents(
    connection: duckdb.DuckDBPyConnection, wish: str, papers: set[str]
) -> None:
    assert matching(connection, words=[wish]) == papers


def test_a_topic_matches_as_a_whole_without_case(connection: duckdb.DuckDBPyConnection) -> None:
    assert matching(connection, topics=["Robotics "]) == {"tie b"}
    assert matching(connection, topics=["robot"]) == set()
    assert matching(connection, topics=[""]) == set()


def test_code_and_votes_hide_papers_also_those_of_followed_authors(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert order(connection, code_only=True, authors=["Li"]) == ["not counted", "many votes"]
    assert order(connection, min_votes=40, authors=["Diaz"]) == ["many votes", "tie a", "tie b"]


def test_many_people_at_once_each_get_what_one_alone_does(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    wishes = [
        Wished(),
        Wished(min_votes=1_000),
        Wished(topics=["robotics"], max_papers=2),
        Wished(authors=["Li"], words=["gravel", "kites"], code_only=True),
        Wished(words=["gravel"]),
    ]
    together = rank(connection, "it", wishes)
    assert together == [rank(connection, "it", [one])[0] for one in wishes]
    assert [len(papers) for papers in together] == [6, 0, 2, 2, 6]
    assert rank(connection, "it", []) == []
