"""What the next publication may start from: a copy of the published file, or an empty template.

The build record says which file paperhouse published last and from which snapshot. A published file
whose size or modification time differs was changed by somebody else and is never built on, so a
stranger's change cannot end up in a publication.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from warehouse.lake.diff import Past
from warehouse.lake.snapshot import NoSuchSnapshot, Snapshot
from warehouse.publication.layout import Layout
from warehouse.publication.template import empty_file, template_version
from warehouse.storage.durable_files import log_of, write_whole

MAX_SIZE_RATIO = 2
"""A file that grew beyond this many times the size of its last whole build is built whole again:
deleting and reloading rows leaves unused space in it."""


@dataclass(frozen=True)
class BuildRecord:
    """What the published file was built from, and how to recognise it. Stored as JSON."""

    format: str
    snapshot: int
    run_id: str
    n_bytes: int
    changed_ns: int
    n_bytes_whole: int
    """Its size when it was last built whole, not on a copy."""
    n_since: int
    """How many publications were built on copies since."""


class BuildState:
    """The build record and empty templates of a home; their folder can be removed at any time."""

    def __init__(self, folder: Path, past: Past) -> None:
        """`past` gives the snapshots of the lake that is published."""
        self._folder = folder
        self._past = past

    def empty_file(self, layout: Layout) -> Path:
        """An empty publication with that layout, to be copied."""
        return empty_file(self._folder, layout)

    def shown(self, path: Path) -> int | None:
        """Number of the snapshot a published file shows; None if others changed the file."""
        record = self._record_of(path)
        return record.snapshot if record else None

    def reusable(self, path: Path) -> Snapshot | None:
        """The snapshot a published file shows, when the next file may be built on a copy of it."""
        record = self._record_of(path)
        if record is None or record.format != template_version():
            return None
        if record.n_bytes > MAX_SIZE_RATIO * record.n_bytes_whole:
            return None
        try:
            snapshot = self._past.snapshot(record.snapshot)
        except NoSuchSnapshot:
            return None
        return snapshot if snapshot.run_id == record.run_id else None

    def remember(self, path: Path, snapshot: Snapshot, *, is_whole: bool) -> None:
        """Write the build record of the file that was just published."""
        n_bytes, changed_ns = _size_and_mtime(path)
        before = self.record()
        n_bytes_whole, n_since = n_bytes, 0
        if before is not None and not is_whole:
            n_bytes_whole, n_since = before.n_bytes_whole, before.n_since + 1
        known_by = (template_version(), snapshot.number, snapshot.run_id, n_bytes, changed_ns)
        record = BuildRecord(*known_by, n_bytes_whole, n_since)
        write_whole(self._record_file, json.dumps(asdict(record)).encode())

    def record(self) -> BuildRecord | None:
        """The build record; None if there is none, or only one of another version."""
        try:
            return BuildRecord(**json.loads(self._record_file.read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def _record_of(self, path: Path) -> BuildRecord | None:
        """The build record, if the file at `path` is unchanged since and has no log beside it."""
        record = self.record()
        if record is None or not path.exists() or log_of(path).exists():
            return None
        is_unchanged = _size_and_mtime(path) == (record.n_bytes, record.changed_ns)
        return record if is_unchanged else None

    @property
    def _record_file(self) -> Path:
        return self._folder / "published.json"


def _size_and_mtime(path: Path) -> tuple[int, int]:
    """Size in bytes and modification time in ns of a file."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns
