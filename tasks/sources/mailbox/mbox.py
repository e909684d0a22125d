"""mbox files: messages one after the other, each after a line that begins with `From `."""

import re
from collections.abc import Iterator
from typing import BinaryIO

_SEPARATOR = re.compile(rb"From \S{1,300} {1,3}\S[^\r\n]{8,200}\d{4}")
_LONGEST_LINE = 65_536


def is_mbox(start: bytes) -> bool:
    """Whether a file's first bytes are those of an mbox."""
    return _SEPARATOR.match(start) is not None


def messages_of(file: BinaryIO, most_bytes: int) -> Iterator[bytes]:
    """The messages, without their `From ` lines and with quoted ones (`>From `) unquoted.

    A separator is a `From ` line at the start or after a blank one. A message longer than
    `most_bytes` is cut; lines are read in bounded pieces, so memory is bounded too.
    """
    message = bytearray()
    is_after_blank = is_line_start = True
    while piece := file.readline(_LONGEST_LINE):
        if is_line_start and is_after_blank and _SEPARATOR.match(piece):
            if message:
                yield _without_end(message)
            message.clear()
            is_after_blank = False
            continue
        is_quoted = is_line_start and re.match(rb">+From ", piece)
        if len(message) < most_bytes:
            message += (piece[1:] if is_quoted else piece)[: most_bytes - len(message)]
        is_after_blank = is_line_start and not piece.strip(b"\r\n")
        is_line_start = piece.endswith(b"\n")
    if message:
        yield _without_end(message)


def _without_end(message: bytearray) -> bytes:
    """A message without the blank line before the next one."""
    for end in (b"\r\n", b"\n"):
        if message.endswith(end + end):
            return bytes(message.removesuffix(end))
    return bytes(message)
