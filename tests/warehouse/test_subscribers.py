import random
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from warehouse.requests import Requests
from warehouse.subscriber import Wishes
from warehouse.subscribers import (
    AlreadySubscribed,
    SubscriberChanged,
    SubscribersClosed,
    SubscribersUnreadable,
    open_subscribers,
)

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)


def test_only_the_owner_can_read_who_subscribed(tmp_path: Path) -> None:
    path = tmp_path / "subscribers.sqlite"
    with open_subscribers(path) as store:
        store.add("reader@example.org", Wishes(), state="pending", origin="form", now=NOW)
        assert [stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()] == [0o600] * 3


def test_what_somebody_asked_for_is_read_back_as_it_was_given(tmp_path: Path) -> None:
    wishes = Wishes(frequency="weekly", topics=("video generation",), words=("naïve",), min_votes=3)
    with open_subscribers(tmp_path / "subscribers.sqlite") as store:
        added = store.add("é@example.org", wishes, state="active", origin="command", now=NOW)
    with open_subscribers(tmp_path / "subscribers.sqlite") as store:
        assert store.find(address="é@example.org") == store.find(id=added.subscriber_id) == added
        assert store.all("active") == [added]
        assert store.all("stopped") == []
        assert (added.wishes, added.consented_at) == (wishes, NOW)


def test_a_new_state_makes_the_links_that_were_mailed_useless(tmp_path: Path) -> None:
    later = NOW + timedelta(hours=1)
    with open_subscribers(tmp_path / "subscribers.sqlite") as store:
        asked = store.add("r@example.org", Wishes(), state="pending", origin="form", now=NOW)
        active = store.change(asked, state="active", now=later)
        assert (active.consented_at, active.state_since) == (later, later)
        assert active.nonce != asked.nonce
        assert store.change(active, wishes=Wishes(min_votes=2), now=later).nonce == active.nonce


def test_a_file_that_is_no_list_of_subscribers_is_refused_with_the_fix(tmp_path: Path) -> None:
    path = tmp_path / "subscribers.sqlite"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(SubscribersUnreadable, match="put a copy of it back"):
        open_subscribers(path).__enter__()


def test_a_file_that_is_damaged_further_in_is_refused_with_the_fix(tmp_path: Path) -> None:
    path = tmp_path / "subscribers.sqlite"
    with open_subscribers(path) as store:
        for number in range(100):
            store.add(f"{number}@example.org", Wishes(), state="active", origin="form", now=NOW)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    with (
        pytest.raises(SubscribersUnreadable, match="put a copy of it back"),
        open_subscribers(path) as store,
    ):
        store.all()


def test_a_file_that_may_not_be_opened_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "subscribers.sqlite"
    path.mkdir()  # refused to every user, also to root
    with pytest.raises(SubscribersClosed, match="cannot be opened: Is a directory"):
        open_subscribers(path).__enter__()


def test_a_person_is_there_once_however_the_address_is_spelled(tmp_path: Path) -> None:
    with open_subscribers(tmp_path / "subscribers.sqlite") as store:
        store.add("Ada.L@example.org", Wishes(), state="active", origin="form", now=NOW)
        assert store.find(address="ada.l@EXAMPLE.org") == store.all()[0]
        with pytest.raises(AlreadySubscribed):
            store.add("ADA.l@example.org", Wishes(), state="active", origin="form", now=NOW)
        assert [person.address for person in store.all()] == ["Ada.L@example.org"]


def test_a_removed_person_leaves_no_byte_of_the_address_nor_rows_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "subscribers.sqlite"
    address = "Somebody.Unusual@mailbox.example.org"
    with open_subscribers(path) as store, open_subscribers(path) as other:
        for n in range(60):  # pages that are split and merged leave copies behind
            store.add(f"p{n}.{address}", Wishes(), state="active", origin="form", now=NOW)
        person = store.add(address, Wishes(), state="active", origin="form", now=NOW)
        store.connection.execute(
            "CREATE TABLE letters (subscriber_id TEXT REFERENCES subscribers ON DELETE CASCADE)"
        )
        store.connection.execute("INSERT INTO letters VALUES (?)", [person.subscriber_id])
        Requests(store).put(address, Wishes(), origin="form", asked_from="192.0.2.7", now=NOW)
        for one in other.all():
            other.remove(one, now=NOW)
        left = b"".join(file.read_bytes() for file in tmp_path.iterdir()).lower()
        assert b"mailbox.example.org" not in left
        assert b"somebody" not in left
        assert b"192.0.2.7" not in left
        assert store.connection.execute("SELECT count(*) FROM letters").fetchone()[0] == 0
        assert store.was_removed(address.upper())
        assert not store.was_removed("somebody.else@example.org")


