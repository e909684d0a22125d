"""Serve any path from a saved file: how the replica stands in for digests it has no routes for.

`--paths FILE` names a JSON list of entries such as `{"path": "/rss/cs.CL", "file":
"rss/cs.CL.xml", "type": "application/rss+xml"}`. An entry fits requests for its path whose query
contains its `query`, if it has one; the first that fits answers, with `status` (200 by default) and
`headers`, if given. Files lie beside the list and are read afresh at every request. What no entry
fits is answered by the site's own routes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.replica.site import Answer, Request


@dataclass(frozen=True)
class SavedPath:
    """One entry of the list."""

    path: str
    file: Path
    type: str
    query: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, request: Request) -> Answer | None:
        """The file, when the entry is about this request."""
        if self.path != request.path or not self.query.items() <= request.query.items():
            return None
        headers = {"Content-Type": self.type, **self.headers}
        return Answer(self.status, self.file.read_bytes(), headers)


def read_paths(file: Path) -> Sequence[SavedPath]:
    """The entries of a list. A file that is not there is refused at the start."""
    entries: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    paths = [SavedPath(**{**entry, "file": file.parent / entry["file"]}) for entry in entries]
    missing = [str(entry.file) for entry in paths if not entry.file.is_file()]
    if missing:
        raise ValueError(f"no such file: {', '.join(missing)}")
    return paths
