"""The web page: the list is in a hydration element; the visible cards are the fallback.

Elements are selected by attribute, never by their place in the page, which changes without notice.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from tasks.errors import BadBody
from tasks.parse.json_reader import NotJson, read_json
from tasks.parse.json_spans import element_spans
from tasks.parse.model import ParsedBody, Raw, Span
from tasks.parse.unicode_faults import decoded, storable, unescaped
from tasks.sources import Format
from tasks.sources.huggingface.cards import SITE, cards_of, read_cards, soup_of
from tasks.sources.huggingface.records import body_of, loaded_paths, read_items

EXPECTS = "a page with a DailyPapers element, or with article cards that link to /papers/<id>"
_TARGET = rb"""\bdata-target=["']DailyPapers["']"""
_PROPS = rb"""\bdata-props=(?:"([^"]*)"|'([^']*)')"""
_HYDRATION = re.compile(_TARGET + rb"[^>]*?" + _PROPS + rb"|" + _PROPS + rb"[^>]*?" + _TARGET)
_ARTICLE = re.compile(rb"<article\b", re.IGNORECASE)
_CARD_LINK = re.compile(rf"""\bhref=["']?{SITE}/papers/""".encode(), re.IGNORECASE)
_LIST = re.compile(r'"(?:dailyPapers|searchResults)"\s*:\s*(?=\[)')
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|\w+);")


def recognise(content: bytes) -> bool:
    """Whether the bytes are such a page: the element or a card must be there."""
    if b"<" not in content[:1024]:
        return False
    return re.search(_TARGET, content) is not None or (
        _ARTICLE.search(content) is not None and _CARD_LINK.search(content) is not None
    )


def parse(content: bytes) -> ParsedBody:
    """Read a page. Raises `BadBody` when neither the element nor a card is in it."""
    soup = soup_of(content)
    element = soup.select_one('[data-target="DailyPapers"][data-props]')
    if element is not None:
        return _parse_hydration(content, str(element["data-props"]))
    cards = cards_of(content)
    if not cards:
        title = soup.title.get_text(strip=True) if soup.title else "no title"
        raise BadBody(EXPECTS, f"a page titled {title!r:.80} with neither")
    return read_cards(content, cards)


def locate(content: bytes, index: int) -> Raw:
    """The raw text of one record: its JSON in the hydration element, or its card; the whole page
    where the element is written so that only a parser of HTML finds it."""
    raws = _raws(content)
    return raws[index] if index < len(raws) else Raw.at(content, Span(0, len(content)))


@lru_cache(maxsize=1)
def _raws(content: bytes) -> list[Raw]:
    """All records of a page, cached because callers often locate several, and each search reads the
    whole page."""
    found = _HYDRATION.search(content)
    if found is None:
        return [Raw.at(content, card.span) for card in cards_of(content)]
    group = found.lastindex or 0
    escaped = decoded(found.group(group))
    props = unescaped(escaped)
    listed = _LIST.search(props)
    before = listed.end() if listed else 0
    items = _bytes_of(props[before:])
    texts: list[str] = []
    bounds: list[int] = []
    seen, position = before, 0
    for span in element_spans(items):
        text = _text_of(items[span.start : span.end])
        start = seen + len(_text_of(items[position : span.start]))
        texts.append(text)
        seen, position = start + len(text), span.end
        bounds += (start, seen)
    places = [found.start(group) + n_bytes for n_bytes in _escaped_lengths(escaped, bounds)]
    spans = map(Span, places[::2], places[1::2])
    return [Raw(storable(text), span) for text, span in zip(texts, spans, strict=True)]


def _parse_hydration(content: bytes, text: str) -> ParsedBody:
    try:
        props = read_json(_bytes_of(text))
    except NotJson as error:
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


def _bytes_of(text: str) -> bytes:
    """Text as UTF-8; what is damaged in it stays so, as bytes that no strict reader takes."""
    return text.encode(errors="surrogatepass")


def _text_of(content: bytes) -> str:
    """The text of which these are the bytes."""
    return content.decode(errors="surrogatepass")


def _n_bytes(text: str) -> int:
    """How many bytes of the page a text of it takes."""
    return len(text.encode(errors="surrogateescape"))


def _issue_of(content: bytes) -> str | None:
    """`daily:2026-11-20` from the page of a day; None for pages of other lists."""
    found = _HYDRATION.search(content)
    if found is None:
        return None
    try:
        props = read_json(_bytes_of(unescaped(decoded(found.group(found.lastindex or 0)))))
    except NotJson:
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
            seen += entity.start() - position + len(unescaped(entity.group()))
            n_bytes += _n_bytes(escaped[position : entity.end()])
            position = entity.end()
            entity = next(entities, None)
        yield n_bytes + _n_bytes(escaped[position : position + max(0, bound - seen)])


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
