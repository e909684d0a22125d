"""The newest papers of a warehouse, as a marimo app.

`marimo run docs/recipes/daily_papers.py` shows it on loopback, `marimo edit` lets you change it.
PAPERHOUSE_HOME names the home folder; without it, that is `data`.
"""

import marimo

app = marimo.App(width="medium", app_title="Daily papers")


@app.cell
def read():
    import os
    from pathlib import Path

    import altair as alt
    import duckdb
    import marimo as mo

    file = Path(os.environ.get("PAPERHOUSE_HOME", "data")) / "warehouse.duckdb"

    def ask(query, **given):
        """The rows of a query. The file is closed again, so the next query meets a new night."""
        with duckdb.connect(file, read_only=True) as warehouse:
            return warehouse.execute(query, given or None).df()

    again = mo.ui.refresh(options=["10m", "1h"], label="Read again")
    return again, alt, ask, mo


@app.cell
def choose(again, ask, mo):
    again  # whenever it is due, this cell and all that depends on it run
    sources = ask(
        "SELECT source FROM mart.daily_activity GROUP BY ALL ORDER BY sum(n_first) DESC, source"
    )["source"].tolist()
    source = mo.ui.dropdown(sources, value=sources[0] if sources else None, label="Source")
    mo.hstack([mo.md("# Daily papers"), source, again], align="center", widths=[3, 1, 1])
    return (source,)


@app.cell
def at_a_glance(ask, mo, source):
    glance = ask(
        """
        SELECT
            count(*) AS n_papers, max(listed_on) AS newest_on,
            (SELECT count(*) FILTER (WHERE code = 'linked') / count(*)
                FROM mart.code_availability WHERE source = $source) AS linked,
            (SELECT sum(completeness * n_expected) / sum(n_expected) FROM mart.trust
                WHERE source = $source AND week_on > (
                    SELECT max(week_on) - 28 FROM mart.trust WHERE source = $source
                )) AS complete
        FROM mart.listed_papers WHERE source = $source
        """,
        source=source.value,
    ).iloc[0]

    def share(value):
        return "not known" if value != value else f"{value:.0%}"  # noqa: PLR0124 - NaN

    mo.hstack(
        [
            mo.stat(f"{glance.newest_on:%-d %b %Y}", label="Newest issue", bordered=True),
            mo.stat(f"{glance.n_papers:,}", label="Papers", bordered=True),
            mo.stat(share(glance.complete), label="Issues here, last four weeks", bordered=True),
            mo.stat(share(glance.linked), label="Papers that link code", bordered=True),
        ],
        widths="equal",
    )
    return (glance,)


@app.cell
def papers(ask, mo, source):
    columns = "place, upvotes, title, coalesce(hf_url, '') AS page"
    top = ask(
        f"""
        SELECT {columns} FROM mart.top_papers AS top JOIN (
            SELECT paper_id, hf_url FROM mart.papers
        ) USING (paper_id)
        WHERE top.source = $source AND basis = 'latest' AND period = 'week' AND period_on = (
            SELECT max(period_on) FROM mart.top_papers WHERE source = $source AND period = 'week'
        )
        ORDER BY place, title LIMIT 15
        """,  # noqa: S608 - of names alone
        source=source.value,
    )
    rising = ask(
        """
        SELECT round(score, 2) AS score, rising.upvotes, rising.title,
            coalesce(hf_url, '') AS page
        FROM mart.rising_papers AS rising JOIN mart.papers USING (paper_id)
        WHERE source = $source ORDER BY score DESC, rising.title LIMIT 15
        """,
        source=source.value,
    )
    said = ask(
        "SELECT note FROM mart.notes WHERE mart = 'rising_papers' AND source = $source",
        source=source.value,
    )["note"].tolist()

    def shown(rows, why):
        if rows.empty:
            return mo.md("Nothing yet. " + " ".join(why))
        return mo.ui.table(
            rows,
            selection=None,
            page_size=15,
            wrapped_columns=["title"],
            column_widths={"title": 500},
            show_column_summaries=False,
            show_data_types=False,
        )

    mo.ui.tabs(
        {
            "Top of the newest week": shown(top, ["This source counts no votes."]),
            "Rising": shown(rising, said),
        }
    )
    return rising, top


