"""Unpacks compressed bytes, up to a size: a few kilobytes can unpack to gigabytes."""

import re

import pyarrow as pa

from tasks.errors import BadBody

MOST_BYTES = 32 * 2**20
"""A digest has a few hundred kilobytes; what unpacks to more is something else."""

_STEP = 2**20
_CODECS = {
    "gzip": re.compile(rb"\x1f\x8b\x08"),
    "bz2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd"),
}
"""Each codec and its first bytes."""


def codec_of(content: bytes) -> str | None:
    """The codec that bytes are compressed with, by their first bytes: `gzip`, `bz2` or `zstd`."""
    return next((name for name, magic in _CODECS.items() if magic.match(content)), None)


def unpacked(content: bytes, codec: str, most_bytes: int = MOST_BYTES) -> bytes:
    """The bytes that were compressed; several streams in a row are one.

    Raises `BadBody` when they are damaged, cut off, or more than `most_bytes`.
    """
    found: list[bytes] = []
    n_bytes = 0
    try:
        with pa.CompressedInputStream(pa.BufferReader(content), codec) as stream:
            while n_bytes <= most_bytes and (piece := stream.read(_STEP)):
                found.append(piece)
                n_bytes += len(piece)
    except (OSError, pa.ArrowException) as error:
        is_cut = "Truncated" in str(error)
        fault = "that breaks off" if is_cut else "that is damaged"
        raise BadBody("a digest", f"{codec} data {fault}; save or copy the file again") from error
    if n_bytes > most_bytes:
        found_instead = f"{codec} data that unpacks to more than {most_bytes:,} bytes"
        raise BadBody("a digest", f"{found_instead}; a digest has fewer")
    return b"".join(found)
