"""Feeds in Atom 1.0 and JSON Feed 1.1: the newest papers, the week's top, topics, authors, filters.

An entry is a paper. Its id never changes, and its date moves only when the paper says something
new: a title, an abstract, a link to code. Votes are in no feed, so a reader sees a paper once.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from jinja2 import Environment

from flows.site import words
from flows.site.contents import Contents

MOST = 50
"""Entries of a feed."""
FOLDERS = ("topics", "authors", "filters")
"""Folders whose pages have a feed each."""

_COLUMNS = """
papers.paper_id, papers.title, coalesce(papers.summary, papers.abstract) AS text,
list_slice(string_split(papers.authors, ', '), 1, 40) AS names, papers.topics, papers.code_url,
coalesce(papers.hf_url, papers.arxiv_url, papers.code_url) AS url,
cards.listed_on::TIMESTAMPTZ AS published_at, cards.updated_at
"""
_OF_LISTS = f"""
WITH entries AS (
    SELECT folder, name, paper_id
    FROM feeds JOIN members USING (folder, name) JOIN cards USING (paper_id)
    WHERE listed_on IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY folder, name ORDER BY recency DESC) <= {MOST}
)

SELECT folder || '/' || name AS feed, {_COLUMNS}
FROM entries JOIN cards USING (paper_id) JOIN mart.papers AS papers USING (paper_id)
ORDER BY folder, name, recency DESC
"""
_NEWEST = f"""
WITH entries AS (
    SELECT paper_id FROM cards WHERE listed_on IS NOT NULL AND NOT is_withdrawn
    ORDER BY recency DESC LIMIT 100
)

SELECT {_COLUMNS}
FROM entries JOIN cards USING (paper_id) JOIN mart.papers AS papers USING (paper_id)
ORDER BY recency DESC
"""
_TOP = f"""
WITH entries AS MATERIALIZED (
    SELECT paper_id FROM mart.top_papers
    WHERE source = $source AND basis = 'latest' AND period = 'week'
        AND place <= 10 AND period_on = (
            SELECT date_trunc('week', max(listed_on))::DATE
            FROM listed SEMI JOIN counts USING (source, paper_id)
        )
)

SELECT {_COLUMNS}
FROM entries JOIN cards USING (paper_id) JOIN mart.papers AS papers USING (paper_id)
ORDER BY recency DESC
"""


class Feeds:
    """Writes feeds; `url` is where the site is served, if anywhere."""

    def __init__(self, environment: Environment, url: str | None) -> None:
        self._template = environment.get_template("feed.atom")
        self._url = url and url.rstrip("/")

    def general(self, contents: Contents, source: str | None) -> Iterator[tuple[str, str]]:
        """File and text of the feeds of the newest papers and of the week's top."""
        yield from self._both("newest", "Newest papers", contents.rows(_NEWEST))
        top = contents.rows(_TOP, source=source)
        yield from self._both("top-of-the-week", "Top of the week", top)

    def of_lists(
        self, contents: Contents, lists: Sequence[tuple[str, str]]
    ) -> Iterator[tuple[str, str]]:
        """File and text of the feeds of lists, each named by folder and name."""
        contents.choose_lists("feeds", lists)
        found = contents.grouped(_OF_LISTS, "feed")
        for folder, name in lists:
            entries = found.get(f"{folder}/{name}", [])
            yield from self._both(f"{folder}/{words.slug(name)}", name, entries)

    def _both(self, name: str, title: str, rows: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
        entries = [self._entry(row) for row in rows]
        feed = {
            "id": _urn(f"feed:{name}"),
            "title": f"{title} \u2013 paperhouse",
            "name": name,
            "updated": max((entry["updated"] for entry in entries), default="1970-01-01T00:00:00Z"),
            "url": self._url,
        }
        yield f"feeds/{name}.atom", self._template.render(feed=feed, entries=entries)
        yield f"feeds/{name}.json", json.dumps(_as_json(feed, entries), ensure_ascii=False)

    def _entry(self, row: dict[str, Any]) -> dict[str, Any]:
        page = f"{self._url}/papers/{words.paper_file(row['paper_id'])}.html" if self._url else None
        return {
            "id": _urn(f"paper:{row['paper_id']}"),
            "title": row["title"],
            "text": row["text"] or "No abstract is known.",
            "names": row["names"] or [],
            "topics": row["topics"].split(", ") if row["topics"] else [],
            "published": _time(row["published_at"]),
            "updated": _time(row["updated_at"]),
            "url": page or words.web_address(row["url"]),
        }


def feed_files(folder: str, name: str) -> tuple[str, str]:
    """The files of the feed of a list."""
    return (f"feeds/{folder}/{words.slug(name)}.atom", f"feeds/{folder}/{words.slug(name)}.json")


def _as_json(feed: dict[str, Any], entries: list[dict[str, Any]]) -> dict[str, Any]:
    """A feed as JSON Feed 1.1 has it; what is not known is left out."""
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed["title"],
        "home_page_url": feed["url"],
        "feed_url": feed["url"] and f"{feed['url']}/feeds/{feed['name']}.json",
        "items": [_without_none(_item(entry)) for entry in entries],
    }
    return _without_none(whole)


def _item(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": entry["id"],
        "url": entry["url"],
        "title": entry["title"],
        "content_text": entry["text"],
        "date_published": entry["published"],
        "date_modified": entry["updated"],
        "authors": [{"name": name} for name in entry["names"]] or None,
        "tags": entry["topics"] or None,
    }


def _without_none(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _urn(name: str) -> str:
    """An id that is the same in every build, whatever else changes."""
    return uuid5(NAMESPACE_URL, f"paperhouse:{name}").urn


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
