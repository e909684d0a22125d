"""Lists of subscribers: what is exported is imported again, and one bad line costs one person."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.digest.lists import COLUMNS, BadList, Imported, export_list, import_list
from tests.support.subscribing import START
from warehouse.requests import Requests
from warehouse.subscriber import Wishes
from warehouse.subscribers import Subscribers, open_subscribers

LATER = START + timedelta(days=3)
WISHES = Wishes(
    frequency="weekly",
    topics=("robotics", "memory"),
    words=("world, model", 'so-called "agents"', "naïve"),
    authors=("O'Neil, A.",),
    code_only=True,
    min_votes=3,
    max_papers=100,
    time_zone="Europe/Vienna",
    hour=23,
    unconfirmed="mark",
    when_nothing=True,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Subscribers]:
    with open_subscribers(tmp_path / "subscribers.sqlite") as opened:
        yield opened


def taken(
    store: Subscribers, tmp_path: Path, text: str | bytes, consent: str | None = None
) -> Imported:
    path = tmp_path / "list.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return import_list(store, path, consent=consent, now=LATER)


def exported(store: Subscribers) -> str:
    text = io.StringIO()
    export_list(store.all(), text)
    return text.getvalue()


def test_an_exported_list_is_imported_as_it_was(store: Subscribers, tmp_path: Path) -> None:
    for state in ("active", "paused", "stopped", "bouncing"):
        store.add(f"{state}@example.org", WISHES, state=state, origin="by hand, Nov", now=START)
    store.add("x@xn--bcher-kva.example.org", Wishes(), state="active", origin="form", now=START)
    text = exported(store)
    with open_subscribers(tmp_path / "other.sqlite") as other:
        done = taken(other, tmp_path, text)
        assert (done.n_added, done.faults) == (5, [])
        assert sorted(exported(other).splitlines()) == sorted(text.splitlines())
        again = taken(other, tmp_path, text)
        assert (again.n_added, again.n_there) == (0, 5)


def test_who_did_not_confirm_is_asked_again_and_never_added(
    store: Subscribers, tmp_path: Path
) -> None:
    store.add("p@example.org", Wishes(), state="pending", origin="form", now=START)
    text = exported(store)
    with open_subscribers(tmp_path / "other.sqlite") as other:
        assert taken(other, tmp_path, text, consent="they said so").n_asked == 1
        assert other.all() == []


def test_people_agreed_as_the_line_says_or_as_the_command_says_or_are_asked(
    store: Subscribers, tmp_path: Path
) -> None:
    lines = "address,origin\na@example.org,paper form 12\nb@example.org,\n"
    done = taken(store, tmp_path, lines, consent="meeting of 3 May")
    assert done.n_added == 2
    origins = {person.address: person.origin for person in store.all("active")}
    assert origins == {
        "a@example.org": "paper form 12",
        "b@example.org": "meeting of 3 May (import of list.csv)",
    }
    done = taken(store, tmp_path, "address\nc@example.org\nC@example.org\n")
    assert (done.n_asked, done.n_there) == (1, 1)
    asked = Requests(store).take(LATER)
    assert asked
    assert (asked.address, asked.origin) == ("c@example.org", "import of list.csv")


def test_a_bad_line_is_told_by_its_number_and_the_others_are_taken(
    store: Subscribers, tmp_path: Path
) -> None:
    lines = [
        "address,topics,hour,state,consented_at",
        "a@example.org,robotics,6,,",
        "no address,,,,",
        "b@example.org,robotic,,,",
        "c@example.org,,25,,",
        "d@example.org,,,sleeping,",
        "e@example.org,,,,yesterday",
        "f@example.org,,,,2026-11-01T00:00:00",
        "g@example.org,,,,,,too,many",
        '"h@example.org\nBcc: x@example.org",,,,',
        "",
        ",,,,",
        "\udcffi@example.org,,,,",
        "j@example.org",
    ]
    text = "\n".join(lines).encode("utf-8", "surrogateescape")
    done = taken(store, tmp_path, text, consent="asked in person")
    assert [person.address for person in sorted(store.all(), key=lambda p: p.address)] == [
        "a@example.org",
        "j@example.org",
    ]
    numbers = [int(fault.split(":")[0].removeprefix("line ")) for fault in done.faults]
    assert numbers == [3, 4, 5, 6, 7, 8, 9, 11, 14]
    assert "did you mean robotics" in done.faults[1]
    assert not any("@example" in fault for fault in done.faults)
    assert done.lines()[-1] == "2 added, 0 to be asked by mail, 0 there already, 9 refused"


@pytest.mark.parametrize(
    "below", ["", 'd@example.org,"agents"\n'], ids=["to the end", "to the next"]
)
def test_a_quotation_mark_that_nothing_closes_costs_its_own_line_only(
    store: Subscribers, tmp_path: Path, below: str
) -> None:
    text = f'address,words\na@example.org,"robots\nb@example.org,vision\nc@example.org,\n{below}'
    done = taken(store, tmp_path, text, consent="they asked")
    words = {person.address: person.wishes.words for person in store.all()}
    assert words.pop("d@example.org", ("agents",)) == ("agents",)
    assert words == {"b@example.org": ("vision",), "c@example.org": ()}
    assert [fault.partition(":")[0] for fault in done.faults] == ["line 2"]


def test_who_was_removed_is_not_brought_back_by_a_list_but_can_ask_anew(
    store: Subscribers, tmp_path: Path
) -> None:
    person = store.add("Gone@example.org", Wishes(), state="active", origin="form", now=START)
    text = exported(store)
    store.remove(person, now=START)
    for lines in (text, "address\ngone@EXAMPLE.org\n"):
        done = taken(store, tmp_path, lines, consent="sure")
        assert "was removed" in done.faults[0]
    assert store.all() == []
    asked = store.add("gone@example.org", Wishes(), state="pending", origin="form", now=LATER)
    assert store.confirm(asked, now=LATER).state == "active"


def test_a_list_of_another_program_is_read_whatever_ends_its_lines(
    store: Subscribers, tmp_path: Path
) -> None:
    text = b'\xef\xbb\xbfaddress,words\r\na@example.org,"one;two\nthree"\r\nb@example.org,\r\n'
    assert taken(store, tmp_path, text, consent="yes").n_added == 2
    assert {p.wishes.words for p in store.all()} == {("one", "two", "three"), ()}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column `address`"),
        ("mail\nx@example.org\n", "no column `address`"),
        ("address;hour\nx@example.org;7\n", "commas between them"),
        ("address,topic\n", "did you mean topics"),
        ("address,address\n", "twice"),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(
    store: Subscribers, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(BadList, match=said):
        taken(store, tmp_path, text)


def test_times_are_taken_in_utc_and_none_that_is_yet_to_come(
    store: Subscribers, tmp_path: Path
) -> None:
    lines = [
        "address,origin,asked_at,consented_at",
        "a@example.org,form,,2026-01-01T12:00:00+05:00",
        "b@example.org,form,,9999-12-31T23:59:59-14:00",
        "c@example.org,form,0001-01-01T00:00:00+14:00,",
    ]
    done = taken(store, tmp_path, "\n".join(lines))
    (person,) = store.all()
    assert str(person.consented_at) == "2026-01-01 07:00:00+00:00"
    assert done.faults == [
        "line 3: refused: consented_at: this time is yet to come",
        "line 4: refused: asked_at: there is no such time in UTC",
    ]


def test_no_origin_of_a_list_is_a_formula(store: Subscribers, tmp_path: Path) -> None:
    done = taken(store, tmp_path, 'address,origin\na@example.org,"=HYPERLINK(""http://x"")"\n')
    assert done.faults == ["line 2: refused: consent: it may not begin with one of =+-@"]
    assert store.all() == []


def test_no_cell_of_a_list_is_a_formula_that_somebody_typed_into_the_form(
    store: Subscribers,
) -> None:
    store.add("a@example.org", WISHES, state="active", origin="form", now=START)
    (row,) = csv.DictReader(io.StringIO(exported(store)))
    assert tuple(row) == COLUMNS
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())
