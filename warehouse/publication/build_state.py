"""What a publication may begin with: the one that stands, or an empty one of today's form.

A note says which file paperhouse put in the publication's place and what it was built from. A file
of other size or time of change was touched by somebody else, and nothing is built on it.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from warehouse.lake.diff import Past
from warehouse.lake.snapshot import NoSuchSnapshot, Snapshot
from warehouse.publication.template import empty_file, template_version
from warehouse.storage.durable_files import log_of, write_whole

GROWTH = 2
"""A file built on copies is built whole again when it is so many times as large as it was then:
what is emptied and poured leaves holes."""


@dataclass(frozen=True)
class Note:
    """A published file: what it was built from, and by what it is known again."""

    format: str
    snapshot: int
    run_id: str
    n_bytes: int
    changed_ns: int
    n_bytes_whole: int
    """Its size when it was last built whole."""
    n_since: int
    """How many publications ago that was."""


class BuildState:
    """The folder of a home where this is kept; it can be removed at any time."""

    def __init__(self, folder: Path, past: Past) -> None:
        """`past` is the lake whose snapshots are published."""
        self._folder = folder
        self._past = past

    def empty_file(self, block_bytes: int) -> Path:
        """An empty publication made of blocks of that size, to be copied."""
        return empty_file(self._folder, block_bytes)

    def shown(self, path: Path) -> int | None:
        """Number of the snapshot that a published file shows; None unless it is what was left."""
        note = self._note_of(path)
        return note.snapshot if note else None

    def standing(self, path: Path) -> Snapshot | None:
        """The snapshot a published file shows, when one may go on from a copy of it."""
        note = self._note_of(path)
        if note is None or note.format != template_version():
            return None
        if note.n_bytes > GROWTH * note.n_bytes_whole:
            return None
        try:
            snapshot = self._past.snapshot(note.snapshot)
        except NoSuchSnapshot:
            return None
        return snapshot if snapshot.run_id == note.run_id else None

    def remember(self, path: Path, snapshot: Snapshot, *, is_whole: bool) -> None:
        """Note the file that was just published."""
        n_bytes, changed_ns = _looks(path)
        before = self.note()
        n_bytes_whole, n_since = n_bytes, 0
        if before is not None and not is_whole:
            n_bytes_whole, n_since = before.n_bytes_whole, before.n_since + 1
        known_by = (template_version(), snapshot.number, snapshot.run_id, n_bytes, changed_ns)
        note = Note(*known_by, n_bytes_whole, n_since)
        write_whole(self._place, json.dumps(asdict(note)).encode())

    def note(self) -> Note | None:
        """What was put in the publication's place; None without a note of this version."""
        try:
            return Note(**json.loads(self._place.read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def _note_of(self, path: Path) -> Note | None:
        """The note, when it is of the file at `path` as that is now, with no log beside it."""
        note = self.note()
        if note is None or not path.exists() or log_of(path).exists():
            return None
        return note if _looks(path) == (note.n_bytes, note.changed_ns) else None

    @property
    def _place(self) -> Path:
        return self._folder / "published.json"


def _looks(path: Path) -> tuple[int, int]:
    """Size and time of change of a file."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns
