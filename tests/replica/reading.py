"""Read the replica's answers in tests: plain HTTP over one connection, pages by their markers.

Uses http.client, because a test of faults must see the wire and not a library's repair of it.
"""

import http.client
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Reply:
    """A response read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def rows(self) -> list[dict[str, Any]]:
        """The body as an issue."""
        rows: list[dict[str, Any]] = json.loads(self.body)
        return rows


@contextmanager
def connected(url: str, timeout_s: float = 5) -> Iterator[http.client.HTTPConnection]:
    """One connection to the replica."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout_s)
    try:
        yield connection
    finally:
        connection.close()


def get(url: str, target: str, headers: Mapping[str, str] | None = None) -> Reply:
    """GET `target` (path and query, or a whole URL) and read the answer."""
    parts = urlsplit(target)
    relative = f"{parts.path}?{parts.query}" if parts.query else parts.path
    with connected(url) as connection:
        connection.request("GET", relative, headers=dict(headers or {}))
        response = connection.getresponse()
        return Reply(response.status, dict(response.getheaders()), response.read())


def hydration_in(text: str) -> dict[str, Any]:
    """The data of the `DailyPapers` element."""
    found = re.search(r'data-target="DailyPapers" data-props="([^"]*)"', text)
    assert found, "the page has no hydration data"
    data: dict[str, Any] = json.loads(unescape(found[1]))
    return data


class CardTitles(HTMLParser):
    """Collects the texts of `article h3 a`."""

    def __init__(self) -> None:
        """No titles yet."""
        super().__init__()
        self.titles: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        """Note that the element is open."""
        if tag in {"article", "h3", "a"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note that the element is closed."""
        if tag in {"article", "h3", "a"}:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Keep the text of a card's link."""
        if self._open == ["article", "h3", "a"]:
            self.titles.append(data)
