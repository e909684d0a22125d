"""The pages of a home: whole, harmless, equal to the marts, and written only where they changed."""

import csv
import json
import random
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import flows.site.after_load
import flows.site.exports
import flows.site.lists
from flows.settings import Settings
from flows.settings.sections import SiteSettings
from flows.site.after_load import RECORD, is_due
from flows.site.build import build_site, refresh_site
from flows.site.contents import Contents
from flows.site.exports import exports
from flows.site.facts import SiteUnbuildable
from flows.site.record import KEYS
from flows.site.words import change_in_points, number, paper_file, percent, slug
from tests.support.folders import ROOT
from tests.support.issues import T0, day, item
from tests.support.pages import HIDDEN, HOSTILE, PICTURE, Built, Page, kettle
from tests.support.warehouse import Warehouse
from warehouse.query.read_only import NothingPublished

pytestmark = pytest.mark.slow

LOADS = {"script": "src", "link": "href", "img": "src"}
FORBIDDEN = {"style", "iframe", "object", "embed", "base"}
OF_PAPER = {"votes": "upvotes", "comments": "comments", "stars": "github_stars"}
OF_PAPER |= {"authors": "n_authors"}
OF_LIST = {
    "days": "listed_on::VARCHAR = $name",
    "weeks": "strftime(listed_on, '%G-W%V') = $name",
    "months": "strftime(listed_on, '%Y-%m') = $name",
}
TIMES = "make_timestamp(epoch_us({}))"


@pytest.fixture
def pages(all_pages: dict[str, Page]) -> dict[str, Page]:
    return all_pages


@pytest.fixture
def mine(built: Built, tmp_path: Path) -> Built:
    """The same, to be changed."""
    return built.copy_to(tmp_path / "home")


def a_night(warehouse: Warehouse) -> None:
    """A new day, and more votes for the papers of a day that is there."""
    fresh = [item("2611.00900", "Spoonful: Video Diffusion in a Cup", upvotes=1)]
    again = [kettle(n, votes=90 + n) for n in range(6)]
    bodies = [day("2026-11-23", fresh, minutes=60 * 72), day("2026-11-19", again, minutes=60 * 72)]
    warehouse.load(bodies, now=T0 + timedelta(days=3, hours=1))


def a_second_night(warehouse: Warehouse) -> None:
    """The votes of a day turn its order round; nothing else changes."""
    again = [kettle(n, votes=200 - n) for n in range(6)]
    body = day("2026-11-19", again, minutes=60 * 96)
    warehouse.load([body], now=T0 + timedelta(days=4, hours=1))


def test_there_is_a_page_for_each_day_week_month_topic_author_system_and_paper_and_no_other(
    built: Built, pages: dict[str, Page]
) -> None:
    def names(query: str) -> set[str]:
        return {str(name) for (name,) in built.warehouse.tuples(query)}

    days = names("SELECT DISTINCT listed_on FROM mart.listed_papers")
    dates = [date.fromisoformat(name) for name in days]
    authors = "SELECT name_key FROM mart.paper_authors GROUP BY ALL HAVING count(*) >= 3"
    expected = {f"days/{name}.html" for name in days}
    expected |= {f"weeks/{at:%G-W%V}.html" for at in dates}
    expected |= {f"months/{at:%Y-%m}.html" for at in dates}
    expected |= {f"topics/{slug(n)}.html" for n in names("SELECT topic FROM mart.paper_topics")}
    expected |= {f"authors/{slug(name)}.html" for name in names(authors)}
    shared = "SELECT name_key FROM mart.new_systems WHERE n_same_name >= 2"
    expected |= {f"systems/{slug(name)}.html" for name in names(shared)}
    expected |= {"filters/kettles.html"}
    expected |= {f"papers/{paper_file(n)}.html" for n in names("SELECT paper_id FROM mart.papers")}
    found = {name for name in pages if "/" in name and not name.startswith("data/")}
    assert found == expected
    assert len(expected) > 25
    others = {name for name in pages if "/" not in name}
    assert others == {
        f"{name}.html"
        for name in ("index", "archive", "topics", "authors", "systems", "search", "404")
    }


