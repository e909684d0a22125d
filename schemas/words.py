"""Numbers in sentences, for messages that tables and commands share."""


def counted(number: int, word: str) -> str:
    """`1 day`, `2,000 days`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
