"""Lands local files, and bodies that other stages fetched."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from flows.pipeline.captures import LandedBody, LandedCapture
from flows.pipeline.report import IssueOutcome
from flows.pipeline.run import Run
from schemas.errors import UsageError
from tasks.detect_format import Detected, detect_format
from tasks.errors import BadBody, UnknownIssue
from tasks.parse.model import IssueRef
from tasks.parse.unwrap import unwrap
from tasks.sources import Container, sources
from warehouse.storage.landing import UNRECOGNISED, CaptureRecord, RawBody
from warehouse.storage.paths import shown_path

GROUP_BODIES, GROUP_BYTES = 64, 4 * 2**20
"""The most bodies from files, and bytes of them, that are landed together."""
MAX_FILE_BYTES = 32 * 1024 * 1024
"""A digest has a few hundred kilobytes; a larger file is something else."""
_START_BYTES = 4096
"""The start of a file, by which a container of many bodies is recognised."""
_CLOCKS_DIFFER = timedelta(days=1)


class BadPath(UsageError):
    """A path to ingest that does not exist or cannot be read."""


def files_below(paths: Iterable[Path]) -> list[Path]:
    """The files to ingest: those named, and those in folders named.

    Without hidden files, and without what is no mail in a Maildir: unfinished deliveries, indexes.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file())
            found += [
                p for p in inside if not (_is_hidden(p.relative_to(path)) or _is_beside_mail(p))
            ]
        elif path.is_file():
            found.append(path)
        else:
            raise BadPath(f"{shown_path(path)} is neither a file nor a folder")
    if not found:
        raise BadPath(f"no files in {', '.join(map(shown_path, paths))}")
    return found


def land_files(
    run: Run,
    paths: Iterable[Path],
    *,
    given: IssueRef | None = None,
    captured_at: datetime | None = None,
) -> Iterator[LandedCapture]:
    """Land each file, or each body in it. What is no digest becomes an outcome of the run; its
    bytes are kept.

    `captured_at` is the capture time of the files; by default the time at which the bytes say they
    were made, else now. Bytes that were landed before for the same issue keep their first capture
    time: reading a file twice is not seeing the issue twice.
    """
    group: list[_IssueBody] = []
    for path in paths:
        named = Path(shown_path(path))
        try:
            for place, content in _bodies(path, given):
                name = f"{named}{place}"
                body = _issue_body(run, content, name, named.name + place, given, captured_at)
                if body is None:
                    continue
                if _is_full(group, body):
                    yield from _land(run, group)
                    group = []
                group.append(body)
        except BadPath as error:
            at = captured_at or run.started_at
            run.outcomes.append(IssueOutcome(str(named), at, "broken", reason=str(error)))
    yield from _land(run, group)


def land_body(
    run: Run,
    content: bytes,
    name: str,
    origin: str,
    given: IssueRef | None = None,
    captured_at: datetime | None = None,
) -> LandedCapture | None:
    """Land one body; None when it is no digest, which is then the outcome of `name`.

    An `origin` that is an address gets its own capture record, even when the same bytes came from
    elsewhere before, because the records say which addresses were fetched.
    """
    body = _issue_body(run, content, name, origin, given, captured_at)
    return _land(run, [body])[0] if body else None


class _IssueBody(NamedTuple):
    """A body of an issue. `is_dated` if the caller gave its capture time: it is then a capture of
    its own."""

    detected: Detected
    raw_body: RawBody
    sha256: str
    is_dated: bool


def _issue_body(
    run: Run,
    content: bytes,
    name: str,
    origin: str,
    given: IssueRef | None,
    captured_at: datetime | None,
) -> _IssueBody | None:
    """The body of an issue; None for other bytes, which are kept and are an outcome."""
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        found = detect_format(content, origin, given)
        made_at = _made_at(run, found)
    except (BadBody, UnknownIssue) as error:
        at = captured_at or run.started_at
        if "://" in origin or not run.landing.of_bytes(sha256):
            run.landing.store([RawBody(UNRECOGNISED, UNRECOGNISED, None, at, content, origin)])
        run.outcomes.append(IssueOutcome(name, at, "broken", sha256, reason=str(error)))
        return None
    at = captured_at or min(made_at or run.started_at, run.started_at)
    raw_body = RawBody(found.source.name, found.format.name, str(found.issue), at, content, origin)
    return _IssueBody(found, raw_body, sha256, captured_at is not None)


