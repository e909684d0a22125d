"""Prefect's client asks the server that is named, asks a busy one again, and tells what fails."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from flows.orchestration.client import crash_runs, entry_points, make_pool
from flows.orchestration.processes import PrefectError

pytestmark = pytest.mark.slow

NOBODY = "http://127.0.0.1:1/api"


@contextmanager
def server(*statuses: int) -> Iterator[tuple[str, list[str]]]:
    """A server that answers POSTs with these statuses in turn: its API's address, and what came."""
    left, asked = list(statuses), list[str]()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(404, b"")  # it knows no CSRF tokens

        def do_POST(self) -> None:
            asked.append(self.path)
            self._reply(left.pop(0), b"[]")

        def _reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{running.server_port}/api", asked
        finally:
            running.shutdown()


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", NOBODY)


def test_the_named_server_is_asked_again_while_it_is_busy() -> None:
    with server(503, 503, 200, 200) as (url, asked):
        assert entry_points(url, "digests") == {}
    assert asked == [*["/api/flows/filter"] * 3, "/api/deployments/filter"]


def test_what_the_server_does_not_do_is_told_in_one_line() -> None:
    with server(500) as (url, _), pytest.raises(PrefectError, match="500") as told:
        make_pool(url, "digests")
    assert "\n" not in str(told.value)


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(PrefectError, match="does not do its work"):
        crash_runs(NOBODY, "digests", "ended")