def test_a_strict_policy_of_content_holds_and_nothing_is_loaded_but_our_own_files(
    pages: dict[str, Page],
) -> None:
    for name, page in pages.items():
        assert "default-src 'none'" in page.text, name
        assert "unsafe" not in page.text.partition("</head>")[0], name
        assert page.tags & FORBIDDEN == set(), name
        assert [one for one in page.attributes if one.startswith("on") or one == "style"] == [], (
            name
        )
        loaded = {
            e.attributes.get(LOADS[e.tag], "inline")
            for e in page.elements
            if e.tag in LOADS and e.attributes.get("rel") != "alternate"
        }
        up = "../" if "/" in name else ""
        assert loaded == {f"{up}{file}" for file in ("style.css", "site.js", "icon.svg")}, name


def test_every_link_leads_to_a_place_that_is_there_or_to_the_web(
    built: Built, pages: dict[str, Page]
) -> None:
    files = built.files()
    for name, page in pages.items():
        for link in page.links:
            if link.startswith(("https://", "http://")):
                continue
            target, _, place = link.partition("#")
            path = Path(name).parent / target if target else Path(name)
            parts: list[str] = []
            for part in path.parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            assert "/".join(parts) in files, f"{name}: {link}"
            assert not place or place in pages["/".join(parts)].ids, f"{name}: {link}"


def test_every_page_has_a_language_a_title_one_heading_and_a_way_past_the_links(
    pages: dict[str, Page],
) -> None:
    for name, page in pages.items():
        assert [e.tag for e in page.elements].count("h1") == 1, name
        assert Page(page.text).elements[0].attributes["lang"] == "en", name
        assert re.search(r"<title>[^<]+ \u2013 paperhouse</title>", page.text) or "data/" in name, (
            name
        )
        assert "#main" in page.links, name


def test_hostile_titles_are_shown_as_they_are_and_nothing_more(
    built: Built, pages: dict[str, Page]
) -> None:
    for n, title in list(enumerate(HOSTILE))[1:]:  # of the first one arXiv knows more
        shown = title.replace("\u202e", " ")
        assert shown in pages[f"papers/2611.0000{n}.html"].words, title
        assert shown in pages["days/2026-11-20.html"].words, title
    assert [name for name, text in built.texts().items() if "\u202e" in text] == []


def test_who_asked_not_to_be_shown_is_in_no_file(built: Built) -> None:
    hidden = "SELECT DISTINCT name FROM core.paper_authors WHERE is_hidden"
    assert built.warehouse.tuples(hidden) == [(HIDDEN,)]
    named = [
        name
        for name, text in built.texts().items()
        if "unseen" in text.lower().replace('class="unseen"', "").replace(".unseen", "")
    ]
    assert named == []


