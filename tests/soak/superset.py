"""Shows the bundle in a real Superset: `python -m tests.soak.superset --venv FOLDER`.

FOLDER is an environment of its own with Superset; docs/recipes/superset.md says how it is made.
The script starts Superset on loopback, imports the bundle twice by its REST API, asks every chart
for its data while loads of the bundled sample replace the file beneath, opens the dashboard in a
browser and takes a picture. Each answer must be one, each chart must have rows in the end, and the
newest load must be seen. All processes are ended by their ids.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import httpx
from playwright.sync_api import Page, Response, sync_playwright

from flows.dashboards.description import daily_papers
from flows.dashboards.superset import bundle, uri_of, zipped
from tests.support.browser import installed_browser
from tests.support.process import free_port
from tests.support.samples import AFTERWARDS, API, FIRST, LATER

CONFIG = """
SECRET_KEY = "of-one-run-on-loopback-and-of-no-use-elsewhere-0123456789"
SQLALCHEMY_DATABASE_URI = "sqlite:///{folder}/superset.db"
TALISMAN_ENABLED = False
"""
NAME = "admin"
_TRUTH = "SELECT strftime(max(newest_listed_on), '%Y-%m-%d'), count(*) FROM mart.papers"
PACKAGES = ("apache-superset", "sqlalchemy", "duckdb", "duckdb-engine")
VERSIONS = f"from importlib.metadata import version as v; print(*(p+' '+v(p) for p in {PACKAGES}))"


@dataclass
class Found:
    """What was seen, and what does not hold, if anything."""

    versions: str = ""
    n_charts: int = 0
    n_rounds: int = 0
    n_answers: int = 0
    n_publications: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    drawn: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        listed = "\n".join(f"  {name}: {n} rows" for name, n in self.rows.items())
        return (
            f"{self.versions}\n{self.n_charts} charts, {self.n_answers} answers in "
            f"{self.n_rounds} rounds beneath which the file was replaced; {self.n_publications} "
            f"publications seen; the browser asked {len(self.drawn)} questions\n{listed}\n"
            f"{len(self.faults)} faults"
        )


@contextmanager
def superset(venv: Path, folder: Path) -> Iterator[str]:
    """A Superset on loopback with a metadata database of its own; gives its address."""
    config = folder / "superset_config.py"
    config.write_text(CONFIG.format(folder=folder), encoding="utf-8")
    environment = os.environ | {
        "SUPERSET_CONFIG_PATH": str(config),
        "SUPERSET_HOME": str(folder),
        "FLASK_APP": "superset",
        "SCARF_ANALYTICS": "false",
    }
    log = (folder / "superset.log").open("a", encoding="utf-8")
    said: dict[str, Any] = {"env": environment, "stdout": log, "stderr": log}
    if not (folder / "superset.db").exists():
        who = ["--username", NAME, "--password", NAME, "--email", "admin@localhost.invalid"]
        for words in (
            ["db", "upgrade"],
            ["fab", "create-admin", *who, "--firstname", "A", "--lastname", "B"],
            ["init"],
        ):
            subprocess.run([venv / "bin" / "superset", *words], check=True, **said)
    port = free_port()
    server = subprocess.Popen(
        [
            *(venv / "bin" / "gunicorn", "--workers", "1", "--threads", "8", "--timeout", "120"),
            *("--bind", f"127.0.0.1:{port}", "superset.app:create_app()"),
        ],
        **said,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/health", server)
        yield url
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(240):
        if server.poll() is not None:
            raise AssertionError(f"Superset ended with {server.returncode}: see superset.log")
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise AssertionError(f"{url} does not answer")


def logged_in(url: str) -> httpx.Client:
    """A client of the API that may import."""
    client = httpx.Client(base_url=f"{url}/api/v1", timeout=120, headers={"Referer": url})
    who = {"username": NAME, "password": NAME, "provider": "db"}
    token = client.post("/security/login", json=who).raise_for_status().json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    csrf = client.get("/security/csrf_token/").raise_for_status().json()["result"]
    client.headers["X-CSRFToken"] = csrf
    return client


def import_twice(client: httpx.Client, content: bytes, found: Found) -> dict[str, int]:
    """Import as a page of Superset does, then as its API for whole bundles does; gives the ids of
    the charts by title."""
    for path, name in (("/dashboard/import/", "formData"), ("/assets/import/", "bundle")):
        given = {name: ("bundle.zip", content, "application/zip")}
        answer = client.post(path, files=given, data={"overwrite": "true"})
        if answer.status_code != 200:
            found.faults.append(f"{path}: {answer.status_code} {answer.text[:500]}")
    listed = client.get("/chart/", params={"q": "(page_size:100)"}).raise_for_status().json()
    charts = {chart["slice_name"]: chart["id"] for chart in listed["result"]}
    expected = [chart.title for chart in daily_papers().charts]
    if sorted(expected) != sorted(chart["slice_name"] for chart in listed["result"]):
        found.faults.append(f"charts after importing twice: {sorted(charts)}")
    found.n_charts = len(charts)
    return charts


def ask(client: httpx.Client, charts: dict[str, int], found: Found) -> tuple[str, int]:
    """Ask every chart for its data, past Superset's cache; gives the newest issue and the number of
    papers that it shows."""
    newest, n_papers = "", 0
    for title, number in charts.items():
        answer = client.get(f"/chart/{number}/data/", params={"force": "true"})
        if answer.status_code != 200:
            found.faults.append(f"{title}: {answer.status_code} {answer.text[:300]}")
            continue
        (result,) = answer.json()["result"]
        found.rows[title] = result["rowcount"]
        found.n_answers += 1
        if title == "Newest issue":
            newest = str(result["data"][0]["newest"])
        if title == "Papers":
            n_papers = int(result["data"][0]["papers"])
    found.n_rounds += 1
    return newest, n_papers


def watch_loads(client: httpx.Client, charts: dict[str, int], home: Path, found: Found) -> None:
    """Ask again and again while the sample is loaded into the home."""
    seen = {ask(client, charts, found)}
    for folder, at in ((API, FIRST), (LATER, AFTERWARDS)):
        command = ["-c", "from flows.cli import main; main()", "--home", str(home), "ingest"]
        load = subprocess.Popen(
            [sys.executable, *command, str(folder), "--captured-at", f"{at:%Y-%m-%dT%H:%M:%S}"],
            stdout=subprocess.DEVNULL,
        )
        while load.poll() is None:
            seen.add(ask(client, charts, found))
        if load.returncode:
            found.faults.append(f"a load ended with {load.returncode}")
    last = ask(client, charts, found)
    seen.add(last)
    found.n_publications = len(seen)
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        ((newest, n_papers),) = connection.execute(_TRUTH).fetchall()
    if last != (newest, n_papers):
        found.faults.append(f"shown at the end is {last}, but there is {newest} of {n_papers}")
    found.faults += [f"{title} has no rows" for title, n in found.rows.items() if not n]


def draw(url: str, picture: Path, found: Found) -> None:
    """Open the dashboard in a browser, hold the answers its charts get, take a picture."""
    browser = installed_browser()
    if browser is None:
        found.faults.append("no browser is installed, so the dashboard was not drawn")
        return
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = opened.new_page(viewport={"width": 1440, "height": 2400})
        page.goto(f"{url}/login/")
        page.fill("#username", NAME)
        page.fill("#password", NAME)
        page.press("#password", "Enter")
        page.wait_for_url(re.compile("/superset/welcome"), timeout=120_000)
        page.on("response", lambda answer: _hold(answer, found))
        page.goto(f"{url}/superset/dashboard/paperhouse-daily-papers/")
        _wait_for_charts(page, found)
        page.screenshot(path=picture, full_page=True)
        opened.close()


def _hold(answer: Response, found: Found) -> None:
    if "/api/v1/chart/data" not in answer.url:
        return
    if answer.status != 200:
        found.faults.append(f"the browser got {answer.status} from {answer.url}")
        return
    for number, result in enumerate(answer.json()["result"]):
        found.drawn[f"{answer.url} {number}"] = result["rowcount"]
        if not result["rowcount"]:
            found.faults.append(f"a chart in the browser has no rows: {answer.url}")


def _wait_for_charts(page: Page, found: Found) -> None:
    """Wait until every chart is drawn."""
    page.wait_for_selector(".dashboard-chart", timeout=120_000)
    for _ in range(120):
        time.sleep(1)
        n_loading = page.locator(".dashboard-chart .loading, [aria-label='Loading']").count()
        if len(found.drawn) >= found.n_charts and not n_loading:
            break
    time.sleep(3)  # the charts move into place
    shown = page.inner_text("body")
    found.faults += [
        f"not on the page: {c.title}" for c in daily_papers().charts if c.title not in shown
    ]
    if "Unexpected error" in shown or "An error occurred" in shown:
        found.faults.append("the page shows an error")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venv", type=Path, required=True, help="where Superset is installed")
    parser.add_argument("--home", type=Path, help="a loaded home to copy; else an empty one")
    parser.add_argument("--folder", type=Path, help="keep Superset's own files here")
    parser.add_argument("--picture", type=Path, default=Path("superset.png"), help="(superset.png)")
    given = parser.parse_args()
    found = Found()
    found.versions = subprocess.check_output(
        [given.venv / "bin" / "python", "-c", VERSIONS], text=True
    ).strip()
    with tempfile.TemporaryDirectory() as scratch:
        folder, home = given.folder or Path(scratch) / "superset", Path(scratch) / "home"
        folder.mkdir(parents=True, exist_ok=True)
        if given.home:
            shutil.copytree(given.home, home, symlinks=True)
        content = zipped(bundle(daily_papers(), uri_of(home / "warehouse.duckdb")))
        with superset(given.venv, folder) as url, closing(logged_in(url)) as client:
            charts = import_twice(client, content, found)
            watch_loads(client, charts, home, found)
            draw(url, given.picture, found)
    sys.stdout.write("\n".join([str(found), *found.faults]) + "\n")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
