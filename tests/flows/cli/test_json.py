"""What `--json` prints is what docs/json.md promises."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from tests.support.folders import ROOT
from tests.support.issues import T0, day, item
from tests.support.warehouse import Warehouse
from warehouse.mails import Mails
from warehouse.subscriber import Wishes
from warehouse.subscribers import open_subscribers

pytestmark = pytest.mark.slow

SCHEMAS = {
    name: json.loads(schema)
    for name, schema in re.findall(
        r"^## paperhouse ([a-z -]+)\n.*?```json\n(.*?)```",
        (ROOT / "docs" / "json.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
}
ARGUMENTS = {
    "describe": ["core.listings"],
    "diff": ["1", "2"],
    "search": ["study"],
    "show": ["2611.00000"],
    "quarantine list": ["--all"],
    "subscribers show": ["reader@example.org"],
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A day, a second one with a record that cannot be read, a third that is held; a subscriber."""
    made = Warehouse(tmp_path_factory.mktemp("home"))
    papers = [item(f"2611.0000{n}") for n in range(9)]
    made.load([day("2026-11-19", papers)], now=T0)
    made.load([day("2026-11-20", [*papers, {"paper": {"id": "?"}}], minutes=1)], now=T0)
    made.load([day("2026-11-20", papers[:1], minutes=2)], now=T0)
    with open_subscribers(made.paths.subscribers) as people:
        person = people.add("reader@example.org", Wishes(), state="active", origin="form", now=T0)
        mails, on = Mails(people), T0.date()
        issue = ("daily", str(on))
        mail = mails.begin(person, issue=issue, issued_on=on, due_at=T0, domain="x", now=T0)
        assert mail is not None
        mails.settle(mail, "in doubt", T0, text="no answer")
    return made


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_command_prints_the_json_that_is_promised(
    warehouse: Warehouse, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERHOUSE_DIGEST__SENDER", "digest@example.org")
    monkeypatch.setenv("PAPERHOUSE_DIGEST__SMTP__HOST", "127.0.0.1")
    given = ARGUMENTS.get(name, [])
    if name == "ingest":
        body = tmp_path / "2026-11-18.json"
        body.write_bytes(day("2026-11-18", [item("2611.00008")]).content)
        given = [str(body)]
    done = warehouse.called(*name.split(), *given, "--json")
    found = json.loads(done.stdout)
    jsonschema.validate(found, SCHEMAS[name])
    assert found, "an empty answer shows nothing"


def test_every_listing_is_promised() -> None:
    listings = {"tables", "describe", "diff", "issues list", "quarantine list", "snapshots"}
    listings |= {"subscribers list", "subscribers show"}
    reports = {"search", "show", "doctor", "status", "drift", "ingest"}
    digest = {"digest send", "digest status", "digest in-doubt"}
    assert listings | reports | digest == SCHEMAS.keys()
