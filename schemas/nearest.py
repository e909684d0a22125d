"""What somebody may have meant by a name that there is not."""

from collections.abc import Collection
from difflib import get_close_matches

_MOST = 3
_FEW = 12
"""So many names are all told when none is near."""


def or_nearest(name: str, known: Collection[str], everything: str) -> str:
    """The end of a message: the names that are near, else all of few, else where to find them.

    `everything` says where all names are found.
    """
    short = {full.rpartition(".")[2]: full for full in known}
    near = get_close_matches(name, [*known, *short], n=_MOST, cutoff=0.6)
    meant = list(dict.fromkeys(short.get(found, found) for found in near))
    if meant:
        return f"did you mean {' or '.join(meant)}? {everything}"
    return f"there are: {', '.join(sorted(known))}" if len(known) <= _FEW else everything
