"""A clock that tests move: sleeping on it takes no time and is written down."""

from dataclasses import dataclass, field


@dataclass
class FakeTime:
    """A monotonic clock in seconds, and the `sleep` that goes with it."""

    seconds: float = 1000.0
    pauses: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds
