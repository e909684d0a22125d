"""What one run that sends mails did: numbers and ids, never an address."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

_WORDS = {
    "sent": "sent",
    "nothing": "with nothing to send",
    "deferred": "deferred",
    "refused": "refused",
    "in doubt": "in doubt",
    "given up": "given up",
    "dropped": "not wanted any more",
    "failed": "could not be written",
    "bouncing": "people whose address refused two in a row",
    "waiting": "still to be sent",
}
"""What is counted, and how it is said."""


@dataclass
class DigestReport:
    """What became of the mails of one run. `relay_fault` is why it stopped before its end."""

    counts: Counter[str] = field(default_factory=Counter)
    relay_fault: str | None = None
    faults: list[str] = field(default_factory=list)
    """A line for each mail that is in doubt, given up or could not be written."""

    def add(self, what: str, n: int = 1) -> None:
        if what not in _WORDS:
            raise ValueError(f"{what!r} is not counted")
        self.counts[what] += n

    @property
    def exit_code(self) -> int:
        """0 when what is left needs nobody, 1 when the relay ended the run and took nothing, else
        3."""
        if self.relay_fault and not self.counts["sent"]:
            return 1
        return 3 if self.relay_fault or self.faults else 0

    @property
    def given_up(self) -> list[str]:
        """The lines of the mails that are not tried again."""
        return [line for line in self.faults if line.startswith("given up")]

    def headline(self) -> str:
        said = [f"{n:,} {_WORDS[what]}" for what, n in self.counts.items() if n]
        return "digest: " + (", ".join(said) or "nothing to send")

    def lines(self) -> list[str]:
        stopped = [f"stopped: the relay fails: {self.relay_fault}"] if self.relay_fault else []
        return [self.headline(), *stopped, *self.faults]

    def as_json(self) -> dict[str, Any]:
        counts = {what: self.counts[what] for what in _WORDS}
        return {
            "exit_code": self.exit_code,
            "counts": counts,
            "relay_fault": self.relay_fault,
            "faults": self.faults,
        }
