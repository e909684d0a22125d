"""Finds many phrases in a text while reading it once, so that the cost does not grow with them."""

from collections.abc import Sequence

from ahocorasick_rs import BytesAhoCorasick

Match = tuple[int, int, int]
"""The number of a phrase, and where it begins and ends in the text."""


class Phrases:
    """A search (Aho-Corasick) for phrases, each of which has its place in the list as number.

    It works on bytes: where all characters of a text are ASCII, as in most, places in the bytes are
    those in the text, and none has to be translated.
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        self._automaton = BytesAhoCorasick([phrase.encode() for phrase in phrases])

    def matches(self, text: str) -> list[Match]:
        """Every occurrence of every phrase, overlapping ones too, in the order of their ends."""
        content = text.encode(errors="surrogatepass")
        found = self._automaton.find_matches_as_indexes(content, overlapping=True)
        if len(content) == len(text):
            return found
        return [
            (number, _place(content, start), _place(content, end)) for number, start, end in found
        ]


def _place(content: bytes, place: int) -> int:
    """The number of characters before a place in UTF-8."""
    return len(content[:place].decode(errors="surrogatepass"))
