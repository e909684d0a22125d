"""The landing: the raw bytes of every body ever captured, so that everything else can be rebuilt.

`landing/<source>/<yyyy-mm>/<sha256>.<format>.zst` holds a body; `receipts.jsonl` beside it holds
the capture records, one a line: for which issue, when, from where. The bodies of a large load are
in packs, `<name>.pack.zst`, each with its records (`warehouse/storage/packs.py`). The same bytes
are stored once, with one record for each capture. A body is on the disk (temp file, fsync, rename)
before its record is; so every record has its bytes.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import InitVar, dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import zstandard

from schemas.errors import PaperhouseError
from warehouse.storage.durable_files import fsync_file, fsync_folder, sweep, write_each
from warehouse.storage.packs import ENDING, places, read_frame, record_lines, write_pack

UNRECOGNISED = "unrecognised"
"""The source and format of a body that no source recognises."""

_BLOCK_BYTES = 65_536
_STORED_NAMES = {"format": "form", "validators": "headers"}
"""Fields of a capture record that `receipts.jsonl` has under another name, which stays."""
_NAMES_OF_STORED = {stored: name for name, stored in _STORED_NAMES.items()}
_SAFE = re.compile(r"[a-z][a-z0-9_-]*")


class DamagedBody(PaperhouseError):
    """A body in the landing is missing, unreadable or not the bytes that its name says."""


@dataclass(frozen=True)
class RawBody:
    """A body to be stored.

    `part` orders the pages of one capture, from 0; `origin` is its URL or file name, without
    credentials; `validators` recognise a later answer without news: the headers that the server
    sent for this, and a checksum of the body's content.
    """

    source: str
    format: str
    issue_id: str | None
    captured_at: datetime
    content: bytes
    origin: str
    part: int = 0
    validators: dict[str, str] = field(default_factory=dict)
    sha256: str = field(init=False)
    """Of the content; computed unless the caller did."""
    known_sha256: InitVar[str] = ""

    def __post_init__(self, known_sha256: str) -> None:
        sha256 = known_sha256 or hashlib.sha256(self.content).hexdigest()
        object.__setattr__(self, "sha256", sha256)


@dataclass(frozen=True)
class CaptureRecord:
    """One capture of one stored body: everything about it but its bytes."""

    source: str
    format: str
    issue_id: str | None
    captured_at: datetime
    origin: str
    part: int
    validators: dict[str, str]
    sha256: str
    n_bytes: int
    file: str
    """Path of the body, or of its pack, below the landing."""
    offset: int | None = None
    length: int | None = None
    """Where the compressed body is in its pack; None for one in a file of its own."""

    def to_json(self) -> str:
        """One line of `receipts.jsonl`."""
        values = {name: value for name, value in vars(self).items() if value is not None}
        values.setdefault("issue_id", None)
        values["captured_at"] = self.captured_at.isoformat()
        return json.dumps({_STORED_NAMES.get(name, name): value for name, value in values.items()})

    @classmethod
    def from_json(cls, line: str) -> "CaptureRecord":
        stored = json.loads(line)
        values = {_NAMES_OF_STORED.get(name, name): value for name, value in stored.items()}
        return cls(**{**values, "captured_at": datetime.fromisoformat(values["captured_at"])})


class Landing:
    """The landing of one home. Only the holder of the writer lock may store or recover."""

    def __init__(self, root: Path, others: Iterable[Path] = ()) -> None:
        """`others` are the landings of other writers, which are only read."""
        self.root = root
        self._roots = (root, *others)

    def reader(self) -> "Landing":
        """A landing for another process, which only reads bodies: without the capture records."""
        return Landing(self.root, self._roots[1:])

    @cached_property
    def _by_sha256(self) -> dict[str, list[CaptureRecord]]:
        index: dict[str, list[CaptureRecord]] = {}
        for record in self._read_records():
            index.setdefault(record.sha256, []).append(record)
        return index

    def forget(self) -> None:
        """Read the capture records again on next use: other writers may have added some."""
        vars(self).pop("_by_sha256", None)

    def capture_records(self) -> Iterator[CaptureRecord]:
        """Every capture record, in no particular order."""
        for records in self._by_sha256.values():
            yield from records

    def of_bytes(self, sha256: str) -> list[CaptureRecord]:
        """The records of all captures of these bytes, in the order they were stored."""
        return self._by_sha256.get(sha256, [])

    def store(self, raw_bodies: Iterable[RawBody]) -> list[CaptureRecord]:
        """Store bodies and their capture records; durable when it returns.

        A capture already recorded (same bytes, issue, time and part) is not recorded again.
        """
        bodies: dict[Path, bytes] = {}
        records = [self._record_of(raw_body, bodies) for raw_body in raw_bodies]
        write_each(bodies)
        new = [record for record in records if record not in self.of_bytes(record.sha256)]
        by_folder: dict[Path, list[CaptureRecord]] = {}
        for record in new:
            by_folder.setdefault(self.root / _folder(record), []).append(record)
        for folder, lines in by_folder.items():
            _append_lines(folder / "receipts.jsonl", [record.to_json() for record in lines])
        self.add(new)
        return records

    def add(self, records: Iterable[CaptureRecord]) -> None:
        """Know records that another process stored in this landing."""
        for record in records:
            self._by_sha256.setdefault(record.sha256, []).append(record)

    def read(self, record: CaptureRecord) -> bytes:
        """The body of a capture. Raises `DamagedBody` when the file is not what was stored."""
        places = [root / record.file for root in self._roots]
        path = next(filter(Path.exists, places), places[0])
        try:
            content = zstandard.ZstdDecompressor().decompress(
                _compressed(path, record), max_output_size=record.n_bytes
            )
        except (OSError, zstandard.ZstdError) as error:
            raise DamagedBody(f"{path} cannot be read: {error}") from error
        if hashlib.sha256(content).hexdigest() != record.sha256:
            raise DamagedBody(f"{path} does not hold the bytes its name says")
        return content

    def verify(self) -> Iterator[DamagedBody]:
        """What is wrong with each body that is not what was stored."""
        for records in self._by_sha256.values():
            try:
                self.read(records[0])
            except DamagedBody as error:
                yield error

    def recover(self) -> None:
        """Remove what a crashed writer left unfinished."""
        for folder in self.root.glob("*/*"):
            sweep(folder)

    def _record_of(self, raw_body: RawBody, bodies: dict[Path, bytes]) -> CaptureRecord:
        """The capture record of a body; one not stored yet is added to `bodies`, compressed."""
        folder = _folder(raw_body)
        stored = self.of_bytes(raw_body.sha256)
        if stored and (self.root / stored[0].file).exists():
            first = stored[0]
            record = _described(raw_body, first.file)
            return replace(record, offset=first.offset, length=first.length)
        file = f"{folder}/{raw_body.sha256}.{raw_body.format}.zst"
        bodies[self.root / file] = _compress(raw_body.content)
        return _described(raw_body, file)

    def _read_records(self) -> Iterator[CaptureRecord]:
        for root in self._roots:
            for path in sorted(root.glob("*/*/receipts.jsonl")):
                for line in _whole_lines(path.read_bytes()).decode().splitlines():
                    yield CaptureRecord.from_json(line)
            for path in sorted(root.glob(f"*/*/*{ENDING}")):
                yield from map(CaptureRecord.from_json, record_lines(path))


def store_packed(root: Path, raw_bodies: Sequence[RawBody]) -> list[CaptureRecord]:
    """Store bodies that are not stored yet, those of one source and month in one pack; durable when
    it returns. Another process may do this beside the holder of the writer lock, whose landing then
    must `add` the records.

    A pack is named after its records, so two of them never share a name.
    """
    found: dict[int, CaptureRecord] = {}
    folders = list(map(_folder, raw_bodies))
    for folder in dict.fromkeys(folders):
        numbers = [n for n, of_body in enumerate(folders) if of_body == folder]
        frames = [_compress(raw_bodies[n].content) for n in numbers]
        for n, (offset, length) in zip(numbers, places(frames), strict=True):
            record = _described(raw_bodies[n], "")
            found[n] = replace(record, offset=offset, length=length)
        name = hashlib.sha256("\n".join(found[n].to_json() for n in numbers).encode()).hexdigest()
        file = f"{folder}/{name[:32]}{ENDING}"
        found |= {n: replace(found[n], file=file) for n in numbers}
        write_pack(root / file, frames, [found[n].to_json() for n in numbers])
    return [found[n] for n in range(len(raw_bodies))]


def _compressed(path: Path, record: CaptureRecord) -> bytes:
    """The compressed bytes of a body, from its own file or from its pack."""
    if record.offset is None or record.length is None:
        return path.read_bytes()
    return read_frame(path, record.offset, record.length)


def _compress(content: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=3).compress(content)


def _folder(body: RawBody | CaptureRecord) -> str:
    """The folder of a body, or of its record, below the landing."""
    for word in (body.source, body.format):
        if not _SAFE.fullmatch(word):
            raise ValueError(f"{word!r} cannot be part of a path in the landing")
    return f"{body.source}/{body.captured_at.astimezone(UTC):%Y-%m}"


def _described(raw_body: RawBody, file: str) -> CaptureRecord:
    described = {name: value for name, value in vars(raw_body).items() if name != "content"}
    return CaptureRecord(**described, n_bytes=len(raw_body.content), file=file)


def _append_lines(path: Path, lines: list[str]) -> None:
    """Append lines durably. A line cut short by a crash is removed first; nothing refers to it."""
    is_new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        file.truncate(_end_of_last_line(file))
        file.write("".join(f"{line}\n" for line in lines).encode())
    fsync_file(path)
    if is_new:
        fsync_folder(path.parent)


def _end_of_last_line(file: BinaryIO) -> int:
    """Where the last whole line ends; only the end of the file is read, however long it is."""
    end = file.seek(0, os.SEEK_END)
    while end > 0:
        start = max(0, end - _BLOCK_BYTES)
        file.seek(start)
        line_break = file.read(end - start).rfind(b"\n")
        if line_break >= 0:
            return start + line_break + 1
        end = start
    return 0


def _whole_lines(content: bytes) -> bytes:
    """The content up to its last line break: a crash may have cut short what follows."""
    return content[: content.rfind(b"\n") + 1]
