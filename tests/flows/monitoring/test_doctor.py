"""`paperhouse doctor` finds what is wrong, says what to do, and changes nothing."""

import io
import json
import shlex
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from flows.monitoring.doctor import Check, examine
from flows.monitoring.listing_days import wrongly_dated
from flows.monitoring.live_probe import probe
from flows.settings import Settings
from schemas.core import LISTINGS
from tests.replica.bodies import Bodies
from tests.replica.inside import Inside, replica_inside
from tests.support import issues
from tests.support.folders import SAMPLE
from tests.support.told import untold
from tests.support.warehouse import Warehouse

AT = datetime(2026, 11, 14, 6, tzinfo=UTC)


def found(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> dict[str, Check]:
    monkeypatch.setenv("PAPERHOUSE_HOME", str(warehouse.home))
    return {check.name: check for check in examine().checks}


def wrong(checks: dict[str, Check]) -> list[str]:
    return [name for name, check in checks.items() if not check.is_well]


def test_a_warehouse_in_order_is_found_so_and_left_as_it_is(loaded: Warehouse) -> None:
    before = loaded.state()
    done = loaded.called("doctor")
    assert done.returncode == 0, done.stdout
    assert "WRONG" not in done.stdout
    for said in ("15 captures", "1 run, the last ok", "snapshot 1, 15 issues", "as declared"):
        assert said in done.stdout
    assert loaded.state() == before
    assert loaded.leftovers() == []


def test_where_there_is_nothing_yet_nothing_is_wrong_or_made(warehouse: Warehouse) -> None:
    done = warehouse.called("doctor", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["exit_code"]) == (0, 0)
    assert {check["is_well"] for check in told["checks"]} == {True}
    assert not warehouse.home.exists()


def damage_ledger(warehouse: Warehouse) -> None:
    (warehouse.home / "ledger.sqlite").write_bytes(b"not a database at all" * 100)


def damage_lake(warehouse: Warehouse) -> None:
    path = next(iter(warehouse.lake.current().places(LISTINGS).values()))
    path.write_bytes(path.read_bytes()[:-1])


def lose_from_lake(warehouse: Warehouse) -> None:
    next(iter(warehouse.lake.current().places(LISTINGS).values())).unlink()


def swap_in_lake(warehouse: Warehouse) -> None:
    """A file with fewer rows, of the same size: zeros before the footer fill it up."""
    path = next(iter(warehouse.lake.current().places(LISTINGS).values()))
    size, fewer = path.stat().st_size, io.BytesIO()
    pq.write_table(pq.read_table(path, partitioning=None).slice(0, 5), fewer, compression="zstd")
    content = fewer.getvalue()
    footer = int.from_bytes(content[-8:-4], "little") + 8
    path.write_bytes(content[:-footer] + bytes(size - len(content)) + content[-footer:])
    assert path.stat().st_size == size


def delete_from_publication(warehouse: Warehouse) -> None:
    with duckdb.connect(str(warehouse.file)) as connection:
        connection.execute("DELETE FROM core.listings WHERE rank = 1")


def damage_publication(warehouse: Warehouse) -> None:
    warehouse.file.write_bytes(b"no DuckDB")


def damage_landing(warehouse: Warehouse) -> None:
    next((warehouse.home / "landing").rglob("receipts.jsonl")).write_text("{}\n")


@pytest.mark.parametrize(
    ("part", "damage", "fix"),
    [
        ("ledger", damage_ledger, "backup"),
        ("lake", damage_lake, "paperhouse replay"),
        ("lake", lose_from_lake, "paperhouse replay"),
        ("lake", swap_in_lake, "paperhouse replay"),
        ("publication", damage_publication, "builds it again"),
        ("publication", delete_from_publication, "builds it again"),
        ("landing", damage_landing, "backup"),
    ],
)
def test_a_damaged_part_is_named_with_its_fix_and_the_others_are_looked_at(
    loaded: Warehouse, monkeypatch: pytest.MonkeyPatch, part: str, damage: Any, fix: str
) -> None:
    damage(loaded)
    checks = found(loaded, monkeypatch)
    assert wrong(checks) == [part]
    assert fix in str(checks[part].fix)
    assert loaded.called("doctor").returncode == 1


def test_settings_that_cannot_be_read_are_what_is_wrong(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERHOUSE_MAX_TRIES", "many")
    checks = found(warehouse, monkeypatch)
    assert wrong(checks) == ["configuration"]
    assert "max_tries" in checks["configuration"].found


def test_a_home_that_is_no_folder_is_wrong(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.home.write_text("a file")
    checks = found(warehouse, monkeypatch)
    assert "home" in wrong(checks)
    assert "set PAPERHOUSE_HOME" in str(checks["home"].fix)


def test_a_disk_that_is_nearly_full_is_wrong(
    loaded: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(loaded.home)._replace(free=100)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert wrong(found(loaded, monkeypatch)) == ["disk"]


def test_a_package_paperhouse_does_not_run_with_is_named(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "flows.monitoring.doctor.requires", lambda _: ["pytest<2", "no-such-thing>=1"]
    )
    checks = found(warehouse, monkeypatch)
    assert wrong(checks) == ["versions"]
    assert "no-such-thing is missing" in checks["versions"].found
    assert "is not <2" in checks["versions"].found


# --- live -------------------------------------------------------------------------------------


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Inside]:
    log = tmp_path / "requests.jsonl"
    with replica_inside(Bodies(SAMPLE), date(2026, 11, 14), log) as running:
        yield running


def learned(replica: Inside, home: Path) -> dict[str, Check]:
    sources: Any = {"huggingface": {"base_url": replica.url}}
    settings = Settings(home=home, sources=sources)
    checks = list(probe(settings, now=lambda: AT, sleep=lambda _: None))
    return {check.name.removeprefix("live "): check for check in checks}


def test_a_live_source_is_asked_twice_and_what_it_does_is_told(replica: Inside, home: Path) -> None:
    checks = learned(replica, home)
    assert wrong(checks) == []
    assert "huggingface:daily:2026-11-13" in checks["huggingface"].found
    assert "ETag sent" in checks["huggingface validators"].found
    assert "api: 99999 of 100000 left" in checks["huggingface quota"].found
    assert "lists the same" in checks["huggingface page"].found
    assert [r["path"].partition("?")[0] for r in replica.requests()] == [
        "/api/daily_papers",
        "/papers/date/2026-11-13",
    ]
    assert not home.exists()


def test_a_source_without_validators_is_told_to_have_none(replica: Inside, home: Path) -> None:
    replica.change(sends_etags=False)
    assert "none sent" in learned(replica, home)["huggingface validators"].found


def test_a_page_that_disagrees_with_the_api_is_wrong(replica: Inside, home: Path) -> None:
    page = (SAMPLE / "huggingface/html/2026-11-13.html").read_text(encoding="utf-8")
    other = page.replace("2611.", "2612.", 1)
    headers = {"Content-Type": "text/html"}
    replica.misbehave(
        {
            "path": "/papers/date/2026-11-13",
            "fault": "status",
            "status": 200,
            "body": other,
            "headers": headers,
        }
    )
    checks = learned(replica, home)
    assert wrong(checks) == ["huggingface page"]
    assert "; 2 are in one format only: " in checks["huggingface page"].found


def test_a_source_that_does_not_answer_is_wrong_after_one_request(
    replica: Inside, home: Path
) -> None:
    replica.misbehave({"path": "/api/daily_papers", "fault": "reset"})
    checks = learned(replica, home)
    assert wrong(checks) == ["huggingface"]
    assert len(replica.requests()) == 1


def wrongly_dated_home(warehouse: Warehouse) -> None:
    """Thursday's papers under Friday's date, as older versions loaded them: an item's own time was
    no evidence to them, and is none of 2026."""
    items = [
        issues.item(f"2611.0000{n}", publishedAt="2026-11-10T10:00:00.000Z")
        | {"publishedAt": "2026-11-12T06:00:00.000Z"}
        for n in range(3)
    ]
    warehouse.load([issues.day("2026-11-13", items)], now=issues.T0)


def test_a_proxy_and_certificates_of_the_environment_are_named_without_a_password(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert {"proxy", "certificates"}.isdisjoint(found(warehouse, monkeypatch))
    monkeypatch.setenv("HTTPS_PROXY", "http://reader:open-sesame@proxy.example:3128")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
    checks = found(warehouse, monkeypatch)
    assert "http://proxy.example:3128 (HTTPS_PROXY)" in checks["proxy"].found
    assert "huggingface.co" in checks["proxy"].found
    assert "sesame" not in checks["proxy"].line()
    assert wrong(checks) == ["certificates"]
    monkeypatch.setenv("NO_PROXY", "huggingface.co,rss.arxiv.org")
    assert "proxy" not in found(warehouse, monkeypatch)


def test_an_issue_loaded_under_another_days_date_is_named_with_the_command_that_helps(
    warehouse: Warehouse,
) -> None:
    wrongly_dated_home(warehouse)
    done = warehouse.called("doctor")
    (line,) = [line for line in done.stdout.splitlines() if "dates" in line]
    issue_id = "huggingface:daily:2026-11-13"
    command = f'paperhouse issues withdraw {issue_id} --why "…"'
    assert untold(line, "WRONG", issue_id, "3 of 3 records", "2026-11-12") == []
    assert command in line
    assert done.returncode == 1

    assert warehouse.called(*shlex.split(command)[1:]).returncode == 0

    done = warehouse.called("doctor")
    assert (done.returncode, "ok    dates" in done.stdout) == (0, True)


def times(issue_id: str, *submitted: str) -> list[dict[str, Any]]:
    return [
        {"issue_id": issue_id, "submitted_at": datetime.fromisoformat(at), "n_records": 1}
        for at in submitted
    ]


@pytest.mark.parametrize(
    ("issue_id", "submitted", "evidence"),
    [
        (
            "huggingface:daily:2025-08-06",
            ["2025-08-05T04:00Z"] * 2,
            "2 of 2 records were listed on",
        ),
        ("huggingface:weekly:2025-W33", ["2025-08-05T04:00Z"], "listed in 2025-W32"),
        ("huggingface:daily:2024-05-08", ["2024-05-06T04:00Z"], "listed on 2024-05-06"),
        ("huggingface:daily:2024-05-07", ["2024-05-06T04:00Z"], None),
        ("huggingface:daily:2025-08-06", ["2025-08-05T04:00Z", "2025-08-06T04:00Z"], None),
        ("huggingface:trending:20250806T040000Z", ["2025-08-05T04:00Z"], None),
        ("huggingface:daily:2025-08-06", [], None),
        ("arxiv:cs.CL:2025-08-06", ["2025-08-01T04:00Z"], None),
    ],
)
def test_an_issue_is_named_by_the_listing_times_of_its_papers_only(
    issue_id: str, submitted: list[str], evidence: str | None
) -> None:
    """arXiv's own submission times are of the days before the announcement."""
    found = list(wrongly_dated(times(issue_id, *submitted)))
    assert [(name, evidence and evidence in said) for name, said in found] == (
        [(issue_id, True)] if evidence else []
    )


def test_what_a_person_released_is_not_named(warehouse: Warehouse) -> None:
    items = [issues.item("2611.00001", submittedOnDailyAt="2026-11-12T06:00:00.000Z")]
    warehouse.load([issues.day("2026-11-13", items)], now=issues.T0)
    name = "huggingface:daily:2026-11-13"
    assert warehouse.called("issues", "release", name, "--why", "late").returncode == 0
    assert warehouse.value("SELECT count(*) FROM core.listings") == 1
    assert warehouse.called("doctor").returncode == 0


@pytest.mark.slow
def test_cards_loaded_under_another_days_date_are_named_by_what_other_issues_show(
    warehouse: Warehouse,
) -> None:
    """As older versions loaded them; here a person has, and the record of that is removed."""
    ids = [f"2611.0000{n}" for n in range(3)]
    at = {"submittedOnDailyAt": "2026-11-12T06:00:00.000Z"}
    thursday = issues.day("2026-11-12", [issues.item(paper, **at) for paper in ids])
    card = '<article><h3><a href="/papers/{0}">On {0}</a></h3></article>'
    page = f"<html>{''.join(map(card.format, ids))}</html>"
    friday = "huggingface:daily:2026-11-13"
    later = issues.T0 + timedelta(minutes=5)
    warehouse.load([thursday, issues.Body(friday, page.encode(), later)], now=later)
    released = warehouse.called("issues", "release", friday, "--why", "listed twice")
    assert (released.returncode, warehouse.called("doctor").returncode) == (0, 0)

    with duckdb.connect(str(warehouse.file)) as connection:
        connection.execute("DELETE FROM ops.releases")

    done = warehouse.called("doctor")
    (line,) = [line for line in done.stdout.splitlines() if "dates" in line]
    told = ("WRONG", friday, "3 of 3 records", "2026-11-12", "other issues")
    assert (untold(line, *told), "issues withdraw" in line) == ([], True)
    assert done.returncode == 1
