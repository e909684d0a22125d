"""The root of every error that is reported in one line instead of a traceback."""


class PaperhouseError(Exception):
    """Something a person can act on; its text says what was found and what to do."""

    exit_code = 1
    """What the command ends with: 1 failed, 2 bad usage."""


class UsageError(PaperhouseError):
    """What was asked for cannot be done as asked."""

    exit_code = 2
