"""Pages that list papers: of a day, a week, a month, a topic, an author, a system."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from jinja2 import Environment

from flows.site import words
from flows.site.charts import Chart, Value, bars, counted
from flows.site.contents import CARD, Contents
from flows.site.templating import Cards

MOST = {
    "days": 2000,
    "weeks": 40,
    "months": 40,
    "topics": 60,
    "authors": 300,
    "systems": 300,
    "filters": 100,
}
"""The most papers of a source that a page of the folder shows."""
CARDS = 20
"""So many of them are cards, where a page is not that of a day; the others are a line each."""
IN_ORDER = ("days", "weeks", "months")
"""Folders whose pages have one before and one after; the most voted papers come first on them."""
WITHOUT_VOTES = ("authors", "systems")

_MOST = " ".join(f"WHEN '{folder}' THEN {most}" for folder, most in MOST.items())
_ORDER = """
CASE WHEN folder IN ('days', 'weeks', 'months') THEN upvotes END DESC NULLS LAST,
listed_on DESC NULLS LAST,
CASE WHEN folder NOT IN ('authors', 'systems') THEN upvotes END DESC NULLS LAST, recency
"""
_ROWS = f"""
SELECT folder, name, source, paper_id, count(*) OVER list AS n_papers
FROM members JOIN chosen USING (folder, name) JOIN cards USING (paper_id)
WINDOW list AS (PARTITION BY folder, name, source)
QUALIFY row_number() OVER (list ORDER BY {_ORDER}) <= CASE folder {_MOST} END
ORDER BY folder, name, source, {_ORDER}
"""
_CARDS = f"""
SELECT {CARD}
FROM mart.papers AS papers JOIN cards USING (paper_id) JOIN on_lists USING (paper_id)
"""
_NEIGHBOURS = """
SELECT folder, name,
    lag(name) OVER (PARTITION BY folder ORDER BY name) AS before,
    lead(name) OVER (PARTITION BY folder ORDER BY name) AS after
FROM (SELECT DISTINCT folder, name FROM members WHERE folder IN ('days', 'weeks', 'months'))
"""
_DAYS = """
SELECT chosen.name, source, listed_on, count(*) AS n_papers
FROM listed JOIN chosen ON
    (chosen.folder = 'weeks' AND chosen.name = week)
    OR (chosen.folder = 'months' AND chosen.name = month)
GROUP BY ALL ORDER BY ALL
"""
_TOPICS = """
SELECT chosen.name, source, topic, sum(n_papers)::BIGINT AS n_papers
FROM mart.topic_activity JOIN chosen ON
    (chosen.folder = 'weeks' AND chosen.name = strftime(listed_on, '%G-W%V'))
    OR (chosen.folder = 'months' AND chosen.name = strftime(listed_on, '%Y-%m'))
WHERE topic IS NOT NULL
GROUP BY ALL ORDER BY n_papers DESC, topic
"""
_SHARES = """
WITH read AS (
    SELECT source, strftime(listed_on, '%Y-%m') AS month, sum(n_read)::BIGINT AS n_read
    FROM (SELECT DISTINCT source, listed_on, n_read FROM mart.topic_activity) GROUP BY ALL
),

about AS (
    SELECT source, topic, strftime(listed_on, '%Y-%m') AS month,
        sum(n_papers)::BIGINT AS n_papers
    FROM mart.topic_activity
    SEMI JOIN (SELECT name AS topic FROM chosen WHERE folder = 'topics') USING (topic)
    GROUP BY ALL
),

topics AS (SELECT DISTINCT source, topic FROM about)

