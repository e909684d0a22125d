"""Reads the bodies in a local file: one, or those of a container such as a mailbox."""

import os
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from schemas.errors import UsageError
from tasks.errors import BadBody
from tasks.parse.model import IssueRef
from tasks.parse.unwrap import unwrap
from tasks.sources import Container, sources
from warehouse.storage.paths import shown_path

MAX_FILE_BYTES = 32 * 1024 * 1024
"""A digest has a few hundred kilobytes; a larger file is something else."""
_START_BYTES = 4096
"""The start of a file, by which a container of many bodies is recognised."""


class BadPath(UsageError):
    """A path to ingest that does not exist or cannot be read."""


def bodies_of(path: Path, given: IssueRef | None) -> Iterator[tuple[str, bytes]]:
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
    for kind in _containers():
        if kind.recognise(start):
            return kind
    return None


@cache
def _containers() -> tuple[Container, ...]:
    return tuple(kind for source in sources().values() for kind in source.containers)


def _rest_of(file: BinaryIO, path: Path) -> bytes:
    size = os.fstat(file.fileno()).st_size
    if size > MAX_FILE_BYTES:
        raise BadPath(
            f"{shown_path(path)} has {size:,} bytes; a digest has at most {MAX_FILE_BYTES:,}"
        )
    return file.read()


def only_body(path: Path, given: IssueRef | None) -> bytes | None:
    """The bytes of a file that is one body; None for one that holds several or cannot be read."""
    try:
        place, content = next(bodies_of(path, given), ("#", b""))
    except BadPath:
        return None
    return None if place else content
