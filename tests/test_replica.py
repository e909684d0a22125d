"""The replica answers like the digest site, its faults are real on the wire, its sample is fit.

Every test of the replica talks to a process of its own over loopback.
"""

import http.client
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.replica.process import Replica, running_replica
from tests.replica.reading import CardTitles, connected, get, hydration_in
from tests.sample import generate
from tests.sample.originality import shared_shingles, texts_of
from tests.support.folders import ROOT

pytestmark = pytest.mark.slow

SAMPLE = ROOT / "tests" / "sample"
TODAY = date(2026, 11, 14)  # a Saturday
BUSY_DAY = date(2026, 11, 3)
API = "/api/daily_papers"
REQUIRED_IN_ITEM = {"title": str, "publishedAt": str, "numComments": int, "paper": dict}
REQUIRED_IN_PAPER = {
    "id": str,
    "title": str,
    "summary": str,
    "publishedAt": str,
    "upvotes": int,
    "authors": list,
}
REQUIRED_IN_AUTHOR = {"_id": str, "name": str, "hidden": bool}
SEARCH_FURNITURE = " ".join(generate.SEARCH_HEAD.split())
ISSUE_FILES = sorted(SAMPLE.glob("huggingface/*/*.json"))


def first_fetch(day: date) -> bytes:
    """The sample's body for that day."""
    return (SAMPLE / "huggingface" / "api" / f"{day}.json").read_bytes()


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    """One replica for all tests that change nothing about it."""
    with running_replica(SAMPLE, TODAY) as running:
        yield running


@contextmanager
def faulty(**rule: Any) -> Iterator[Replica]:
    """A replica whose busy day fails once, as the rule says."""
    on_day = {"path": API, "query": {"date": str(BUSY_DAY)}, "times": 1}
    with running_replica(SAMPLE, TODAY, script=[on_day | rule]) as running:
        yield running


# --- the site ---------------------------------------------------------------------------------


def test_walking_the_link_headers_gives_every_row_exactly_once(replica: Replica) -> None:
    target, seen = f"{API}?date={BUSY_DAY}&limit=5", []
    while target:
        reply = get(replica.url, target)
        seen += [row["paper"]["id"] for row in reply.rows()]
        following = re.fullmatch(r'<(http://[^>]+)>; rel="next"', reply.headers.get("Link", ""))
        target = following[1] if following else ""
    assert seen == [row["paper"]["id"] for row in json.loads(first_fetch(BUSY_DAY))]
    assert len(set(seen)) == len(seen) == 22


def test_an_issue_that_fits_on_one_page_is_sent_byte_for_byte(replica: Replica) -> None:
    reply = get(replica.url, f"{API}?date={BUSY_DAY}")
    assert reply.body == first_fetch(BUSY_DAY)
    assert "Link" not in reply.headers
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("day", ["2026-11-07", "2026-11-08", "2025-11-12", "2026-11-14"])
def test_a_day_without_an_issue_is_an_empty_list(replica: Replica, day: str) -> None:
    reply = get(replica.url, f"{API}?date={day}")
    assert (reply.status, reply.rows()) == (200, [])


def test_without_a_date_the_latest_issue_is_answered(replica: Replica) -> None:
    assert get(replica.url, API).body == first_fetch(date(2026, 11, 13))


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("date=2026-11-15", id="a date after today"),
        pytest.param("date=2026-13-01", id="no such month"),
        pytest.param("date=20261103", id="a date without dashes"),
        pytest.param("date=2026-11-03&limit=101", id="a limit above one hundred"),
        pytest.param("date=2026-11-03&limit=0", id="a limit of nothing"),
        pytest.param("date=2026-11-03&p=-1", id="a page before the first"),
    ],
)
def test_a_query_the_site_refuses_is_a_400_with_a_json_error(replica: Replica, query: str) -> None:
    reply = get(replica.url, f"{API}?{query}")
    assert reply.status == 400
    assert json.loads(reply.body)["error"]


def test_an_unknown_path_is_a_404(replica: Replica) -> None:
    assert get(replica.url, "/api/weekly_papers").status == 404


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        pytest.param("/papers/date/2026-11-12", "2026-11-12", id="a weekday, rendered"),
        pytest.param("/papers/date/2026-11-13", "2026-11-13", id="a weekday, saved"),
        pytest.param("/papers/date/2026-11-08", "2026-11-06", id="a Sunday snaps back"),
        pytest.param("/papers", "2026-11-13", id="no date: the latest"),
    ],
)
def test_a_page_names_the_issue_it_shows(replica: Replica, path: str, shown: str) -> None:
    reply = get(replica.url, path)
    data = hydration_in(reply.body.decode())
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert data["dateString"] == shown
    assert data["dailyPapers"] == json.loads(first_fetch(date.fromisoformat(shown)))


