"""A paper known by its title only becomes the paper it is once that is known, everywhere."""

import copy
from pathlib import Path

import pytest

from tasks.merge.resolve import provisional_id
from tasks.parse.text import title_key
from tests.support.samples import AFTERWARDS, API, FIRST, SEARCH, Item, items_of, write_items
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

WRAPPED = "Trellis-Zero: Rethinking Dynamic Scene Capture Under Mirrors That Look Like Doorways"
PLAIN = "Do Structure Predictors Need Failed Reactions?"
SHARED = "What Do Optimizers Learn from Activation Outliers?"
NEW_ID = "2611.99901"


DAY = "2026-11-16"


def titled(title: str, arxiv_id: str) -> Item:
    """An item of the API like those of the sample, for a paper of this title."""
    item = copy.deepcopy(items_of(API / "2026-11-06.json")[0])
    item["title"] = item["paper"]["title"] = title
    item["paper"] |= {"id": arxiv_id, "submittedOnDailyAt": f"{DAY}T04:00:00.000Z"}
    return item


def day_with(folder: Path, *items: Item) -> Path:
    return write_items(folder / "bodies" / f"{DAY}.json", list(items))


def ids_of(warehouse: Warehouse, title: str) -> dict[str, set[str]]:
    """Under which ids a title stands, by table."""
    paper = f"paper_id IN ('{provisional_id(title_key(title))}', '{NEW_ID}')"
    return {
        table: {row["paper_id"] for row in warehouse.rows(f"SELECT * FROM {table} WHERE {paper}")}
        for table in ("core.listings", "core.paper_versions", "core.papers", "core.observations")
    }


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse with a search page in it; only to be read or copied."""
    warehouse = Warehouse(tmp_path_factory.mktemp("searched") / "home")
    assert warehouse.ingest(SEARCH, at=FIRST).count("n_accepted") == 12
    return warehouse


def test_a_paper_of_a_search_page_has_a_provisional_id_and_no_invented_facts(
    searched: Warehouse,
) -> None:
    warehouse = searched
    rows = warehouse.rows("SELECT * FROM core.papers JOIN core.listings USING (paper_id)")
    assert len(rows) == 12
    for row in rows:
        assert row["paper_id"] == provisional_id(title_key(row["title"]))
        unknown = ("arxiv_id", "published_at", "github_repo", "submitted_at", "submitter")
        assert {row[name] for name in unknown} == {None}
    assert WRAPPED in {row["title"] for row in rows}
    assert warehouse.value("SELECT count(*) FROM core.observations") == 0
    assert warehouse.rows("SELECT issued_on, source, edition FROM core.issues") == [
        {"issued_on": None, "source": "pagedump", "edition": "search"}
    ]


def test_a_provisional_paper_becomes_the_real_one_when_its_title_turns_up_with_an_id(
    searched: Warehouse, tmp_path: Path
) -> None:
    warehouse = searched.copy_to(tmp_path / "home")
    warehouse.ingest(day_with(tmp_path, titled(WRAPPED.upper(), NEW_ID)), at=AFTERWARDS)

    assert list(ids_of(warehouse, WRAPPED).values()) == [{NEW_ID}] * 4
    assert warehouse.rows("SELECT alias_id, paper_id, resolved_by FROM core.paper_aliases") == [
        {
            "alias_id": provisional_id(title_key(WRAPPED)),
            "paper_id": NEW_ID,
            "resolved_by": "title",
        }
    ]
    listed = warehouse.rows(f"SELECT * FROM core.listings WHERE paper_id = '{NEW_ID}'")
    assert {row["issue_id"].split(":")[0] for row in listed} == {"pagedump", "huggingface"}
    versions = warehouse.rows(
        f"SELECT * FROM core.paper_versions WHERE paper_id = '{NEW_ID}' ORDER BY valid_from"
    )
    assert [(row["source"], row["valid_from"], row["valid_to"]) for row in versions] == [
        ("pagedump", FIRST, None),
        ("huggingface", AFTERWARDS, None),
    ]
    assert {row["arxiv_id"] for row in versions} == {NEW_ID}
    assert {row["paper_month"] for row in versions} == {"2026-11"}
    assert warehouse.value("SELECT count(*) FROM core.listings") == 13
    assert warehouse.value("SELECT count(*) FROM core.papers") == 12


def test_a_title_is_joined_to_the_one_known_paper_that_has_it_and_never_guessed_among_two(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    first = [titled(PLAIN, NEW_ID), titled(SHARED, "2611.99902"), titled(SHARED, "2611.99903")]
    warehouse.ingest(day_with(tmp_path, *first), at=FIRST)
    warehouse.ingest(SEARCH, at=AFTERWARDS)

    assert ids_of(warehouse, PLAIN)["core.listings"] == {NEW_ID}
    provisional = provisional_id(title_key(SHARED))
    assert (
        warehouse.value(f"SELECT count(*) FROM core.listings WHERE paper_id = '{provisional}'") == 1
    )
    assert warehouse.value("SELECT count(*) FROM core.papers WHERE paper_id LIKE 'title:%'") == 11
    assert provisional not in {r["alias_id"] for r in warehouse.rows("FROM core.paper_aliases")}
