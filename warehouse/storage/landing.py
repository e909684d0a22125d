"""The landing: the raw bytes of every body ever taken, kept so that all else can be rebuilt.

`landing/<source>/<yyyy-mm>/<sha256>.<form>.zst` holds a body, `receipts.jsonl` beside it one line
per capture: which issue it was taken for, when, from where. The same bytes are stored once; each
capture of them has its own receipt. A body is on the disk (temp file, fsync, rename) before its
receipt is, and both are before anyone parses it; so a receipt always has its bytes.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import zstandard

from schemas.errors import PaperhouseError
from warehouse.storage.durable_files import fsync_file, fsync_folder, sweep, write_each

UNRECOGNISED = "unrecognised"
"""The source and form of a body that no digest claims."""

_BLOCK_BYTES = 65_536
_SAFE = re.compile(r"[a-z][a-z0-9_-]*")


class DamagedBody(PaperhouseError):
    """A body in the landing is not the bytes its name says."""


@dataclass(frozen=True)
class Arrival:
    """A body to be stored. `part` orders the pages of one capture, from 0; `origin` is its URL or
    file name, without credentials; `headers` the validators the server sent, if any."""

    source: str
    form: str
    issue_id: str | None
    captured_at: datetime
    content: bytes
    origin: str
    part: int = 0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Receipt:
    """One capture of one stored body: everything about it but its bytes."""

    source: str
    form: str
    issue_id: str | None
    captured_at: datetime
    origin: str
    part: int
    headers: dict[str, str]
    sha256: str
    n_bytes: int
    file: str
    """Path of the body below the landing."""

    def to_json(self) -> str:
        """One line of `receipts.jsonl`."""
        return json.dumps({**asdict(self), "captured_at": self.captured_at.isoformat()})

    @classmethod
    def from_json(cls, line: str) -> "Receipt":
        values = json.loads(line)
        return cls(**{**values, "captured_at": datetime.fromisoformat(values["captured_at"])})


class Landing:
    """The landing of one home. Only the holder of the writer lock may call `store`."""

    def __init__(self, root: Path, others: Iterable[Path] = ()) -> None:
        """`others` are landings of other writers, which are read and never written."""
        self.root = root
        self._roots = (root, *others)

    @cached_property
    def _by_sha256(self) -> dict[str, list[Receipt]]:
        index: dict[str, list[Receipt]] = {}
        for receipt in self._read_receipts():
            index.setdefault(receipt.sha256, []).append(receipt)
        return index

    def forget(self) -> None:
        """Read the receipts anew when they are next asked for: others may have added some."""
        vars(self).pop("_by_sha256", None)

    def receipts(self) -> Iterator[Receipt]:
        """Every receipt, in no particular order."""
        for receipts in self._by_sha256.values():
            yield from receipts

    def of_bytes(self, sha256: str) -> list[Receipt]:
        """The captures of exactly these bytes, in the order they were stored."""
        return self._by_sha256.get(sha256, [])

    def store(self, arrivals: Iterable[Arrival]) -> list[Receipt]:
        """Store bodies and their receipts; durable when it returns.

        A capture that is already on record (same bytes, issue, time and part) is not recorded
        again.
        """
        bodies: dict[Path, bytes] = {}
        receipts = [self._receipt(arrival, bodies) for arrival in arrivals]
        write_each(bodies)
        new = [receipt for receipt in receipts if receipt not in self.of_bytes(receipt.sha256)]
        by_folder: dict[Path, list[Receipt]] = {}
        for receipt in new:
            month = f"{receipt.captured_at.astimezone(UTC):%Y-%m}"
            by_folder.setdefault(self.root / receipt.source / month, []).append(receipt)
        for folder, lines in by_folder.items():
            _append_lines(folder / "receipts.jsonl", [receipt.to_json() for receipt in lines])
        for receipt in new:
            self._by_sha256.setdefault(receipt.sha256, []).append(receipt)
        return receipts

    def read(self, receipt: Receipt) -> bytes:
        """The body of a receipt. Raises `DamagedBody` when the file is not what was stored."""
        places = [root / receipt.file for root in self._roots]
        path = next(filter(Path.exists, places), places[0])
        try:
            content = zstandard.ZstdDecompressor().decompress(
                path.read_bytes(), max_output_size=receipt.n_bytes
            )
        except (OSError, zstandard.ZstdError) as error:
            raise DamagedBody(f"{path} cannot be read: {error}") from error
        if hashlib.sha256(content).hexdigest() != receipt.sha256:
            raise DamagedBody(f"{path} does not hold the bytes its name says")
        return content

    def recover(self) -> None:
        """Remove what a crashed writer left unfinished."""
        for folder in self.root.glob("*/*"):
            sweep(folder)

    def _receipt(self, arrival: Arrival, bodies: dict[Path, bytes]) -> Receipt:
        """The receipt of an arrival; a body that is not stored goes into `bodies`, compressed."""
        for word in (arrival.source, arrival.form):
            if not _SAFE.fullmatch(word):
                raise ValueError(f"{word!r} cannot be part of a path in the landing")
        sha256 = hashlib.sha256(arrival.content).hexdigest()
        stored = self.of_bytes(sha256)
        if stored and (self.root / stored[0].file).exists():
            file = stored[0].file
        else:
            month = f"{arrival.captured_at.astimezone(UTC):%Y-%m}"
            file = f"{arrival.source}/{month}/{sha256}.{arrival.form}.zst"
            compressor = zstandard.ZstdCompressor(level=3)
            bodies[self.root / file] = compressor.compress(arrival.content)
        return Receipt(
            source=arrival.source,
            form=arrival.form,
            issue_id=arrival.issue_id,
            captured_at=arrival.captured_at,
            origin=arrival.origin,
            part=arrival.part,
            headers=arrival.headers,
            sha256=sha256,
            n_bytes=len(arrival.content),
            file=file,
        )

    def _read_receipts(self) -> Iterator[Receipt]:
        for root in self._roots:
            for path in sorted(root.glob("*/*/receipts.jsonl")):
                for line in _whole_lines(path.read_bytes()).decode().splitlines():
                    yield Receipt.from_json(line)


def _append_lines(path: Path, lines: list[str]) -> None:
    """Append lines durably. A line cut short by a crash is removed first: it was never promised."""
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
    """The content up to its last line break: what follows was being written when a crash came."""
    return content[: content.rfind(b"\n") + 1]
