"""Names that act: "FernNet uses ...", "at its core, DeepFern performs ...".

Papers that never say "we propose FernNet" are read by this, and only they: others name rivals so.
"""

import re
from collections.abc import Iterator

from tasks.derive.found import Found
from tasks.derive.names import is_family, is_never, is_strong, plain
from tasks.derive.paper import sentence_at

_ACTS = re.compile(
    r"(?P<name>(?<![\w-])[a-z]{0,3}[A-Z0-9][\w.^+-]{1,39}(?: [A-Z0-9][\w.-]{1,20})?) "
    r"(?:is a|uses|performs|employs|leverages|consists|introduces|learns|combines|integrates|"
    r"achieves|outperforms|enables|provides|contains|comprises|covers|works|operates|decomposes|"
    r"generates|improves|reduces|attains|first|adopts|adapts|treats|builds|offers|supports)\b"
)
_OWN = re.compile(r"\b(?:we|our|us|ours|this (?:paper|work))\b", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(?:existing|previous|prior|recent|recently|while|although|unlike|like)\b", re.IGNORECASE
)


def actors(text: str) -> Iterator[Found]:
    """Names that act in sentences after the first "we" or "our" of an abstract."""
    own = _OWN.search(text)
    for match in _ACTS.finditer(text, own.start()) if own else ():
        name = plain(match["name"])
        if not all(is_strong(word) for word in name.split()) or is_never(name) or is_family(name):
            continue
        place = match.start("name")
        sentence = sentence_at(text, place, match.end("name"))
        is_first = text.find(name) >= own.start() if own else False
        if is_first and not _OTHERS.search(sentence[: sentence.find(name)]):
            yield Found(name, (), None, "actor", place, place + len(name), 0.8)
            return
