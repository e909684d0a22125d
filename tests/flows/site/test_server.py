"""The served pages: types, headers, only what belongs to the site, a search without a script."""

import socket
from collections.abc import Iterator

import pytest
import requests

from flows.settings import Settings
from flows.settings.sections import SiteSettings
from flows.site.server import AddressTaken, serving
from tests.support.pages import Built, Page

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(built: Built) -> Iterator[str]:
    site = SiteSettings(port=0)
    with serving(Settings(home=built.warehouse.home, site=site)) as found:
        yield found


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("", "text/html; charset=utf-8"),
        ("papers/2611.00000.html", "text/html; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("site.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
def test_files_have_their_type_and_headers_that_protect(address: str, name: str, kind: str) -> None:
    answer = requests.get(address + name, timeout=10)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "server" not in answer.headers


def test_an_unchanged_page_is_not_sent_again_and_long_ones_are_compressed(address: str) -> None:
    first = requests.get(address + "index.html", timeout=10)
    assert first.headers["content-encoding"] == "gzip"
    known = {"If-None-Match": first.headers["etag"]}
    assert requests.get(address + "index.html", headers=known, timeout=10).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/../ledger.sqlite",
        "/%2e%2e/ledger.sqlite",
        "/papers/..%2f..%2f..%2fledger.sqlite",
        "/..%5cledger.sqlite",
        "/.pages.json",
        "//etc/passwd",
        "/papers/%00",
        "/no/such/page.html",
    ],
)
def test_nothing_outside_the_site_is_served_and_what_is_missing_has_a_page(
    address: str, path: str
) -> None:
    # the path is sent as it stands, which a client would tidy up
    host, port = address.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        asked = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        raw.sendall(asked.encode())
        answer = b"".join(iter(lambda: raw.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 404"), answer[:200]
    assert "There is no such page" in answer
    assert "SQLite" not in answer


def test_a_missing_page_below_a_folder_finds_its_style(address: str) -> None:
    answer = requests.get(address + "papers/never.html", timeout=10)
    assert '"../style.css"' in answer.text


def test_nothing_is_written(address: str) -> None:
    assert requests.post(address + "index.html", timeout=10).status_code == 405
    assert requests.put(address + "new.html", data="x", timeout=10).status_code == 405


def test_the_search_is_answered_from_the_index_without_a_script(address: str) -> None:
    found = requests.get(address + "search.html", params={"q": "kettle-7"}, timeout=60)
    page = Page(found.text)
    assert "papers/2611.00107.html" in page.links
    assert "the best first" in page.words
    hostile = requests.get(address + "search.html", params={"q": '"><script>x'}, timeout=60)
    assert "<script>x" not in hostile.text
    empty = requests.get(address + "search.html", timeout=10)
    assert empty.status_code == 200


def test_a_taken_port_is_told(built: Built) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        site = SiteSettings(port=other.getsockname()[1])
        settings = Settings(home=built.warehouse.home, site=site)
        with pytest.raises(AddressTaken, match=r"site\.port"), serving(settings):
            pass


def test_before_the_first_load_every_page_is_missing(tmp_path: object) -> None:
    settings = Settings(home=str(tmp_path), site=SiteSettings(port=0))
    with serving(settings) as address:
        assert requests.get(address, timeout=10).status_code == 404
