"""The web page: the list is in a hydration element; the visible cards are the fallback.

Elements are selected by attribute, never by their place in the page, which changes without notice.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from html import unescape
from typing import Any

import orjson
from bs4 import BeautifulSoup, Tag

from tasks.errors import BadBody
from tasks.parse.model import FieldSeen, ParsedBody, Raw, Record, Span
from tasks.parse.text import unwrap, without_version
from tasks.sources import Format
from tasks.sources.huggingface.parse_api import element_spans
from tasks.sources.huggingface.records import body_of, loaded_paths, read_items

EXPECTS = "a page with a DailyPapers element, or with article cards that link to /papers/<id>"
_TARGET = rb"""\bdata-target=["']DailyPapers["']"""
_PROPS = rb"""\bdata-props=(?:"([^"]*)"|'([^']*)')"""
_HYDRATION = re.compile(_TARGET + rb"[^>]*?" + _PROPS + rb"|" + _PROPS + rb"[^>]*?" + _TARGET)
_LIST = re.compile(r'"(?:dailyPapers|searchResults)"\s*:\s*(?=\[)')
_CARD = re.compile(rb"<article\b.*?</article>", re.DOTALL)
_CARD_LINK = 'h3 a[href^="/papers/"]'
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|\w+);")


def recognise(content: bytes) -> bool:
    """Whether the bytes are such a page: the element or a card must be there."""
    if b"<" not in content[:1024]:
        return False
    return re.search(_TARGET, content) is not None or (
        b"<article" in content and b'href="/papers/' in content
    )


def parse(content: bytes) -> ParsedBody:
    """Read a page. Raises `BadBody` when neither the element nor a card is in it."""
    try:
        soup = BeautifulSoup(content.decode("utf-8-sig"), "html.parser")
    except UnicodeDecodeError as error:
        raise BadBody(EXPECTS, f"bytes that are not UTF-8 ({error})") from error
    element = soup.select_one('[data-target="DailyPapers"][data-props]')
    if element is not None:
        return _parse_hydration(content, str(element["data-props"]))
    articles = soup.select("article")
    cards = [(card, link) for card in articles if (link := card.select_one(_CARD_LINK))]
    if not cards:
        title = soup.title.get_text(strip=True) if soup.title else "no title"
        raise BadBody(EXPECTS, f"a page titled {title!r:.80} with neither")
    return _parse_cards(cards)


def locate(content: bytes, index: int) -> Raw:
    """The raw text of one record: its JSON in the hydration element, or its card."""
    return _raws(content)[index]


@lru_cache(maxsize=1)
def _raws(content: bytes) -> list[Raw]:
    """All records of a page, cached because callers often locate several, and each search reads the
    whole page."""
    found = _HYDRATION.search(content)
    if found is None:
        cards = [card for card in _CARD.finditer(content) if _is_card(card.group())]
        return [Raw(card.group().decode(errors="replace"), Span(*card.span())) for card in cards]
    group = found.lastindex or 0
    escaped = found.group(group).decode()
    props = unescape(escaped)
    listed = _LIST.search(props)
    before = listed.end() if listed else 0
    items = props[before:].encode()
    texts: list[str] = []
    bounds: list[int] = []
    seen, position = before, 0
    for span in element_spans(items):
        text = items[span.start : span.end].decode()
        start = seen + len(items[position : span.start].decode())
        texts.append(text)
        seen, position = start + len(text), span.end
        bounds += (start, seen)
    places = [found.start(group) + n_bytes for n_bytes in _escaped_lengths(escaped, bounds)]
    spans = map(Span, places[::2], places[1::2])
    return [Raw(text, span) for text, span in zip(texts, spans, strict=True)]


def _parse_hydration(content: bytes, text: str) -> ParsedBody:
    try:
        props: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadBody(EXPECTS, f"a DailyPapers element that is not JSON ({error})") from error
    items = props.get("dailyPapers", props.get("searchResults")) if type(props) is dict else None
    if type(items) is not list:
        raise BadBody(EXPECTS, "a DailyPapers element without a list of papers")
    query = props.get("query")
    return body_of(
        read_items(items),
        lambda place: locate(content, place),
        shown_on=_shown_on(props),
        query=query if isinstance(query, str) else None,
    )


def _shown_on(props: dict[str, Any]) -> date | None:
    """The page's own date: `date` until 2025, `dateString` since."""
    text = props.get("dateString") or props.get("date")
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None


def _parse_cards(cards: list[tuple[Tag, Tag]]) -> ParsedBody:
    """The fields that cards show: id, title, votes, comments. The rest is not known."""
    records = [
        Record(
            place=place,
            title_as_listed=unwrap(link.get_text()),
            title=unwrap(link.get_text()),
            arxiv_id=without_version(str(link["href"]).removeprefix("/papers/").strip()),
            upvotes=_count(card, ".leading-none"),
            comments=_count(card, 'a[href$="#community"]'),
        )
        for place, (card, link) in enumerate(cards)
    ]
    paths = ("article h3 a", "article h3 a@href")
    seen = {FieldSeen(path, "text"): len(records) for path in paths}
    return ParsedBody(tuple(records), (), seen, witness="cards")


def _is_card(card: bytes) -> bool:
    return BeautifulSoup(card, "html.parser").select_one(_CARD_LINK) is not None


def _count(card: Tag, selector: str) -> int | None:
    """The first plain number among the selected elements.

    Anything else, such as `-` or `1.4k`, is not known exactly and gives None.
    """
    texts = [element.get_text(strip=True) for element in card.select(selector)]
    return next((int(text) for text in texts if re.fullmatch("[0-9]{1,9}", text)), None)


def _issue_of(content: bytes) -> str | None:
    """`daily:2026-11-20` from the page of a day; None for pages of other lists."""
    found = _HYDRATION.search(content)
    if found is None:
        return None
    try:
        props = orjson.loads(unescape(found.group(found.lastindex or 0).decode(errors="replace")))
    except orjson.JSONDecodeError:
        return None
    if type(props) is not dict or props.get("query") or props.get("isTrending"):
        return None
    shown_on = _shown_on(props) if props.get("periodType", "day") == "day" else None
    return f"daily:{shown_on}" if shown_on else None


def _escaped_lengths(escaped: str, bounds: Iterable[int]) -> Iterator[int]:
    """For each bound, ascending: how many bytes of HTML-escaped text its first `bound` characters
    take."""
    entities = _ENTITY.finditer(escaped)
    entity = next(entities, None)
    seen = position = n_bytes = 0
    for bound in bounds:
        while entity and seen + entity.start() - position < bound:
            seen += entity.start() - position + len(unescape(entity.group()))
            n_bytes += len(escaped[position : entity.end()].encode())
            position = entity.end()
            entity = next(entities, None)
        yield n_bytes + len(escaped[position : position + max(0, bound - seen)].encode())


PAGE = Format(
    name="page",
    version=2,
    expects=EXPECTS,
    recognise=recognise,
    parse=parse,
    locate=locate,
    loaded_paths=loaded_paths,
    issue_of=_issue_of,
    closes_with=b"</html>",
    witness="api",
)
