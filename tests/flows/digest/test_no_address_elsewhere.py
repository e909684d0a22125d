"""An address is in the file of subscribers and in mails, and nowhere else."""

import logging
from pathlib import Path

import pytest
import requests

from flows.site.build import build_site
from tests.support.issues import T0, day, item
from tests.support.subscribing import link_in, served
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

NAME = b"zyxwv.unusual"


def test_no_file_of_a_home_and_no_log_has_an_address_of_a_subscriber(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    warehouse = Warehouse(tmp_path / "home")
    warehouse.load([day("2026-11-20", [item(f"2611.0000{n}") for n in range(5)])], now=T0)
    with served(warehouse.home) as site:
        who = f"{NAME.decode()}@example.org"
        site.subscribe(who, words="a secret wish")
        (mail,) = site.answer()
        site.post(link_in(mail))
        person = site.person(who)
        assert person
        site.post(site.links.manage(person), do="save", hour="x")
        site.post(site.links.manage(person), do="save", hour="3")
        site.subscribe(f"{who}\r\nBcc: x@example.org")
        requests.post(f"{site.links.stop(person)}x", timeout=30)
        build_site(site.settings)
        warehouse.load([day("2026-11-21", [item("2611.00009")])], now=T0)
        found = {
            path.name
            for path in warehouse.home.rglob("*")
            if path.is_file() and NAME in path.read_bytes().lower()
        }
        assert found
        assert found <= {
            "subscribers.sqlite", "subscribers.sqlite-wal", "subscribers.sqlite-shm",
        }  # fmt: skip
        said = caplog.text.lower()
        assert said
        # the mail server and the HTTP client of this test log what they are told
        theirs = ("mail", "urllib3")
        ours = [r.getMessage() for r in caplog.records if not r.name.startswith(theirs)]
        assert not any(NAME.decode() in line.lower() for line in ours)
        assert not any(site.links.token("stop", person) in line for line in ours)
