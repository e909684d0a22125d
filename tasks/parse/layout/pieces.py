"""Makes words of the pieces of a line: what stands within a sentence is part of it, and what is set
off stands for itself.

Readers cut a line into pieces (plain text, links, emphasised words) as its format prints them; what
belongs together is decided here, the same way for all.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tasks.parse.layout.facts import read_facts
from tasks.parse.layout.labels import label_alone, label_of
from tasks.parse.layout.lines import Words
from tasks.parse.layout.looks import (
    ends_open,
    is_abstract,
    is_button,
    is_id,
    is_names,
    is_sentence,
)
from tasks.parse.links import paper_of
from tasks.parse.unicode_faults import unescaped

_ESCAPED = re.compile(r"\\([\[\]_*#()!>.+|~`&%-])")
_LOST_ENDS = re.compile(r"\\+(?=\s\s|\s*$)")
_BLANKS = re.compile(r"[ \t\r\n]+")
_EDGES = " \t\n-\u2013\u2014:|,;\u00b7\u2022<>/\u2192\u00bb\u200b\u200e\u200f\ufeff"
_SEPARATORS = re.compile(r"\t+|\s+[|\u00b7\u2022]\s+")
_MAY_SEPARATE = re.compile(r"[\t|\u00b7\u2022]")
_ENDS_BEFORE = re.compile(r"(?:^|[\s\])>:|.,\u00b7\u2022\u2013\u2014-])$")
_GOES_ON_AFTER = re.compile(r"\s*(?:$|[-\u2013\u2014|\u00b7\u2022:,.;(\[<\u2b50\u25b2]|by\b|\\)")
_SMALL = "[a-z\u00df-\u00f6\u00f8-\u00ff\u0430-\u045f]"
_SENTENCE_AFTER = re.compile(
    rf"[,;]?[ \t\xa0]+(?!(?:by|from|via|and|or|in|at|with|et)\b){_SMALL}{{1,20}}\b(?!\.)"
    r"|,?[ \t\xa0]+(?:and|or)[ \t\xa0]+[a-z]{2,20}"
)
_FULL_STOP = re.compile(r"\s*[.!?,;]+\W*$|[?!](?=\s)")
_MARKS = ("**", "__", "*", "_", "`", "~~")
_FIRST_OF_MARKS = ("*", "_", "`", "~")
DASHES = ("-", "\u2013", "\u2014")
_AND = (",", "and", "or", "&", ", and")
_NAME_WORDS = 3
_LONG_SENTENCE = 100


class Piece(NamedTuple):
    """A stretch of a line as written: plain text, or the words of a link or of an emphasis."""

    raw: str
    target: str | None = None
    dress: str = ""
    is_bare: bool = False
    mentions: int = 0

    @property
    def is_plain(self) -> bool:
        return self.target is None and not self.dress


def words_in(pieces: list[Piece]) -> list[Words]:
    """The words of a line that is given in pieces."""
    found: list[Words] = []
    is_alone = not any(piece.target and paper_of(piece.target) for piece in pieces)
    for piece in _with_their_rest(_sentences(_emphasis_alone(pieces))):
        if len(pieces) > 1 and piece.is_plain and piece.raw.strip() in DASHES:
            continue
        if not piece.is_plain or piece.mentions:
            found.append(
                Words(clean(piece.raw), piece.target, piece.dress, mentions=piece.mentions)
            )
        else:
            found += map(Words, parts_of(piece.raw, is_alone=is_alone))
    return [words for words in found if words.text or words.target]


def _emphasis_alone(pieces: list[Piece]) -> list[Piece]:
    """Pieces; emphasised words that are only some words of a text are joined with it."""
    found: list[Piece] = []
    for number, piece in enumerate(pieces):
        before = found[-1] if found and found[-1].is_plain else None
        if piece.dress and piece.target is None:
            if piece.raw.rstrip().endswith((":", "\uff1a")) or label_alone(piece.raw):
                found[-1 if before else len(found) :] = [
                    Piece((before.raw if before else "") + piece.raw)
                ]
                continue
            after = "".join(p.raw if p.is_plain else "[" for p in pieces[number + 1 : number + 3])[
                :3
            ]
            if piece.dress[:4] == "span" and pieces[number + 1 : number + 2]:
                is_alone = not pieces[number + 1].is_plain and not (before and before.raw.strip())
            else:
                is_alone = _stands_alone(before.raw if before else "", piece.raw, after)
            if not is_alone:
                found[-1 if before else len(found) :] = [
                    Piece((before.raw if before else "") + piece.raw)
                ]
                continue
        if before is not None and piece.is_plain:
            found[-1] = before._replace(raw=before.raw + piece.raw)
        elif piece.raw or piece.target:
            found.append(piece)
    return found


def _stands_alone(before: str, words: str, after: str) -> bool:
    """Whether emphasised words are a part of the line by themselves."""
    said = before.rstrip()
    if not _ENDS_BEFORE.search(before[-12:]) or said[-1:].isalpha():
        return False
    if said.endswith(",") and not is_names(said):
        return False
    return words[-1:] in ".?!" or _GOES_ON_AFTER.match(after) is not None


def _with_their_rest(pieces: list[Piece]) -> Iterator[Piece]:
    """Pieces; a name that is emphasised or linked alone is joined with the title it begins:
    `**KiteBench**: How High Is High Enough?`."""
    skip = False
    for piece, following in zip(pieces, [*pieces[1:], Piece("")], strict=False):
        if skip:
            skip = False
            continue
        is_name = (
            not piece.is_plain and not piece.is_bare and 0 < _n_words(piece.raw) <= _NAME_WORDS
        )
        if is_name and following.is_plain and following.raw.startswith((": ", " : ")):
            rest = following.raw.lstrip(" :").rstrip(_EDGES + "([")
            is_title = bool(rest) and rest[0].isupper() and not is_sentence(rest)
            if is_title and not read_facts(rest) and label_of(f"{piece.raw}: ") is None:
                skip = True
                yield piece._replace(raw=f"{clean(piece.raw)}: {rest}")
                continue
        yield piece


def _sentences(pieces: list[Piece]) -> list[Piece]:
    """Pieces; a link within a sentence is joined with the text around it."""
    found: list[Piece] = []
    for number, piece in enumerate(pieces):
        before = found[-1] if found and found[-1].is_plain else None
        following = [*pieces[number + 1 : number + 3], Piece(""), Piece("")]
        after = following[0].raw if following[0].is_plain else ""
        if before is not None and piece.is_plain:
            found[-1] = before._replace(raw=before.raw + piece.raw)
        elif piece.target is not None and (
            _is_within(before.raw if before else "", piece, after)
            or _is_listed(piece, after, following[1])
        ):
            mentions = int(paper_of(piece.target) is not None) + (before.mentions if before else 0)
            joined = Piece((before.raw if before else "") + piece.raw, mentions=mentions)
            found[-1 if before else len(found) :] = [joined]
        else:
            found.append(piece)
    return found


def _is_listed(link: Piece, after: str, following: Piece) -> bool:
    """Whether a bare link and another one, to another paper, are listed in a sentence."""
    if not link.is_bare or not following.is_bare or after.strip() not in _AND:
        return False
    one, other = paper_of(link.target or ""), paper_of(following.target or "")
    return one is not None and other is not None and one != other


def _is_within(before: str, link: Piece, after: str) -> bool:
    """Whether a link is part of the sentence around it."""
    said, rest = before.rstrip(), after
    if said.endswith("(") and rest.startswith(")"):
        said, rest = said[:-1].rstrip(), rest[1:]
    if not said and (link.is_bare or not link.raw):
        return False
    if _SENTENCE_AFTER.match(rest) and not read_facts(rest.strip(_EDGES)):
        return True
    if len(said) > _LONG_SENTENCE and is_abstract(said):
        return True
    has_words = said[-1:].isalnum() or said[-1:] in (",", '"', "'", "\u201d")
    return has_words and len(said) < len(before) and _is_awaited(said, link, rest)


def _is_awaited(said: str, link: Piece, rest: str) -> bool:
    """Whether the words before a link lead to it: they end open, a full stop follows a bare link,
    or the link has words and they are none of those that stand beside titles."""
    if ends_open(said) and said[-1].isalnum():
        return True
    if link.is_bare:
        return _FULL_STOP.match(rest) is not None and not label_of(said)
    is_named = not (link.raw.startswith("http") or is_button(link.raw) or is_id(link.raw))
    return is_named and not (is_names(said) or read_facts(said) or label_alone(said))


def _n_words(text: str) -> int:
    return len(text.split())


def parts_of(text: str, *, is_alone: bool) -> Iterator[str]:
    """A stretch of text; cut at tabs, dots and bars where any part of it is a fact or has a label.
    A line of facts that is alone stays whole: it may name an organisation."""
    stripped = text.strip()
    if not _MAY_SEPARATE.search(stripped):
        has_dash = stripped[:1] in DASHES or stripped[-1:] in DASHES
        is_fact = has_dash and bool(read_facts(stripped))
        yield stripped if is_fact or label_of(stripped) else clean(text)
        return
    parts = _SEPARATORS.split(text)
    has_label = any(label_of(part) for part in parts)
    if is_alone and not has_label and "\t" not in text and read_facts(stripped):
        yield stripped
        return
    is_cut = has_label or "\t" in stripped or any(read_facts(clean(part)) for part in parts)
    if len(parts) == 1 or not is_cut:
        parts = [text]
    parts = [p.strip() if label_of(p.strip()) else clean(p) for p in parts]
    yield from (part for part in parts if part)


def clean(text: str) -> str:
    """Words without the marks of Markdown around them, on one line."""
    stripped = _LOST_ENDS.sub("", text).strip() if "\\" in text else text.strip()
    if stripped not in DASHES and not is_abstract(stripped):
        stripped = _without_brackets(stripped.strip(_EDGES))
    stripped = _without_marks(stripped)
    if "\\" in stripped:
        stripped = _ESCAPED.sub(r"\1", stripped)
    if "&" in stripped:
        stripped = unescaped(stripped)
    if "  " in stripped or "\t" in stripped or "\n" in stripped:
        stripped = _BLANKS.sub(" ", stripped)
    return stripped.strip()


def _without_brackets(text: str) -> str:
    """A text without the half of brackets, and without empty ones, that a link left at its ends."""
    if text[:1] in (")", "]"):
        text = text[1:].lstrip(_EDGES)
    if text[-1:] in ("(", "["):
        text = text[:-1].rstrip(_EDGES)
    return text[:-2].rstrip(_EDGES) if text[-2:] in ("[]", "()") else text


def _without_marks(text: str) -> str:
    """A text without the marks of emphasis around it, and without any double ones."""
    for mark in _MARKS if text[:1] in _FIRST_OF_MARKS else ():
        if text.startswith(mark) and text.endswith(mark) and len(text) > 2 * len(mark):
            text = text[len(mark) : -len(mark)].strip()
    return text.replace("**", "")
