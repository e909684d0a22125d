"""A mail's headers say one thing each, hold over tries, and offer one click to stop."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.digest.envelope import new_message_id
from flows.digest.letter import Letter
from flows.digest.message import message_of
from flows.digest.relay import open_relay
from flows.settings.sections import DigestSettings
from tests.support.relay import relay_server
from warehouse.subscriber import Subscriber, Wishes

NOW = datetime(2026, 5, 6, 7, tzinfo=UTC)
LETTER = Letter(
    "7 papers on Räume", "Good morning — ☕\n.\n" + "long " * 300, "<p>Grüße</p>", ("2605.00001",)
)
PERSON = Subscriber(
    "ab12", "zoe@bücher.example", "active", Wishes(), "form", NOW, NOW, NOW, "nonce"
)
SETTINGS = DigestSettings(sender="Tägliche Aufsätze <digest@räume.example>")
STOP = "https://papers.example/stop?token=" + "a1B2-_." * 30
MADE = ("from", "to", "subject", "date", "message-id", "list-id", "list-post", "auto-submitted",
        "mime-version", "content-type")  # fmt: skip


def raw(**changes: Any) -> bytes:
    """The mail as it goes out."""
    said: dict[str, Any] = {"stop_url": STOP, "manage_url": None, "settings": SETTINGS, "now": NOW}
    said |= {"letter": LETTER, "person": PERSON, "message_id": "<12ab@x.example>"} | changes
    return message_of(said.pop("letter"), said.pop("person"), **said).as_bytes()


def made(**changes: Any) -> EmailMessage:
    """The mail as whoever gets it reads it."""
    read = message_from_bytes(raw(**changes), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_both_bodies_are_there_and_nothing_needs_more_than_ascii() -> None:
    message = made()
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == LETTER.text.splitlines()
    assert html.get_content().strip() == LETTER.html
    assert message.get_content_type() == "multipart/alternative"
    assert raw().isascii()
    assert max(map(len, raw().split(b"\r\n"))) <= 998


def test_headers_say_who_writes_to_whom_and_that_a_machine_does() -> None:
    message = made()
    assert message["From"].addresses[0].display_name == "Tägliche Aufsätze"
    assert message["From"].addresses[0].addr_spec == "digest@xn--rume-loa.example"
    assert message["To"] == "zoe@xn--bcher-kva.example"
    assert message["Subject"] == LETTER.subject
    assert message["Message-ID"] == "<12ab@x.example>"
    assert message["List-Id"] == "<daily.digest.xn--rume-loa.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert all(not header.defects for header in message.values() if hasattr(header, "defects"))


def test_one_click_is_offered_over_https_and_the_address_is_one_piece() -> None:
    assert f"\r\nList-Unsubscribe: <{STOP}>\r\n".encode() in raw()
    assert made()["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(("url", "n"), [(None, 0), ("http://127.0.0.1:4280/stop?token=a", 1)])
def test_without_https_there_is_no_one_click(url: str | None, n: int) -> None:
    message = made(stop_url=url)
    assert len(message.get_all("List-Unsubscribe", [])) == n
    assert "List-Unsubscribe-Post" not in message


def test_the_way_to_change_is_told_where_there_is_one() -> None:
    assert made(manage_url="https://papers.example/m")["List-Help"] == "<https://papers.example/m>"
    assert "List-Help" not in made()


def test_a_second_try_is_the_same_mail_to_the_byte() -> None:
    assert raw() == raw()


def test_the_date_is_one_moment_in_any_zone() -> None:
    far = NOW.astimezone(timezone(timedelta(hours=9)))
    assert made(now=far)["Date"].datetime == made()["Date"].datetime == NOW


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_subject_and_no_name_begins_a_header(subject: str, name: str) -> None:
    subject = f"{subject}\r\nBcc: eve@x.example"
    name = "".join(c for c in name if c.isprintable() and c not in '"\\\\')
    sender = f'"{name}" <digest@example.org>'
    message = made(letter=replace(LETTER, subject=subject), settings=DigestSettings(sender=sender))
    wanted = {*MADE, "list-unsubscribe", "list-unsubscribe-post"}
    assert sorted(name.lower() for name in message) == sorted(wanted)


@pytest.mark.parametrize("field", ["stop_url", "manage_url", "message_id"])
def test_no_link_and_no_id_begins_a_header(field: str) -> None:
    with pytest.raises(ValueError, match="may not be"):
        made(**{field: "https://x.example/\r\nBcc: eve@x.example"})


@pytest.mark.parametrize(
    "address", ["ada@mail.example\r\nBcc: eve@x.example", "ada@mail.example, eve@x.example"]
)
def test_no_address_begins_a_header_or_names_a_second_person(address: str) -> None:
    try:
        message = made(person=replace(PERSON, address=address))
    except ValueError:
        return
    assert "Bcc" not in message
    assert len(message["To"].addresses) == 1


def test_a_mail_that_needs_more_than_ascii_for_an_address_goes_out_too() -> None:
    person = replace(PERSON, address="zoë@bücher.example")
    with relay_server(smtputf8=True) as server:
        settings = DigestSettings.model_validate(server.settings())
        message = message_of(
            LETTER, person, stop_url=STOP, manage_url=None, settings=settings, now=NOW,
            message_id="<a@b.example>",
        )  # fmt: skip
        with open_relay(settings, None) as relay:
            assert relay.hand_over(message, person.address).kind == "sent"
    (got,) = server.delivered
    assert "To: zoë@xn--bcher-kva.example\r\n".encode() in got.raw
    assert f"List-Unsubscribe: <{STOP}>\r\n".encode() in got.raw


def test_a_message_id_says_nothing_of_the_person() -> None:
    assert new_message_id("digest@example.org", "0f3a") == "<0f3a@example.org>"
