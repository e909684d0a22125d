"""Checks of a warehouse that change nothing. Each finding is a value that names its fix."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa
from packaging.requirements import Requirement

from flows.monitoring.listing_days import (
    LISTING_TIMES,
    TIMES_ELSEWHERE,
    known_elsewhere,
    wrongly_dated,
)
from flows.pipeline.extract import enabled_sources
from flows.settings import BadSettings, Settings, load_settings
from schemas import CORE
from schemas.errors import PaperhouseError
from schemas.ops import RUNS
from schemas.words import counted
from tasks.http.certificates import ADDED, INSTEAD, BadCertificates
from tasks.http.client import Policy, open_session
from tasks.http.proxies import proxy_for
from warehouse.lake.interface import open_store
from warehouse.lake.maintenance import miscounted
from warehouse.lake.row_counts import Miscount, lost_rows, miscounts_in
from warehouse.lake.schema_evolution import check_described
from warehouse.ledger import LedgerUnreadable, open_ledger
from warehouse.publication.published import published_snapshot
from warehouse.query.read_only import query, reading
from warehouse.storage.home import Home
from warehouse.storage.landing import Landing

_LEAST_FREE = 1024**3
_GIB = 1024**3
_UNREADABLE = (
    *(PaperhouseError, OSError, ValueError, KeyError, TypeError),
    *(sqlite3.Error, duckdb.Error, pa.ArrowException),
)
"""The errors that reading a damaged file may raise."""


@dataclass(frozen=True)
class Check:
    """One check: what was found and, if something is wrong, how to fix it."""

    name: str
    found: str
    fix: str | None = None

    @property
    def is_well(self) -> bool:
        return self.fix is None

    def line(self) -> str:
        return f"{'ok   ' if self.is_well else 'WRONG'} {self.name}: {self.found}" + (
            f"; {self.fix}" if self.fix else ""
        )


@dataclass(frozen=True)
class Diagnosis:
    """The result of all checks."""

    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> int:
        """1 when something is wrong."""
        return int(not all(check.is_well for check in self.checks))

    def lines(self) -> list[str]:
        return [check.line() for check in self.checks]

    def as_json(self) -> dict[str, Any]:
        return {
            "exit_code": self.exit_code,
            "checks": [asdict(check) | {"is_well": check.is_well} for check in self.checks],
        }


def examine(*more: Callable[[Settings], Iterator[Check]]) -> Diagnosis:
    """Run every check; `more` adds checks that need valid settings."""
    checks = [_versions()]
    try:
        settings = load_settings()
    except BadSettings as error:
        checks.append(Check("configuration", str(error), "correct it and check again"))
        return Diagnosis(tuple(checks))
    names = ", ".join(sorted(settings.model_fields_set)) or "all by default"
    checks.append(Check("configuration", f"readable; set: {names}"))
    home = replace(settings.warehouse(), root=settings.home.absolute())
    checks += [_permissions(home), _disk(home), *_network(settings)]
    parts = [_part(name, home) for name in _PARTS]
    checks += parts
    if all(part.is_well for part in parts) and home.publication.exists():
        checks += _dates(home)
    if all(c.is_well for c in checks if c.name == "certificates"):
        checks += [check for further in more for check in further(settings)]
    return Diagnosis(tuple(checks))


def _versions() -> Check:
    """Whether the installed packages are those declared: some later releases do not work."""
    here = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    wrong: list[str] = []
    n_checked = 0
    for text in requires("paperhouse") or ():
        wanted = Requirement(text)
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue
        n_checked += 1
        try:
            installed = version(wanted.name)
        except PackageNotFoundError:
            wrong.append(f"{wanted.name} is missing")
            continue
        if not wanted.specifier.contains(installed, prereleases=True):
            wrong.append(f"{wanted.name} {installed} is not {wanted.specifier}")
    if wrong:
        fix = "install the locked packages: `make install`"
        return Check("versions", f"{here}; {', '.join(wrong)}", fix)
    return Check("versions", f"{here}, {n_checked} packages as declared")


def _permissions(home: Home) -> Check:
    """Whether the home and its content can be written, or the home can be created."""
    if not home.root.exists():
        parent = next(path for path in home.root.parents if path.exists())
        if _is_writable(parent):
            return Check("home", f"{home.root} does not exist yet; the first run creates it")
        fix = "set PAPERHOUSE_HOME to a folder you can write to"
        return Check("home", f"{home.root} does not exist, and {parent} cannot be written", fix)
    if not home.root.is_dir():
        return Check("home", f"{home.root} is a file", "set PAPERHOUSE_HOME to a folder")
    barred = [p for p in (home.root, *sorted(home.root.iterdir())) if not _is_writable(p)]
    if barred:
        listed = ", ".join(str(path) for path in barred)
        return Check("home", f"cannot be written: {listed}", "give its user write permission")
    return Check("home", f"{home.root} can be written")


def _is_writable(path: Path) -> bool:
    return os.access(path, os.W_OK | (os.X_OK if path.is_dir() else 0))


def _disk(home: Home) -> Check:
    """Whether there is space for the next publication beside the last one, with a reserve."""
    there = next(path for path in (home.root, *home.root.parents) if path.exists())
    free = shutil.disk_usage(there).free
    size = home.publication.stat().st_size if home.publication.exists() else 0
    needed = max(_LEAST_FREE, 3 * size)
    found = f"{free / _GIB:,.1f} GiB free"
    if free < needed:
        fix = "free some space, or move the home (PAPERHOUSE_HOME)"
        return Check("disk", f"{found}, where {needed / _GIB:,.1f} are wanted", fix)
    return Check("disk", found)


def _network(settings: Settings) -> Iterator[Check]:
    """The proxy and the certificates that the environment names, where it does."""
    used: dict[str, list[str]] = {}
    for source in enabled_sources(settings):
        url = settings.source(source.name).base_url or source.base_url or ""
        if proxy := proxy_for(url):
            used.setdefault(str(proxy), []).append(urlsplit(url).hostname or url)
    for words, hosts in used.items():
        yield Check("proxy", f"{words} is asked for {', '.join(hosts)}; never for loopback")
    named = [f"{name}={os.environ[name]}" for name in (*INSTEAD, *ADDED) if os.environ.get(name)]
    if named:
        try:
            open_session(Policy(settings.user_agent)).close()
        except BadCertificates as error:
            yield Check("certificates", str(error), "then check again")
        else:
            yield Check("certificates", ", ".join(named))


def _part(name: str, home: Home) -> Check:
    look, fix = _PARTS[name]
    try:
        return Check(name, look(home))
    except _UNREADABLE as error:
        first_line = f"{type(error).__name__}: {error}".splitlines()[0]
        return Check(name, f"cannot be read: {first_line:.300}", fix)


def _landing(home: Home) -> str:
    n_captures = sum(1 for _ in Landing(home.landing).capture_records())
    return counted(n_captures, "capture") if n_captures else "empty"


def _ledger(home: Home) -> str:
    if not home.ledger.exists():
        return "not there yet"
    with open_ledger(home.ledger) as ledger:
        runs = sorted(ledger.rows(RUNS), key=lambda row: row["started_at"])
    return f"{counted(len(runs), 'run')}, the last {runs[-1]['outcome']}" if runs else "no runs"


def _lake(home: Home) -> str:
    snapshot = open_store(home).current()
    check_described(snapshot)
    for table in CORE:
        for file, path in snapshot.places(table).items():
            size = snapshot.storage.get_file_info(str(path)).size
            if size != file.n_bytes:
                found = "is gone" if size is None else f"has {size:,} bytes"
                raise ValueError(f"{path} {found}, where {file.n_bytes:,} bytes were written")
    if faults := [*miscounted(snapshot), *_lost_rows(home)]:
        raise ValueError("; ".join(map(str, faults)))
    return f"snapshot {snapshot.number}" if snapshot.number else "empty"


def _lost_rows(home: Home) -> Iterator[Miscount]:
    """Rows that a load lost; a shared lake's other writers may have rebuilt it, unknown to us."""
    store = open_store(home)
    if store.is_shared:
        return
    try:
        with open_ledger(home.ledger) as ledger:
            rebuilt = ledger.newest_snapshot_of("replay")
    except LedgerUnreadable:  # the check of the ledger says so
        return
    yield from lost_rows(store.history(), rebuilt)


