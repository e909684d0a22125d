"""Finds an acronym in brackets behind what it stands for: "Quiet Leaf Growing (QLG)"."""

from tasks.derive.found import PROBLEMS, Found
from tasks.derive.kinds import kind_in
from tasks.derive.names import is_initials, is_known, is_never, is_strong
from tasks.derive.words import Word


def acronym_at(words: list[Word], place: int, *, is_direct: bool) -> Found | None:
    """The acronym at a place if it stands for the words before it.

    After "we propose" (`is_direct`) these may be in small letters, or a noun such as "model".
    """
    word = words[place]
    is_plural_fit = ")" in word.mark and is_strong(word.text) and not is_known(word.text)
    is_of_a_function = place > 0 and len(words[place - 1].text) == 1
    if not is_plural_fit or is_of_a_function or is_never(word.text, is_plural_fit=True):
        return None
    following = words[place + 1].text if place + 1 < len(words) else ""
    if following in PROBLEMS:
        return None
    n_letters = sum(letter.isupper() for letter in word.text)
    spelled = _spelled(words, place, n_letters + 4, is_capital=True)
    if spelled:
        kind = kind_in(spelled, at_end=True)
        found = Found(word.text, (spelled,), kind, "acronym", word.start, word.end, 0.93)
        return _as_part(found, spelled, following)
    if is_never(word.text):
        return _plural(words, place, n_letters) if is_direct else None
    found = Found(word.text, (), None, "acronym", word.start, word.end, 0.92)
    spelled = _spelled(words, place, n_letters + 2, is_capital=False) if is_direct else None
    if spelled:
        return _as_part(found._replace(aliases=(spelled,)), spelled, following)
    is_coined = any(letter.islower() for letter in word.text.rstrip("s")) and n_letters >= 2
    is_coined |= is_direct and bool(place and kind_in(words[place - 1].text))
    return found if is_coined else None


def _plural(words: list[Word], place: int, n_letters: int) -> Found | None:
    """The acronym in the plural of what follows the proposal at once: "leaf root probes (LRPs)"."""
    word = words[place]
    spelled = _spelled(words, place, n_letters + 2, is_capital=False)
    if spelled is None or place - spelled.count(" ") > 2:
        return None
    return Found(word.text, (spelled,), None, "acronym", word.start, word.end, 0.92)


PARTS = ("module", "modules", "loss", "block", "layer", "head", "unit")
"""Nouns of parts, whose acronyms are parts of a system and no systems."""


def _as_part(found: Found, spelled: str, following: str) -> Found:
    """The acronym of a module, or before that word, is the name of a part."""
    is_part = following in PARTS or spelled.lower().endswith(PARTS)
    return found._replace(role="part") if is_part else found


def _spelled(words: list[Word], place: int, most: int, *, is_capital: bool) -> str | None:
    """The longest phrase before an acronym whose initials it has."""
    for n_words in range(min(place, most), 0, -1):
        said = words[place - n_words : place]
        phrase = " ".join(word.text for word in said)
        is_fit = said[0].text[:1].isupper() or not is_capital
        if is_fit and is_initials(words[place].text, phrase):
            return phrase
    return None
