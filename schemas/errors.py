"""The base of every error that is reported as one line instead of a traceback."""


class PaperhouseError(Exception):
    """An error that a person can act on; its text says what was found and what to do."""

    exit_code = 1
    """The exit code of the command: 1 failed, 2 bad usage."""


class UsageError(PaperhouseError):
    """The request cannot be carried out as it was made."""

    exit_code = 2


def one_line(error: PaperhouseError) -> str:
    """The text of an error without the database's picture of its position."""
    return " ".join(str(error).partition("\n\nLINE ")[0].split())
