"""Lands local files, and bodies that other stages fetched."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from flows.pipeline.ahead import Ahead, is_full
from flows.pipeline.captures import LandedBody, LandedCapture
from flows.pipeline.executors import sees_files
from flows.pipeline.file_bodies import BadPath, bodies_of, only_body
from flows.pipeline.issue_body import Given, IssueBody, issue_body
from flows.pipeline.land_chunk import File, LandedChunk, land_chunk
from flows.pipeline.report import IssueOutcome
from flows.pipeline.run import Run
from tasks.errors import BadBody, UnknownIssue
from tasks.merge.to_arrow import Stamp
from tasks.parse.model import IssueRef
from warehouse.storage.landing import UNRECOGNISED, CaptureRecord, RawBody
from warehouse.storage.paths import shown_path


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
    executor: Executor | None = None,
) -> Iterator[LandedCapture]:
    """Land each file, or each body in it. What is no digest becomes an outcome of the run; its
    bytes are kept.

    `captured_at` is the capture time of the files; by default the time at which the bytes say they
    were made, else now. Bytes that were landed before for the same issue keep their first capture
    time: reading a file twice is not seeing the issue twice. With an `executor` whose workers
    see the files, they land and stage what was not landed before.
    """
    here = _Here(run, Given(run.started_at, given, captured_at))
    landing = _Ahead(here, executor) if executor and sees_files(executor) else here
    for path in paths:
        yield from landing.of_file(path)
    yield from landing.rest()


class _Here:
    """Lands the bodies of files in this process, in groups: flushing each of them alone is slow."""

    def __init__(self, run: Run, given: Given) -> None:
        self.run = run
        self.given = given
        self._group: list[IssueBody] = []

    def of_file(
        self, path: Path, only: bytes | None = None, sha256: str = ""
    ) -> Iterator[LandedCapture]:
        """Take the bodies of a file, or its `only` one, where that is read already, and its
        checksum known; gives the captures of the groups that are full."""
        named = Path(shown_path(path))
        try:
            bodies = bodies_of(path, self.given.issue) if only is None else [("", only)]
            for place, content in bodies:
                name, origin = f"{named}{place}", named.name + place
                body = _issue_body(self.run, content, name, origin, self.given, sha256)
                if body is None:
                    continue
                if _is_full(self._group, body):
                    yield from self.rest()
                self._group.append(body)
        except BadPath as error:
            outcome = IssueOutcome(str(named), self.given.at, "broken", reason=str(error))
            self.run.outcomes.append(outcome)

    def rest(self) -> Iterator[LandedCapture]:
        """Land the group."""
        group, self._group = self._group, []
        yield from _land(self.run, group)


class _Ahead:
    """Has the workers of an executor land files, but for those whose bytes are in the landing
    already, and those that are no digest or hold several: these are landed here."""

    def __init__(self, here: _Here, executor: Executor) -> None:
        self._here, self._run = here, here.run
        self._stamp = Stamp(here.run.run_id, here.run.started_at)
        self._ahead: Ahead[None] = Ahead(executor)
        self._chunk: list[File] = []
        self._n_bytes = 0
        self._submitted: set[str] = set()

    def of_file(self, path: Path) -> Iterator[LandedCapture]:
        """Take a file; gives the captures that must not wait any longer."""
        content = only_body(path, self._here.given.issue)
        if content is None:
            yield from self._here.of_file(path)
            return
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 in self._submitted:
            yield from self.rest()
        if self._run.landing.of_bytes(sha256):
            yield from self._here.of_file(path, content, sha256)
            return
        self._submitted.add(sha256)
        self._chunk.append(File(path.absolute(), Path(shown_path(path)).name))
        self._n_bytes += len(content)
        if is_full(len(self._chunk), self._n_bytes):
            yield from self._submit()

    def rest(self) -> Iterator[LandedCapture]:
        """Wait for all files that were taken. So few that no worker has begun are landed here:
        starting workers takes longer."""
        if self._ahead.is_begun:
            yield from self._submit()
        chunk, self._chunk = self._chunk, []
        for file in chunk:
            yield from self._here.of_file(file.path)
        for _, landed in self._ahead.rest():
            yield from self._of_chunk(landed)
        yield from self._here.rest()

    def _submit(self) -> Iterator[LandedCapture]:
        chunk, self._chunk, self._n_bytes = self._chunk, [], 0
        if chunk:
            landing, given = self._run.landing.reader(), self._here.given
            for _, landed in self._ahead.submit(
                None, land_chunk, chunk, given, landing, self._stamp
            ):
                yield from self._of_chunk(landed)

    def _of_chunk(self, landed: LandedChunk) -> Iterator[LandedCapture]:
        self._run.landing.add(r for capture in landed.captures for r in capture.records)
        for capture in landed.captures:
            yield replace(capture, staged=landed.staged)
        for path in landed.refused:
            yield from self._here.of_file(path)


def land_body(run: Run, content: bytes, name: str, origin: str) -> LandedCapture | None:
    """Land one body; None when it is no digest, which is then the outcome of `name`.

    An `origin` that is an address gets its own capture record, even when the same bytes came from
    elsewhere before, because the records say which addresses were fetched.
    """
    body = _issue_body(run, content, name, origin, Given(run.started_at))
    return _land(run, [body])[0] if body else None


def _issue_body(
    run: Run, content: bytes, name: str, origin: str, given: Given, sha256: str = ""
) -> IssueBody | None:
    """The body of an issue; None for other bytes, which are kept and are an outcome."""
    try:
        return issue_body(content, origin, given, sha256)
    except (BadBody, UnknownIssue) as error:
        kept = RawBody(UNRECOGNISED, UNRECOGNISED, None, given.at, content, origin)
        if "://" in origin or not run.landing.of_bytes(kept.sha256):
            run.landing.store([kept])
        run.outcomes.append(IssueOutcome(name, given.at, "broken", kept.sha256, reason=str(error)))
        return None


def _is_full(group: Sequence[IssueBody], following: IssueBody) -> bool:
    """Whether to land the group before adding a body: it is large, or it has the same bytes, whose
    capture record the body may share."""
    n_bytes = sum(len(body.raw_body.content) for body in group)
    is_there = any(body.sha256 == following.sha256 for body in group)
    return is_there or is_full(len(group), n_bytes)


def _land(run: Run, group: Sequence[IssueBody]) -> list[LandedCapture]:
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


def _existing_record(run: Run, body: IssueBody) -> CaptureRecord | None:
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


def _is_beside_mail(path: Path) -> bool:
    """Whether a file is in a Maildir, but not in a folder of its mails."""
    folder = path.parent.parent if path.parent.name == "tmp" else path.parent
    return all((folder / name).is_dir() for name in ("cur", "new", "tmp"))


def _is_hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)
