"""Packs: many bodies of one load in one file, with their capture records, flushed once.

A pack is a row of zstd frames, one for each body, so `zstd -dc` prints all of them. The last frame
is a skippable one, which zstd passes over: one line of JSON for each capture record, as in
`receipts.jsonl`, then the length of these lines and four letters that tell the end of a whole pack.
Flushing a file for each body is what takes the time of landing a year; and a pack that has its name
has all its bodies and records, so nothing can be half there.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from schemas.errors import PaperhouseError
from warehouse.storage.durable_files import unfinished

ENDING = ".pack.zst"
_SKIPPABLE = 0x184D2A50
"""The first of the numbers that begin a frame which decoders skip (RFC 8878, section 3.1.2)."""
_HEAD, _FOOT = struct.Struct("<II"), struct.Struct("<I4s")
_LETTERS = b"PACK"


class DamagedPack(PaperhouseError):
    """A pack does not end as a whole one does."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is damaged: it does not end as a pack of bodies does; put it back from a "
            "backup of landing/"
        )


def write_pack(path: Path, frames: Iterable[bytes], lines: Sequence[str]) -> None:
    """Write the compressed bodies and the lines of their records; durable when it returns."""
    records = "".join(f"{line}\n" for line in lines).encode()
    with unfinished(path) as temporary, temporary.open("wb") as file:
        file.writelines(frames)
        file.write(_HEAD.pack(_SKIPPABLE, len(records) + _FOOT.size))
        file.write(records)
        file.write(_FOOT.pack(len(records), _LETTERS))


def places(frames: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    """Where each frame will be in its pack: offset and length in bytes."""
    offset = 0
    for frame in frames:
        yield offset, len(frame)
        offset += len(frame)


def record_lines(path: Path) -> list[str]:
    """The lines of a pack's capture records; the bodies are not read. Raises `DamagedPack`."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size < _FOOT.size:
            raise DamagedPack(path)
        file.seek(size - _FOOT.size)
        length, letters = _FOOT.unpack(file.read(_FOOT.size))
        start = size - _FOOT.size - length
        if letters != _LETTERS or start < _HEAD.size:
            raise DamagedPack(path)
        file.seek(start)
        return file.read(length).decode().splitlines()


def read_frame(path: Path, offset: int, length: int) -> bytes:
    """The compressed bytes of one body."""
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)