def _publication(home: Home) -> str:
    store = open_store(home)
    shown, newest = published_snapshot(home.publication), store.current().number
    if shown is None:
        return "nothing published yet"
    if shown in store.numbers():
        with reading(home.publication) as connection:
            if faults := list(miscounts_in(connection, store.snapshot(shown))):
                raise ValueError("; ".join(map(str, faults)))
    n_issues = query(home.publication, "SELECT count(*) AS n FROM core.issues").to_pylist()[0]["n"]
    behind = f"; the lake is at {newest}, the next run publishes it" if newest != shown else ""
    return f"snapshot {shown}, {counted(n_issues, 'issue')}{behind}"


def _dates(home: Home) -> list[Check]:
    """Whether each issue's papers were listed on its day: one check for all, or one for each that
    is another day's."""
    wrong = [
        *wrongly_dated(query(home.publication, LISTING_TIMES).to_pylist()),
        *known_elsewhere(query(home.publication, TIMES_ELSEWHERE).to_pylist()),
    ]
    if not wrong:
        return [Check("dates", "no issue is loaded under another day's date")]
    return [
        Check(
            "dates",
            f"{issue_id} is another day's: {found}",
            f'`paperhouse issues withdraw {issue_id} --why "…"` takes it back',
        )
        for issue_id, found in wrong
    ]


_PARTS: dict[str, tuple[Callable[[Home], str], str]] = {
    "landing": (_landing, "restore it from a backup; everything else is built from it"),
    "ledger": (_ledger, "restore it from a backup, or move it aside: the publication stays"),
    "lake": (_lake, "`paperhouse replay` rebuilds the tables once `lake/` is moved away"),
    "publication": (
        _publication,
        "remove it; the next `paperhouse run` builds it again from the lake",
    ),
}
"""Each part of a home: what reads it, and what to do when it cannot be read."""
