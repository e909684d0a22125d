"""Looks for rows and messages that a week of failures loses: `python -m tests.soak.week`.

A real Prefect server and worker run it. Two homes live through the same seven nights, served by the
same replica, each night with its own moment as the flow's `now`. One is left alone. The other's
source is down on the second night, then nothing runs for three days, then an issue comes with
another day's bytes, and on the last night worker and night are killed with SIGKILL in the middle of
the load. In the end both have the same rows, and the webhook has had just the messages it should.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.monitoring.notify import URLS
from tests.replica.bodies import Bodies
from tests.replica.faults import Script
from tests.replica.inside import Inside, replica_inside
from tests.replica.site import Site
from tests.soak.crash import lake_rows, leftovers
from tests.support.folders import SAMPLE
from tests.support.prefect_server import Prefect
from tests.support.process import BIN, descendants, free_port, process, wait_until
from tests.support.receivers import Webhook, running_webhook
from tests.support.warehouse import Warehouse

FIRST_NIGHT = datetime(2026, 11, 5, 6, tzinfo=UTC)
NIGHTS = [FIRST_NIGHT + timedelta(days=n) for n in range(7)]
DOWN, OUTAGE, SNAPPED, KILLED = NIGHTS[1], NIGHTS[2:5], NIGHTS[5], NIGHTS[6]
SNAPPED_DAY, BYTES_OF = "2026-11-09", "2026-11-06"
WANTED = (
    (DOWN, "run failed"),
    *((night, "silent") for night in OUTAGE),
    *((night, "stale") for night in OUTAGE),
    (SNAPPED, "issues held"),
    (SNAPPED, "stale"),
)
"""The night or the morning after it, and the cause of each message.

