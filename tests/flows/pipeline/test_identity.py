"""Which paper a title means follows from all that is loaded, whatever came first."""

import random
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.jobs.replay import replay
from flows.jobs.review import withdraw
from flows.settings import Settings
from tests.support.bodies import ABSTRACT
from tests.support.compare import current_rows, differences
from tests.support.examples import FEW
from tests.support.issues import T0, Body, day, item
from tests.support.mails import mail
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

FIRST, SECOND = "2611.00001", "2611.00002"
KETTLE, SPOON = "KettleBench: Boiling at Length", "SpoonNet: Stirring at Length"
DAY = "huggingface:daily:2026-11-20"
LETTER, DUMP = "mailbox:weekly.cafe.example:2026-05-05.0123456789ab", "pagedump:search:afe59ee0768d"
AFTER = T0 + timedelta(days=1)


def api(*papers: tuple[str, str], hours: int = 0) -> Body:
    """A day of the API with these ids and titles."""
    return day("2026-11-20", [item(*paper) for paper in papers], minutes=60 * hours)


def letter(*papers: tuple[str, str], hours: int = 0) -> Body:
    """A mail that names these papers."""
    items = "".join(
        f'<h3><a href="https://arxiv.org/abs/{paper}">{title}</a></h3>' for paper, title in papers
    )
    content = mail(f"<html><body><div>{items}</div></body></html>")
    return Body(LETTER, content, T0 + timedelta(hours=hours))


def dump(*titles: str, hours: int = 0) -> Body:
    """A page as somebody copied it: titles and abstracts, no ids."""
    paragraphs = [text for title in titles for text in (title, f"{title}: {ABSTRACT}")]
    content = "\n\n".join(["Daily Papers", *paragraphs]).encode()
    return Body(DUMP, content, T0 + timedelta(hours=hours))


def loaded(folder: Path, *bodies: Body) -> Warehouse:
    """A warehouse into which each body was loaded by a run of its own."""
    warehouse = Warehouse(folder)
    for number, body in enumerate(bodies):
        report = warehouse.load([body], now=AFTER + timedelta(minutes=number))
        assert report.exit_code == 0, report.lines()
    return warehouse


def papers_of(warehouse: Warehouse, issue: str = DUMP) -> list[tuple[str, str]]:
    """What an issue lists: paper and title as printed."""
    query = "SELECT paper_id, title_as_listed FROM core.listings WHERE issue_id = ? ORDER BY rank"
    rows = warehouse.rows(query.replace("?", f"'{issue}'"))
    return [(row["paper_id"], row["title_as_listed"]) for row in rows]


RIGHT = [(FIRST, KETTLE), (SECOND, SPOON)]
SWAPPED = [(FIRST, SPOON), (SECOND, KETTLE)]


def test_titles_that_a_weaker_source_swaps_bind_nothing_in_any_order(tmp_path: Path) -> None:
    bodies = [letter(*SWAPPED), dump(KETTLE, SPOON, hours=1), api(*RIGHT, hours=2)]
    expected = None
    for number, order in enumerate(permutations(bodies)):
        warehouse = loaded(tmp_path / str(number), *order)
        assert papers_of(warehouse) == RIGHT, [body.issue for body in order]
        rows = current_rows(warehouse)
        expected = expected or rows
        assert differences(expected, rows) == {}, [body.issue for body in order]


def test_replay_ends_in_the_same_rows(tmp_path: Path) -> None:
    warehouse = loaded(
        tmp_path, letter(*SWAPPED), dump(KETTLE, SPOON, hours=1), api(*RIGHT, hours=2)
    )
    before = current_rows(warehouse)
    replay(Settings(home=warehouse.home), clock=lambda: AFTER + timedelta(hours=1))
    assert differences(before, current_rows(warehouse)) == {}


def test_a_second_paper_of_the_title_takes_back_what_the_first_one_got(tmp_path: Path) -> None:
    both = api((FIRST, KETTLE), (SECOND, KETTLE), hours=2)
    in_order = loaded(tmp_path / "in order", api((FIRST, KETTLE)), dump(KETTLE, hours=1), both)
    [(paper, _)] = papers_of(in_order)
    assert paper.startswith("title:")
    together = Warehouse(tmp_path / "together")
    together.load([api((FIRST, KETTLE)), dump(KETTLE, hours=1), both], now=AFTER)
    assert differences(current_rows(together), current_rows(in_order)) == {}


def test_a_title_that_two_papers_had_binds_once_a_better_source_gives_one_another(
    tmp_path: Path,
) -> None:
    told = letter((FIRST, KETTLE), (SECOND, KETTLE)), dump(KETTLE, hours=1)
    warehouse = loaded(tmp_path / "home", *told, api((SECOND, SPOON), hours=2))
    assert papers_of(warehouse) == [(FIRST, KETTLE)]
    together = Warehouse(tmp_path / "together")
    together.load([*told, api((SECOND, SPOON), hours=2)], now=AFTER)
    assert differences(current_rows(together), current_rows(warehouse)) == {}


def test_what_a_withdrawn_issue_said_of_ids_is_taken_back(tmp_path: Path) -> None:
    named, told = letter(*RIGHT), dump(KETTLE, SPOON, hours=1)
    warehouse = loaded(tmp_path / "home", named, told)
    assert papers_of(warehouse) == RIGHT
    settings, later = Settings(home=warehouse.home), AFTER + timedelta(hours=1)
    withdraw(settings, (LETTER,), why="another digest", clock=lambda: later)
    never = loaded(tmp_path / "never", told)
    assert differences(current_rows(never), current_rows(warehouse)) == {}
    replay(settings, clock=lambda: later + timedelta(hours=1))
    assert differences(current_rows(never), current_rows(warehouse)) == {}


IDS, TITLES = [FIRST, SECOND, "2611.00003"], [KETTLE, SPOON, "ForkMap: Eating at Length"]


@st.composite
def captures(draw: st.DrawFn) -> list[Body]:
    """Bodies of three witnesses that name a few papers, rightly or wrongly, or by title alone."""
    named = st.lists(st.sampled_from(TITLES), min_size=3, max_size=3)
    pairs = named.map(lambda titles: list(zip(IDS, titles, strict=True)))
    titles = st.permutations(TITLES)
    bodies = []
    for hours in range(draw(st.integers(3, 5))):
        witness = draw(st.sampled_from(["api", "letter", "dump"]))
        if witness == "dump":
            bodies.append(dump(*draw(titles), hours=hours))
        else:
            body_of = api if witness == "api" else letter
            bodies.append(body_of(*draw(pairs), hours=hours))
    return bodies


@FEW
@given(bodies=captures(), order=st.randoms(use_true_random=False))
def test_any_order_of_the_same_captures_ends_in_the_same_papers(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[Body], order: random.Random
) -> None:
    folder = tmp_path_factory.mktemp("identity")
    together = Warehouse(folder / "together")
    together.load(bodies, now=AFTER)
    shuffled = list(bodies)
    order.shuffle(shuffled)
    apart = loaded(folder / "apart", *shuffled)
    assert differences(current_rows(together), current_rows(apart)) == {}