@app.cell
def volume(alt, ask, mo, source):
    days = ask(
        """
        SELECT week_on::TIMESTAMP AS week, sum(n_first)::INT AS papers FROM mart.daily_activity
        JOIN mart.dim_date ON issued_on = day_on WHERE source = $source GROUP BY ALL ORDER BY week
        """,
        source=source.value,
    )
    code = ask(
        """
        SELECT date_trunc('month', listed_on)::TIMESTAMP AS month, code, count(*)::INT AS papers
        FROM mart.code_availability WHERE source = $source GROUP BY ALL ORDER BY month, code
        """,
        source=source.value,
    )
    blues = alt.Scale(
        domain=["linked", "promised", "none"], range=["#1f6f8b", "#8fc1d0", "#d5d9dd"]
    )
    mo.hstack(
        [
            alt.Chart(days, title="New papers, by week", height=220)
            .mark_bar(color="#1f6f8b")
            .encode(alt.X("week:T").title(None), alt.Y("papers:Q").title(None)),
            alt.Chart(code, title="Code, by month of the listing", height=220)
            .mark_bar()
            .encode(
                alt.X("yearmonth(month):T").title(None),
                alt.Y("papers:Q").title(None),
                alt.Color("code:N", scale=blues).title(None),
            ),
        ],
        widths="equal",
    )
    return code, days


@app.cell
def topics(alt, ask, mo, source):
    moves = ask(
        """
        SELECT topic, area, n_papers, share, share_before, momentum FROM mart.topic_momentum
        WHERE source = $source AND momentum IS NOT NULL AND week_on = (
            SELECT max(week_on) FROM mart.topic_momentum WHERE source = $source
        )
        QUALIFY row_number() OVER (ORDER BY momentum DESC, topic) <= 8
            OR row_number() OVER (ORDER BY momentum, topic) <= 8
        ORDER BY momentum DESC, topic
        """,
        source=source.value,
    )
    chart = (
        alt.Chart(
            moves,
            width="container",
            title="Topics that grow and fall: newest week against the four before",
        )
        .mark_bar()
        .encode(
            alt.X("momentum:Q").title("change of the share of papers").axis(format="+.0%"),
            alt.Y("topic:N", sort=None).title(None).axis(labelLimit=220),
            color=alt.condition(alt.datum.momentum > 0, alt.value("#1f6f8b"), alt.value("#e3b04b")),
            tooltip=["topic", "area", "n_papers", "share", "share_before"],
        )
    )
    chart if len(moves) else mo.md("No topics yet.")
    return (moves,)


@app.cell
def freshness(ask, mo):
    lists = ask(
        """
        SELECT source, edition, any_value(state) AS state,
            coalesce(any_value(round(behind_h, 1))::VARCHAR, 'not known') AS behind_h,
            coalesce(sum(n_loaded)::INT::VARCHAR, 'not known') AS n_loaded,
            coalesce(sum(n_missing)::INT::VARCHAR, 'not known') AS n_missing,
            make_timestamp(epoch_us(any_value(last_loaded_at)))::DATE::VARCHAR AS last_loaded_on
        FROM mart.trust GROUP BY ALL ORDER BY sum(n_expected) DESC NULLS LAST, source, edition
        """
    )
    mo.vstack(
        [
            mo.md("## The lists"),
            mo.ui.table(
                lists,
                selection=None,
                page_size=20,
                show_column_summaries=False,
                show_data_types=False,
            ),
        ]
    )
    return (lists,)


if __name__ == "__main__":
    app.run()