An issue is late 30 hours after it can be out: the one of the night when the source was down on the
morning after, and so is the held one.
"""
PATIENCE_S = 120


@dataclass
class Deployment:
    """A warehouse, the Prefect server that runs its nights, and the messages it sent."""

    warehouse: Warehouse
    replica: Inside
    webhook: Webhook
    scratch: Path
    told: list[tuple[datetime, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.prefect = Prefect(self.port)
        ours = ("PREFECT_", "PAPERHOUSE_")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self.environment: Mapping[str, str] = clean | {
            "PAPERHOUSE_HOME": str(self.warehouse.home),
            "PAPERHOUSE_SOURCES__HUGGINGFACE__BASE_URL": self.replica.url,
            "PAPERHOUSE_MAX_TRIES": "1",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            URLS: self.webhook.url,
        }

    @contextmanager
    def served(self) -> Iterator[subprocess.Popen[bytes]]:
        """`paperhouse serve` with a worker that waits."""
        command = [str(BIN / "paperhouse"), "serve", "--port", str(self.port)]
        with process(
            command, self.environment, self.scratch / f"{self.warehouse.home.name}.log"
        ) as serving:
            wait_until(self.prefect.has_worker, "worker", serving)
            yield serving

    def night(self, moment: datetime) -> str:
        """Trigger a night and give the state it ends in."""
        state = self.prefect.ends(self.prefect.trigger(f"{moment:%Y-%m-%dT%H:%M:%SZ}"))
        self.collect(moment)
        return state

    def morning(self, night: datetime) -> None:
        """What cron does at half past eight, whether anything ran or not."""
        at = night + timedelta(hours=2, minutes=30)
        subprocess.run(
            [BIN / "paperhouse", "status", "--notify", "--now", f"{at:%Y-%m-%dT%H:%M:%S}"],
            env=self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        self.collect(night)

    def collect(self, night: datetime) -> None:
        """Put the messages that came since the last time to a night."""
        self.told += [(night, cause_of(title)) for title in self.webhook.titles]
        self.webhook.posted.clear()


def cause_of(title: str) -> str:
    """The cause of a message by its headline."""
    for words, cause in (
        ("nightly failed", "run failed"),
        ("nightly partial", "run partial"),
        ("held back", "issues held"),
        ("missed objectives", "stale"),
        ("nothing runs", "silent"),
    ):
        if words in title:
            return cause
    return title


def calm(deployment: Deployment, site: dict[datetime, Site]) -> None:
    """The week as it should be."""
    with deployment.served():
        for moment in NIGHTS:
            deployment.replica.change(site=site[moment])
            say(f"{moment:%a %d} calm: {deployment.night(moment)}")


def troubled(deployment: Deployment, site: dict[datetime, Site], wrong: Site) -> None:
    """The week as it may be."""
    with deployment.served() as serving:
        for moment in NIGHTS:
            deployment.replica.change(site=wrong if moment == SNAPPED else site[moment])
            if moment == DOWN:
                deployment.replica.misbehave({"path": "/*", "fault": "status", "status": 503})
            else:
                deployment.replica.change(script=Script([]))
            if moment == KILLED:
                break
            if moment not in OUTAGE:
                say(f"{moment:%a %d} troubled: {deployment.night(moment)}")
            deployment.morning(moment)
        kill_in_mid_load(deployment, serving)
    with deployment.served():
        say(f"{KILLED:%a %d} troubled, killed and again: {deployment.night(KILLED)}")
    deployment.morning(KILLED)


def kill_in_mid_load(deployment: Deployment, serving: subprocess.Popen[bytes]) -> None:
    """Start the last night and kill it, and its worker, while a snapshot is being written."""
    run = deployment.prefect.trigger(f"{KILLED:%Y-%m-%dT%H:%M:%SZ}")
    snapshots = deployment.warehouse.home / "lake" / "snapshots"
    deadline = time.monotonic() + PATIENCE_S
    while not list(snapshots.glob(".unfinished*/*")):
        if time.monotonic() > deadline:
            raise TimeoutError("the load was never under way")
        time.sleep(0.002)
    server = min(descendants(serving.pid))
    for pid in descendants(serving.pid) - {server}:
        os.kill(pid, signal.SIGKILL)
    say(f"{KILLED:%a %d} troubled: killed while {deployment.prefect.state(run)}")
    serving.wait(PATIENCE_S)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def live(scratch: Path) -> list[str]:
    """Live through both weeks; gives what does not hold."""
    wrong = scratch / "wrong"
    shutil.copytree(SAMPLE, wrong)
    api = wrong / "huggingface" / "api"
    shutil.copy(api / f"{BYTES_OF}.json", api / f"{SNAPPED_DAY}.json")
    site = {moment: Site(Bodies(SAMPLE), moment.date()) for moment in NIGHTS}
    first = NIGHTS[0].date()
    with (
        replica_inside(Bodies(SAMPLE), first, scratch / "log") as replica,
        running_webhook() as webhook,
    ):
        both = [
            Deployment(Warehouse(scratch / name), replica, webhook, scratch)
            for name in ("calm", "troubled")
        ]
        calm(both[0], site)
        troubled(both[1], site, Site(Bodies(wrong), SNAPPED.date()))
    one, other = (lake_rows(deployment.warehouse.paths) for deployment in both)
    faults = [
        f"{name}: {len(one[name])} rows, {len(other[name])}"
        for name in one
        if not same(one, other, name)
    ]
    faults += leftovers(both[1].warehouse.paths)
    faults += [f"the calm week sent {told}" for told in both[0].told]
    missing = set(WANTED) - set(both[1].told)
    faults += [f"not sent: {night:%a %d} {cause}" for night, cause in sorted(missing)]
    extra = [told for told in both[1].told if told not in WANTED]
    faults += [f"sent and not wanted: {night:%a %d} {cause}" for night, cause in extra]
    if len(both[1].told) != len(set(both[1].told)):
        faults.append("some cause was told twice on a day")
    for night, cause in both[1].told:
        say(f"  message {night:%a %d}: {cause}")
    say(f"{sum(map(len, one.values())):,} rows; {len(faults)} faults")
    return faults


def same(
    one: dict[str, list[dict[str, object]]], other: dict[str, list[dict[str, object]]], name: str
) -> bool:
    """Whether a table is the same but for when something was seen."""
    if name == "core.issue_captures":  # a night that did not run captured nothing
        return {r["issue_id"] for r in one[name]} == {r["issue_id"] for r in other[name]}
    return one[name] == other[name]


def main() -> int:
    """Live through the week and say what does not hold."""
    with tempfile.TemporaryDirectory() as scratch:
        faults = live(Path(scratch))
    for fault in faults:
        say(f"  {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
