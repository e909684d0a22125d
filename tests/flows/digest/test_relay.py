"""Handing a mail to a relay: what broke off is repeatable up to the mail's end, and no further."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from flows.digest.relay import RelayNotSet, open_relay
from flows.digest.relay_answers import Outcome
from flows.settings.sections import DigestSettings
from tests.support.relay import BREAK, PASSWORD, USER, RelayServer, accepting, relay_server

TO = "ada.l+news@mail.example"


@pytest.fixture
def server() -> Iterator[RelayServer]:
    with relay_server() as started:
        yield started


def mail(text: str = "Good morning.\n") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Daily papers <digest@example.org>"
    message["To"] = TO
    message["Subject"] = "Sieben Aufsätze"
    message.set_content(text)
    return message


def hand_over(
    server: RelayServer, *, address: str = TO, password: str | None = None, **smtp: object
) -> Outcome:
    settings = DigestSettings.model_validate(server.settings(**smtp))
    with open_relay(settings, password) as relay:
        return relay.hand_over(mail(), address)


@pytest.mark.parametrize(
    ("point", "answer", "kind", "n_delivered"),
    [
        ("ehlo", BREAK, "relay_failed", 0),
        ("mail", BREAK, "relay_failed", 0),
        ("mail", "451 4.3.0 not now", "relay_failed", 0),
        ("mail", "550 5.7.1 you may not send", "relay_failed", 0),
        ("mail", "552 5.3.4 too large", "mail_refused", 0),
        ("rcpt", BREAK, "deferred", 0),
        ("rcpt", "450 4.2.0 greylisted", "deferred", 0),
        ("rcpt", "421 4.3.2 closing", "relay_failed", 0),
        ("rcpt", "550 5.1.1 no such mailbox", "address_refused", 0),
        ("rcpt", "550 no such mailbox", "address_refused", 0),
        ("rcpt", "552 5.2.2 mailbox full", "address_refused", 0),
        ("rcpt", "554 5.7.1 relay access denied", "mail_refused", 0),
        ("rcpt", "550 relay not permitted", "mail_refused", 0),
        ("rcpt", "553 5.1.8 sender's domain not found", "mail_refused", 0),
        ("rcpt", "530 5.7.0 log in first", "relay_failed", 0),
        ("rcpt", "babble", "relay_failed", 0),
        ("data", BREAK, "deferred", 0),
        ("data", "451 4.3.0 not now", "deferred", 0),
        ("end", BREAK, "in_doubt", 0),
        ("end", "babble", "in_doubt", 0),
        ("end", "354 more?", "in_doubt", 0),
        ("end", "451 4.3.0 not now", "deferred", 0),
        ("end", "421 4.3.2 closing", "deferred", 0),
        ("end", "550 5.1.1 no such mailbox", "address_refused", 0),
        ("end", "554 5.6.0 odd content", "mail_refused", 0),
        ("end", "550 5.7.1 looks like spam", "mail_refused", 0),
        ("accepted", BREAK, "in_doubt", 1),
    ],
)
def test_an_outcome_says_whose_fault_it_is_and_whether_the_mail_may_be_repeated(
    server: RelayServer, point: str, answer: str, kind: str, n_delivered: int
) -> None:
    server.script = lambda at, _address: answer if at == point else None
    outcome = hand_over(server)
    assert (outcome.kind, len(server.delivered)) == (kind, n_delivered)
    assert (outcome.code is None) == (answer == BREAK) or answer == "babble"


@pytest.mark.parametrize("point", ["mail", "rcpt", "data", "end", "accepted"])
def test_a_relay_that_broke_off_is_connected_again_for_the_next_mail(
    server: RelayServer, point: str
) -> None:
    with open_relay(DigestSettings.model_validate(server.settings()), None) as relay:
        assert relay.hand_over(mail(), TO).kind == "sent"
        broken: list[str] = []

        def once(at: str, _address: str) -> str | None:
            if at == point and not broken:
                broken.append(at)
                return BREAK
            return None

        server.script = once
        outcome = relay.hand_over(mail(), TO)
        # a connection that was kept may have been closed long before: that is no one's fault
        is_repeated = point in ("mail", "rcpt", "data")
        assert outcome.kind == ("sent" if is_repeated else "in_doubt")
        assert relay.hand_over(mail(), TO).kind == "sent"
    assert server.n_connections == 2


def test_many_mails_need_one_connection_and_a_refusal_does_not_end_it(server: RelayServer) -> None:
    server.script = lambda at, address: "550 5.1.1 no" if (at, address) == ("rcpt", TO) else None
    with open_relay(DigestSettings.model_validate(server.settings()), None) as relay:
        kinds = [relay.hand_over(mail(), f"{to}@mail.example").kind for to in "ab"]
        kinds += [relay.hand_over(mail(), TO).kind, relay.hand_over(mail(), "c@mail.example").kind]
    assert kinds == ["sent", "sent", "address_refused", "sent"]
    assert server.n_connections == 1


def test_the_caller_hears_of_the_body_before_it_goes_out_and_can_still_stop_it(
    server: RelayServer,
) -> None:
    asked: list[str] = []
    server.script = lambda at, _address: asked.append(at)
    with open_relay(DigestSettings.model_validate(server.settings()), None) as relay:

        def stop() -> None:
            assert asked[-2:] == ["data", "body"], "the relay waits for the body"
            raise KeyError("stopped")

        with pytest.raises(KeyError, match="stopped"):
            relay.hand_over(mail(), TO, before_body=stop)
        assert relay.hand_over(mail(), TO).kind == "sent"
    assert len(server.delivered) == 1


def test_before_body_is_not_called_for_what_the_relay_does_not_take(server: RelayServer) -> None:
    called: list[int] = []
    settings = DigestSettings.model_validate(server.settings())
    for point in ("ehlo", "mail", "rcpt", "data"):
        server.script = lambda at, _address, point=point: BREAK if at == point else None  # type: ignore[misc]
        with open_relay(settings, None) as relay:
            relay.hand_over(mail(), TO, before_body=lambda: called.append(1))
    assert called == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_tls_is_spoken_a_certificate_is_checked_and_the_password_is_utf_8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    with relay_server(tmp_path, tls=security, login=security == "starttls") as server:
        smtp: dict[str, Any] = {
            "security": security,
            "user": USER if security == "starttls" else None,
        }
        refused = hand_over(server, password=PASSWORD, **smtp)
        assert refused.kind == "relay_failed"
        assert "certificate" in refused.text
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        assert hand_over(server, password=PASSWORD, **smtp).kind == "sent"
        if security == "starttls":
            wrong = hand_over(server, password=PASSWORD[::-1], **smtp)
            assert (wrong.kind, wrong.code) == ("relay_failed", 535)
            assert PASSWORD[::-1] not in wrong.text


def test_without_starttls_nothing_is_said_in_the_clear(server: RelayServer) -> None:
    asked: list[str] = []
    server.script = lambda at, _address: asked.append(at)
    outcome = hand_over(server, security="starttls", user=USER, password=PASSWORD)
    assert (outcome.kind, asked) == ("relay_failed", ["ehlo"])


def test_a_server_that_is_not_there_is_the_relays_failure() -> None:
    with relay_server() as server:
        pass
    outcome = hand_over(server)
    assert outcome.kind == "relay_failed"
    assert f"127.0.0.1:{server.port}" in outcome.text


def test_an_answer_that_does_not_come_is_a_doubt(
    server: RelayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.digest.relay._PATIENCE", 2)
    server.script = lambda at, _address: "250-one moment" if at == "end" else None
    assert hand_over(server, timeout_s=0.1).kind == "in_doubt"


@pytest.mark.parametrize("offered", [True, False])
def test_letters_before_the_at_need_smtputf8_and_those_behind_it_do_not(offered: bool) -> None:
    with relay_server(smtputf8=offered) as server:
        assert hand_over(server, address="ada@bücher.example").kind == "sent"
        assert server.delivered.pop().address == "ada@xn--bcher-kva.example"
        outcome = hand_over(server, address="zoë@bücher.example")
        assert outcome.kind == ("sent" if offered else "address_refused")
        assert [found.address for found in server.delivered] == (
            ["zoë@xn--bcher-kva.example"] if offered else []
        )


@pytest.mark.parametrize(
    "address",
    ["", "ada", "@mail.example", "ada@", "a\r\nRCPT TO:<eve@mail.example>@mail.example",
     "ada@mail.example>\r\nDATA", "a b@mail.example", "ada@mail.example\n", "a,b@mail.example"],
)  # fmt: skip
def test_an_address_cannot_say_more_than_an_address(server: RelayServer, address: str) -> None:
    assert hand_over(server, address=address).kind == "address_refused"
    assert server.delivered == []


@pytest.mark.parametrize(
    "text", ["one\n.\ntwo\n", ".\n", "..dots\n.\n.", "bare\r.\r\nMAIL FROM:<eve@x.example>\r\n"]
)
def test_lines_with_a_dot_end_no_mail(server: RelayServer, text: str) -> None:
    settings = DigestSettings.model_validate(server.settings())
    with open_relay(settings, None) as relay:
        assert relay.hand_over(mail(text), TO).kind == "sent"
    (got,) = server.delivered
    wanted = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    body = got.message.get_content()
    assert body.replace("\r\n", "\n").rstrip("\n") == wanted
    assert got.message["Subject"] == "Sieben Aufsätze"
    assert got.sender == "digest@example.org"
    assert got.raw.isascii()


@pytest.mark.parametrize(
    "said",
    [
        "550 5.1.1 <ada.l+news@mail.example>: Recipient rejected",
        "550 5.1.1 ADA.L+NEWS@MAIL.EXAMPLE unknown",
        "550 5.1.1 ada.l: no mailbox here by that name at mail.example",
        "550-5.1.1 The account\r\n550 5.1.1 ada.l+news@mail.example is gone\x1b[31m\x07",
        "550 5.1.1 ada.l+news%40mail.example bounced to srs0=x=mail.example=ada.l@other.example",
        "550 5.1.1 " + "x" * 300 + " ada.l+news@mail.example",
    ],
)
def test_an_outcome_repeats_no_address_no_control_character_and_not_much(
    server: RelayServer, said: str
) -> None:
    server.script = lambda at, _address: said if at == "rcpt" else None
    outcome = hand_over(server)
    assert outcome.kind == "address_refused"
    assert not any(part in outcome.text.lower() for part in ("ada", "news", "mail.example", "@"))
    assert outcome.text.isprintable()
    assert len(outcome.text) <= 200


def test_an_answer_that_repeats_what_was_said_gives_no_secret_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with relay_server(tmp_path, tls="tls") as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        said = "535 5.7.8 bad: AHVzZXIAc2VjcmV0LXdvcmQ= secret-word c2VjcmV0LXdvcmQ="
        server.script = lambda at, _address: said if at == "mail" else None
        with open_relay(
            DigestSettings.model_validate(server.settings(security="tls")), "secret-word"
        ) as relay:
            text = relay.hand_over(mail(), TO).text
    assert "secret" not in text
    assert "c2Vj" not in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"smtp": None}, "digest.smtp"),
        ({"sender": None}, "digest.sender"),
        ({"sender": "Daily papers"}, "digest.sender"),
        ({"sender": "Zoë <zoë@example.org>"}, "digest.sender"),
        ({"sender": "a\r\nBcc: eve@x.example"}, "digest.sender"),
    ],
)
def test_what_is_not_set_is_named(
    server: RelayServer, change: dict[str, object], said: str
) -> None:
    settings = DigestSettings.model_validate(server.settings() | change)
    with pytest.raises(RelayNotSet, match=said), open_relay(settings, None):
        pass


def test_a_user_without_a_password_is_named(server: RelayServer) -> None:
    with pytest.raises(RelayNotSet, match="PAPERHOUSE_SMTP_PASSWORD"):
        hand_over(server, user=USER)


def test_a_server_that_takes_everything_gets_everything(server: RelayServer) -> None:
    server.script = accepting
    assert hand_over(server) == Outcome("sent", 250, "2.0.0 taken")
