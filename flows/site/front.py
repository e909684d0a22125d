"""The first page: the newest list, the week's top, what rises and moves, how fresh all that is."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flows.site import words
from flows.site.charts import Chart, bars, counted
from flows.site.contents import CARD, Contents

_SOURCES = """
SELECT source, max(listed.listed_on) AS newest_on, count(upvotes) AS n_voted, count(*) AS n_papers
FROM listed JOIN cards USING (paper_id) GROUP BY ALL
ORDER BY n_voted DESC, n_papers DESC, source
"""
_NEWEST = f"""
SELECT {CARD}, issue_id
FROM mart.papers AS papers JOIN cards USING (paper_id) JOIN listed USING (paper_id)
WHERE source = $source AND listed.listed_on = $day
ORDER BY papers.upvotes DESC NULLS LAST, paper_id
"""
_UNDATED = f"""
SELECT {CARD} FROM mart.papers AS papers JOIN cards USING (paper_id)
WHERE NOT papers.is_withdrawn ORDER BY title LIMIT 100
"""
_DAYS = """
SELECT listed_on, count(*) AS n_papers FROM listed
WHERE source = $source AND listed_on > $day - 42 AND listed_on <= $day GROUP BY ALL ORDER BY ALL
"""
_TOP = """
SELECT paper_id, title, upvotes, listed_on, place FROM mart.top_papers
WHERE source = $source AND basis = 'latest' AND period = 'week' AND period_on = $week
ORDER BY place, paper_id LIMIT 8
"""
_RISING = """
SELECT paper_id, title, upvotes, listed_on, age_h FROM mart.rising_papers
WHERE source = $source AND listed_on < $day ORDER BY score DESC, paper_id LIMIT 8
"""
_NOTE = "SELECT note FROM mart.notes WHERE mart = 'rising_papers' AND source = $source"
_MOMENTUM = """
SELECT topic, week_on, n_papers, share, share_before, momentum FROM momentum
WHERE source = $source AND momentum IS NOT NULL
    AND week_on = (
        SELECT max(week_on) FROM momentum
        WHERE source = $source AND momentum IS NOT NULL AND week_on + 4 <= $day
    )
ORDER BY momentum DESC, topic
"""
_SINCE = """
SELECT
    (SELECT count(*) FROM listed WHERE source = $source AND listed_on > $day - 7
        AND listed_on <= $day) AS n_new,
    (SELECT count(*) FROM mart.code_availability WHERE source = $source AND is_linked_later
        AND make_timestamp(epoch_us(linked_at))::DATE > $seen - 7) AS n_code,
    (SELECT count(*) FROM revisions WHERE is_title_changed
        AND make_timestamp(epoch_us(revised_at))::DATE > $seen - 7) AS n_titles
"""
_LOOKS = """
SELECT max(looked_on) AS looked_on, max(looked_on) FILTER (looked_on < newest_on) AS before_on
FROM (
    SELECT observed_on AS looked_on,
        max(make_timestamp(epoch_us(held_until_at))::DATE) OVER () AS newest_on
    FROM counts WHERE source = $source
)
"""
_TRUST = """
SELECT any_value(state) AS state, any_value(n_late) AS n_late,
    any_value(last_loaded_at) AS last_loaded_at, any_value(as_of) AS as_of,
    sum(n_expected) FILTER (recent)::BIGINT AS n_expected,
    sum(n_loaded + n_empty) FILTER (recent)::BIGINT AS n_whole,
    sum(n_open + n_unconfirmed) FILTER (recent)::BIGINT AS n_doubted,
    sum(n_missing + n_unfetched + n_broken + n_held) FILTER (recent)::BIGINT AS n_missing,
    sum(n_quarantined) FILTER (recent)::BIGINT AS n_quarantined
