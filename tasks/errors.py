"""Errors of sources and bodies. Each message contains the value that caused it."""

from schemas.errors import PaperhouseError, UsageError


class BadIssueId(UsageError):
    """An issue was named in a way no source understands."""


class BadBody(PaperhouseError):
    """Bytes that are no issue at all: `expected` and `found` say why, in words."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = found


class UnknownIssue(UsageError):
    """Bytes that are a digest, but nothing identifies which issue."""


class FetchError(PaperhouseError):
    """No usable answer came from a source.

    `status` is the HTTP status, if that is why.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Unreachable(FetchError):
    """The source did not answer, or only with server errors, within the tries allowed."""


class RateLimited(FetchError):
    """The source asks us to wait longer than the policy allows."""


class NotPublished(FetchError):
    """The source says the issue does not exist (yet)."""


class UnusableAnswer(FetchError):
    """An answer that is no issue: too large, of the wrong type, or not in the expected format.

    `content` is its body, as evidence, if it was read completely; `url` is where it came from.
    """

    def __init__(self, message: str, content: bytes | None = None, url: str | None = None) -> None:
        super().__init__(message)
        self.content = content
        self.url = url


class ForbiddenAddress(FetchError):
    """The source sent us to an address that must not be requested."""


class BudgetSpent(FetchError):
    """The run's budget of requests to a host is used up; the rest is deferred to the next run."""


class ExpectationError(PaperhouseError):
    """An expectation could not be evaluated: a mistake in the rules, not in the data."""
