"""The clause of a number: which word of change leads to it or follows it, and what links them."""

import re
from typing import NamedTuple

from tasks.derive.changes import (
    ACHIEVES,
    BEHIND,
    BETWEEN_NOUNS,
    BREAKS,
    COMPARED,
    ENDS_A_NOUN,
    FILL,
    GOES,
    IS,
    IS_ADJECTIVE_AFTER,
    LEADING,
    NOUNS,
    RATIOS,
    VERBS,
    WENT,
)
from tasks.derive.words import folded, has_one, one_of

_MARKS = ",.;:()[]'\"*$~+-−<>≈"
_ENDS = (",", ".", ";", ":", ")")
_CHANGES = LEADING.keys() | COMPARED.keys()
_PARTS_CLAUSES = (";", ":", *BREAKS)
"""What stands between clauses has one of these in it."""
_REACH = 40
"""A word of change leads to a number at most so many words behind it."""
_LINKS = {"by": "by", "e.g": "example"}
_REACHED = one_of("to reach reaches reaching")
_STOPS = {"near": ",;:", "brackets": ";"}
"""The marks at which a search for the word of change ends, by link; for most, the same two."""
_UP = one_of("up close due")
_NOT = one_of("not cannot never none neither nor doesn't don't")
BETWEEN_TWO = re.compile(r",? and |, ")
"""What stands between two things of a list."""
_COMPARING = one_of("over than compared versus against behind")


class Lead(NamedTuple):
    """A word of change beside a number, and how they belong together."""

    word: str
    way: str
    link: str
    """`behind`, `by`, `of`, `direct`, `brackets`, `colon`, `example`, `near`, or `clause`: only in
    the same clause."""
    start: int
    """Where the word begins in the text."""


class Part(NamedTuple):
    """The part of a clause that belongs to one number: its begin, the number, and its end."""

    begin: int
    start: int
    end: int
    finish: int


class Sentence:
    """A sentence in lower case (`said`), and its words between single blanks: `bare` without marks.

    Without a word of change in it (`may_change`), none leads to its numbers.
    """

    def __init__(self, text: str, first: int, last: int) -> None:
        self.first, self.last = first, last
        self._text = text
        self.said = folded(text[first:last])
        self.words = self.said.split(" ")
        self.bare = [word.strip(_MARKS) for word in self.words]
        self.may_change = not _CHANGES.isdisjoint(self.bare)

    def lowered(self, start: int, end: int) -> str:
        """A span of the text, which lies in the sentence, in lower case."""
        return self.said[start - self.first : end - self.first]

    def at(self, place: int) -> int:
        """The number of the word at a place of the text."""
        return self._text.count(" ", self.first, place)

    def start(self, number: int) -> int:
        """Where a word begins in the text."""
        return self.first + sum(map(len, self.words[:number])) + number

    def is_capital(self, number: int) -> bool:
        """Whether a word inside the sentence is printed with a capital: a name."""
        begin = self.start(number)
        return number > 0 and self._text[begin : begin + 2].lstrip("(")[:1].isupper()

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """Where the clause around a span begins and ends in the text."""
        begin, finish = self.first, self.last
        if not has_one(self.said, _PARTS_CLAUSES):
            return begin, finish
        for number in range(self.at(start), 0, -1):
            word = self.words[number - 1]
            if word[-1:] in (";", ":") or self.bare[number] in BREAKS:
                begin = self.start(number)
                break
        for number in range(self.at(end) + 1, len(self.words)):
            if self.words[number - 1][-1:] == ";" or self.bare[number] in BREAKS:
                finish = self.start(number) - 1
                break
        return begin, finish


def lead_behind(sentence: Sentence, end: int) -> Lead | None:
    """A word of change right behind a number: "4% lower", "4% average accuracy gain"."""
    words, bare = sentence.words, sentence.bare
    number = sentence.at(end)
    if end - sentence.start(number) >= len(words[number]):
        number += 1
    elif words[number][end - sentence.start(number) :].strip("-$}*"):
        return None
    is_plain = True
    for place in range(number, min(number + 5, len(words))):
        word = bare[place]
        if words[place][:1] == "(":
            if words[place][-1] == ")":
                continue
            return None
        if word in BEHIND and (_is_noun(sentence, place) if word in NOUNS else is_plain):
            return Lead(word, BEHIND[word], "behind", sentence.start(place))
        is_plain = is_plain and word in BETWEEN_NOUNS
        if (word in ENDS_A_NOUN and not is_plain) or words[place][-1:] in _ENDS:
            return None
    return None


