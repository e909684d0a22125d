"""What can go wrong with a source or a body. Each error carries the value that caused it."""

from schemas.errors import PaperhouseError, UsageError


class BadIssueId(UsageError):
    """An issue was named in a way no source understands."""


class BadBody(PaperhouseError):
    """Bytes that are not an issue at all: `expected` and `found` say it in words."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = found


class UnknownIssue(UsageError):
    """Bytes that are a digest, but nothing tells which issue of it."""


class FetchError(PaperhouseError):
    """No usable answer came from a source."""


class Unreachable(FetchError):
    """The source did not answer, or only with server errors, within the tries allowed."""


class RateLimited(FetchError):
    """The source said to come back later than we are willing to wait."""


class NotPublished(FetchError):
    """The source says the issue does not exist (yet)."""


class UnusableAnswer(FetchError):
    """An answer that is no issue: too large, of another type, or not what its form asks for.

    `content` is its body, as evidence, when that was read to its end, and `url` where it came from.
    """

    def __init__(self, message: str, content: bytes | None = None, url: str | None = None) -> None:
        super().__init__(message)
        self.content = content
        self.url = url


class ForbiddenAddress(FetchError):
    """The source sent us to an address that must not be asked."""


class BudgetSpent(FetchError):
    """The run has made as many requests to a host as it may; what is left waits for the next."""


class ExpectationError(PaperhouseError):
    """An expectation could not be evaluated: a mistake in the rules, not in the data."""