def test_a_body_the_client_already_has_is_a_304(replica: Replica) -> None:
    first = get(replica.url, f"{API}?date={BUSY_DAY}")
    again = get(replica.url, f"{API}?date={BUSY_DAY}", {"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = get(replica.url, f"{API}?date={BUSY_DAY}", {"If-None-Match": '"something else"'})
    assert other.status == 200


def test_past_the_quota_the_answer_is_429_with_a_time_to_wait() -> None:
    with running_replica(SAMPLE, TODAY, api_quota=2) as running:
        replies = [get(running.url, f"{API}?date={BUSY_DAY}") for _ in range(3)]
        page = get(running.url, "/papers")
    assert [reply.status for reply in replies] == [200, 200, 429]
    left = [reply.headers["RateLimit"] for reply in replies]
    assert [re.sub(r"t=\d+", "t=", text) for text in left] == [
        f'"api";r={rest};t=' for rest in (1, 0, 0)
    ]
    assert 0 < int(replies[2].headers["Retry-After"]) <= 300
    assert replies[2].headers["RateLimit-Policy"] == '"fixed window";"api";q=2;w=300'
    assert page.status == 200, "pages have a quota of their own"


def test_a_later_fetch_finds_more_votes_and_late_papers() -> None:
    day = min(generate.LATE_ON)
    before = {row["paper"]["id"]: row for row in json.loads(first_fetch(day))}
    with running_replica(SAMPLE, TODAY, later=True) as running:
        after = {row["paper"]["id"]: row for row in get(running.url, f"{API}?date={day}").rows()}
        page = hydration_in(get(running.url, f"/papers/date/{day}").body.decode())
    assert before.keys() < after.keys()
    assert len(page["dailyPapers"]) == len(after)
    grown = [
        after[key]["paper"]["upvotes"] - row["paper"]["upvotes"] for key, row in before.items()
    ]
    assert min(grown) >= 0
    assert sum(grown) > 0


def test_the_log_has_a_line_per_request_and_no_secret(tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    with running_replica(SAMPLE, TODAY, log=log) as running:
        sent = {"User-Agent": "test/1", "Authorization": "Bearer hush", "Accept": "text/html"}
        get(running.url, "/papers/date/2026-11-12?x=1", sent)
        (line,) = running.requests()
    assert (line["method"], line["path"]) == ("GET", "/papers/date/2026-11-12?x=1")
    assert (line["status"], line["fault"]) == (200, None)
    assert line["headers"] == {
        "user-agent": "test/1",
        "accept": "text/html",
        "if-none-match": None,
        "authorization": True,
    }
    assert "hush" not in log.read_text(encoding="utf-8")


# --- faults -----------------------------------------------------------------------------------


def test_a_status_fault_strikes_as_often_as_it_says_and_only_there() -> None:
    rule = {"fault": "status", "status": 503, "body": "soon", "headers": {"Retry-After": "1"}}
    with faulty(**rule, times=2) as running:
        elsewhere = get(running.url, f"{API}?date=2026-11-04")
        struck = [get(running.url, f"{API}?date={BUSY_DAY}") for _ in range(3)]
        logged = [(line["status"], line["fault"]) for line in running.requests()]
    assert elsewhere.status == 200
    assert [reply.status for reply in struck] == [503, 503, 200]
    assert (struck[0].headers["Retry-After"], struck[0].body) == ("1", b"soon")
    assert logged == [(200, None), (503, "status"), (503, "status"), (200, None)]


def test_a_fault_spares_the_first_requests_and_strikes_a_whole_folder_when_told_so() -> None:
    rules = [{"path": "/papers/*", "fault": "status", "status": 410, "after": 1, "times": 1}]
    with running_replica(SAMPLE, TODAY, script=rules) as running:
        page = "/papers/date/2026-11-13"
        answers = [get(running.url, path).status for path in (page, API, page, page)]
    assert answers == [200, 200, 410, 200]


def test_a_reset_fault_drops_the_connection_before_any_byte() -> None:
    with faulty(fault="reset") as running:
        with connected(running.url) as connection:
            connection.request("GET", f"{API}?date={BUSY_DAY}")
            with pytest.raises(ConnectionResetError) as failure:
                connection.getresponse()
        again = get(running.url, f"{API}?date={BUSY_DAY}")
        logged = [(line["status"], line["fault"]) for line in running.requests()]
    assert not isinstance(failure.value, http.client.RemoteDisconnected), "closed, not reset"
    assert again.status == 200
    assert logged == [(None, "reset"), (200, None)]


def test_a_truncate_fault_sends_half_of_what_it_declares() -> None:
    whole = first_fetch(BUSY_DAY)
    with faulty(fault="truncate") as running, connected(running.url) as connection:
        connection.request("GET", f"{API}?date={BUSY_DAY}")
        response = connection.getresponse()
        assert response.headers["Content-Length"] == str(len(whole))
        with pytest.raises(http.client.IncompleteRead) as failure:
            response.read()
    assert failure.value.partial == whole[: len(whole) // 2]


def test_a_stall_fault_falls_silent_halfway() -> None:
    whole = first_fetch(BUSY_DAY)
    with faulty(fault="stall", seconds=0.6, times=2) as running:
        with connected(running.url, timeout_s=0.2) as impatient:
            impatient.request("GET", f"{API}?date={BUSY_DAY}")
            response = impatient.getresponse()
            assert response.read(len(whole) // 2) == whole[: len(whole) // 2]
            with pytest.raises(TimeoutError):
                response.read()
        started = time.monotonic()
        patient = get(running.url, f"{API}?date={BUSY_DAY}")
        assert time.monotonic() - started >= 0.6
    assert patient.body == whole


def test_a_script_that_names_no_known_fault_is_refused_at_the_start() -> None:
    with (
        pytest.raises(RuntimeError, match="unknown fault 'gremlins'"),
        faulty(fault="gremlins"),
    ):
        pytest.fail("the replica started")


# --- the process ------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_replica_cleanly_even_while_it_stalls(
    number: signal.Signals, tmp_path: Path
) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps([{"path": API, "fault": "stall", "seconds": 60}]))
    with started("--script", str(script)) as process, connected(url_of(process)) as connection:
        connection.request("GET", f"{API}?date={BUSY_DAY}")
        connection.getresponse()
        process.send_signal(number)
        assert process.wait(5) == 0


def test_the_replica_ends_when_its_parent_closes_its_stdin() -> None:
    with started("--until-stdin-closes") as process:
        url_of(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(5) == 0


@contextmanager
def started(*options: str) -> Iterator[subprocess.Popen[str]]:
    """A replica started by hand, from its documented command line."""
    command = [sys.executable, "-m", "tests.replica", "--bodies", "tests/sample", "--port", "0"]
    with subprocess.Popen(
        [*command, "--today", str(TODAY), *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def url_of(process: subprocess.Popen[str]) -> str:
    """The URL in the one line the replica prints."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert re.fullmatch(r"replica: http://127\.0\.0\.1:\d+\n", line)
    return line.removeprefix("replica: ").strip()


# --- the sample -------------------------------------------------------------------------------


def test_the_sample_regenerates_byte_for_byte(tmp_path: Path) -> None:
    generate.write_sample(tmp_path)
    fresh = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*") if path.is_file()}
    kept = {
        path.relative_to(SAMPLE): path
        for folder in ("huggingface", "pagedump")
        for path in (SAMPLE / folder).rglob("*")
        if path.is_file()
    }
    assert fresh.keys() == kept.keys()
    changed = [name for name in kept if kept[name].read_bytes() != fresh[name].read_bytes()]
    assert not changed, "run `python -m tests.sample.generate`"


@pytest.mark.parametrize("path", ISSUE_FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_sample_row_has_the_required_keys(path: Path) -> None:
    rows = json.loads(path.read_text(encoding="utf-8"))
    assert 9 <= len(rows) <= 23
    for row in rows:
        assert lacking(row, REQUIRED_IN_ITEM) == []
        assert lacking(row["paper"], REQUIRED_IN_PAPER) == []
        assert re.fullmatch(r"261[01]\.\d{5}", row["paper"]["id"])
        assert row["paper"]["authors"]
        for author in row["paper"]["authors"]:
            assert lacking(author, REQUIRED_IN_AUTHOR) == []
    assert "null" not in re.findall(r"[:\[,]\s*(null)\b", path.read_text(encoding="utf-8"))


def lacking(entry: Mapping[str, Any], required: Mapping[str, type]) -> list[str]:
    """Required keys that are absent or of another type."""
    return [key for key, kind in required.items() if type(entry.get(key)) is not kind]


def test_the_sample_covers_fifteen_weekdays_with_ids_of_their_own() -> None:
    days = [date.fromisoformat(path.stem) for path in ISSUE_FILES if path.parent.name == "api"]
    assert len(days) == 15
    assert all(day.weekday() < 5 for day in days)
    ids = [row["paper"]["id"] for day in days for row in json.loads(first_fetch(day))]
    assert len(ids) - len(set(ids)) == 1, "one paper is listed on two days, no other"


ODD_ROWS: dict[str, tuple[str, Callable[[dict[str, Any]], bool]]] = {
    "eighty authors": ("2026-10-30", lambda row: len(names(row)) == 80),
    "a name shared by two authors": (
        "2026-11-02",
        lambda row: len(set(names(row))) < len(names(row)),
    ),
    "a repository with a trailing slash": (
        "2026-11-04",
        lambda row: row["paper"].get("githubRepo", "").endswith("/"),
    ),
    "a project page after spaces": (
        "2026-11-06",
        lambda row: row["paper"].get("projectPage", "").startswith("  "),
    ),
    "an owner without a repository": (
        "2026-11-10",
        lambda row: "github.com/example-lab." in row["summary"],
    ),
    "no votes and no comments": (
        "2026-11-10",
        lambda row: (row["paper"]["upvotes"], row["numComments"]) == (0, 0),
    ),
    "a withdrawn paper": ("2026-11-12", lambda row: "withdrawnAt" in row["paper"]),
    "media as one string": ("2026-10-26", lambda row: isinstance(row.get("mediaUrl"), str)),
    "media as a list": ("2026-10-27", lambda row: isinstance(row.get("mediaUrls"), list)),
    "a hard-wrapped title": ("2026-10-27", lambda row: "\n  " in row["paper"]["title"]),
    "a key never seen before": ("2026-11-11", lambda row: "readingMinutes" in row["paper"]),
    "a hidden author": (
        "2026-11-12",
        lambda row: any(one["hidden"] for one in row["paper"]["authors"]),
    ),
}


def names(row: Mapping[str, Any]) -> list[str]:
    """The authors of a row as they sign."""
    return [author["name"] for author in row["paper"]["authors"]]


@pytest.mark.parametrize("oddity", ODD_ROWS)
def test_the_sample_holds_the_odd_rows_it_promises(oddity: str) -> None:
    day, is_odd = ODD_ROWS[oddity]
    assert any(is_odd(row) for row in json.loads(first_fetch(date.fromisoformat(day))))


def test_abstracts_have_the_length_of_abstracts_and_rarely_share_sentences() -> None:
    abstracts = [text for _, text in texts_of(ISSUE_FILES)]
    assert all(600 <= len(text) <= 1500 for text in abstracts)
    sentences = [set(re.split(r"(?<=[.?]) ", text)) for text in sorted(set(abstracts))]
    pairs = [len(one & two) for i, one in enumerate(sentences) for two in sentences[:i]]
    assert sum(shared > 1 for shared in pairs) < len(pairs) / 200


def test_the_cards_only_page_shows_the_issue_without_hydration_data() -> None:
    text = (SAMPLE / "huggingface/html/2026-11-12-cards-only.html").read_text(encoding="utf-8")
    cards = CardTitles()
    cards.feed(text)
    rows = json.loads(first_fetch(date(2026, 11, 12)))
    assert cards.titles == [row["title"] for row in rows]
    assert "data-props" not in text


def test_no_text_of_the_sample_is_taken_from_a_real_digest() -> None:
    digests = ROOT.parent / "shared" / "digests"
    if not digests.is_dir():
        pytest.skip(f"no real digests at {digests} to compare with")
    real = list(
        texts_of(
            [
                path
                for name in ("api", "refetch")
                for path in digests.glob(f"huggingface/{name}/*.json")
            ]
        )
    )
    dumps = [" ".join(path.read_text("utf-8").split()) for path in digests.glob("*dump/*.txt")]
    ours = {*texts_of(ISSUE_FILES)}
    assert len(real) > 4000
    assert not {title.casefold() for title, _ in real} & {title.casefold() for title, _ in ours}
    known = [text for _, text in real] + dumps
    search = " ".join((SAMPLE / "pagedump/search.txt").read_text(encoding="utf-8").split())
    written = [text for _, text in ours] + [search.removeprefix(SEARCH_FURNITURE)]
    assert shared_shingles(known, written, 60) == []
