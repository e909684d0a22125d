"""What a message tells. Tests assert its ids, numbers and names, which outlive its wording."""

import re


def untold(text: object, *facts: str) -> list[str]:
    """The facts that a text does not have, each as words of its own: `1` is not told by `0.1`."""
    return [
        fact
        for fact in facts
        if not re.search(rf"(?<![\w.-]){re.escape(fact)}(?!\w|\.\d)", str(text))
    ]


def in_words(value: object) -> str | None:
    """The id of a case from the facts it asks for, for `ids` of `pytest.mark.parametrize`."""
    return " ".join(value) if isinstance(value, tuple) else None
