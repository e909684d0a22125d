"""Chunks of captures staged by an executor, while those before them are checked and merged."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from functools import partial
from typing import Any, Generic, TypeVar

from flows.pipeline.captures import LandedBody, LandedCapture
from flows.pipeline.executors import sees_files, workers_of
from flows.pipeline.stage_chunk import stage_chunk
from flows.pipeline.staged_chunk import StagedChunk
from tasks.merge.to_arrow import Stamp
from warehouse.storage.landing import Landing

CHUNK_BODIES, CHUNK_BYTES = 32, 2 * 2**20
"""The most bodies, and bytes of them, that are landed or staged together."""
_AHEAD = 8
"""Chunks for each worker that are submitted: with fewer, workers wait while captures are merged."""

What = TypeVar("What")


class Ahead(Generic[What]):
    """Work that an executor does, its results in the order of submission; so many wait at most."""

    def __init__(self, executor: Executor) -> None:
        self.is_begun = False
        """Whether anything was submitted yet."""
        self._executor = executor
        self._most = _AHEAD * workers_of(executor)
        self._waiting: deque[tuple[What, Future[Any]]] = deque()

    def submit(
        self, what: What, work: Callable[..., Any], *args: object
    ) -> Iterator[tuple[What, Any]]:
        """Submit work on something; gives earlier results that must not wait any longer."""
        self.is_begun = True
        self._waiting.append((what, self._executor.submit(work, *args)))
        while len(self._waiting) > self._most:
            yield self._next()

    def rest(self) -> Iterator[tuple[What, Any]]:
        """All results that were not given yet."""
        while self._waiting:
            yield self._next()

    def _next(self) -> tuple[What, Any]:
        what, future = self._waiting.popleft()
        return what, future.result()


def staged_ahead(
    landed: Iterable[LandedCapture], executor: Executor | None, landing: Landing, stamp: Stamp
) -> Iterator[LandedCapture]:
    """Captures in their order, staged unless this run has parsed or staged them already; without an
    executor, or so few that starting its workers would take longer, as they are."""
    if executor is None:
        yield from landed
        return
    ahead: Ahead[list[LandedCapture]] = Ahead(executor)
    sent = LandedCapture.without_bytes if sees_files(executor) else partial(_with_bytes, landing)
    for chunk in _chunks(landed):
        unparsed = [capture for capture in chunk if not _is_parsed(capture)]
        if not ahead.is_begun and not (unparsed and _is_whole(chunk)):
            yield from chunk
            continue
        given = [sent(capture) for capture in unparsed]
        for earlier in ahead.submit(chunk, stage_chunk, given, landing.reader(), stamp):
            yield from _with_staged(*earlier)
    for earlier in ahead.rest():
        yield from _with_staged(*earlier)


def is_full(n_bodies: int, n_bytes: int) -> bool:
    """Whether bodies are enough for a chunk."""
    return n_bodies >= CHUNK_BODIES or n_bytes >= CHUNK_BYTES


def _is_whole(chunk: Sequence[LandedCapture]) -> bool:
    return is_full(len(chunk), sum(map(_n_bytes, chunk)))


def _n_bytes(capture: LandedCapture) -> int:
    return sum(record.n_bytes for record in capture.records)


def _chunks(landed: Iterable[LandedCapture]) -> Iterator[list[LandedCapture]]:
    chunk: list[LandedCapture] = []
    n_bytes = 0
    for capture in landed:
        chunk.append(capture)
        n_bytes += _n_bytes(capture)
        if is_full(len(chunk), n_bytes):
            yield chunk
            chunk, n_bytes = [], 0
    if chunk:
        yield chunk


def _with_staged(chunk: Sequence[LandedCapture], staged: StagedChunk) -> Iterator[LandedCapture]:
    for capture in chunk:
        yield capture if _is_parsed(capture) else replace(capture.without_bytes(), staged=staged)


def _is_parsed(capture: LandedCapture) -> bool:
    return capture.staged is not None or all(body.parsed for body in capture.bodies)


def _with_bytes(landing: Landing, capture: LandedCapture) -> LandedCapture:
    """A capture for a worker that does not see the landing."""
    bodies = (
        LandedBody(body.record, body.content or landing.read(body.record))
        for body in capture.bodies
    )
    return replace(capture, bodies=tuple(bodies))
