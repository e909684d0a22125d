"""The names of weekly dumps as issues."""

from datetime import date


def is_valid_key(edition: str, key: str) -> bool:
    """Whether the edition is `weekly` and the key a day, as in the file's name."""
    try:
        return edition == "weekly" and str(date.fromisoformat(key)) == key
    except ValueError:
        return False