SELECT topic AS name, month, coalesce(n_papers, 0) / n_read AS share
FROM topics JOIN read USING (source) LEFT JOIN about USING (source, topic, month)
WHERE source = $source
ORDER BY name, month
"""
_NAMES = """
SELECT 'authors' AS folder, name_key AS name, min(name) AS title, NULL AS area
FROM authorships
SEMI JOIN (SELECT name AS name_key FROM chosen WHERE folder = 'authors') USING (name_key)
GROUP BY ALL
UNION ALL
SELECT folder, name, name, NULL FROM chosen WHERE folder = 'filters'
UNION ALL
SELECT 'systems', name_key, min(name), NULL FROM introduced
SEMI JOIN (SELECT name AS name_key FROM chosen WHERE folder = 'systems') USING (name_key)
GROUP BY ALL
UNION ALL
SELECT 'topics', topic, topic, min(area) FROM about
SEMI JOIN (SELECT name AS topic FROM chosen WHERE folder = 'topics') USING (topic)
GROUP BY ALL
"""


class ListPages:
    """Pages that list papers, filled from `contents`; `source` is the one whose topics are
    charted."""

    def __init__(self, contents: Contents, environment: Environment, source: str | None) -> None:
        self._contents = contents
        self._source = source
        self._template = environment.get_template("list.html")
        template = environment.get_template("card.html")
        self._cards = Cards(template, up="../", with_votes=True)
        self._cards_without_votes = Cards(template, up="../", with_votes=False)

    def of(self, chosen: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
        """Folder, name and text of each page of these folders and names."""
        contents = self._contents
        contents.choose_lists("chosen", chosen)
        rows = contents.rows(_ROWS)
        contents.choose("on_lists", paper_id=list({row["paper_id"] for row in rows}))
        cards = {row["paper_id"]: row for row in contents.rows(_CARDS)}
        self._cards.rows = self._cards_without_votes.rows = cards
        self._neighbours = {(r["folder"], r["name"]): r for r in contents.rows(_NEIGHBOURS)}
        self._days = contents.grouped(_DAYS, "name")
        self._topics = contents.grouped(_TOPICS, "name")
        self._shares = contents.grouped(_SHARES, "name", source=self._source)
        self._names = {(r["folder"], r["name"]): r for r in contents.rows(_NAMES)}
        lists: dict[tuple[str, str], dict[str | None, list[dict[str, Any]]]] = {}
        for row in rows:
            page = lists.setdefault((row["folder"], row["name"]), {})
            page.setdefault(row["source"], []).append(row)
        for (folder, name), sections in lists.items():
            yield folder, name, self._page(folder, name, sections)

    def _page(
        self, folder: str, name: str, sections: dict[str | None, list[dict[str, Any]]]
    ) -> str:
        card = self._cards_without_votes if folder in WITHOUT_VOTES else self._cards
        neighbours = self._neighbours.get((folder, name), {})
        shown = [
            {
                "source": source,
                "n_papers": rows[0]["n_papers"],
                "n_shown": len(rows[: MOST[folder]]),
                "cards": [card(row["paper_id"]) for row in rows[: _n_cards(folder)]],
                "rest": [card.row(r["paper_id"]) for r in rows[_n_cards(folder) : MOST[folder]]],
                "chart": self._chart(folder, name, source),
                "topics": [t for t in self._topics.get(name, ()) if t["source"] == source][:12]
                if folder in ("weeks", "months")
                else [],
            }
            for source, rows in sections.items()
        ]
        return self._template.render(
            up="../",
            here=folder,
            folder=folder,
            name=name,
            heading=self._heading(folder, name),
            with_votes=folder not in WITHOUT_VOTES,
            area=self._names.get((folder, name), {}).get("area"),
            sections=shown,
            before=neighbours.get("before"),
            after=neighbours.get("after"),
        )

    def _heading(self, folder: str, name: str) -> str:
        if folder == "days":
            return words.day_in_words(date.fromisoformat(name))
        if folder == "weeks":
            return f"Week of {words.week_in_words(name)}"
        if folder == "months":
            return words.month_in_words(name)
        return str(self._names[folder, name]["title"])

    def _chart(self, folder: str, name: str, source: str | None) -> Chart | None:
        if folder in ("weeks", "months"):
            days = [day for day in self._days[name] if day["source"] == source]
            return bars("Papers a day", ("day", "papers"), [_of_day(day) for day in days])
        if folder == "topics":
            shares = self._shares.get(name, ())
            return bars(
                "Share of the papers of a month", ("month", "share"), [_of_share(s) for s in shares]
            )
        return None


def _n_cards(folder: str) -> int:
    return MOST[folder] if folder == "days" else CARDS


def _of_day(day: dict[str, Any]) -> Value:
    label = words.short_date(day["listed_on"])
    return counted(label, f"listed:{day['source']}:{day['listed_on']}", day["n_papers"])


def _of_share(row: dict[str, Any]) -> Value:
    return Value(
        words.month_in_words(row["month"]),
        f"share:{row['name']}:{row['month']}",
        row["share"],
        words.percent(row["share"]),
    )
