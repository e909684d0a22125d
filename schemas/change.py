"""How many rows a step added, changed and removed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """Counts of rows; false when nothing changed."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    def __add__(self, other: "Change") -> "Change":
        return Change(
            self.added + other.added, self.changed + other.changed, self.removed + other.removed
        )

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def __str__(self) -> str:
        parts = [(self.added, "added"), (self.changed, "changed"), (self.removed, "removed")]
        return ", ".join(f"{n:,} {word}" for n, word in parts if n) or "no change"


NO_CHANGE = Change()