def looked_up(connection: duckdb.DuckDBPyConnection, name: str) -> Any:  # noqa: C901, PLR0911, PLR0912 - one line for each kind
    """The number of this name, asked of the marts without any code of the pages."""
    kind, _, rest = name.partition(":")

    def ask(query: str, **given: Any) -> Any:
        return connection.execute(query, given).fetchall()[0][0]

    if kind in OF_PAPER:
        return number(
            ask(f"SELECT {OF_PAPER[kind]} FROM mart.papers WHERE paper_id = $id", id=rest)
        )
    if kind == "rank":
        issue, paper = rest.split(" ")
        query = "SELECT rank FROM core.listings WHERE issue_id = $issue AND paper_id = $id"
        return number(ask(query, issue=issue, id=paper))
    if kind == "gained":
        query = "SELECT upvotes FROM mart.upvote_curves WHERE paper_id = $id ORDER BY observed_at"
        votes = connection.execute(query, {"id": rest}).fetchall()
        return number(votes[-1][0] - votes[0][0])
    if kind == "curve":
        paper, source, at = rest.split(":", 2)
        query = "SELECT upvotes FROM mart.upvote_curves WHERE paper_id = $id AND source = $source"
        query += f" AND {TIMES.format('observed_at')} = $at::TIMESTAMP"
        return number(ask(query, id=paper, source=source, at=at))
    if kind == "listed":
        source, on = rest.split(":")
        query = "SELECT n_first FROM mart.daily_activity WHERE source = $source AND issued_on = $on"
        return number(ask(query, source=source, on=on))
    if kind == "papers":
        folder, key, source = rest.split(":")
        if folder in OF_LIST:
            query = "SELECT count(*) FROM mart.listed_papers WHERE source = $source AND "
            return number(ask(query + OF_LIST[folder], source=source, name=key))
        if folder == "filters":
            query = "SELECT count(*) FROM mart.papers WHERE upvotes >= 5 AND contains("
            return number(ask(query + "lower(title || ' ' || abstract), 'kettle')"))
        table, column = {
            "topics": ("mart.paper_topics", "topic"),
            "authors": ("mart.paper_authors", "name_key"),
            "systems": ("mart.new_systems", "name_key"),
        }[folder]
        query = f"SELECT count(DISTINCT paper_id) FROM {table} WHERE {column} = $key"
        return number(ask(query, key=key))
    if kind == "topic-papers":
        folder, key, source, topic = rest.split(":")
        query = "SELECT sum(n_papers)::BIGINT FROM mart.topic_activity WHERE source = $source AND "
        query += f"topic = $topic AND {OF_LIST[folder]}"
        return number(ask(query, source=source, topic=topic, name=key))
    if kind == "share" and rest[:4].isdigit():
        week, topic = rest.split(":")
        query = "SELECT share FROM mart.topic_momentum WHERE week_on = $week AND topic = $topic "
        return percent(ask(f"{query} AND source = 'huggingface'", week=week, topic=topic))
    if kind == "share":
        topic, month = rest.split(":")
        query = """
            SELECT count(*) FILTER (EXISTS (
                FROM mart.paper_topics AS about
                WHERE about.paper_id = listed.paper_id AND topic = $topic
            )) / count(*)
            FROM mart.listed_papers AS listed
            WHERE source = 'huggingface' AND strftime(listed_on, '%Y-%m') = $month
        """
        return percent(ask(query, topic=topic, month=month))
    if kind == "momentum":
        week, topic = rest.split(":")
        query = "SELECT momentum FROM mart.topic_momentum WHERE week_on = $week AND topic = $topic"
        return change_in_points(ask(f"{query} AND source = 'huggingface'", week=week, topic=topic))
    if kind == "first":
        query = "SELECT count(*) FROM mart.paper_authors WHERE name_key = $key AND is_first"
        return number(ask(query, key=rest))
    newest = "(SELECT max(listed_on) FROM mart.listed_papers WHERE source = 'huggingface')"
    seen = f"{TIMES.format('{}')}::DATE > DATE '2026-11-13'"
    return number(
        ask(
            {
                "new": f"SELECT count(*) FROM mart.listed_papers WHERE source = '{rest}' "
                f"AND listed_on > {newest} - 7",
                "code": f"SELECT count(*) FROM mart.code_availability WHERE is_linked_later "
                f"AND {seen.format('linked_at')}",
                "titles": f"SELECT count(*) FROM mart.revisions WHERE is_title_changed "
                f"AND {seen.format('revised_at')}",
            }[kind]
        )
    )


def test_every_number_is_that_of_the_marts(built: Built, pages: dict[str, Page]) -> None:
    figures = {(f.name, f.text) for page in pages.values() for f in page.figures}
    kinds = {name.partition(":")[0] for name, _ in figures}
    assert kinds >= {
        "votes",
        "gained",
        "curve",
        "listed",
        "papers",
        "share",
        "new",
        "code",
        "titles",
        "comments",
        "authors",
        "rank",
        "first",
        "topic-papers",
    }
    chosen = random.Random(20261128).sample(sorted(figures), min(len(figures), 150))  # noqa: S311
    for kind in kinds:  # and one of each kind at least
        chosen.append(next(f for f in sorted(figures) if f[0].startswith(f"{kind}:")))
    with built.warehouse.reading() as connection:
        wrong = [(name, text) for name, text in chosen if text != looked_up(connection, name)]
    assert wrong == []


