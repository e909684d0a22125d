"""How weekly dumps are named as issues."""

from datetime import date


def is_valid_key(edition: str, key: str) -> bool:
    """Weeks are named by a day, the one in the file's name."""
    try:
        return edition == "weekly" and str(date.fromisoformat(key)) == key
    except ValueError:
        return False
