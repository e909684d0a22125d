"""A night as Prefect runs it: its final state, its artifact, the ledger and the published file.

Four flow runs against the replica, on one Prefect server for the session.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from flows.orchestration import scheduling as turns
from flows.orchestration.environment import VARIABLES
from schemas.ops import FETCHES, OUTCOMES, RUNS
from tests.replica.process import Rules, running_replica
from tests.support.folders import ROOT
from tests.support.told import untold
from warehouse.ledger import Ledger, open_ledger
from warehouse.storage.home import Home
from warehouse.storage.writer_lock import WriterBusy, writing

if TYPE_CHECKING:
    from prefect import State

    from flows.pipeline.report import RunReport

pytestmark = pytest.mark.slow

SAMPLE = ROOT / "tests" / "sample"
TODAY = date(2026, 11, 14)
NOW = datetime(2026, 11, 14, 3, tzinfo=UTC)
"""A Saturday, an hour and a half after Friday's feed has closed."""
API = "/api/daily_papers"
BASE_URL = "PAPERHOUSE_SOURCES__HUGGINGFACE__BASE_URL"
N_ISSUES, N_LISTINGS = 10, 163
N_FAILURES = 8
"""So many failures in a row, then a host is asked no more that night."""

Night = Callable[..., "State[RunReport]"]


@pytest.fixture(scope="session")
def nightly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The flow, with a Prefect server of the session's own to run it on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect")))
        for name, value in VARIABLES.items():
            patch.setenv(name, value)
        from prefect.testing.utilities import (  # noqa: PLC0415 - it reads its environment then
            prefect_test_harness,
        )

        from flows.nightly import nightly as flow  # noqa: PLC0415

        with prefect_test_harness(server_startup_timeout=180):
            yield flow


