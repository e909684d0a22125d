"""What somebody may have meant by a name that there is not."""

from collections.abc import Collection
from difflib import get_close_matches

_MOST = 3
_ENOUGH = 4
"""A name of so many letters is looked for inside others."""
_FEW = 12
"""So many names are all told when none is near."""


def or_nearest(name: str, known: Collection[str], everything: str) -> str:
    """The end of a message: the names that are near, else all of few, else where to find them.

    `everything` says where all names are found.
    """
    short = {full.rpartition(".")[2]: full for full in known}
    near = get_close_matches(name, [*known, *short], n=_MOST, cutoff=0.6)
    near += [found for found in sorted(known) if len(name) >= _ENOUGH and name in found]
    meant = list(dict.fromkeys(short.get(found, found) for found in near))[:_MOST]
    if meant:
        return f"did you mean {' or '.join(meant)}? {everything}"
    return f"there are: {', '.join(sorted(known))}" if len(known) <= _FEW else everything
