"""Messages reach a webhook and a mail server, once a day for each cause, and never fail a run."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.monitoring.alerts import Alert
from flows.monitoring.notify import URLS, notify
from flows.monitoring.silence import send_alerts
from flows.monitoring.status import read_status
from flows.settings import Settings
from flows.settings.sections import SiteSettings
from schemas.ops import NOTIFICATIONS, RUNS
from tests.support.receivers import Mails, Webhook, running_smtp, running_webhook
from tests.support.told import untold
from tests.support.warehouse import Warehouse
from warehouse.ledger import open_ledger
from warehouse.storage.home import Home

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
HELD = Alert("issues held", "2 issues held back by nightly", ("a: why", "b: why"))
PARTIAL = Alert("run partial", "nightly partial", ("c: gone",))


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with running_webhook() as running:
        yield running


@pytest.fixture
def mails() -> Iterator[Mails]:
    with running_smtp() as running:
        yield running


def on_record(home: Path) -> list[tuple[str, str, bool]]:
    with open_ledger(Home(home).ledger) as ledger:
        return [(r["cause"], r["channel"], r["is_sent"]) for r in ledger.rows(NOTIFICATIONS)]


def test_a_message_reaches_webhook_and_mail_once_a_day_for_each_cause(
    home: Path, webhook: Webhook, mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URLS, f"{webhook.url} {mails.url}")

    assert notify(Home(home), [HELD, PARTIAL], now=NOW) == [HELD, PARTIAL]
    assert notify(Home(home), [HELD], now=NOW + timedelta(hours=17)) == []
    assert notify(Home(home), [HELD], now=NOW + timedelta(hours=18)) == [HELD]

    name = home.name
    assert webhook.titles == [
        f"paperhouse {name}: {HELD.headline}",
        f"paperhouse {name}: {PARTIAL.headline}",
        f"paperhouse {name}: {HELD.headline}",
    ]
    assert "a: why" in webhook.posted[0]["message"]
    assert [mail["Subject"] for mail in mails.received] == webhook.titles
    assert "docs/operations.md" in mails.received[0].as_string()


@pytest.mark.parametrize(
    ("site", "address"),
    [
        ({}, "http://127.0.0.1:4280/"),
        ({"url": "https://papers.example.org"}, "https://papers.example.org/"),
        ({"host": "0.0.0.0", "port": 8000}, "http://127.0.0.1:8000/"),  # noqa: S104 - not bound
        ({"host": "::1"}, "http://[::1]:4280/"),
        ({"port": 0}, None),
        ({"enabled": False}, None),
    ],
)
def test_a_message_says_where_the_pages_are_served(
    home: Path,
    webhook: Webhook,
    monkeypatch: pytest.MonkeyPatch,
    site: dict[str, Any],
    address: str | None,
) -> None:
    monkeypatch.setenv(URLS, webhook.url)
    settings = Settings(home=home, site=SiteSettings(**site))
    sent = send_alerts(settings, read_status(settings, now=NOW), now=NOW)
    assert sent
    (message, *_) = webhook.posted
    expected = [f"The pages: {address}"] if address else []
    assert [line for line in message["message"].splitlines() if "The pages" in line] == expected


def test_a_channel_that_is_down_is_on_record_tried_again_and_holds_up_no_other(
    home: Path,
    webhook: Webhook,
    mails: Mails,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv(URLS, f"{webhook.url} {mails.url}")
    webhook.status = 500
    with caplog.at_level(logging.WARNING, logger="paperhouse"):
        assert notify(Home(home), [HELD], now=NOW) == [HELD]
    assert untold(caplog.text, "issues held", "JSON 1") == []
    assert "E-Mail 2" not in caplog.text
    assert on_record(home) == [
        ("issues held", "E-Mail 2", True),
        ("issues held", "JSON 1", False),
    ]

    webhook.status = 200
    assert notify(Home(home), [HELD], now=NOW + timedelta(hours=1)) == [HELD]
    assert (len(webhook.posted), len(mails.received)) == (1, 1)


def test_no_secret_of_an_address_is_in_the_ledger_or_a_log(
    home: Path,
    webhook: Webhook,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    gone = "json://user:pass-secret@127.0.0.1:9/hook/path-secret"
    monkeypatch.setenv(URLS, f"{gone} {webhook.url} nonsense://very-secret")
    with caplog.at_level(logging.DEBUG):
        notify(Home(home), [HELD], now=NOW)
    assert [sent for _, _, sent in on_record(home)] == [False, True, False]
    written = b"".join(p.read_bytes() for p in home.rglob("ledger.sqlite*"))
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name == "paperhouse")
    for secret in ("pass-secret", "path-secret", "very-secret"):
        assert secret.encode() not in written
        assert secret not in ours
    assert "address that Apprise does not know" in ours


def test_without_an_address_nothing_is_sent_or_written(home: Path) -> None:
    assert notify(Home(home), [HELD], now=NOW) == []
    assert not home.exists()


def test_the_dead_mans_check_fires_once_a_day_when_nothing_ran_and_is_quiet_otherwise(
    loaded: Warehouse, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URLS, webhook.url)
    settings = Settings(home=loaded.home, sources={"huggingface": {"enabled": False}})
    with open_ledger(loaded.paths.ledger) as ledger:
        ended = max(row["ended_at"] for row in ledger.rows(RUNS))

    def look(hours: float) -> list[str]:
        now = ended + timedelta(hours=hours)
        return [s.cause for s in send_alerts(settings, read_status(settings, now=now), now=now)]

    assert [look(1), look(25.9)] == [[], []]
    assert [look(26), look(27), look(60)] == [["silent"], [], ["silent"]]
    assert len(webhook.titles) == 2
    assert [untold(title, "paperhouse home", "nothing runs") for title in webhook.titles] == [
        [],
        [],
    ]
