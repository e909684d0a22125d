"""Requests wait in a file until somebody answers each one once, and are counted without names."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from warehouse import requests as module
from warehouse.requests import Limit, Requests
from warehouse.subscriber import Wishes
from warehouse.subscribers import Subscribers, open_subscribers

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Subscribers]:
    with open_subscribers(tmp_path / "subscribers.sqlite") as opened:
        yield opened


def put(store: Subscribers, address: str = "r@example.org", wishes: Wishes | None = None) -> bool:
    return Requests(store).put(
        address, wishes or Wishes(), origin="form", asked_from="192.0.2.7", now=NOW
    )


def test_a_request_is_read_back_and_belongs_to_who_takes_it(store: Subscribers) -> None:
    requests, wishes = Requests(store), Wishes(topics=("robotics",), hour=4)
    put(store, wishes=wishes)
    taken = requests.take(NOW)
    assert taken
    assert (taken.address, taken.wishes, taken.asked_from) == ("r@example.org", wishes, "192.0.2.7")
    assert taken.asked_at == NOW
    assert requests.take(NOW + MINUTE) is None
    # who took it is gone before it began a mail
    again = requests.take(NOW + 20 * MINUTE)
    assert again
    assert again.request_id == taken.request_id


def test_a_mail_that_was_begun_is_not_repeated(store: Subscribers) -> None:
    requests = Requests(store)
    put(store)
    taken = requests.take(NOW)
    assert taken
    requests.begin(taken)
    assert requests.drop_abandoned(NOW + MINUTE) == 0
    assert requests.take(NOW + 20 * MINUTE) is None
    assert requests.drop_abandoned(NOW + 20 * MINUTE) == 1
    assert requests.n_waiting() == 0


def test_a_request_that_failed_waits_and_comes_again(store: Subscribers) -> None:
    requests = Requests(store)
    put(store)
    taken = requests.take(NOW)
    assert taken
    requests.begin(taken)
    requests.retry(taken, NOW + 5 * MINUTE)
    assert requests.take(NOW + 4 * MINUTE) is None
    again = requests.take(NOW + 5 * MINUTE)
    assert again
    assert again.n_tries == 1
    requests.finish(again)
    assert requests.n_waiting() == 0


def test_no_more_requests_wait_than_the_file_should_have(
    store: Subscribers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_WAITING", 3)
    assert [put(store, f"{n}@example.org") for n in range(5)] == [True] * 3 + [False] * 2


def test_counts_are_by_hour_and_day_for_each_one_and_name_nobody(
    store: Subscribers, tmp_path: Path
) -> None:
    requests, limit = Requests(store), Limit(per_hour=2, per_day=3)

    def within(now: datetime, who: str = "192.0.2.7") -> bool:
        return requests.is_within(limit, "client", who, now)

    assert [within(NOW) for _ in range(3)] == [True, True, False]
    assert within(NOW, "192.0.2.8")
    assert requests.is_within(limit, "address", "192.0.2.7", NOW)
    assert [within(NOW + timedelta(hours=1)) for _ in range(2)] == [True, False]
    assert within(NOW + timedelta(days=1))
    requests.forget_counts(NOW + timedelta(days=1))
    assert store.connection.execute("SELECT count(*) FROM counts").fetchone()[0] == 2
    assert b"192.0.2" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
