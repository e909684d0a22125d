"""The sheet of one paper, as text for a terminal."""

import shutil
from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap
from typing import Any

from tasks.parse.text import printable
from warehouse.query.values import text_of

_BARS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
_MOST_BARS = 40


def lines(paper: dict[str, Any]) -> Iterator[str]:
    """The lines of the sheet of a paper, as `read_paper` gives it."""
    width = min(shutil.get_terminal_size().columns, 100)
    yield from wrap(printable(paper["title"]), width)
    yield from _wrapped(paper["authors"], width)
    for url in ("hf_url", "arxiv_url", "pdf_url", "code_url", "project_url"):
        if paper[url]:
            yield f"  {printable(paper[url])}"
    yield ""
    yield from _wrapped(paper["abstract"] or "no abstract is known", width)
    for name in ("topics", "organization", "listed_on", "published_at", "code_state"):
        if paper[name]:
            yield f"{name.replace('_', ' ')}: {printable(text_of(paper[name]))}"
    yield from _votes(paper["votes"])
    yield from _section("introduces", (f"{s['name']} ({s['kind']})" for s in paper["systems"]))
    yield from _section("claims", (c["sentence"] for c in paper["claims"]))
    yield from _section("versions", map(_version, paper["versions"]))
    yield from _section("listed by", map(_listing, paper["listings"]))


def curve(values: Sequence[int]) -> str:
    """Values as bars of eighths, from 0 to the largest; of many, evenly chosen ones."""
    step = max(len(values) / _MOST_BARS, 1)
    chosen = [values[int(place * step)] for place in range(int(len(values) / step))]
    most = max(chosen, default=0) or 1
    return "".join(_BARS[round(value / most * (len(_BARS) - 1))] for value in chosen)


def _votes(votes: Sequence[dict[str, Any]]) -> Iterator[str]:
    """A line for each source that counts votes."""
    for source, group in groupby(votes, key=lambda row: row["source"]):
        rows = [row for row in group if row["upvotes"] is not None]
        if rows:
            counts = [row["upvotes"] for row in rows]
            first, last = rows[0], rows[-1]
            line = f"upvotes at {source}: {curve(counts)} {_vote(first)}"
            yield line if len(rows) == 1 else f"{line}, {_vote(last)}"


def _vote(row: dict[str, Any]) -> str:
    return f"{row['upvotes']:,} on {row['observed_at']:%Y-%m-%d}"


def _version(row: dict[str, Any]) -> str:
    until = f"until {row['valid_to']:%Y-%m-%d}" if row["valid_to"] else "now"
    by = f"{row['payload_sha256'][:12]}, record {row['record_index']}, {row['parser_version']}"
    said = f"{row['source']} ({row['witness']})" if row["source"] else "an older version"
    return f"{row['valid_from']:%Y-%m-%d} {until}, {said}: {row['title']} [{by}]"


def _listing(row: dict[str, Any]) -> str:
    place = f", place {row['rank']}" if row["rank"] else ""
    gone = f", gone since {row['removed_at']:%Y-%m-%d}" if row["removed_at"] else ""
    return f"{row['issue_id']}{place}{gone} [{row['payload_sha256'][:12]}]"


def _section(name: str, entries: Any) -> Iterator[str]:
    found = [printable(entry) for entry in entries]
    if found:
        yield f"{name}:"
        yield from (f"  {entry}" for entry in found)


def _wrapped(text: str | None, width: int) -> Iterator[str]:
    for line in wrap(printable(text or ""), width - 2):
        yield f"  {line}"