def _is_noun(sentence: Sentence, place: int) -> bool:
    """Whether a word of change is a noun: "drops" and its like are verbs before a noun phrase."""
    words, bare = sentence.words, sentence.bare
    if words[place][-1:] in _ENDS or bare[place] not in VERBS or place + 1 == len(words):
        return True
    return not bare[place + 1] or bare[place + 1] in ENDS_A_NOUN or words[place + 1][0] == "("


def lead_before(sentence: Sentence, start: int) -> Lead | None:
    """The word of change that leads to a number: "improves X by 4%", "a gain in X of 4%"."""
    number = sentence.at(start)
    if start > sentence.start(number) and sentence.words[number].startswith("("):
        lead = _in_brackets(sentence, number - 1)
        is_next = lead is not None and sentence.at(lead.start) == number - 1
        return lead if lead and is_next and lead.word in NOUNS else None
    if number and sentence.words[number - 1].endswith(":"):
        return _before_a_colon(sentence, number - 1)
    return _linked(sentence, *_link_before(sentence, number - 1))


def _linked(sentence: Sentence, link: str, place: int) -> Lead | None:
    """The word of change that a link ties to a number, found from where the link begins."""
    if place < 0 or not link:
        return None
    went = _went(sentence, place) if link == "by" else None
    if went:
        return went
    if link in ("by", "example"):
        return _far(sentence, place - 1, _REACH, link)
    if link == "brackets":
        return _in_brackets(sentence, place - 1)
    return _of(sentence, place) if link == "of" else _direct(sentence, place)


def _went(sentence: Sentence, place: int) -> Lead | None:
    """The "up" or "down" before "by" that is itself the change: "is down by 4%", "(up by 4%)"."""
    printed = sentence.words[place - 1] if place else ""
    went = printed.lstrip("(")
    is_told = went != printed or sentence.words[max(0, place - 2)] in GOES
    if went not in WENT or not is_told:
        return None
    return Lead(went, WENT[went], "by", sentence.start(place - 1))


def went_from(sentence: Sentence, start: int) -> Lead | None:
    """The "up" or "down" before "from" that tells which way a value went: "went down from 9"."""
    place = sentence.at(start) - 1
    word = sentence.words[place] if place >= 0 else ""
    return Lead(word, WENT[word], "pair", sentence.start(place)) if word in WENT else None


def _of(sentence: Sentence, place: int) -> Lead | None:
    """The noun in "a gain of 4%", "a gain in X of 4%" or "with a compression ratio of 4x"."""
    if sentence.words[place] in RATIOS:
        if ACHIEVES.isdisjoint(sentence.words[max(0, place - 4) : place]):
            return None
        place -= 1
    word = sentence.bare[place]
    if word in NOUNS and _leads(sentence, place):
        return Lead(word, NOUNS[word], "of", sentence.start(place))
    if word == "speed" and sentence.words[place + 1] == "up":
        return Lead("speedup", NOUNS["speedup"], "of", sentence.start(place))
    return _of_a_noun(sentence, place)


def _direct(sentence: Sentence, place: int) -> Lead | None:
    """The word right before a number, or the noun in "the gain in X is 4 points"; else one near."""
    if _leads(sentence, place):
        word = sentence.bare[place]
        return Lead(word, LEADING[word], "direct", sentence.start(place))
    lead = _of_a_noun(sentence, place) if sentence.words[place] in IS else None
    return lead or _far(sentence, place, 5, "near")


def _before_a_colon(sentence: Sentence, place: int) -> Lead | None:
    """The noun of change that a colon ends: "gains over pruning: 4% on ferns, 3% on moss"."""
    for number in range(place, max(-1, place - 9), -1):
        word = sentence.bare[number]
        if word in NOUNS and (word.endswith("s") or number == place):
            return Lead(word, NOUNS[word], "colon", sentence.start(number))
        if number < place and sentence.words[number][-1:] in _ENDS:
            return None
    return None


def _link_before(sentence: Sentence, place: int) -> tuple[str, int]:
    """What links a number to the words before it, and the place where that begins or ends.

    Words such as "up to" between are skipped. No link, "", stands for a value that is reached:
    "improves to 40%".
    """
    link = "direct"
    while place >= 0:
        raw, word = sentence.words[place], sentence.bare[place]
        if word in _LINKS:
            return _LINKS[word], place
        if word in _REACHED and sentence.bare[place - 1] not in _UP:
            return "", place
        if word not in FILL or (raw[-1:] in (",", ";", ")")):
            return link, place
        link = "of" if word == "of" else link
        if raw.startswith("("):
            return "brackets", place
        place -= 1
    return link, place


def is_at(sentence: Sentence, start: int) -> bool:
    """Whether "at" leads to a number, which is then a setting or a price: "at nearly 10% of"."""
    number = sentence.at(start)
    for place in range(number - 1, max(-1, number - 4), -1):
        word = sentence.words[place]
        if word == "at":
            return sentence.words[place + 1] not in ("least", "most")
        if word not in FILL:
            return False
    return False


def lead_in_clause(sentence: Sentence, start: int) -> Lead | None:
    """The nearest word of change before a number in its clause, whatever links them."""
    return _far(sentence, sentence.at(start) - 1, _REACH, "clause")


def _far(sentence: Sentence, place: int, reach: int, link: str) -> Lead | None:
    """The nearest verb or noun of change before a place in its clause, else a comparative."""
    compared: Lead | None = None
    if not sentence.may_change:
        return None
    for number in range(place, max(-1, place - reach), -1):
        raw, word = sentence.words[number], sentence.bare[number]
        if raw[-1:] in _STOPS.get(link, ";:"):
            break
        if _leads(sentence, number):
            return Lead(word, LEADING[word], link, sentence.start(number))
        if word in LEADING and _is_denied(sentence, number):
            return None
        if word in COMPARED and compared is None and sentence.words[number + 1 :][:1] != ["than"]:
            compared = Lead(word, COMPARED[word], link, sentence.start(number))
        if word in BREAKS:
            break
    return compared


def _of_a_noun(sentence: Sentence, place: int) -> Lead | None:
    """The noun before "in X of": only a preposition right behind it ties it to the number."""
    for number in range(place, max(-1, place - 7), -1):
        word = sentence.bare[number]
        if word in NOUNS and sentence.words[number + 1] in ("in", "on", "for", "over", "across"):
            return Lead(word, NOUNS[word], "of", sentence.start(number))
        if sentence.words[number][-1:] in (",", ";", ":"):
            return None
    return None


def _in_brackets(sentence: Sentence, place: int) -> Lead | None:
    """The word of change that a number in brackets explains: "drops in accuracy (up to 8%)"."""
    lead = _far(sentence, place, 5, "brackets")
    if lead is None:
        return None
    between = sentence.words[sentence.at(lead.start) : place + 1]
    return None if _COMPARING.intersection(between) else lead


def _is_denied(sentence: Sentence, number: int) -> bool:
    """Whether "not" or its like stands right before a word."""
    return number > 0 and sentence.bare[number - 1] in _NOT


def _leads(sentence: Sentence, number: int) -> bool:
    """Whether a word is a verb or noun of change: no name, no "the reduced model"."""
    word = sentence.bare[number]
    if word not in LEADING or sentence.is_capital(number):
        return False
    if _is_denied(sentence, number):
        return False
    if not word.endswith("ed") or sentence.words[number - 1] not in IS_ADJECTIVE_AFTER:
        return True
    if sentence.words[number - 1] == "and" and _goes_on(sentence, number - 2):
        return True
    return not number or sentence.words[number + 1 : number + 2] in (["by"], ["from"], ["to"])


def _goes_on(sentence: Sentence, place: int) -> bool:
    """Whether "and" behind a word leads to another verb: behind an amount, or in the past tense,
    as in "shortened watering by 2 points and raised yield"."""
    if place < 0 or sentence.words[place][:1].isdigit():
        return place >= 0
    before = sentence.bare[:place]
    return any(word in VERBS and word.endswith("ed") for word in before)
