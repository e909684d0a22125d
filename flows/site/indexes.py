"""Pages that lead to the others: the archive's calendar, topics, authors, systems, the search."""

import calendar
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from jinja2 import Environment

from flows.site.contents import Contents
from flows.site.words import paper_file

_DAYS = "SELECT listed_on, count(DISTINCT paper_id) AS n_papers FROM listed GROUP BY ALL ORDER BY 1"
_TOPICS = """
WITH newest AS (
    SELECT topic, share, momentum FROM momentum
    WHERE source = $source AND week_on = (
        SELECT max(week_on) FROM momentum WHERE source = $source
    )
)

SELECT area, topic, count(*) AS n_papers, any_value(share) AS share,
    any_value(momentum) AS momentum
FROM about LEFT JOIN newest USING (topic)
GROUP BY ALL ORDER BY area, n_papers DESC, topic
"""
_AUTHORS = """
WITH most AS (
    SELECT name_key, count(*) AS n_papers FROM authorships WHERE has_page
    GROUP BY ALL ORDER BY n_papers DESC, name_key LIMIT 300
)

SELECT name_key, min(name) AS name, n_papers, max(listed_on) AS newest_on,
    count(*) FILTER (is_first) AS n_first
FROM authorships JOIN most USING (name_key)
GROUP BY ALL ORDER BY n_papers DESC, name_key
"""
_SYSTEMS = """
SELECT name_key, min(name) AS name, max(n_same_name) AS n_papers, max(introduced_on) AS newest_on
FROM introduced
SEMI JOIN (SELECT name AS name_key FROM members WHERE folder = 'systems') USING (name_key)
GROUP BY ALL ORDER BY newest_on DESC, name_key
"""
_NEW_SYSTEMS = """
SELECT name, kind, paper_id, title, introduced_on FROM introduced
WHERE is_first_of_name AND confidence >= 0.8
ORDER BY introduced_on DESC, name, paper_id LIMIT 100
"""
_TEXTS = """
SELECT coalesce(strftime(papers.listed_on, '%Y-%m'), 'undated') AS shard, paper_id, papers.title,
    array_to_string(list_slice(string_split(authors, ', '), 1, 60), ', ') AS authors,
    papers.listed_on, papers.upvotes, papers.topics, papers.systems
FROM mart.papers AS papers
WHERE NOT is_withdrawn AND list_contains($shards, shard)
ORDER BY shard, papers.listed_on DESC NULLS LAST, upvotes DESC NULLS LAST, paper_id
"""


def index_pages(
    contents: Contents, environment: Environment, source: str | None, shards: list[str]
) -> Iterator[tuple[str, str]]:
    """File and text of each page that leads to others."""
    facts: dict[str, dict[str, Any]] = {
        "archive": {"years": _calendars(contents.rows(_DAYS))},
        "topics": {"areas": contents.grouped(_TOPICS, "area", source=source), "source": source},
        "authors": {"authors": contents.rows(_AUTHORS)},
        "systems": {
            "systems": contents.rows(_SYSTEMS),
            "introduced": contents.rows(_NEW_SYSTEMS),
        },
        "search": {"shards": sorted(shards, reverse=True), "found": None},
        "404": {},
    }
    for name, given in facts.items():
        page = environment.get_template(f"{name}.html")
        yield f"{name}.html", page.render(up="", here=name, **given)


def search_shards(contents: Contents, shards: list[str]) -> Iterator[tuple[str, str]]:
    """File and text of parts of the search index: a script each, since a page that is read from a
    disk may not ask for anything else."""
    for shard, rows in contents.grouped(_TEXTS, "shard", shards=shards).items():
        entries = [
            [
                paper_file(row["paper_id"]),
                row["title"],
                row["authors"] or "",
                str(row["listed_on"] or ""),
                row["upvotes"],
                ", ".join(filter(None, (row["topics"], row["systems"]))),
            ]
            for row in rows
        ]
        listed = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
        yield f"search/{shard}.js", f"paperhouse.add({listed});\n"


def _calendars(days: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """Years, newest first, each with its months: weeks of days, each with its number of papers and
    a shade from 1 to 4 by how many others have fewer."""
    n_papers = {row["listed_on"]: row["n_papers"] for row in days}
    ranked = sorted(n_papers.values())
    shades = {n: 1 + 4 * ranked.index(n) // len(ranked) for n in set(ranked)}
    years: dict[int, list[dict[str, Any]]] = {}
    for year, month in sorted({(day.year, day.month) for day in n_papers}, reverse=True):
        weeks = [
            [
                {
                    "day": day,
                    "n_papers": n_papers.get(day),
                    "shade": shades.get(n_papers.get(day, 0)),
                }
                if day.month == month
                else None
                for day in week
            ]
            for week in calendar.Calendar().monthdatescalendar(year, month)
        ]
        listed = {"month": f"{year}-{month:02}", "first": date(year, month, 1), "weeks": weeks}
        years.setdefault(year, []).append(listed)
    return years
