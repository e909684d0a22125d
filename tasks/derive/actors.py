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
    r"\b(?:existing|previous|prior|recent|recently|while|although|unlike|like|where|when|if)\b"
)


def actors(text: str) -> Iterator[Found]:
    """The first name that acts in a sentence after the first "we" or "our" of an abstract.

    A name that is used again and again may act before that, where nobody else is spoken of.
    """
    words = text.split(" ")
    acts = [number for number, word in enumerate(words) if word in _ACTS]
    own = _OWN.search(folded(text)) if acts else None
    for number in acts if own else ():
        last = number - 1
        while last > 0 and (words[last] in _BETWEEN or words[last].endswith("ly")):
            last -= 1
        if last >= 0 and own and is_strong(words[last]):
            begin = sum(map(len, words[:last])) + last
            if _is_own(text, words[last], begin, own.start()):
                name = plain(words[last])
                yield Found(name, (), None, "actor", begin, begin + len(name), 0.85)
                return


def _is_own(text: str, word: str, place: int, since: int) -> bool:
    """Whether a word that acts is a name of the paper's own: not one that others are named by."""
    name = plain(word)
    if name != word or len(name) < _SHORTEST or is_never(name) or is_family(name):
        return False
    if text.find(name) < since and (text.count(name) < _AGAIN or f"({name}" in text):
        return False
    before = sentence_at(text, place, place + len(name)).partition(name)[0]
    return not _OTHERS.search(folded(before))


_BETWEEN = one_of("can then also further")
_AGAIN = 3
_SHORTEST = 3
"""Shorter names stand for something else: "the model M1"."""
