"""Names that act: "FernNet uses ...", "at its core, DeepFern performs ...".

Papers that never say "we propose FernNet" are read by this, and only they: others name rivals so.
"""

import re
from collections.abc import Iterator

from tasks.derive.found import Found
from tasks.derive.names import is_family, is_never, is_strong, plain
from tasks.derive.paper import sentence_at
from tasks.derive.words import folded, one_of

_ACTS = one_of(
    "uses performs employs leverages consists introduces learns combines integrates achieves "
    "outperforms enables provides contains comprises covers works operates decomposes generates "
    "improves reduces attains adopts adapts treats builds offers supports"
)
_OWN = re.compile(r"\b(?:we|our|us|ours|this (?:paper|work))\b")
_OTHERS = re.compile(
    r"\b(?:existing|previous|prior|recent|recently|while|although|unlike|like|where|when)\b"
)


def actors(text: str) -> Iterator[Found]:
    """The first name that acts in a sentence after the first "we" or "our" of an abstract.

    A name that is used again and again may act before that, where nobody else is spoken of.
    """
    own = _OWN.search(folded(text))
    if own is None:
        return
    place, last, begin = 0, "", 0
    for word in text.split(" "):
        if word in _ACTS and is_strong(last):
            if _is_own(text, last, begin, own.start()):
                name = plain(last)
                yield Found(name, (), None, "actor", begin, begin + len(name), 0.8)
                return
        if not (word in _BETWEEN or word.endswith("ly")):
            last, begin = word, place
        place += len(word) + 1


def _is_own(text: str, word: str, place: int, since: int) -> bool:
    """Whether a word that acts is a name of the paper's own: not one that others are named by."""
    name = plain(word)
    if name != word or is_never(name) or is_family(name):
        return False
    if text.find(name) < since and (text.count(name) < _AGAIN or f"({name}" in text):
        return False
    before = sentence_at(text, place, place + len(name)).partition(name)[0]
    return not _OTHERS.search(folded(before))


_BETWEEN = one_of("can then also further")
_AGAIN = 3
