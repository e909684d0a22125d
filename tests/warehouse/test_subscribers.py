import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from warehouse.subscribers import SubscribersUnreadable, Wishes, open_subscribers

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