def test_the_first_page_says_what_is_new_and_how_whole_it_is(
    built: Built, pages: dict[str, Page]
) -> None:
    page = pages["index.html"]
    assert "Friday, 20 November 2026" in page.words
    top = built.warehouse.value("SELECT title FROM mart.papers ORDER BY upvotes DESC LIMIT 1")
    assert top in page.words
    assert {f"days/{on}.html" for on in ("2026-11-20",)} <= set(page.links)
    assert re.search(r"Up to date|missing|Behind|Loaded on demand|due", page.words)


def test_a_build_after_which_nothing_was_published_writes_nothing(mine: Built) -> None:
    before = mine.folder.readlink()
    build_site(mine.settings)
    assert mine.folder.readlink() == before


def test_what_a_night_did_not_touch_is_the_same_file_and_all_is_as_if_built_anew(
    mine: Built, tmp_path: Path
) -> None:
    before = {name: file.stat().st_ino for name, file in mine.files().items()}
    a_night(mine.warehouse)
    build_site(mine.settings)
    after = {name: file.stat().st_ino for name, file in mine.files().items()}
    kept = {name for name in after if before.get(name) == after[name]}
    assert {"papers/2611.00000.html", "days/2026-11-18.html"} <= kept
    assert not kept & {"index.html", "papers/2611.00101.html", "days/2026-11-19.html"}
    assert {"days/2026-11-23.html", "papers/2611.00900.html"} <= after.keys() - before.keys()

    a_second_night(mine.warehouse)
    build_site(mine.settings)
    after = {name: file.stat().st_ino for name, file in mine.files().items()}
    assert {name for name in kept if after[name] == before[name]} >= {"papers/2611.00000.html"}

    anew = Built(mine.warehouse.copy_to(tmp_path / "anew"))
    keep_only_data(anew.warehouse.home)
    build_site(anew.settings)
    whole, by_parts = anew.texts(), mine.texts()
    assert whole.keys() == by_parts.keys()
    assert [name for name in whole if whole[name] != by_parts[name]] == []


def test_each_list_has_its_papers_as_files_and_a_night_writes_those_it_touched(
    mine: Built,
) -> None:
    papers = {
        "days/2026-11-18": "SELECT paper_id FROM mart.listed_papers WHERE listed_on = '2026-11-18'",
        "topics/diffusion-models": "SELECT paper_id FROM mart.paper_topics "
        "WHERE topic = 'diffusion models'",
        f"authors/{slug('author 1')}": "SELECT paper_id FROM mart.paper_authors "
        "WHERE name_key = 'author 1'",
    }
    for name, query in papers.items():
        expected = {paper_id for (paper_id,) in mine.warehouse.tuples(query)}
        rows = csv.DictReader(StringIO(mine.texts()[f"exports/{name}.csv"]))
        assert {row["paper_id"] for row in rows} == expected
        page = mine.pages()[f"{name}.html"]
        for ending in ("bib", "ris", "csv"):
            assert f"../exports/{name}.{ending}" in page.links
            assert f"exports/{name}.{ending}" in mine.files()
    before = {name: file.stat().st_ino for name, file in mine.files().items()}
    a_night(mine.warehouse)
    build_site(mine.settings)
    after = {name: file.stat().st_ino for name, file in mine.files().items()}
    written = {name for name in after if after[name] != before.get(name)}
    exported = {name.removesuffix(".bib") for name in written if name.endswith(".bib")}
    assert exported == {
        f"exports/{name}"
        for name in (
            *("days/2026-11-19", "days/2026-11-23", "weeks/2026-W47", "weeks/2026-W48"),
            *("months/2026-11", "topics/diffusion-models", "topics/video-generation"),
            *(f"authors/{slug('author 1')}", "filters/kettles"),
        )
    }
    assert "exports/days/2026-11-20.bib" in after