def test_what_was_removed_is_not_brought_back_by_who_read_it_before(tmp_path: Path) -> None:
    with open_subscribers(tmp_path / "subscribers.sqlite") as store:
        person = store.add("r@example.org", Wishes(), state="active", origin="form", now=NOW)
        store.remove(person, now=NOW)
        for state in ("bouncing", "active"):
            with pytest.raises(SubscriberChanged):
                store.change(replace(person, state="paused"), state=state, now=NOW)
        with pytest.raises(SubscriberChanged):
            store.change(person, wishes=Wishes(hour=9), now=NOW)
        assert store.all() == []


def test_two_who_change_a_person_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    with open_subscribers(tmp_path / "subscribers.sqlite") as store:
        read = store.add("r@example.org", Wishes(), state="active", origin="form", now=NOW)
        store.change(read, wishes=Wishes(hour=9), now=NOW)
        stopped = store.change(read, state="stopped", now=NOW)
        found = store.find(id=read.subscriber_id)
        assert found
        assert (found.state, found.wishes.hour) == ("stopped", 9)
        assert found.nonce == stopped.nonce
        with pytest.raises(SubscriberChanged):
            store.change(read, state="paused", now=NOW)


def test_what_is_asked_for_counts_once_it_is_confirmed(tmp_path: Path) -> None:
    later = NOW + timedelta(days=1)
    with open_subscribers(tmp_path / "subscribers.sqlite") as store:
        person = store.add("r@example.org", Wishes(), state="stopped", origin="command", now=NOW)
        asked = store.ask_again(person, Wishes(hour=20), now=NOW)
        assert (asked.state, asked.wishes.hour, asked.nonce) == ("stopped", 7, person.nonce)
        confirmed = store.confirm(asked, now=later)
        assert (confirmed.state, confirmed.wishes.hour, confirmed.asked) == ("active", 20, None)
        assert (confirmed.consented_at, confirmed.origin) == (later, "form")
        assert store.find(id=person.subscriber_id) == confirmed


def test_who_does_not_confirm_is_deleted_and_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "subscribers.sqlite"
    with open_subscribers(path) as store:
        store.add("never@example.org", Wishes(), state="pending", origin="form", now=NOW)
        again = store.add("again@example.org", Wishes(), state="pending", origin="form", now=NOW)
        store.add("stopped@example.org", Wishes(), state="stopped", origin="form", now=NOW)
        store.ask_again(again, Wishes(), now=NOW + timedelta(days=6))
        assert store.expire_pending(NOW + timedelta(days=1)) == 1
        assert {p.address for p in store.all()} == {"again@example.org", "stopped@example.org"}
        assert b"never" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert not store.was_removed("never@example.org")


@pytest.mark.parametrize("seed", [0, 3, 5])
def test_pages_that_were_rearranged_keep_no_copy_of_who_is_deleted(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret

    def words() -> Wishes:
        n_words = chance.randint(0, 12)
        return Wishes(words=tuple("w" * chance.randint(1, 70) for _ in range(n_words)))

    with open_subscribers(tmp_path / "subscribers.sqlite") as store:
        people = []
        with store.transaction():
            for n in range(250):
                address = f"p{n}{'x' * chance.randint(0, 60)}@gone.example.org"
                at = NOW + timedelta(days=chance.randint(0, 1))
                people.append(store.add(address, words(), state="pending", origin="form", now=at))
                if n % 2:  # rows that grow move, and split pages
                    place = chance.randrange(len(people))
                    kept = people[place].state_since
                    people[place] = store.ask_again(people[place], words(), now=kept)
        n_removed = store.expire_pending(NOW + timedelta(hours=1))
        assert 50 < n_removed < 200
        left = {person.address for person in store.all()}
        raw = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert [
            p.address for p in people if p.address not in left and p.address.encode() in raw
        ] == []
