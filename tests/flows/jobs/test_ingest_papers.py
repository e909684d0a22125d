"""A paper known by its title only becomes the paper it is once that is known, everywhere."""

import copy
from pathlib import Path

import pytest

from tasks.merge.resolve import provisional_id
from tasks.parse.text import title_key
from tests.support.house import AFTERWARDS, API, FIRST, SEARCH, House, Item, items_of, write_items

pytestmark = pytest.mark.slow

WRAPPED = "Trellis-Zero: Rethinking Dynamic Scene Capture Under Mirrors That Look Like Doorways"
PLAIN = "Do Structure Predictors Need Failed Reactions?"
SHARED = "What Do Optimizers Learn from Activation Outliers?"
NEW_ID = "2611.99901"


def titled(title: str, arxiv_id: str) -> Item:
    """An item of the API like those of the sample, for a paper of this title."""
    item = copy.deepcopy(items_of(API / "2026-11-06.json")[0])
    item["title"] = item["paper"]["title"] = title
    item["paper"]["id"] = arxiv_id
    return item


def day_with(folder: Path, *items: Item) -> Path:
    return write_items(folder / "bodies" / "2026-11-16.json", list(items))


def ids_of(house: House, title: str) -> dict[str, set[str]]:
    """Under which ids a title stands, by table."""
    paper = f"paper_id IN ('{provisional_id(title_key(title))}', '{NEW_ID}')"
    return {
        table: {row["paper_id"] for row in house.rows(f"SELECT * FROM {table} WHERE {paper}")}
        for table in ("core.listings", "core.paper_versions", "core.papers", "core.observations")
    }


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A warehouse with a search page in it; only to be read or copied."""
    house = House(tmp_path_factory.mktemp("searched") / "home")
    assert house.ingest(SEARCH, at=FIRST).count("n_accepted") == 12
    return house


def test_a_paper_of_a_search_page_has_a_provisional_id_and_no_invented_facts(
    searched: House,
) -> None:
    house = searched
    rows = house.rows("SELECT * FROM core.papers JOIN core.listings USING (paper_id)")
    assert len(rows) == 12
    for row in rows:
        assert row["paper_id"] == provisional_id(title_key(row["title"]))
        unknown = ("arxiv_id", "published_at", "github_repo", "submitted_at", "submitter")
        assert {row[name] for name in unknown} == {None}
    assert WRAPPED in {row["title"] for row in rows}
    assert house.value("SELECT count(*) FROM core.observations") == 0
    assert house.rows("SELECT issued_on, source, edition FROM core.issues") == [
        {"issued_on": None, "source": "pagedump", "edition": "search"}
    ]


def test_a_provisional_paper_becomes_the_real_one_when_its_title_turns_up_with_an_id(
    searched: House, tmp_path: Path
) -> None:
    house = searched.copy_to(tmp_path / "home")
    house.ingest(day_with(tmp_path, titled(WRAPPED.upper(), NEW_ID)), at=AFTERWARDS)

    assert list(ids_of(house, WRAPPED).values()) == [{NEW_ID}] * 4
    assert house.rows("SELECT alias_id, paper_id, resolved_by FROM core.paper_aliases") == [
        {
            "alias_id": provisional_id(title_key(WRAPPED)),
            "paper_id": NEW_ID,
            "resolved_by": "title",
        }
    ]
    listed = house.rows(f"SELECT * FROM core.listings WHERE paper_id = '{NEW_ID}'")
    assert {row["issue_id"].split(":")[0] for row in listed} == {"pagedump", "huggingface"}
    versions = house.rows(
        f"SELECT * FROM core.paper_versions WHERE paper_id = '{NEW_ID}' ORDER BY valid_from"
    )
    assert [(row["valid_from"], row["valid_to"]) for row in versions] == [
        (FIRST, AFTERWARDS),
        (AFTERWARDS, None),
    ]
    assert {row["arxiv_id"] for row in versions} == {NEW_ID}
    assert {row["paper_month"] for row in versions} == {"2026-11"}
    assert house.value("SELECT count(*) FROM core.listings") == 13
    assert house.value("SELECT count(*) FROM core.papers") == 12


def test_a_title_is_joined_to_the_one_known_paper_that_has_it_and_never_guessed_among_two(
    house: House, tmp_path: Path
) -> None:
    first = [titled(PLAIN, NEW_ID), titled(SHARED, "2611.99902"), titled(SHARED, "2611.99903")]
    house.ingest(day_with(tmp_path, *first), at=FIRST)
    house.ingest(SEARCH, at=AFTERWARDS)

    assert ids_of(house, PLAIN)["core.listings"] == {NEW_ID}
    provisional = provisional_id(title_key(SHARED))
    assert house.value(f"SELECT count(*) FROM core.listings WHERE paper_id = '{provisional}'") == 1
    assert house.value("SELECT count(*) FROM core.papers WHERE paper_id LIKE 'title:%'") == 11
    assert provisional not in {r["alias_id"] for r in house.rows("FROM core.paper_aliases")}
