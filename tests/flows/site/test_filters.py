"""A filter follows by the same rules as the digest by mail: the same papers, in the same order."""

import pytest

from flows.settings.sections import FilterSettings
from flows.site.contents import Contents
from flows.site.words import paper_file
from tests.support.pages import FILTERS, HIDDEN, Built, Page
from warehouse.query.digest import Wished, prepare, rank
from warehouse.query.read_only import reading

pytestmark = pytest.mark.slow


def test_the_page_of_a_filter_orders_each_day_as_the_digest_does(
    built: Built, all_pages: dict[str, Page]
) -> None:
    wanted = FILTERS["kettles"]
    links = [link for link in all_pages["filters/kettles.html"].links if "/papers/" in link]
    days = built.warehouse.tuples(
        "SELECT DISTINCT listed_on FROM mart.listed_papers ORDER BY listed_on DESC"
    )
    expected = []
    with reading(built.warehouse.file) as connection:
        for (day,) in days:
            prepare(connection, f"{day}", "huggingface", day, day)
            asked = Wished(words=wanted.words, min_votes=wanted.min_votes)
            (ranked,) = rank(connection, f"{day}", [asked])
            expected += [one.paper_id for one in ranked if one.place != "top"]
    shown = dict.fromkeys(link for link in links if link.startswith("../papers/"))
    assert list(shown) == [f"../papers/{paper_file(paper_id)}.html" for paper_id in expected]
    assert len(expected) > 5


@pytest.mark.parametrize(
    ("wanted", "n_papers"),
    [
        (FilterSettings(authors=("seen",)), 1),
        (FilterSettings(authors=("Author S",)), 0),
        (FilterSettings(authors=("Seen, Author",), words=("same",)), 1),
        (FilterSettings(authors=("seen",), words=("kettle",)), 0),
        (FilterSettings(authors=(HIDDEN,)), 0),
        (FilterSettings(topics=("Diffusion Models",)), 11),
        (FilterSettings(topics=("diffusion models",), words=("NEW TITLE",)), 0),
        (FilterSettings(words=("new title",), code=True), 1),
    ],
)
def test_all_that_a_filter_gives_must_match(
    built: Built, wanted: FilterSettings, n_papers: int
) -> None:
    with reading(built.warehouse.file) as connection:
        contents = Contents(connection, fewest_papers=3, filters={"it": wanted})
        found = contents.rows("SELECT paper_id FROM members WHERE folder = 'filters'")
    assert len(found) == n_papers
