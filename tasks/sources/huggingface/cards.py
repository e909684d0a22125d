"""The visible cards of a page, each read by itself, so that a damaged one costs only itself."""

import re
from collections import Counter
from dataclasses import replace
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag

from tasks.parse.model import FieldSeen, ParsedBody, Record, Span
from tasks.parse.parts import read_parts
from tasks.parse.text import unwrap, without_version
from tasks.parse.unicode_faults import decoded, without_bad_references

_CARD = re.compile(rb"<article\b.*?(?:</article\s*>|(?=<article\b)|\Z)", re.DOTALL | re.IGNORECASE)
SITE = (
    r"(?:(?:(?:https?://web\.archive\.org)?/web/\w{4,24}/)?"
    r"(?:https?:)?//(?:www\.)?(?:huggingface\.co|hf\.co|hf-mirror\.com))?"
)
"""What an address has before its path: nothing, the site, its mirror, or where an archive has it.
Browsers write the whole address when they save a page."""
_PAPER = re.compile(rf"\s*{SITE}/papers/(?P<id>[^/?#\s]+)\s*(?:[?#].*)?", re.IGNORECASE | re.DOTALL)
"""Where a card's title leads."""


class Card(NamedTuple):
    """A card: its element, the link that is its title, the paper it leads to, and its place."""

    card: Tag
    link: Tag
    paper: str
    span: Span


def read_cards(content: bytes, cards: list[Card]) -> ParsedBody:
    """The fields that cards show: id, title, votes, comments. The rest is not known."""
    paths = ("article h3 a", "article h3 a@href")
    seen = {FieldSeen(path, "text"): len(cards) for path in paths}
    return replace(read_parts(content, cards, _read_card), fields_seen=seen, witness="cards")


def _read_card(place: int, part: Card, _fields: Counter[str]) -> Record:
    title = unwrap(part.link.get_text())
    return Record(
        place=place,
        title_as_listed=title,
        title=title,
        arxiv_id=without_version(part.paper),
        upvotes=_count(part.card, ".leading-none"),
        comments=_count(part.card, 'a[href$="#community"]'),
    )


def cards_of(content: bytes) -> list[Card]:
    """The cards of papers, each read by itself; others show collections or posts."""
    cards: list[Card] = []
    for found in _CARD.finditer(content):
        card = soup_of(found.group())
        for link in card.select("h3 a[href]"):
            if paper := _PAPER.fullmatch(str(link["href"])):
                cards.append(Card(card, link, paper["id"], Span(*found.span())))
                break
    return cards


def soup_of(content: bytes) -> BeautifulSoup:
    """The tree of a page or a part of it; what is damaged in its texts stays visible."""
    text = decoded(content.removeprefix(b"\xef\xbb\xbf"))
    # a text without a line end may be taken for the name of a file, which cannot be damaged
    return BeautifulSoup("\n" + without_bad_references(text), "html.parser")


def _count(card: Tag, selector: str) -> int | None:
    """The first plain number among the selected elements.

    Anything else, such as `-` or `1.4k`, is not known exactly and gives None.
    """
    texts = [element.get_text(strip=True) for element in card.select(selector)]
    return next((int(text) for text in texts if re.fullmatch("[0-9]{1,9}", text)), None)
