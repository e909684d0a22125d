"""Splits one line of text into links, emphasised words and the text between them.

Links are read as Markdown writes them, inline or by reference, and as chats, org, reStructuredText,
wikis, AsciiDoc and LaTeX do.
"""

import re
from collections.abc import Iterator, Mapping

from tasks.parse.layout.lines import UNKNOWN, Words
from tasks.parse.layout.looks import is_abstract
from tasks.parse.layout.pieces import DASHES, Piece, clean, parts_of, words_in

_TARGET = re.compile(
    r"\(\s*<?(?P<url>(?:[^\s()<>]|\([^\s()<>]*\))*)>?(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
)
NAMED = re.compile(r"\[(?P<name>[^\]\s]{1,40})\]")
URL = re.compile(r"<?(?P<url>https?://[^\s<>\"]{3,8000})>?")
BRACKET = re.compile(r"\\.|\[|\]")
_WIKI = re.compile(r"(?P<url>https?://\S{3,2000})\s+(?P<words>\S.*)", re.DOTALL)
_OTHER_LINKS = (
    ("|", re.compile(r"<(https?://[^\s|<>]{3,2000})\|([^<>\n]{1,600})>"), r"[\2](\1)"),
    ("[[", re.compile(r"\[\[(https?://[^\]\s]{3,2000})\]\[(.{1,600}?)\]\](?!\])"), r"[\2](\1)"),
    (">`_", re.compile(r"`([^`<>]{1,600}?)\s*<(https?://[^<>\s]{3,2000})>`__?"), r"[\1](\2)"),
    ("\\href", re.compile(r"\\href\{([^{}\s]+)\}\{((?:[^{}]|\{[^{}]*\}){1,600})\}"), r"[\2](\1)"),
    ("|http", re.compile(r"\[([^\[\]|]{2,600})\|(https?://[^\s\]|]{3,2000})[^\]]*\]"), r"[\1](\2)"),
    ("[", re.compile(r"(?<![\[(<])(https?://[^\s\[\]<>()]+)\[([^\]]{1,600})\]"), r"[\2](\1)"),
)  # fmt: skip
_PICTOGRAMS = {
    ":arrow_up:": "\u2b06",
    ":arrow_up_small:": "\u2b06",
    ":+1:": "\U0001f44d",
    ":thumbsup:": "\U0001f44d",
    ":heart:": "\u2764",
    ":fire:": "\U0001f525",
    ":speech_balloon:": "\U0001f4ac",
    ":star:": "\u2b50",
}
"""How chats write the pictograms that counts stand beside."""
_PICTOGRAM = re.compile("|".join(map(re.escape, _PICTOGRAMS)))
_STRONG = r"(\*\*|__)(?=[^\s*_])(?P<strong>(?:(?!\1).){1,800}?)(?<=[^\s\\])\1"
_LIGHT = r"(?<![\w*\\])([*_])(?=[^\s*_])(?P<light>(?:(?!\3)[^*]){2,800}?)(?<=[^\s\\])\3(?![\w*])"
_EMPHASIS = re.compile(f"{_STRONG}|{_LIGHT}")
_SPECIAL = re.compile(r"[\[\]<*_`\\]|://")
_LIST_MARK = re.compile(r"\s{0,8}(?:[-*+\u2022]\s+){1,60}")
_DEEPEST = 4


def words_of(text: str, defined: Mapping[str, str]) -> list[Words]:
    """The words of a line: links, emphasised words and the text between them, without pictures."""
    if ":" in text:
        text = _PICTOGRAM.sub(lambda found: _PICTOGRAMS[found.group()], text)
    if not _SPECIAL.search(text):
        return [Words(part) for part in parts_of(text, is_alone=True)]
    return words_in([p for p in _pieces(as_markdown(text), defined, 0) if p.raw or p.target])


def as_markdown(text: str) -> str:
    """The links of other markups written as Markdown writes them."""
    if "://" in text or "\\href" in text:
        for sign, pattern, written in _OTHER_LINKS:
            if sign in text:
                text = pattern.sub(written, text)
    return text


def _pieces(text: str, defined: Mapping[str, str], depth: int) -> Iterator[Piece]:
    closing = _closing(text)
    position = done = 0
    while (found := text.find("[", position)) >= 0:
        link = _link_at(text, found, closing, defined)
        if link is None:
            position = found + 1
            continue
        end, target, begin = link
        is_picture = found > 0 and text[found - 1] == "!"
        yield from _plain(text[done : found - is_picture])
        if not is_picture:
            yield Piece(_flat(text[begin : closing[found]], defined, depth), target)
        position = done = end
    yield from _plain(text[done:])


def _link_at(
    text: str, found: int, closing: dict[int, int], defined: Mapping[str, str]
) -> tuple[int, str, int] | None:
    """End and target of the link whose bracket opens here, and where its words begin; None if it is
    only a bracket."""
    if found not in closing:
        return None
    after = closing[found] + 1
    if target := _TARGET.match(text, after, after + 9_000):
        return target.end(), target.group("url"), found + 1
    if named := NAMED.match(text, after):
        name = named.group("name").lower()
        if name in defined or name.isdecimal():
            return named.end(), defined.get(name, UNKNOWN), found + 1
    if text.startswith("http", found + 1) and (wiki := _WIKI.match(text, found + 1, after - 1)):
        return after, wiki.group("url"), wiki.start("words")
    return None


def _closing(text: str) -> dict[int, int]:
    """Where each bracket that opens is closed."""
    opened: list[int] = []
    closing: dict[int, int] = {}
    for found in BRACKET.finditer(text):
        if found.group() == "[":
            opened.append(found.start())
        elif found.group() == "]" and opened:
            closing[opened.pop()] = found.start()
    return closing


def _flat(text: str, defined: Mapping[str, str], depth: int) -> str:
    """The words a reader sees of a link's text."""
    if depth < _DEEPEST and "](" in text:
        text = " ".join(piece.raw for piece in _pieces(text, defined, depth + 1))
    mark = _LIST_MARK.match(text) if text.strip() not in DASHES else None
    return clean(text[mark.end() :] if mark else text)


def _plain(text: str) -> Iterator[Piece]:
    """Running text, the bare links in it, and what is emphasised."""
    done = 0
    for found in URL.finditer(text) if "://" in text else ():
        yield from _emphasised(text[done : found.start()])
        url = trimmed(found.group("url"))
        yield Piece(url, url, "", is_bare=text[found.start()] != "<")
        done = found.start("url") + len(url)
    yield from _emphasised(text[done:])


def _emphasised(text: str) -> Iterator[Piece]:
    """Plain text and the emphasised words in it."""
    done = 0
    if "*" in text or "_" in text:
        is_prose = is_abstract(text)
        for found in _EMPHASIS.finditer(text):
            strong = found.group("strong")
            if strong is None and is_prose and found.start() > 0:
                continue
            yield Piece(text[done : found.start()])
            yield Piece(strong or found.group("light"), None, "bold" if strong else "italic")
            done = found.end()
    yield Piece(text[done:])


def trimmed(url: str) -> str:
    """A bare link without the punctuation that follows it in a sentence."""
    url = url.rstrip(".,;:!?'\u201d*_`]|\\")
    return url if url.count("(") >= url.count(")") else url.rstrip(")").rstrip(".,;")
