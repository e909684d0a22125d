"""A stale cache in front of the site: it answers each day with the list of the day before."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.replica import page
from tests.replica.bodies import Bodies


@dataclass(frozen=True)
class StaleBodies(Bodies):
    """Bodies of the issue day before the one asked for, with status 200 and no hint.

    A page shows the date asked for, as its frame is not cached; its cards are another day's.
    """

    def issue(self, day: date) -> bytes | None:
        """The list of the issue day before."""
        before = self._before(day)
        return super().issue(before) if before else None

    def page(self, day: date) -> bytes:
        """That list in a page of the day asked for."""
        rows: list[dict[str, Any]] = json.loads(self.issue(day) or b"[]")
        return page.render(rows, day, self._before(day)).encode()

    def _before(self, day: date) -> date | None:
        return next((other for other in reversed(self.days(day)) if other < day), None)
