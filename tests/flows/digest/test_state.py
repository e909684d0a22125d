"""What is told of the mails: numbers that add up, alerts for what needs a person, no address."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.digest.checks import check_digest
from flows.digest.job import run_digest
from flows.digest.relay import RelayNotSet
from flows.digest.report import DigestReport
from flows.digest.state import decide, mails_in_doubt, read_digest_state, with_digest
from flows.monitoring import alerts
from flows.monitoring.digest_state import DigestState, are_many
from flows.monitoring.notify import URLS
from flows.monitoring.status import read_status
from tests.support.command import called
from tests.support.digest import THURSDAY, Post, addresses, doing
from tests.support.receivers import Webhook, running_webhook
from tests.support.relay import BREAK
from warehouse.requests import Requests
from warehouse.subscriber import Wishes

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
STATE = DigestState(THURSDAY, 6, {}, {}, {}, 0, None, 0, 0, (), 0, None)


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    with running_webhook() as running:
        monkeypatch.setenv(URLS, running.url)
        yield running


def state_of(post: Post) -> DigestState:
    found = read_digest_state(post.settings, now=post.now)
    assert found is not None
    return found


def run(post: Post, after: timedelta = HOUR) -> DigestReport:
    post.now += after
    return run_digest(post.settings, clock=lambda: post.now, sleep=post.slept_s.append)


def metrics(home: Path) -> dict[str, float]:
    lines = (home / "digest.prom").read_text(encoding="utf-8").splitlines()
    return {name: float(value) for name, value in (x.rsplit(" ", 1) for x in lines if x[0] != "#")}


def test_who_may_not_read_who_subscribed_sees_the_state_of_the_warehouse(post: Post) -> None:
    post.settings.warehouse().subscribers.mkdir()  # cannot be opened, as a file of somebody else
    status = read_status(post.settings, now=post.now)
    assert with_digest(status, post.settings) == status


def test_a_mail_is_pending_from_its_hour_and_late_when_nobody_sends(post: Post) -> None:
    post.add(*addresses(3), hour=7)
    found = []
    for hours in (0, 1, 5, 2):
        post.now += hours * HOUR
        state = state_of(post)
        found.append((state.n_pending, state.n_late, len(state.missed)))
    assert found == [(0, 0, 0), (3, 0, 0), (3, 0, 0), (3, 3, 1)]
    assert "due since 2026-11-12 07:00 UTC" in state.missed[0]
    assert state.pending_s == 7.5 * 3600


def test_one_mailbox_that_is_full_for_days_makes_no_digest_late_and_many_do(post: Post) -> None:
    post.add(*addresses(20))
    full = set(addresses(1))
    post.server.script = lambda at, to: "452 4.2.2 full" if at == "rcpt" and to in full else None
    post.send(after=HOUR)
    post.now += 8 * HOUR
    one = state_of(post)
    assert (one.n_late, one.n_late_deferred, one.missed) == (1, 1, ())
    assert replace(one, n_late=6, n_late_deferred=6, oldest_due_at=THURSDAY).missed


@pytest.mark.parametrize(
    ("n", "of", "many"),
    [(4, 4, False), (5, 5, True), (5, 100, False), (6, 100, True), (0, 0, False)],
)
def test_many_are_five_and_more_than_a_twentieth(n: int, of: int, many: bool) -> None:
    assert are_many(n, of) == many


def test_a_run_writes_metrics_of_what_it_did(post: Post) -> None:
    post.add(*addresses(4))
    post.server.script = doing("550 5.1.1 no", at="rcpt", to=addresses(1)[0])
    run(post)
    found = metrics(post.home)
    assert found['paperhouse_digest_mails{state="sent"}'] == 3
    assert found['paperhouse_digest_mails{state="refused"}'] == 1
    assert found['paperhouse_digest_mails{state="in doubt"}'] == 0
    assert found['paperhouse_digest_subscribers{state="active"}'] == 4
    assert found["paperhouse_digest_pending"] == 0
    assert found["paperhouse_digest_oldest_pending_seconds"] == 0
    assert found["paperhouse_digest_run_timestamp_seconds"] == post.now.timestamp()


def test_what_needs_a_person_is_sent_as_an_alert_without_an_address(
    post: Post, webhook: Webhook
) -> None:
    people = addresses(30)
    post.add(*people)
    bad = set(people[:6])

    def script(at: str, to: str) -> str | None:
        if at == "rcpt" and to in bad:
            return f"550 5.1.1 <{to}> unknown"
        return BREAK if (at, to) == ("end", people[10]) else None

    post.server.script = script
    run(post)
    assert webhook.titles == [
        "paperhouse home: 1 mails may or may not have arrived",
        "paperhouse home: 6 addresses refused their mail in a day",
    ]
    post.server.script = doing(BREAK, at="ehlo")
    run(post, timedelta(days=1))
    assert "paperhouse home: the relay fails" in webhook.titles
    assert "mail.example" not in str(webhook.posted)


def test_a_digest_that_is_late_and_one_that_cannot_run_are_told(
    post: Post, webhook: Webhook
) -> None:
    post.add(*addresses(2))
    post.server.script = doing(BREAK, at="ehlo")
    run(post, 9 * HOUR)
    assert webhook.titles == [
        "paperhouse home: mails are late",
        "paperhouse home: the relay fails",
    ]
    post.more = {"smtp": None}
    with pytest.raises(RelayNotSet):
        run(post)
    assert webhook.titles[-1] == "paperhouse home: no mails were sent"


def test_an_error_of_a_library_is_told_by_its_kind_only() -> None:
    (line,) = alerts.of_failed_digest(ValueError("ada@mail.example")).lines
    assert line == "ValueError"


def test_all_well_is_no_alert() -> None:
    assert alerts.of_digest(STATE) == []


def test_the_operator_sends_again_what_did_not_arrive(post: Post) -> None:
    post.add(*addresses(2))
    post.server.script = doing(BREAK, at="end")
    post.send(after=HOUR)
    first, second = mails_in_doubt(post.settings)
    decide(post.settings, resend=[first.mail_id], drop=[second.mail_id], now=post.now)
    assert mails_in_doubt(post.settings) == []
    post.server.script = doing("", at="never")
    assert post.send(after=HOUR).counts == {"sent": 1}
    assert [got.message["Message-ID"] for got in post.server.delivered] == [first.message_id]


def test_lines_for_people_name_nobody(post: Post) -> None:
    post.add(*addresses(3))
    post.server.script = doing(BREAK, at="end", times=1)
    post.send(after=HOUR)
    lines = state_of(post).lines()
    assert lines[:2] == ["subscribers: 3 active", "mails: 1 in doubt, 2 sent"]
    assert re.search(
        r"in doubt: [0-9a-f]{24}: daily 2026-11-11 to [0-9a-f]{16}, 2026-11-12", lines[3]
    )
    assert "mail.example" not in "".join(lines)


def test_requests_that_wait_for_an_answer_are_told(post: Post) -> None:
    for n, who in enumerate(addresses(2)):
        with post.people() as people:
            at = post.now + n * HOUR
            Requests(people).put(who, Wishes(), origin="page", asked_from=None, now=at)
    state = state_of(post)
    assert (state.n_requests, state.oldest_asked_at) == (2, post.now)
    (line,) = [line for line in state.lines() if line.startswith("requests: ")]
    assert line == "requests: 2 without an answer yet, the oldest of 2026-11-12 06:30 UTC"
    assert not any("requests" in line for line in STATE.lines())


def test_where_nobody_subscribed_there_is_no_state(post: Post) -> None:
    assert read_digest_state(post.settings, now=datetime.now(THURSDAY.tzinfo)) is None


def test_a_late_digest_is_a_missed_objective_of_the_whole_warehouse(post: Post) -> None:
    post.add(*addresses(2), hour=7)
    post.now += 8 * HOUR
    status = with_digest(read_status(post.settings, now=post.now), post.settings)
    assert any(line.startswith("digest: 2 mails are late") for line in status.all_missed)
    assert status.strict_exit_code == 4
    assert any(line.startswith("missed objective: digest:") for line in status.lines())
    assert status.as_json()["digest"]["n_late"] == 2


def test_a_published_file_that_cannot_be_read_hides_no_other_state(post: Post) -> None:
    post.add(*addresses(2))
    (post.home / "warehouse.duckdb").write_bytes(b"torn")
    assert state_of(post).n_subscribers == {"active": 2}


def checked(post: Post, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str | None]]:
    monkeypatch.delenv("PAPERHOUSE_SMTP_PASSWORD", raising=False)
    return [(check.found, check.fix) for check in check_digest(post.settings)]


def test_doctor_says_whether_mails_can_go_out_and_did(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checked(post, monkeypatch) == [("set up; nobody subscribed yet", None)]
    post.now = datetime.now(THURSDAY.tzinfo)
    post.add(*addresses(2))
    assert checked(post, monkeypatch) == [("2 people get it; 0 mails to be sent", None)]
    (post.home / "subscribers.sqlite").chmod(0o644)
    ((found, fix), _) = checked(post, monkeypatch)
    assert "others may read" in found
    assert fix == f"chmod 600 {post.home}/subscribers.sqlite"
    post.more = {"sender": None}
    assert "digest.sender" in (checked(post, monkeypatch)[0][1] or "")


def test_doctor_names_a_password_that_is_missing_and_a_file_that_is_damaged(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.more = {"smtp": post.server.settings(user="postman")["smtp"]}
    assert "PAPERHOUSE_SMTP_PASSWORD" in checked(post, monkeypatch)[0][0]
    (post.home / "subscribers.sqlite").write_bytes(b"no database" * 100)
    assert "cannot be read" in checked(post, monkeypatch)[0][0]


def test_who_decided_at_the_command_line_is_heard(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.add(*addresses(2))
    post.server.script = doing(BREAK, at="end")
    post.send(after=HOUR)
    first, second = (mail.mail_id for mail in mails_in_doubt(post.settings))
    listed = called("digest", "in-doubt", home=post.home)
    assert [line[:24] for line in listed.stdout.splitlines()] == [first, second]
    decided = called("digest", "in-doubt", "--resend", first, "--drop", second, home=post.home)
    assert (decided.returncode, decided.stdout, decided.stderr) == (0, "", "0 in doubt\n")
    assert sorted(post.states()) == ["dropped", "trying"]
