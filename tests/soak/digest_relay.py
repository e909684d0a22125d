"""How the relay of `tests/soak/digest.py` behaves: by address, by chance, and as a killer."""

import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.relay import BREAK

POINTS = ("mail", "rcpt", "data", "body", "end", "accepted")


@dataclass
class Relay:
    """The script of a server of `tests.support.relay`; remembers what only a server can know."""

    chance: random.Random
    stop: Callable[[str], None]
    """Called when a mail is on its way to somebody who stops just then."""
    dead: set[str] = field(default_factory=set)
    deferring: set[str] = field(default_factory=set)
    stopping: set[str] = field(default_factory=set)
    kill_at: str | None = None
    """The point at which the sender is killed next."""
    child: int = 0
    is_calm: bool = False
    n_kills: Counter[str] = field(default_factory=Counter)
    n_breaks: Counter[str] = field(default_factory=Counter)
    """How often it broke off by itself, by point."""

    def __call__(self, point: str, address: str) -> str | None:
        if self.kill_at == point and self.child:
            self.kill_at = None
            self.n_kills[point] += 1
            os.kill(self.child, signal.SIGKILL)
            return None
        if point == "rcpt":
            if address in self.stopping:
                self.stopping.discard(address)
                self.stop(address)
            if address in self.dead:
                return f"550 5.1.1 <{address}> is unknown"
            if address in self.deferring:
                return f"451 4.7.1 <{address}> come back later"
        return None if self.is_calm else self._by_chance(point)

    def _by_chance(self, point: str) -> str | None:
        drawn = self.chance.random()
        if drawn < 0.006:
            self.n_breaks[point] += 1
            return BREAK
        if point in ("mail", "rcpt", "data", "end") and drawn < 0.014:
            return "451 4.3.0 not now"
        if point in ("rcpt", "end") and drawn < 0.016:
            return "554 5.7.1 against our policy"
        return None