FROM (
    SELECT *, week_on > max(week_on) OVER () - 28 AS recent FROM mart.trust
    WHERE source = $source AND edition = $edition
)
"""

_STATES = {
    "fresh": ("good", "Up to date."),
    "due": ("good", "The next list is due."),
    "late": ("bad", "Behind."),
    "silent": ("bad", "The digest has been silent."),
    "never loaded": ("bad", "Never loaded by a night."),
    "not scheduled": ("quiet", "Loaded on demand."),
}
_UNKNOWN = ("quiet", "Loaded on demand.")


@dataclass(frozen=True)
class Freshness:
    """How fresh and whole a list is, in words: a kind for the mark, a verdict, the rest."""

    kind: str
    verdict: str
    sentences: tuple[str, ...]


def front_facts(contents: Contents) -> dict[str, Any]:
    """What the template of the first page needs; `day` is None where no list has a date."""
    sources = contents.rows(_SOURCES)
    if not sources:
        return {"day": None, "papers": contents.rows(_UNDATED)}
    main = sources[0]
    source, day = main["source"], main["newest_on"]
    at = {"source": source, "day": day}
    papers = contents.rows(_NEWEST, **at)
    (looks,) = contents.rows(_LOOKS, source=source)
    edition = papers[0]["issue_id"].split(":")[1]
    (trust,) = contents.rows(_TRUST, source=source, edition=edition)
    momentum = contents.rows(_MOMENTUM, **at)
    (since,) = contents.rows(_SINCE, **at, seen=looks["looked_on"] or day)
    rising = contents.rows(_RISING, **at)
    notes = [] if rising else contents.rows(_NOTE, source=source)
    monday = day - timedelta(days=day.weekday())
    return {
        "day": day,
        "source": source,
        "others": sources[1:],
        "papers": papers,
        "gained_since": _since(looks["before_on"], looks["looked_on"])
        if any(paper["n_gained"] for paper in papers)
        else None,
        "freshness": freshness(trust),
        "chart": _days_chart(contents.rows(_DAYS, **at), source),
        "week": day.strftime("%G-W%V"),
        "month": day.strftime("%Y-%m"),
        "top": contents.rows(_TOP, source=source, week=monday),
        "rising": rising,
        "rising_note": next((row["note"] for row in notes), None),
        "growing": [row for row in momentum if row["momentum"] > 0][:6],
        "falling": [row for row in reversed(momentum) if row["momentum"] < 0][:6],
        "since": since,
    }


def freshness(trust: dict[str, Any]) -> Freshness:
    """The row of mart.trust of a list, of its last four weeks, in words."""
    kind, verdict = _STATES.get(trust["state"] or "", _UNKNOWN)
    if kind == "good" and trust["n_missing"]:
        kind, verdict = "doubtful", "Some lists are missing."
    said = []
    if trust["n_late"]:
        said.append(f"{words.plural(trust['n_late'], 'list')} should be here and are not.")
    if trust["n_expected"]:
        said.append(
            f"Of {words.plural(trust['n_expected'], 'list')} expected in four weeks, "
            f"{trust['n_whole']:,} are here and whole."
        )
    if trust["n_doubted"]:
        said.append(f"{trust['n_doubted']:,} may still grow.")
    if trust["n_quarantined"]:
        said.append(f"{words.plural(trust['n_quarantined'], 'record')} could not be read.")
    if trust["last_loaded_at"]:
        said.append(f"Last loaded on {_moment(trust['last_loaded_at'])} UTC.")
    return Freshness(kind, verdict, tuple(said))


def _moment(at: Any) -> str:
    return f"{words.date_in_words(at.date())} at {at:%H:%M}"


def _since(before: date | None, newest: date | None) -> str | None:
    """Since when votes are counted as gained, in words; None where they were counted once."""
    if before is None or newest is None:
        return None
    return "yesterday" if (newest - before).days == 1 else words.date_in_words(before)


def _days_chart(days: list[dict[str, Any]], source: str) -> Chart | None:
    values = [
        counted(
            words.short_date(row["listed_on"]),
            f"listed:{source}:{row['listed_on']}",
            row["n_papers"],
        )
        for row in days
    ]
    return bars("Papers a day, six weeks", ("day", "papers"), values)
