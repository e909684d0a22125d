"""Getting local files into the landing, and what is handed on from there."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.report import IssueOutcome
from flows.run import Run
from schemas.errors import PaperhouseError, UsageError
from tasks.capture import payload_sha256
from tasks.errors import BadBody, UnknownIssue
from tasks.model import IssueRef
from tasks.recognise import recognise
from warehouse.landing import UNRECOGNISED, Arrival, Receipt

MAX_FILE_BYTES = 32 * 1024 * 1024
"""A digest is a few hundred kilobytes; a file beyond this is something else."""


class BadPath(UsageError):
    """A path to ingest that does not exist or cannot be read."""


@dataclass(frozen=True)
class Taken:
    """A capture whose bodies are in the landing: what is handed on to be loaded."""

    issue: IssueRef
    captured_at: datetime
    receipts: tuple[Receipt, ...]

    @property
    def url(self) -> str | None:
        """Where the first body was fetched; None for a local file."""
        origin = self.receipts[0].origin
        return origin if origin.startswith(("https://", "http://")) else None

    @property
    def sha256(self) -> str:
        return payload_sha256([receipt.sha256 for receipt in self.receipts])


def captures_landed(
    run: Run, issues: Collection[str] | None = None
) -> dict[tuple[str, datetime], Taken]:
    """The captures landed of some issues (None: of all), by issue and time, oldest first."""
    pages: defaultdict[tuple[str, datetime], list[Receipt]] = defaultdict(list)
    for receipt in run.landing.receipts():
        if receipt.issue_id and (issues is None or receipt.issue_id in issues):
            pages[receipt.issue_id, receipt.captured_at].append(receipt)
    return {
        (issue_id, captured_at): Taken(
            IssueRef.parse(issue_id),
            captured_at,
            tuple(sorted(pages[issue_id, captured_at], key=lambda r: r.part)),
        )
        for issue_id, captured_at in sorted(pages, key=lambda key: (key[1], key[0]))
    }


def files_below(paths: Iterable[Path]) -> list[Path]:
    """The files to ingest: those named, and those in folders named. Hidden files are left out."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file())
            found += [p for p in inside if not _is_hidden(p.relative_to(path))]
        elif path.is_file():
            found.append(path)
        else:
            raise BadPath(f"{path} is neither a file nor a folder")
    if not found:
        raise BadPath(f"no files in {', '.join(map(str, paths))}")
    return found


def take_files(
    run: Run,
    paths: Iterable[Path],
    *,
    given: IssueRef | None = None,
    captured_at: datetime | None = None,
) -> Iterator[Taken]:
    """Land each file; what is no digest becomes an outcome of the run, its bytes kept all the same.

    `captured_at` says when the files were taken. Without it that is now, but bytes that were landed
    for the same issue before keep their first capture time: reading a file twice is not seeing the
    issue twice.
    """
    at = captured_at or run.started_at
    for path in paths:
        try:
            content = _read(path)
        except BadPath as error:
            run.outcomes.append(IssueOutcome(str(path), at, "broken", reason=str(error)))
            continue
        try:
            found = recognise(content, path.name, given)
        except (BadBody, UnknownIssue) as error:
            _keep_unrecognised(run, path, content, at, error)
            continue
        issue_id = str(found.issue)
        landed = run.landing.of_bytes(hashlib.sha256(content).hexdigest())
        receipt = next((r for r in landed if r.issue_id == issue_id and not captured_at), None)
        if receipt is None:
            form = found.form.name
            arrival = Arrival(found.source.name, form, issue_id, at, content, path.name)
            (receipt,) = run.landing.store([arrival])
        yield Taken(found.issue, receipt.captured_at, (receipt,))


def _read(path: Path) -> bytes:
    """A file's bytes. Raises `BadPath` when it is too large or cannot be read."""
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise BadPath(f"{path} has {size:,} bytes; a digest has at most {MAX_FILE_BYTES:,}")
        return path.read_bytes()
    except OSError as error:
        raise BadPath(f"{path} cannot be read: {error.strerror}") from error


def _keep_unrecognised(
    run: Run, path: Path, content: bytes, captured_at: datetime, error: PaperhouseError
) -> None:
    arrival = Arrival(UNRECOGNISED, UNRECOGNISED, None, captured_at, content, path.name)
    sha256 = hashlib.sha256(content).hexdigest()
    if not run.landing.of_bytes(sha256):
        run.landing.store([arrival])
    run.outcomes.append(IssueOutcome(str(path), captured_at, "broken", sha256, reason=str(error)))


def _is_hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)
