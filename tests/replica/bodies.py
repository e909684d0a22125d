"""Find saved bodies in a folder: `huggingface/api/D.json`, `huggingface/html/D.html`.

With `later`, days present in `huggingface/later/` are answered as a later fetch would find them.
Bodies are handed out as they are: a folder of broken ones makes a broken site, on purpose.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tests.replica import page


@dataclass(frozen=True)
class Bodies:
    """A folder of saved bodies, read afresh at every request."""

    folder: Path
    later: bool = False

    def days(self, until: date) -> list[date]:
        """Issue days up to and including `until`, in order."""
        found = (date.fromisoformat(path.stem) for path in self._section("api").glob("*.json"))
        return sorted(day for day in found if day <= until)

    def latest(self, until: date) -> date | None:
        """The last issue day up to and including `until`, if there is one."""
        days = self.days(until)
        return days[-1] if days else None

    def issue(self, day: date) -> bytes | None:
        """The body of that day's issue, or None when the day has none."""
        again = self._section("later") / f"{day}.json"
        if self.later and again.exists():
            return again.read_bytes()
        first = self._section("api") / f"{day}.json"
        return first.read_bytes() if first.exists() else None

    def page(self, day: date) -> bytes:
        """The page of an issue day: the saved one, or one rendered from the issue's rows.

        A saved page is as old as the first fetch, so a day that is answered later is rendered.
        """
        saved = self._section("html") / f"{day}.html"
        again = self._section("later") / f"{day}.json"
        if saved.exists() and not (self.later and again.exists()):
            return saved.read_bytes()
        before = [other for other in self.days(day) if other < day]
        rows: list[dict[str, Any]] = json.loads(self.issue(day) or b"[]")
        return page.render(rows, day, before[-1] if before else None).encode()

    def _section(self, name: str) -> Path:
        return self.folder / "huggingface" / name