def _is_full(group: Sequence[_IssueBody], following: _IssueBody) -> bool:
    """Whether to land the group before adding a body: it is large, or it has the same bytes, whose
    capture record the body may share."""
    n_bytes = sum(len(body.raw_body.content) for body in group)
    is_there = any(body.sha256 == following.sha256 for body in group)
    return is_there or len(group) >= GROUP_BODIES or n_bytes >= GROUP_BYTES


def _land(run: Run, group: Sequence[_IssueBody]) -> list[LandedCapture]:
    """Store bodies that are not stored yet, in one go: flushing each of them alone is slow.

    The result has no bytes of a body that was stored before: those in the landing are read, so that
    damage to them is found.
    """
    records = [(body, _existing_record(run, body)) for body in group]
    stored = iter(run.landing.store([body.raw_body for body, record in records if record is None]))
    landed = []
    for body, record in records:
        found = (
            LandedBody(record)
            if record
            else LandedBody(next(stored), body.raw_body.content, body.detected.parsed)
        )
        landed.append(LandedCapture(body.detected.issue, found.record.captured_at, (found,)))
    return landed


def _existing_record(run: Run, body: _IssueBody) -> CaptureRecord | None:
    """The capture record that a body shares with an earlier landing of its bytes, if any."""
    raw_body = body.raw_body
    same_bytes = run.landing.of_bytes(body.sha256)
    same = (r for r in same_bytes if r.issue_id == raw_body.issue_id and not body.is_dated)
    record = next(same, None)
    is_new_address = "://" in raw_body.origin and all(
        r.origin != raw_body.origin for r in same_bytes
    )
    if record and is_new_address:
        run.landing.store([replace(raw_body, issue_id=None)])
    return record


def _made_at(run: Run, found: Detected) -> datetime | None:
    """When a body says it was made. Raises `BadBody` for a time in the future."""
    made_at = found.made_at
    if made_at and made_at > run.started_at + _CLOCKS_DIFFER:
        raise BadBody("a body of today or before", f"one dated {made_at:%Y-%m-%d %H:%M} UTC")
    return made_at


def _bodies(path: Path, given: IssueRef | None) -> Iterator[tuple[str, bytes]]:
    """The bodies in a file, each with its place: `#3`, or "" when the file is one body.

    Raises `BadPath` when it is too large or cannot be read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_START_BYTES)
            container = _container_of(start)
            if container is not None:
                file.seek(0)
                yield from _contained(container, file, path, given)
                return
            content = start + _rest_of(file, path)
    except OSError as error:
        raise BadPath(f"{shown_path(path)} cannot be read: {error.strerror}") from error
    body = _unwrapped(content)
    if container := _container_of(body[:_START_BYTES]):
        yield from _contained(container, BytesIO(body), path, given)
    else:
        yield "", content


def _contained(
    container: Container, file: BinaryIO, path: Path, given: IssueRef | None
) -> Iterator[tuple[str, bytes]]:
    if given is not None:
        raise BadPath(f"{shown_path(path)} holds several issues, and --as names one")
    for number, body in enumerate(container.bodies(file, MAX_FILE_BYTES), start=1):
        yield f"#{number}", body


def _unwrapped(content: bytes) -> bytes:
    """What is in a file; the file itself if that cannot be read, which its own outcome says."""
    try:
        return unwrap(content).content
    except BadBody:
        return content


def _container_of(start: bytes) -> Container | None:
    """The kind of container that begins so, if it is one."""
    kinds = (kind for source in sources().values() for kind in source.containers)
    return next((kind for kind in kinds if kind.recognise(start)), None)


def _rest_of(file: BinaryIO, path: Path) -> bytes:
    size = os.fstat(file.fileno()).st_size
    if size > MAX_FILE_BYTES:
        raise BadPath(
            f"{shown_path(path)} has {size:,} bytes; a digest has at most {MAX_FILE_BYTES:,}"
        )
    return file.read()


def _is_beside_mail(path: Path) -> bool:
    """Whether a file is in a Maildir, but not in a folder of its mails."""
    folder = path.parent.parent if path.parent.name == "tmp" else path.parent
    return all((folder / name).is_dir() for name in ("cur", "new", "tmp"))


def _is_hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)
