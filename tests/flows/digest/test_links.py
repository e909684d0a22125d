"""A link allows one thing, to one person, for a while."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from flows.digest.links import (
    LIVES,
    LinkExpired,
    LinkForAnotherPurpose,
    LinkForged,
    Links,
    LinkVoid,
    Purpose,
)
from tests.support.subscribing import START, Clock
from warehouse.subscriber import Subscriber, Wishes
from warehouse.subscribers import Subscribers, open_subscribers

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Subscribers]:
    with open_subscribers(tmp_path / "subscribers.sqlite") as opened:
        yield opened


@pytest.fixture
def person(store: Subscribers) -> Subscriber:
    return store.add("r@example.org", Wishes(), state="active", origin="form", now=START)


@pytest.fixture
def links(store: Subscribers) -> Links:
    return Links("https://papers.example.org/daily", store.key("links"), Clock())


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_link_leads_to_the_page_of_its_purpose_and_says_who_it_is_for(
    links: Links, person: Subscriber, purpose: Purpose
) -> None:
    link = getattr(links, purpose)(person)
    start, _, token = link.partition(".html?t=")
    assert start == f"https://papers.example.org/daily/{purpose}"
    assert links.read(purpose, token, START) == (person.subscriber_id, person.nonce)
    assert "example.org" not in token
    assert link.isascii()
    assert len(link) < 250


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_link_lives_as_long_as_it_should_and_no_longer(
    links: Links, person: Subscriber, purpose: Purpose
) -> None:
    token = links.token(purpose, person)
    assert links.read(purpose, token, START + LIVES[purpose])
    with pytest.raises(LinkExpired, match="too old"):
        links.read(purpose, token, START + LIVES[purpose] + timedelta(seconds=1))


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("other", PURPOSES)
def test_a_link_serves_no_other_purpose(
    links: Links, person: Subscriber, purpose: Purpose, other: Purpose
) -> None:
    token = links.token(purpose, person)
    if purpose == other:
        assert links.read(other, token, START)
        return
    with pytest.raises(LinkForAnotherPurpose):
        links.read(other, token, START)


def test_a_changed_or_made_up_token_is_refused(links: Links, person: Subscriber) -> None:
    token = links.token("stop", person)
    body, _, signature = token.rpartition(".")
    others = Links("https://papers.example.org", b"another key", Clock()).token("stop", person)
    forged = [token[:n] + chr(ord(token[n]) ^ 1) + token[n + 1 :] for n in range(len(token) - 1)]
    forged += ["", ".", "..", "x", body, f"{body}.", f".{signature}", others, token + "A" * 500]
    later = Links("", links.key, Clock(START + timedelta(days=1))).token("stop", person)
    forged += [f"{later.rpartition('.')[0]}.{signature}", "\u00e9" + token, token + "\n", "\x00"]
    for one in forged:
        with pytest.raises(LinkForged):
            links.read("stop", one, START)


def test_after_a_change_of_state_links_to_confirm_and_manage_are_void_but_not_to_stop(
    links: Links, store: Subscribers, person: Subscriber
) -> None:
    tokens = {purpose: links.token(purpose, person) for purpose in PURPOSES}
    for purpose in PURPOSES:
        assert links.person(store, purpose, tokens[purpose], START) == person
    store.change(person, wishes=Wishes(hour=9), now=START)
    assert links.person(store, "manage", tokens["manage"], START).wishes.hour == 9
    paused = store.change(person, state="paused", now=START)
    for purpose in ("confirm", "manage"):
        with pytest.raises(LinkVoid):
            links.person(store, purpose, tokens[purpose], START)
    assert links.person(store, "stop", tokens["stop"], START).state == "paused"
    store.remove(paused, now=START)
    with pytest.raises(LinkVoid):
        links.person(store, "stop", tokens["stop"], START)
