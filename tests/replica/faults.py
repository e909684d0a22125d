"""Things that go wrong on the way, one function each, chosen by a script of rules.

A script is a JSON list of rules such as `{"path": "/api/daily_papers", "query": {"date":
"2026-11-03"}, "times": 2, "fault": "status", "status": 503}`. A rule fits requests for its path
whose query contains its query; a path that ends with `*` fits all paths that begin like it. The
first `after` requests that fit are spared, `times` limits how often the rule then strikes (absent:
always); the first rule that fits, spares nothing and is not used up strikes. Further keys belong to
the fault.

A fault gets the wire, the answer the site would have given, and its rule. To add one, write a
function and name it in `FAULTS`.
"""

import json
import threading
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from tests.replica.site import Answer, Request


class Wire(Protocol):
    """The connection as a fault may use it: one `head`, then parts of the body, or a `reset`."""

    def note(self, status: int | None) -> None:
        """Log the request now, for a fault that takes its time; `head` and `reset` do it too."""

    def head(self, answer: Answer) -> None:
        """Send the status line and headers, declaring the whole body's length."""

    def part(self, data: bytes) -> None:
        """Send some of the body."""

    def close(self) -> None:
        """Close the connection in the ordinary way once the fault returns."""

    def reset(self) -> None:
        """Drop the connection so that the peer sees a reset."""


@dataclass(frozen=True)
class Rule:
    """One rule of a script; `raw` holds the keys that belong to the fault."""

    path: str
    query: Mapping[str, str]
    times: int | None
    after: int
    fault: str
    raw: Mapping[str, Any]

    def fits(self, request: Request) -> bool:
        """Whether the rule is about this request."""
        beginning, is_prefix = self.path.removesuffix("*"), self.path.endswith("*")
        fits = request.path.startswith(beginning) if is_prefix else self.path == request.path
        return fits and self.query.items() <= request.query.items()


Fault = Callable[[Wire, Answer, Rule], None]


def status(wire: Wire, _: Answer, rule: Rule) -> None:
    """Another answer than the site's: `status`, and optionally `body` and `headers`."""
    body = str(rule.raw.get("body", "")).encode()
    replaced = Answer(int(rule.raw["status"]), body, rule.raw.get("headers", {}))
    wire.head(replaced)
    wire.part(body)


def reset(wire: Wire, _: Answer, __: Rule) -> None:
    """The connection is reset before a single byte of the answer."""
    wire.reset()


def truncate(wire: Wire, answer: Answer, _: Rule) -> None:
    """The whole length is declared, half of it sent, and the connection closed."""
    wire.head(answer)
    wire.part(half(answer.body))
    wire.close()


def stall(wire: Wire, answer: Answer, rule: Rule) -> None:
    """Half the answer, then silence for `seconds`, then the rest for whoever has waited."""
    wire.head(answer)
    first = half(answer.body)
    wire.part(first)
    time.sleep(float(rule.raw["seconds"]))
    wire.part(answer.body[len(first) :])


def slow(wire: Wire, answer: Answer, rule: Rule) -> None:
    """Silence for `seconds` before the first byte, then the answer."""
    wire.note(answer.status)
    time.sleep(float(rule.raw["seconds"]))
    send(wire, answer)


def drip(wire: Wire, answer: Answer, rule: Rule) -> None:
    """The answer byte by byte, `seconds` apart."""
    wire.head(answer)
    for n in range(len(answer.body)):
        wire.part(answer.body[n : n + 1])
        time.sleep(float(rule.raw["seconds"]))


def cut(wire: Wire, answer: Answer, _: Rule) -> None:
    """Half the body, sent as if it were the whole: something behind the server cut it short."""
    send(wire, replace(answer, body=half(answer.body)))


def empty(wire: Wire, answer: Answer, _: Rule) -> None:
    """Everything is as it should be, but there is no body."""
    send(wire, replace(answer, body=b""))


def html(wire: Wire, _: Answer, __: Rule) -> None:
    """A web page where something else was asked for, as maintenance pages and portals do."""
    page = b"<!doctype html><title>Down for maintenance</title><p>Back soon.</p>"
    send(wire, Answer(200, page, {"Content-Type": "text/html; charset=utf-8"}))


def mistyped(wire: Wire, answer: Answer, rule: Rule) -> None:
    """The body under another content type: `type`, or application/octet-stream."""
    kind = str(rule.raw.get("type", "application/octet-stream"))
    send(wire, replace(answer, headers={**answer.headers, "Content-Type": kind}))


def redirect(wire: Wire, _: Answer, rule: Rule) -> None:
    """The client is sent to the address `to`."""
    send(wire, Answer(302, b"", {"Location": str(rule.raw["to"])}))


def bomb(wire: Wire, answer: Answer, rule: Rule) -> None:
    """A small compressed body that unpacks to `megabytes` of blanks."""
    headers = {**answer.headers, "Content-Encoding": "gzip"}
    send(wire, Answer(200, packed_blanks(int(rule.raw["megabytes"])), headers))


@cache
def packed_blanks(megabytes: int) -> bytes:
    """So many megabytes of blanks as gzip; one packed megabyte repeated, so it is quickly made."""
    blanks = b" " * 1024 * 1024
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    block = packer.compress(blanks) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(megabytes):
        checksum = zlib.crc32(blanks, checksum)
    size = megabytes * len(blanks) % 2**32
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    tail = b"\x03\x00" + checksum.to_bytes(4, "little") + size.to_bytes(4, "little")
    return head + block * megabytes + tail


def send(wire: Wire, answer: Answer) -> None:
    """A whole answer."""
    wire.head(answer)
    wire.part(answer.body)


def half(body: bytes) -> bytes:
    """The first half of a body."""
    return body[: len(body) // 2]


FAULTS: Mapping[str, Fault] = {
    "status": status,
    "reset": reset,
    "truncate": truncate,
    "stall": stall,
    "slow": slow,
    "drip": drip,
    "cut": cut,
    "empty": empty,
    "html": html,
    "mistyped": mistyped,
    "redirect": redirect,
    "bomb": bomb,
}


class Script:
    """Rules and how many requests each has fitted; safe to ask from several threads."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Rules are tried in order."""
        self._rules = rules
        self._n_fitted = [0] * len(rules)
        self._lock = threading.Lock()

    def take(self, request: Request) -> Rule | None:
        """The rule that strikes this request, counted as used, or None."""
        with self._lock:
            for place, rule in enumerate(self._rules):
                n_before = self._n_fitted[place] - rule.after
                used_up = rule.times is not None and n_before >= rule.times
                if not rule.fits(request) or used_up:
                    continue
                self._n_fitted[place] += 1
                if n_before >= 0:
                    return rule
        return None


def read_script(path: Path) -> Script:
    """The script in a file. A rule that names no known fault is refused at the start."""
    return Script([rule_from(raw) for raw in json.loads(path.read_text(encoding="utf-8"))])


def rule_from(raw: Mapping[str, Any]) -> Rule:
    """One rule, checked."""
    if raw["fault"] not in FAULTS:
        raise ValueError(f"unknown fault {raw['fault']!r}; known are {', '.join(FAULTS)}")
    query, times, after = raw.get("query", {}), raw.get("times"), raw.get("after", 0)
    return Rule(raw["path"], query, times, after, raw["fault"], raw)
