"""What one person is sent: gathered once, shared by equal wishes, with what is doubtful of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from flows.digest.choose import Choices, Chosen, choose, is_worth_sending
from flows.digest.issues import Issue, due_issues
from schemas.derived import PAPER_FACTS
from tests.support.facts import Facts
from tests.support.letters import DAY
from tests.support.pages import HIDDEN, told
from tests.support.warehouse import Warehouse
from warehouse.query.read_only import reading
from warehouse.subscriber import Wishes

pytestmark = pytest.mark.slow

MORNING = datetime(2026, 11, 21, 6, tzinfo=UTC)
KETTLES = Wishes(words=("kettle",), authors=("Seen",))


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse whose titles are hostile; its lists of the 18th and 20th are still open."""
    warehouse = told(tmp_path_factory.mktemp("choose") / "home")
    with reading(warehouse.file) as opened:
        yield opened


@pytest.fixture(scope="module")
def friday(connection: duckdb.DuckDBPyConnection) -> Issue:
    return next(one for one in due_issues(connection, MORNING, 7) if one.key == "2026-11-20")


def ids(chosen: Chosen) -> list[str]:
    return [one.paper.paper_id for one in chosen.papers]


def test_papers_have_all_that_a_mail_says_of_them(
    connection: duckdb.DuckDBPyConnection, friday: Issue
) -> None:
    found = choose(connection, friday, KETTLES, MORNING)
    first, second = found.papers[:2]
    assert (first.place, first.authors, first.paper.names) == (
        "pinned",
        ("Author Seen",),
        ("Author Seen",),
    )
    assert (second.place, second.words) == ("match", ("kettle",))
    assert second.paper.title == "Kettle-11: Boiling Water with Diffusion Models"
    assert (second.paper.votes, second.paper.sentence) == (33, "We propose kettle 11.")
    assert second.paper.topics == ("diffusion models",)
    assert second.paper.pdf_url == "https://arxiv.org/pdf/2611.00111"
    assert len(found.papers) == friday.n_papers == 10
    assert found.votes_at == datetime(2026, 11, 20, 6, tzinfo=UTC)


def test_nothing_chosen_names_a_hidden_author_or_turns_text_around(
    connection: duckdb.DuckDBPyConnection, friday: Issue
) -> None:
    wishes = replace(KETTLES, authors=(HIDDEN, "Seen \u202e"), max_papers=100)
    found = choose(connection, friday, wishes, MORNING)
    assert HIDDEN not in repr(found.papers)
    assert [ord(c) for c in repr(found.papers) if not c.isprintable() and c != "\n"] == []


def test_equal_wishes_share_what_is_chosen_whenever_they_want_their_mail(
    connection: duckdb.DuckDBPyConnection, friday: Issue
) -> None:
    found = choose(connection, friday, KETTLES, MORNING)
    elsewhere = replace(KETTLES, time_zone="Asia/Tokyo", hour=22, unconfirmed="mark")
    assert choose(connection, friday, elsewhere, MORNING + timedelta(hours=9)) is found
    assert choose(connection, friday, replace(KETTLES, max_papers=3), MORNING) is not found
    assert choose(connection, friday, replace(KETTLES, language="de"), MORNING) is not found


def test_choosing_ahead_for_many_is_the_same_and_is_what_each_gets(
    connection: duckdb.DuckDBPyConnection, friday: Issue
) -> None:
    many = [replace(KETTLES, max_papers=n) for n in (1, 2, 3, 2)]
    mine = replace(friday, key="ahead")
    together, alone = Choices(connection, mine), Choices(connection, mine)
    together.gather(many, MORNING)
    assert [ids(together.choose(one, MORNING)) for one in many] == [
        ids(alone.choose(one, MORNING)) for one in many
    ]
    # from here on nothing is found any more
    connection.execute("DELETE FROM digest_papers WHERE issue = 'daily:ahead'")
    assert [len(together.choose(one, MORNING).papers) for one in many] == [1, 2, 3, 2]
    assert alone.choose(replace(KETTLES, max_papers=4), MORNING).papers == ()


def test_a_day_and_a_week_are_chosen_side_by_side(
    connection: duckdb.DuckDBPyConnection, friday: Issue
) -> None:
    week = next(one for one in due_issues(connection, MORNING, 7) if one.frequency == "weekly")
    of_day, of_week = Choices(connection, friday), Choices(connection, week)
    everything = Wishes(max_papers=100)
    assert len(of_day.choose(everything, MORNING).papers) == 10
    assert len(of_week.choose(everything, MORNING).papers) == week.n_papers == 19
    assert set(ids(of_day.choose(KETTLES, MORNING))) <= set(
        ids(of_week.choose(everything, MORNING))
    )


def test_a_list_that_may_be_incomplete_or_comes_late_is_marked(
    connection: duckdb.DuckDBPyConnection, friday: Issue
) -> None:
    monday = MORNING + timedelta(days=2)
    assert choose(connection, friday, KETTLES, MORNING).notes == ("incomplete",)
    assert choose(connection, friday, KETTLES, monday).notes == ("incomplete",)
    later = MORNING + timedelta(days=4)
    assert choose(connection, friday, KETTLES, later).notes == ("incomplete", "late")
    confirmed = replace(friday, is_confirmed=True)
    assert choose(connection, confirmed, KETTLES, MORNING).notes == ()


@pytest.mark.parametrize(
    ("url", "is_shown"),
    [
        ("https://github.com/example/kettle?a=b&c#d", True),
        ("javascript:alert(1)", False),
        ("https://github.com/example/two words", False),
        ("https://github.com/example/\u202eelttek", False),
        ("https://github.com/example\n/kettle", False),
    ],
)
def test_an_address_that_a_mail_reader_would_break_or_run_is_no_link(
    tmp_path: Path, url: str, is_shown: bool
) -> None:
    facts = Facts()
    facts.issue("huggingface:daily:2026-11-20", "2026-11-21 03:00")
    facts.paper("2611.00001")
    facts.listing("huggingface:daily:2026-11-20", "2611.00001", *["2026-11-21 03:00"] * 2)
    facts.add(PAPER_FACTS, paper_id="2611.00001", code_url=url, code="linked")
    warehouse = Warehouse(tmp_path)
    warehouse.fill(facts.tables())
    with reading(warehouse.file) as connection:
        (found,) = choose(connection, DAY, Wishes(), MORNING).papers
    assert found.paper.code_url == (url if is_shown else None)


def test_nothing_is_sent_where_nothing_is_left_unless_that_is_asked_for(
    connection: duckdb.DuckDBPyConnection, friday: Issue
) -> None:
    unmatched = Wishes(topics=("robotics",))
    assert is_worth_sending(choose(connection, friday, unmatched, MORNING), unmatched)
    strict = Wishes(min_votes=1_000)
    none = choose(connection, friday, strict, MORNING)
    assert none.papers == ()
    assert not is_worth_sending(none, strict)
    assert is_worth_sending(none, replace(strict, when_nothing=True))
    sunday = replace(DAY, on=friday.on + timedelta(days=2), n_papers=0)
    assert not is_worth_sending(choose(connection, sunday, Wishes(), MORNING), Wishes())
