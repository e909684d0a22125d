"""Run the replica in a thread of this process, so that what it serves can be changed on the way."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from tests.replica.bodies import Bodies
from tests.replica.faults import Script, rule_from
from tests.replica.quota import FixedWindow
from tests.replica.server import Replica, RequestLog, Service
from tests.replica.site import Site


@dataclass(frozen=True)
class Inside:
    """A replica in this process and the file of its log."""

    server: Replica
    log: Path

    @property
    def url(self) -> str:
        return self.server.url

    def change(self, **parts: Any) -> None:
        """Serve with other parts from the next request on: `script`, `site`, `paths`, …"""
        self.server.service = replace(self.server.service, **parts)

    def misbehave(self, *rules: Mapping[str, Any]) -> None:
        """Go wrong by these rules from now on."""
        self.change(script=Script([rule_from(rule) for rule in rules]))

    def requests(self) -> Sequence[dict[str, Any]]:
        """Every request since the log was last cleared, oldest first."""
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def forget(self) -> None:
        """Clear the log."""
        self.log.unlink(missing_ok=True)


@contextmanager
def replica_inside(bodies: Bodies, today: date, log: Path) -> Iterator[Inside]:
    """A replica without faults that ends with the block."""
    windows = {name: FixedWindow(name, 100_000, 300) for name in ("api", "pages")}
    service = Service(Site(bodies, today), windows, Script([]), RequestLog(log))
    with Replica(0, service) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Inside(server, log)
        finally:
            server.shutdown()
            thread.join()