def test_of_a_topic_of_many_papers_the_newest_are_exported(
    mine: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = """
        SELECT paper_id FROM mart.paper_topics WHERE topic = 'diffusion models'
        ORDER BY listed_on DESC NULLS LAST, paper_id DESC
    """
    newest = [paper_id for (paper_id,) in mine.warehouse.tuples(query)]
    with mine.warehouse.reading() as connection:
        contents = Contents(connection, fewest_papers=3, filters={})
        monkeypatch.setattr(flows.site.exports, "EXPORTED", 2)
        files = dict(exports(contents, [("topics", "diffusion models")]))
    rows = csv.DictReader(StringIO(files["exports/topics/diffusion-models.csv"]))
    assert [row["paper_id"] for row in rows] == newest[:2]


def test_after_the_first_papers_of_a_long_list_each_is_a_line(
    mine: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows.site.lists, "CARDS", 2)
    keep_only_data(mine.warehouse.home)
    build_site(mine.settings)
    query = "SELECT paper_id FROM mart.paper_topics WHERE topic = 'diffusion models'"
    page = mine.pages()["topics/diffusion-models.html"]
    cards = [e for e in page.elements if e.attributes.get("class") == "card"]
    assert len(cards) == 2
    for (paper_id,) in mine.warehouse.tuples(query):
        assert f"../papers/{paper_file(paper_id)}.html" in page.links
    day = mine.pages()["days/2026-11-20.html"]
    assert sum(e.attributes.get("class") == "card" for e in day.elements) > 2


def keep_only_data(home: Path) -> None:
    """Make a build write all pages but those that describe the data, which take longest."""
    for site in home.glob("site-*"):
        record = json.loads((site / RECORD).read_bytes())
        (site / RECORD).write_text(json.dumps(record | {"publication": "another"}))
        keys = pq.read_table(site / KEYS)
        pq.write_table(keys.filter(pc.equal(keys["folder"], "data")), site / KEYS)


KILLED = """
import os, signal, sys
from pathlib import Path
from flows.settings import Settings
from flows.site import build
from warehouse.storage.whole_folder import NewFolder

write, left = NewFolder.write, [int(sys.argv[2])]

def dying(self, name, text):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    write(self, name, text)

NewFolder.write = dying
build.build_site(Settings(home=Path(sys.argv[1])))
"""


@pytest.mark.parametrize("n_written", [1, 9])
def test_killed_while_building_the_old_pages_stand_and_the_next_build_mends(
    mine: Built, n_written: int
) -> None:
    before = mine.texts()
    a_night(mine.warehouse)
    arguments = [sys.executable, "-c", KILLED, str(mine.warehouse.home), str(n_written)]
    died = subprocess.run(arguments, cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL
    assert mine.texts() == before
    build_site(mine.settings)
    assert "days/2026-11-23.html" in mine.files()
    assert len(list(mine.warehouse.home.glob("site-*"))) == 2


def test_what_somebody_did_to_the_pages_is_gone_for_good_after_docs_build(mine: Built) -> None:
    whole = set(mine.files())
    removed = {"papers/2611.00000.html", "feeds/topics/diffusion-models.json", "data/index.html"}
    for name in removed:
        (mine.folder / name).unlink()
    (mine.folder / "stray.html").touch()
    build_site(mine.settings, with_dictionary=True)
    assert set(mine.files()) == whole
    for night in (a_night, a_second_night):
        night(mine.warehouse)
        build_site(mine.settings)
        assert mine.files().keys() >= removed
        assert "stray.html" not in mine.files()


@pytest.mark.parametrize("of_readers", [True, False])
@pytest.mark.parametrize("name", [RECORD, KEYS])
def test_where_a_record_cannot_be_read_all_is_right_all_the_same(
    mine: Built, name: str, *, of_readers: bool
) -> None:
    shown = mine.folder.resolve()
    (other,) = {*mine.warehouse.home.glob("site-*")} - {shown}
    damaged = shown if of_readers else other
    before = mine.texts()
    (damaged / name).unlink()
    (damaged / name).write_bytes(b"{")
    (damaged / "papers" / "2611.00001.html").unlink()
    (damaged / "stray.html").touch()
    a_night(mine.warehouse)
    build_site(mine.settings)
    after = mine.texts()
    assert after.keys() >= before.keys() | {"papers/2611.00001.html", "days/2026-11-23.html"}
    assert after["papers/2611.00002.html"] == before["papers/2611.00002.html"]
    assert "stray.html" not in after


def test_what_is_no_longer_wanted_is_removed(mine: Built) -> None:
    assert "filters/kettles.html" in mine.files()
    without = mine.settings.model_copy(update={"filters": {}})
    for _ in range(2):
        with duckdb.connect(str(mine.warehouse.file)) as connection:
            connection.execute("UPDATE ops.publication SET snapshot = snapshot + 1")
        build_site(without)
        assert [name for name in mine.files() if "filters" in name] == []


def test_another_program_or_setting_writes_every_page_anew(mine: Built) -> None:
    before = {file.stat().st_ino for file in mine.files().values()}
    other = mine.settings.model_copy(update={"site": SiteSettings(url="https://example.org")})
    build_site(other)
    assert not before & {file.stat().st_ino for file in mine.files().values()}


def test_a_publication_of_another_version_leaves_the_old_pages_and_a_run_only_warns(
    mine: Built, caplog: pytest.LogCaptureFixture
) -> None:
    before = mine.folder.readlink()
    with duckdb.connect(str(mine.warehouse.file)) as connection:
        connection.execute("DROP VIEW mart.trust; UPDATE ops.publication SET snapshot = 99")
    with pytest.raises(SiteUnbuildable, match=r"trust.*paperhouse maintain"):
        build_site(mine.settings)
    assert refresh_site(mine.settings) is None
    assert "the pages are those from before" in caplog.text
    assert mine.folder.readlink() == before


def test_a_load_by_hand_leaves_the_pages_of_many_papers_to_the_night_and_says_so(
    mine: Built, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_due(mine.settings)
    monkeypatch.setattr(flows.site.after_load, "MOST_PAPERS", 1)
    build_site(mine.settings)
    assert not is_due(mine.settings)
    assert caplog.text == "", "the pages show what is published"
    mine.folder.unlink()
    assert not is_due(mine.settings)
    assert "by the next night, or now by `paperhouse docs build`" in caplog.text


def test_with_nothing_published_there_is_nothing_to_show(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    assert refresh_site(settings) is None
    with pytest.raises(NothingPublished):
        build_site(settings)


def test_pictures_of_others_are_shown_where_a_setting_allows_it_and_nowhere_else(
    mine: Built,
) -> None:
    name = "days/2026-11-18.html"
    assert mine.warehouse.value(
        f"SELECT count(*) FROM mart.papers WHERE thumbnail_url = '{PICTURE}'"
    )
    assert PICTURE not in Page(mine.texts()[name]).links
    site = Built(mine.warehouse, SiteSettings(thumbnails=True))
    build_site(site.settings)
    page = Page(site.texts()[name])
    assert PICTURE in page.links
    assert "img-src 'self' https:" in page.text


def test_a_load_by_command_brings_the_pages_up_to_date(
    mine: Built, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    body = day("2026-11-24", [item("2611.00950")])
    (file := tmp_path / "2026-11-24.json").write_bytes(body.content)
    done: Callable[..., Any] = mine.warehouse.called
    done("ingest", file)
    assert "days/2026-11-24.html" not in mine.files()
    monkeypatch.setenv("PAPERHOUSE_SITE__ENABLED", "true")
    assert done("ingest", file).returncode == 0
    assert "days/2026-11-24.html" in mine.files()
