"""What must hold of a column's values, as plain values that every room can read.

A rule says nothing about how it is checked: `tasks/validate.py` turns it into a Great Expectations
expectation, `describe` and the documentation print its sentence. Adding a rule is one line in a
column's description.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Severity = Literal["reject", "warn"]
"""`reject`: the record goes to quarantine; `warn`: it is loaded and the report says so."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Something each value of a column must satisfy. NULL satisfies every rule but `NotNull`."""

    severity: Severity = "reject"

    @property
    def kind(self) -> str:
        """The rule's name inside its column, stable because the ledger records it."""
        return type(self).__name__.lower()

    def sentence(self) -> str:
        """What the rule asks, in words that can follow "must"."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class NotNull(Rule):
    """The value is known. Follows from `Column.nullable`, never written by hand."""

    def sentence(self) -> str:
        return "be present"


@dataclass(frozen=True, kw_only=True)
class Length(Rule):
    """A text of `least` to `most` characters."""

    least: int
    most: int

    def sentence(self) -> str:
        return f"have {self.least} to {self.most} characters"


@dataclass(frozen=True, kw_only=True)
class Matches(Rule):
    """A text in which the regular expression is found; `meaning` says what it stands for."""

    pattern: str
    meaning: str

    def sentence(self) -> str:
        return f"be {self.meaning}"


@dataclass(frozen=True, kw_only=True)
class Excludes(Rule):
    """A text in which the regular expression is not found."""

    pattern: str
    meaning: str

    def sentence(self) -> str:
        return f"contain no {self.meaning}"


@dataclass(frozen=True, kw_only=True)
class Between(Rule):
    """A number or time from `least` to `most`, both allowed; None leaves that side open."""

    least: int | datetime | None = None
    most: int | datetime | None = None

    def sentence(self) -> str:
        if self.most is None:
            return f"be at least {self.least}"
        if self.least is None:
            return f"be at most {self.most}"
        return f"lie between {self.least} and {self.most}"


@dataclass(frozen=True, kw_only=True)
class OneOf(Rule):
    """One of a closed list of words."""

    values: tuple[str, ...]

    def sentence(self) -> str:
        return "be one of " + ", ".join(self.values)
