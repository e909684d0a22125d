"""Lives through two weeks of digests by mail: `python -m tests.soak.digest --kills 30`.

Two hundred people with mixed wishes in many time zones; a real SMTP server on loopback that
accepts, defers, refuses and breaks off at random; days that are held, doubtful or taken back; a
clock that is set back; two senders at once; and a sender that is killed with SIGKILL between and
within mails. An operator looks every six hours what is in doubt, asks the server, and has what it
lacks sent again. Afterwards every mail is compared with what `tests/soak/digest_oracle.py` says is
owed and with what the server has. Options: `--people 200`, `--days 14`, `--seed 1`, `--minutes 30`
(from run to run), `--home FOLDER` (a home with the days; else the real digests are loaded, or the
sample where they are absent), `--since 2025-05-26`.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from flows.digest.send import send_due
from flows.digest.state import decide, mails_in_doubt
from flows.jobs.ingest import ingest
from flows.settings import Settings
from tests.soak.digest_oracle import Owed, Person, owed
from tests.soak.digest_relay import POINTS, Relay
from tests.support.folders import DIGESTS, SAMPLE
from tests.support.relay import RelayServer, relay_server
from warehouse.mails import Mail, Mails
from warehouse.storage.writer_lock import MailerBusy
from warehouse.subscriber import Wishes
from warehouse.subscribers import Subscribers, open_subscribers

ZONES = (
    *("UTC", "America/New_York", "America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata"),
    *("Asia/Tokyo", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Niue", "Australia/Lord_Howe"),
)
DAY = timedelta(days=1)
OLDEST_DAYS = 3
NEVER = 10**9
_LONGEST_S = 150
_WELL, _FAILED, _BUSY = 0, 1, 7
"""How a process that sends ends."""


@dataclass
class Found:
    """What a life showed; every list should be empty."""

    n_owed: int = 0
    n_kills: Counter[str] = field(default_factory=Counter)
    n_breaks: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    n_doubted: int = 0
    n_resent: int = 0
    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)
    """Mails of which the records say something else than the server."""
    failed: list[str] = field(default_factory=list)

    @property
    def faults(self) -> dict[str, list[str]]:
        names = ("missing", "twice", "unwanted", "untrue", "failed")
        return {name: getattr(self, name) for name in names}

    def __str__(self) -> str:
        def said(counts: Counter[str]) -> str:
            return ", ".join(f"{n:,} {name}" for name, n in sorted(counts.items())) or "none"

        lines = [
            f"{self.n_owed:,} mails owed; recorded: {said(self.states)}",
            f"the server broke off: {said(self.n_breaks)}",
            f"{self.n_kills.total()} kills: {said(self.n_kills)}",
            f"{self.n_doubted} in doubt; the server lacked {self.n_resent}, which were sent again",
        ]
        for name, found in self.faults.items():
            lines += [f"{len(found)} {name}", *(f"  {line}" for line in found[:10])]
        return "\n".join(lines)


class Life:
    """The days of one home, its people and its relay."""

    def __init__(
        self, home: Path, server: RelayServer, since: date, days: int, seed: int, step: timedelta
    ) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - no secret
        self.home, self.server, self.days, self.step = home, server, days, step
        self.begin = datetime.combine(since, datetime.min.time(), UTC)
        self.now = self.begin
        self.people: dict[str, Person] = {}
        self.events: list[tuple[datetime, str, str]] = []
        self.moments: list[tuple[datetime, Mapping[date, str]]] = []
        self.found = Found()
        self.relay = Relay(self.chance, self._stop_now)
        server.script = self.relay
        self._n_seen = 0
        self._calendar = _calendar(home / "warehouse.duckdb")
        self._weekdays = [
            day
            for day, state in sorted(self._calendar.items())
            if since <= day and state == "loaded" and day.isoweekday() < 6
        ]
        self._versions: dict[tuple[tuple[date, str], ...], Path] = {}
        self._shown: tuple[tuple[date, str], ...] | None = None

    @property
    def settings(self) -> Settings:
        digest = self.server.settings() | {"mails_per_minute": 100_000, "oldest_days": OLDEST_DAYS}
        site = {"url": "https://papers.example/"}
        return Settings.model_validate({"home": self.home, "site": site, "digest": digest})

    @contextmanager
    def store(self) -> Iterator[Subscribers]:
        with open_subscribers(self.settings.warehouse().subscribers) as people:
            yield people

    def gather(self, n: int) -> None:
        """People of all kinds; some come later, stop, pause, are removed, or have bad addresses."""
        for number in range(n):
            address, kind = f"reader-{number:03}@mail.example", number % 20
            joins = self.chance.uniform(0, self.days) if kind == 9 else 0
            self._plan(joins, address, "join")
            leaves = self.chance.uniform(2, self.days - 3)
            if kind in (1, 2, 3):
                self._plan(leaves, address, ("stop", "pause", "remove")[kind - 1])
            if kind == 2:
                self._plan(leaves + 2, address, "resume")
            if kind == 4:
                self.relay.stopping.add(address)
            if number in (5, 25, 45, 65):
                self.relay.dead.add(address)
            if number in (6, 26):
                self.relay.deferring.add(address)
            is_disturbed = kind in (1, 2, 3, 4) or address in self.relay.dead | self.relay.deferring
            self.people[address] = Person(address, self._wishes(), is_disturbed=is_disturbed)
        self.events.sort()

    def _plan(self, after_days: float, address: str, what: str) -> None:
        """Something happens between two runs."""
        steps = int(after_days * DAY / self.step)
        minutes = timedelta(minutes=self.chance.randrange(1, 15))
        self.events.append((self.begin + steps * self.step + minutes, address, what))

    def _wishes(self) -> Wishes:
        pick = self.chance.choice
        return Wishes(
            frequency=pick(["daily", "daily", "daily", "weekly"]),
            topics=pick([(), ("video generation",)]),
            words=pick([(), ("diffusion",)]),
            min_votes=pick([0, 0, 0, NEVER]),
            max_papers=pick([3, 15, 40]),
            time_zone=pick(ZONES),
            hour=self.chance.randrange(24),
            unconfirmed=pick(["wait", "mark"]),
            when_nothing=pick([True, False]),
        )

    def live(self, kills: int) -> None:
        """One run after each step, until all that is due is sent and all doubts are settled."""
        n_steps = self.days * DAY // self.step
        marked = Counter(self.chance.choices(range(n_steps // 20, n_steps), k=kills))
        n_to_kill, settled = 0, self.begin
        for step in range(n_steps + 5 * DAY // self.step):
            real = self.begin + step * self.step
            n_to_kill += marked[step]
            while self.moment(real, real, is_doomed=n_to_kill > 0) and n_to_kill:
                n_to_kill -= 1
            if self.chance.random() < 0.02:  # the clock is set back, and then set right
                self.moment(real - self.chance.randrange(1, 40) * self.step, real)
            if real - settled >= DAY / 4:
                settled = real
                self.settle_doubts()
        self.relay.is_calm = True
        for hours in (4, 8):
            self.moment(self.now + timedelta(hours=hours), self.now)
            self.settle_doubts()

    def moment(self, clock: datetime, real: datetime, *, is_doomed: bool = False) -> bool:
        """One run at what the clock shows; returns whether it was killed."""
        self.now = clock
        while self.events and self.events[0][0] <= real:
            self._happen(*self.events.pop(0))
        self._show(real)
        self.moments.append((clock, {**self._calendar, **dict(self._changed(real))}))
        wait_s = None
        if is_doomed:
            self.relay.kill_at = self.chance.choice(POINTS)
            if self.chance.random() < 0.4:
                self.relay.kill_at, wait_s = None, self.chance.uniform(0, 0.12)
        codes = self._run(wait_s, n=2 if self.chance.random() < 0.02 and not is_doomed else 1)
        self.relay.kill_at = None
        if wait_s is not None and -signal.SIGKILL in codes:
            self.found.n_kills["any moment"] += 1
        if _FAILED in codes:
            self.found.failed.append(f"a run at {clock} raised an error")
        self._check_delivered()
        return -signal.SIGKILL in codes

    def _run(self, wait_s: float | None, n: int) -> list[int]:
        """So many processes that send now; killed after a while if one is given."""
        children = [self._child() for _ in range(n)]
        if wait_s is not None:
            time.sleep(wait_s)
            os.kill(children[0], signal.SIGKILL)
        codes = [self._end_of(child) for child in children]
        self.relay.child = 0
        time.sleep(0.02)  # the server ends what it was doing
        return codes

    def _end_of(self, child: int) -> int:
        """The exit code of a process, which is ended when it hangs."""
        ends_at = time.monotonic() + _LONGEST_S
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > ends_at:
                self.found.failed.append(f"a run at {self.now} did not end in {_LONGEST_S} s")
                os.kill(child, signal.SIGKILL)
                ends_at = float("inf")
            time.sleep(0.005)

    def _child(self) -> int:
        child = os.fork()
        if child:
            self.relay.child = child
            return child
        code = _FAILED
        try:
            send_due(self.settings, clock=lambda: self.now, sleep=lambda _seconds: None)
            code = _WELL
        except MailerBusy:
            code = _BUSY
        except BaseException:  # noqa: BLE001 - it is the end of the process
            traceback.print_exc()
        finally:
            os._exit(code)

    def _happen(self, at: datetime, address: str, what: str) -> None:
        """Somebody comes, stops, pauses, goes on, or is removed."""
        person = self.people[address]
        if what in ("join", "resume"):
            person.active.append((at, None))
        elif person.active and person.active[-1][1] is None:
            person.active[-1] = (person.active[-1][0], at)
        with self.store() as store:
            known = store.find(address=address)
            if what == "join":
                store.add(address, person.wishes, state="active", origin="test", now=at)
            elif known is not None and what == "remove":
                store.connection.execute("DELETE FROM subscribers WHERE address = ?", [address])
            elif known is not None and known.state != "bouncing":
                new = {"stop": "stopped", "pause": "paused", "resume": "active"}[what]
                store.change(known, state=new, now=at)  # type: ignore[arg-type]

    def _stop_now(self, address: str) -> None:
        self._happen(self.now + timedelta(seconds=1), address, "stop")

    def _changed(self, real: datetime) -> Iterator[tuple[date, str]]:
        """What is known of some days at a moment: one is held first, one doubtful first, two are
        taken back for a day, and one is doubtful for good."""

        def after(day: date, days: int, hour: int) -> datetime:
            return datetime.combine(day, datetime.min.time(), UTC) + timedelta(days, hours=hour)

        held, doubtful, back, too, forever = self._weekdays[2:7]
        if real < after(held, 2, 15):
            yield held, "held"
        if real < after(doubtful, 2, 9):
            yield doubtful, "unconfirmed"
        if after(too, 1, 12) <= real < after(too, 2, 12):
            yield back, "missing"
            yield too, "missing"
        yield forever, "unconfirmed"

    def _show(self, real: datetime) -> None:
        """Publish what is known at a moment."""
        wanted = tuple(self._changed(real))
        if wanted == self._shown:
            return
        file = self.home / "warehouse.duckdb"
        if wanted not in self._versions:
            made = self.home / f"version-{len(self._versions)}"
            shutil.copy(file if not self._versions else next(iter(self._versions.values())), made)
            with duckdb.connect(str(made)) as connection:
                for day, state in {**self._calendar, **dict(wanted)}.items():
                    if day in {d for version in (*self._versions, wanted) for d, _ in version}:
                        connection.execute(
                            "UPDATE ops.coverage SET state = ? WHERE source = 'huggingface' "
                            "AND edition = 'daily' AND issued_on = ?",
                            [state, day],
                        )
            self._versions[wanted] = made
        self._shown = wanted
        shutil.copy(self._versions[wanted], self.home / "next")
        (self.home / "next").replace(file)

    def _check_delivered(self) -> None:
        """Nobody who is not active was sent anything just now."""
        new = self.server.delivered[self._n_seen :]
        self._n_seen += len(new)
        with self.store() as store:
            states = {person.address: person.state for person in store.all()}
        for got in new:
            if (state := states.get(got.address, "removed")) != "active":
                self.found.unwanted.append(f"{got.address} is {state} and got a mail at {self.now}")

    def settle_doubts(self) -> None:
        """What the operator does: ask the server, and send again what it does not have."""
        had = self._n_delivered()
        doubted = mails_in_doubt(self.settings)
        gone = [mail.mail_id for mail in doubted if not had[mail.message_id]]
        there = [mail.mail_id for mail in doubted if had[mail.message_id]]
        self.found.n_doubted += len(doubted)
        self.found.n_resent += len(gone)
        decide(self.settings, resend=gone, drop=there, now=self.now)

    def _n_delivered(self) -> Counter[str]:
        return Counter(str(got.message["Message-ID"]) for got in self.server.delivered)

    def judge(self) -> Found:
        """Compare the records, what the server has, and what was owed."""
        expected = owed(list(self.people.values()), self.moments, oldest_days=OLDEST_DAYS)
        with self.store() as store:
            addresses = {person.subscriber_id: person.address for person in store.all()}
            bouncing = {person.address for person in store.all("bouncing")}
            mails = Mails(store).where("true")
        recorded = {(addresses[mail.subscriber_id], mail.issue_key): mail for mail in mails}
        had, found = self._n_delivered(), self.found
        found.n_owed, found.states = len(expected), Counter(mail.state for mail in mails)
        found.n_kills += self.relay.n_kills
        found.n_breaks = self.relay.n_breaks
        found.twice += [message_id for message_id, n in had.items() if n > 1]
        found.unwanted += [
            f"{who} {key}: {mail.state}, due at {mail.due_at}, changed at {mail.changed_at}"
            for (who, key), mail in recorded.items()
            if (who, key) not in expected
        ]
        for mail in mails:
            if (mail.state == "sent") != (had[mail.message_id] == 1) and mail.state != "dropped":
                found.untrue.append(f"{mail.state}, and the server has {had[mail.message_id]}")
        refused = Counter(who for (who, _), mail in recorded.items() if mail.state == "refused")
        if bouncing != {who for who, n in refused.items() if n >= 2} or bouncing - self.relay.dead:
            found.untrue.append(f"{bouncing} bounce; {refused} were refused")
        found.missing += self._missing(expected, recorded, had)
        return found

    def _missing(
        self, expected: Owed, recorded: Mapping[tuple[str, str], Mail], had: Counter[str]
    ) -> Iterator[str]:
        """The mails that somebody who was there all the time should have and has not."""
        for (address, key), since in expected.items():
            person = self.people[address]
            mail = recorded.get((address, key))
            if person.is_disturbed:
                continue
            is_nothing = person.wishes.min_votes == NEVER and not person.wishes.when_nothing
            if mail is None:
                yield f"{address} {key}: owed since {since}, and not begun"
            elif is_nothing != (mail.state == "nothing"):
                yield f"{address} {key}: {mail.state}"
            elif not is_nothing and had[mail.message_id] != 1:
                yield f"{address} {key}: {mail.state}, and the server has none: {mail.text}"


def _calendar(file: Path) -> dict[date, str]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return dict(
            connection.execute(
                "SELECT issued_on, state FROM ops.coverage "
                "WHERE source = 'huggingface' AND edition = 'daily'"
            ).fetchall()
        )


def live(
    published: Path,
    since: date,
    *,
    days: int,
    n_people: int,
    kills: int,
    seed: int,
    step: timedelta,
) -> Found:
    """Live through the days of a published file; returns what was found."""
    with tempfile.TemporaryDirectory() as folder, relay_server() as server:
        home = Path(folder) / "home"
        home.mkdir()
        shutil.copy(published, home / "warehouse.duckdb")
        life = Life(home, server, since, days, seed, step)
        life.gather(n_people)
        life.live(kills)
        return life.judge()


def load(home: Path, since: date, days: int, *, is_sample: bool = False) -> Path:
    """Load the real days, or those of the sample, and those around them; returns the published
    file."""
    source = (SAMPLE if is_sample else DIGESTS) / "huggingface" / "api"
    wanted = {f"{since + timedelta(days=n)}.json" for n in range(-7, days + 7)}
    files = [str(path) for path in sorted(source.glob("*.json")) if path.name in wanted]
    if not files:
        raise SystemExit(f"no digests from {since} on in {source}")
    after = datetime.combine(since, datetime.min.time(), UTC) + timedelta(days=days + 30)
    ingest(Settings(home=home), files, given=None, clock=lambda: after)
    return home / "warehouse.duckdb"


def main() -> int:
    """Live through two weeks of real days, or of the sample where they are absent."""
    has_real = (DIGESTS / "huggingface" / "api").is_dir()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=int, default=30, help="from one run to the next")
    parser.add_argument("--home", type=Path, help="a home that has the days")
    parser.add_argument("--since", type=date.fromisoformat)
    given = parser.parse_args()
    real, sample = date(2025, 5, 26), date(2026, 10, 26)
    since = given.since or (real if has_real or given.home else sample)
    with tempfile.TemporaryDirectory() as folder:
        file = (
            given.home / "warehouse.duckdb"
            if given.home
            else load(Path(folder), since, given.days, is_sample=not has_real)
        )
        found = live(
            file,
            since,
            days=given.days,
            n_people=given.people,
            kills=given.kills,
            seed=given.seed,
            step=timedelta(minutes=given.minutes),
        )
    sys.stdout.write(f"{found}\n")
    return int(any(found.faults.values()))


if __name__ == "__main__":
    sys.exit(main())