@pytest.fixture
def night(nightly: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Night:
    """One night against a replica with the given faults, into the test's own home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERHOUSE_MAX_TRIES", "1")

    def run(faults: Rules = ()) -> "State[RunReport]":
        with running_replica(SAMPLE, TODAY, script=faults) as replica:
            monkeypatch.setenv(BASE_URL, replica.url)
            state: State[RunReport] = nightly(home=tmp_path / "home", now=NOW, return_state=True)
            return state

    return run


def failing(**fault: Any) -> Mapping[str, Any]:
    """A rule that strikes every request that it fits."""
    return {"path": API, **fault}


def report_artifact(key: str = "nightly-report") -> str:
    """The newest artifact of a key on the server."""
    from prefect.artifacts import Artifact  # noqa: PLC0415 - Prefect, as above

    found: Any = Artifact.get(key)
    return str(found.data)


def published(home: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_night_loads_what_is_due_and_the_same_night_again_changes_nothing(
    night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERHOUSE_SITE__ENABLED", "true")
    home = Home(tmp_path / "home")
    first = night()
    assert (first.is_completed(), first.name) == (True, "Completed")
    assert untold(first.message, "nightly ok", "10 settled", "snapshot 1") == []
    assert first.result().exit_code == 0
    assert published(home.root, "SELECT count(*) FROM core.issues") == [(N_ISSUES,)]
    assert published(home.root, "SELECT count(*) FROM core.listings") == [(N_LISTINGS,)]
    assert report_artifact().startswith("**nightly ok")
    assert "10 settled" in report_artifact()
    assert "(http://127.0.0.1:4280/)" in report_artifact("warehouse-pages")
    assert "13 November 2026" in (home.site / "index.html").read_text(encoding="utf-8")
    pages = home.site.readlink()

    file, snapshots = home.publication.read_bytes(), sorted(home.lake.glob("snapshots/*"))
    again = night()
    assert (again.is_completed(), again.name) == (True, "Completed")
    assert untold(again.message, "nightly unchanged", "10 unchanged", "no snapshot") == []
    assert home.publication.read_bytes() == file
    assert home.site.readlink() == pages
    assert sorted(home.lake.glob("snapshots/*")) == snapshots
    assert report_artifact().startswith("**nightly unchanged:")
    with open_ledger(home.ledger) as ledger:
        assert sorted(row["outcome"] for row in ledger.rows(RUNS)) == ["ok", "unchanged"]


class Waiting(logging.Handler):
    """Notices that a run says it waits for its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if "waiting" in record.getMessage():
            self.begun.set()


def write_meanwhile(home: Home, holds: threading.Event, until: threading.Event) -> None:
    """Be the other run: it holds the writer lock and ends well once somebody waits for it."""
    with writing(home, owner="other", now=NOW), closing(Ledger(home.ledger)) as ledger:
        holds.set()
        assert until.wait(60)
        began = datetime.now(UTC)
        ledger.open_run(run_id="other", command="nightly", now=began, version="1")
        ledger.close_run("other", now=began, outcome="ok", exit_code=0)


def test_a_scheduled_run_waits_its_turn_and_ends_at_once_when_its_work_was_done_meanwhile(
    nightly: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from prefect import tags  # noqa: PLC0415 - Prefect, as above

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(BASE_URL, "http://127.0.0.1:9")
    monkeypatch.setattr(turns, "POLL_S", 0.1)
    home, holds, waiting = Home(tmp_path / "home"), threading.Event(), Waiting()
    other = threading.Thread(target=write_meanwhile, args=(home, holds, waiting.begun))
    logging.getLogger("paperhouse").addHandler(waiting)
    other.start()
    assert holds.wait(60)
    with tags(turns.AUTO_SCHEDULED):
        state = nightly(home=home.root, return_state=True)
    other.join()
    logging.getLogger("paperhouse").removeHandler(waiting)

    assert (state.is_completed(), state.name) == (True, "Nothing to do")
    assert "run other began after" in state.message
    with open_ledger(home.ledger) as ledger:
        (covered,) = ledger.rows(RUNS, "outcome = 'covered'")
    assert (covered["command"], covered["exit_code"]) == ("nightly", 0)


def test_a_run_that_somebody_starts_is_refused_while_another_writes(
    nightly: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    home = Home(tmp_path / "home")
    busy = pytest.raises(WriterBusy, match="is being written by other")
    with writing(home, owner="other", now=NOW), busy:
        nightly(home=home.root)


def test_a_parameter_that_cannot_be_is_refused_before_anything_is_done(
    nightly: Any, tmp_path: Path
) -> None:
    from prefect.exceptions import ParameterTypeError  # noqa: PLC0415 - Prefect, as above

    for wrong in ({"look_back_days": 0}, {"now": "2026-11-14T03:00:00"}, {"sweep": "perhaps"}):
        with pytest.raises(ParameterTypeError):
            nightly(home=tmp_path / "home", **wrong)
    assert not (tmp_path / "home").exists()


def test_a_source_that_is_down_all_night_fails_the_night_and_the_ledger_tells_every_issue(
    night: Night, tmp_path: Path
) -> None:
    from flows.nightly import NightFailed  # noqa: PLC0415 - Prefect, as above

    home = Home(tmp_path / "home")
    state = night([{"path": "/*", "fault": "status", "status": 503}])
    assert state.is_failed()
    assert untold(state.message, "nightly failed", "10 unfetched", "no snapshot") == []
    with pytest.raises(NightFailed, match=r"10 not loaded.*huggingface:daily:2026-11-02"):
        state.result()
    assert not home.publication.exists()
    assert "answered 503" in report_artifact()
    with open_ledger(home.ledger) as ledger:
        (run,) = ledger.rows(RUNS)
        assert (run["outcome"], run["exit_code"]) == ("failed", 1)
        assert {row["outcome"] for row in ledger.rows(OUTCOMES)} == {"unfetched"}
        assert [row["status"] for row in ledger.rows(FETCHES)] == [503] * N_FAILURES


def test_one_broken_issue_makes_the_night_partial_and_the_others_are_loaded(
    night: Night, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    broken = failing(
        query={"date": "2026-11-12"},
        fault="status",
        status=200,
        body='{"error": "|<script>alert(1)</script>"}',
        headers={"Content-Type": "application/json"},
    )
    no_page = {"path": "/papers/date/2026-11-12", "fault": "html", "times": None}
    state = night([broken, no_page])
    assert (state.is_completed(), state.name) == (True, "Partial")
    assert untold(state.message, "nightly partial", "1 broken", "9 settled", "snapshot 1") == []
    assert state.result().exit_code == 3
    loaded = published(home.root, "SELECT issue_id FROM core.issues ORDER BY issue_id")
    assert len(loaded) == N_ISSUES - 1
    assert ("huggingface:daily:2026-11-12",) not in loaded
    assert "| huggingface:daily:2026-11-12 | broken |" in report_artifact()
    assert "<script>" not in report_artifact()
    with open_ledger(home.ledger) as ledger:
        (run,) = ledger.rows(RUNS)
        assert (run["outcome"], run["exit_code"], run["snapshot"]) == ("partial", 3, 1)
        (fault,) = ledger.rows(OUTCOMES, "outcome = 'broken'")
        assert fault["issue_id"] == "huggingface:daily:2026-11-12"


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home of which nothing is fetched, and a relay that wants a password that is not there."""
    monkeypatch.chdir(tmp_path)
    for source in ("HUGGINGFACE", "ARXIV"):
        monkeypatch.setenv(f"PAPERHOUSE_SOURCES__{source}__ENABLED", "false")
    monkeypatch.setenv("PAPERHOUSE_DIGEST__SENDER", "digest@example.org")
    monkeypatch.setenv("PAPERHOUSE_DIGEST__SMTP__HOST", "127.0.0.1")
    monkeypatch.setenv("PAPERHOUSE_DIGEST__SMTP__USER", "postman")
    return tmp_path / "home"


def test_a_night_is_not_failed_by_mails_that_cannot_be_sent(
    nightly: Any, quiet: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state = nightly(home=quiet, return_state=True)
    assert (state.is_completed(), state.name) == (True, "Completed")
    assert "RelayNotSet" in caplog.text


def test_a_rehearsal_sends_no_mail(
    nightly: Any, quiet: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert nightly(home=quiet, now=NOW, return_state=True).is_completed()
    assert "RelayNotSet" not in caplog.text


def test_the_flow_of_the_digest_ends_by_itself_where_nothing_is_to_be_sent(
    nightly: Any, quiet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.digest_mail import digest  # noqa: PLC0415 - Prefect, as above

    assert digest(home=quiet, return_state=True).is_failed()
    monkeypatch.setenv("PAPERHOUSE_SMTP_PASSWORD", "sesame")
    assert digest(home=quiet, return_state=True).name == "Nothing to do"
    monkeypatch.delenv("PAPERHOUSE_DIGEST__SENDER")
    assert digest(home=quiet, return_state=True).name == "Nothing to do"
