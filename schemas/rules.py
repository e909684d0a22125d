"""Rules about a column's values, as plain values that every package can read.

A rule can say what it requires in words and check one value. `tasks/quality/validate.py` has Great
Expectations check it on a whole batch; `describe` and the documentation print its sentence. Adding
a rule is one line in a column's description.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Severity = Literal["reject", "hold", "warn"]
"""`reject`: the record goes to quarantine; `hold`: the whole issue is held back; `warn`: it is
loaded and the report says so."""

CONSEQUENCES: dict[Severity, str] = {
    "reject": "the record goes to quarantine",
    "hold": "the issue is held",
    "warn": "a warning is given",
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What each value of a column must satisfy. NULL satisfies every rule except `NotNull`."""

    severity: Severity = "reject"
    because: Callable[[Mapping[str, Any]], str] | None = None
    """(the row that broke the rule, by column) → what was found, in words that name the evidence;
    None: the reason is made of the rule's sentence and the value."""

    @property
    def kind(self) -> str:
        """The rule's name inside its column, stable because the ledger records it."""
        return type(self).__name__.lower()

    def sentence(self) -> str:
        """What the rule requires, in words that can follow "must"."""
        raise NotImplementedError

    def is_met(self, value: Any) -> bool:
        """Whether one value satisfies the rule."""
        return value is None or self._accepts(value)

    def _accepts(self, value: Any) -> bool:
        """The same for a value that is not NULL."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class NotNull(Rule):
    """The value is not NULL. Follows from `Column.nullable`, never written by hand."""

    def sentence(self) -> str:
        return "be present"

    def is_met(self, value: Any) -> bool:
        return value is not None


@dataclass(frozen=True, kw_only=True)
class Absent(Rule):
    """The value is NULL: the column names something that should not exist."""

    def sentence(self) -> str:
        return "be absent"

    def _accepts(self, value: Any) -> bool:  # noqa: ARG002 - any value is one too many
        return False


@dataclass(frozen=True, kw_only=True)
class Length(Rule):
    """A text of `least` to `most` characters."""

    least: int
    most: int

    def sentence(self) -> str:
        return f"have {self.least} to {self.most} characters"

    def _accepts(self, value: Any) -> bool:
        return self.least <= len(value) <= self.most


@dataclass(frozen=True, kw_only=True)
class Matches(Rule):
    """A text that contains a match of the regular expression; `meaning` says what it stands for."""

    pattern: str
    meaning: str

    def sentence(self) -> str:
        return f"be {self.meaning}"

    def _accepts(self, value: Any) -> bool:
        return re.search(self.pattern, value) is not None


@dataclass(frozen=True, kw_only=True)
class Excludes(Rule):
    """A text that contains no match of the regular expression."""

    pattern: str
    meaning: str

    def sentence(self) -> str:
        return f"contain no {self.meaning}"

    def _accepts(self, value: Any) -> bool:
        return re.search(self.pattern, value) is None


@dataclass(frozen=True, kw_only=True)
class Between(Rule):
    """A number or time from `least` to `most`, both included; None leaves that side open."""

    least: float | datetime | None = None
    most: float | datetime | None = None

    def sentence(self) -> str:
        if self.least == self.most:
            return f"be exactly {self.least}"
        if self.most is None:
            return f"be at least {self.least}"
        if self.least is None:
            return f"be at most {self.most}"
        return f"lie between {self.least} and {self.most}"

    def _accepts(self, value: Any) -> bool:
        return (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )


@dataclass(frozen=True, kw_only=True)
class OneOf(Rule):
    """One of a closed list of words."""

    values: tuple[str, ...]

    def sentence(self) -> str:
        return "be one of " + ", ".join(self.values)

    def _accepts(self, value: Any) -> bool:
        return value in self.values
