"""Put the site on a loopback socket: quotas, ETags, faults and the request log around it.

Every request passes the same stations: counted against its quota, answered by the site, compared
with `If-None-Match`, then handed to a fault or to plain delivery. A request is logged before the
first byte of its answer leaves, so a client that has its answer finds its line.
"""

import hashlib
import json
import logging
import socket
import struct
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.replica.faults import FAULTS, Script
from tests.replica.paths import SavedPath
from tests.replica.quota import FixedWindow
from tests.replica.site import Answer, Request, Site, error

LOG = logging.getLogger(__name__)
LOGGED_HEADERS = ("User-Agent", "Accept", "If-None-Match")
NO_LINGER = struct.pack("ii", 1, 0)


class RequestLog:
    """One JSON line per request, appended to a file; None keeps no log."""

    def __init__(self, path: Path | None) -> None:
        """The file is created when the first request arrives."""
        self._path = path
        self._lock = threading.Lock()

    def write(self, entry: Mapping[str, Any]) -> None:
        """Append one line and hand it to the operating system."""
        if self._path is None:
            return
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


@dataclass(frozen=True)
class Service:
    """Everything a connection needs."""

    site: Site
    windows: Mapping[str, FixedWindow]
    script: Script
    log: RequestLog
    paths: Sequence[SavedPath] = ()
    sends_etags: bool = True

    def answer(self, request: Request, if_none_match: str | None, now: float) -> Answer:
        """The site's answer with the headers that quota and cache add to it."""
        allowance = self.windows[request.bucket].take(now)
        if not allowance.granted:
            refused = error(429, "too many requests")
            return replace(refused, headers={**refused.headers, **allowance.headers})
        saved = (entry.answer(request) for entry in self.paths)
        answer = next(filter(None, saved), None) or self.site.answer(request)
        headers = {**answer.headers, **allowance.headers}
        if answer.status != 200 or not self.sends_etags:
            return replace(answer, headers=headers)
        etag = f'"{hashlib.sha256(answer.body).hexdigest()}"'
        headers["ETag"] = etag
        if knows(if_none_match, etag):
            return Answer(304, b"", headers)
        return replace(answer, headers=headers)


def knows(if_none_match: str | None, etag: str) -> bool:
    """Whether the client already has the body with that tag (RFC 9110, section 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return "*" in tags or etag in tags


class Connection(BaseHTTPRequestHandler):
    """One client connection, kept alive between requests. It is the `Wire` faults act on."""

    protocol_version = "HTTP/1.1"
    server_version = "replica"
    disable_nagle_algorithm = True  # head and body leave in two writes; waiting costs 40 ms each
    server: "Replica"
    _fault: str | None = None
    _is_logged = False

    def do_GET(self) -> None:
        """Serve one request; a client that has gone is noted and not an error."""
        request = self._request()
        answer = self.server.service.answer(
            request, self.headers["If-None-Match"], time.monotonic()
        )
        self._deliver(request, answer)

    def do_POST(self) -> None:
        """Refuse: the sites' digests are only ever read. Logged, so that tests would see one."""
        self.close_connection = True
        self._deliver(self._request(), error(405, "only GET is served"))

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        base = f"http://{self.headers['Host']}"
        return Request(base, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)))

    def _deliver(self, request: Request, answer: Answer) -> None:
        rule = self.server.service.script.take(request)
        self._is_logged = False
        self._fault = None if rule is None else rule.fault
        try:
            if rule is not None:
                FAULTS[rule.fault](self, answer, rule)
            else:
                self.head(answer)
                self.part(answer.body)
        except (BrokenPipeError, ConnectionResetError):
            LOG.info("the client left before the end of %s", self.path)
            self.close_connection = True

    def head(self, answer: Answer) -> None:
        """Send the status line and headers, declaring the whole body's length."""
        self.note(answer.status)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def part(self, data: bytes) -> None:
        """Send some of the body."""
        self.wfile.write(data)

    def close(self) -> None:
        """Close the connection in the ordinary way once the request is over."""
        self.close_connection = True

    def reset(self) -> None:
        """Drop the connection so that the peer sees a reset: close it without lingering."""
        self.note(None)
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        socket.close(self.connection.detach())

    def note(self, status: int | None) -> None:
        """Log the request, once."""
        if self._is_logged:
            return
        self._is_logged = True
        seen = {name.lower(): self.headers[name] for name in LOGGED_HEADERS}
        entry = {
            "method": self.command,
            "path": self.path,
            "status": status,
            "headers": {**seen, "authorization": "Authorization" in self.headers},
            "fault": self._fault,
            "client_port": self.client_address[1],
            "monotonic_s": time.monotonic(),
        }
        self.server.service.log.write(entry)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's name
        """Send http.server's own remarks to `logging` instead of stderr."""
        LOG.debug(format, *args)


class Replica(ThreadingHTTPServer):
    """The server, bound to a loopback port (0 picks a free one); one thread per connection."""

    daemon_threads = True

    def __init__(self, port: int, service: Service) -> None:
        """Bind at once, so that `url` is known before the first request."""
        super().__init__(("127.0.0.1", port), Connection)
        self.service = service

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Note a client that hung up between requests; everything else is a bug and is printed."""
        if isinstance(sys.exception(), ConnectionError):
            LOG.info("the client at %s hung up", client_address)
        else:
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        """Where the replica answers."""
        return f"http://127.0.0.1:{self.server_address[1]}"
