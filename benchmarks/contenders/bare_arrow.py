"""PyArrow and msgspec by hand: typed decoding, columns, and one Parquet file for each month."""

from collections import defaultdict
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.contenders.shape import KEYS, arguments, days, tell


class Author(msgspec.Struct):
    """An author as the API gives one."""

    name: str
    hidden: bool | None = None


class Paper(msgspec.Struct):
    """A paper as the API gives one."""

    id: str
    title: str
    summary: str | None = None
    publishedAt: str | None = None  # noqa: N815 - the API's name
    githubRepo: str | None = None  # noqa: N815
    ai_summary: str | None = None
    upvotes: int | None = None
    githubStars: int | None = None  # noqa: N815
    authors: list[Author] = []


class Item(msgspec.Struct):
    """An item of a list."""

    paper: Paper
    title: str
    numComments: int | None = None  # noqa: N815 - the API's name


COLUMNS = {
    "issues": ("issue_id", "issued_on", "n"),
    "listings": ("issue_id", "paper_id", "rank", "title_as_listed"),
    "papers": (
        "paper_id",
        "title",
        "abstract",
        "published_at",
        "github_repo",
        "ai_summary",
    ),
    "authors": ("paper_id", "position", "name", "hidden"),
    "observations": ("paper_id", "upvotes", "comments", "github_stars"),
}


def main() -> None:
    """Load a folder into Parquet, all months anew."""
    source, target = arguments()
    decoder = msgspec.json.Decoder(list[Item])
    months: defaultdict[str, dict[str, list[tuple[Any, ...]]]] = defaultdict(
        lambda: {name: [] for name in KEYS}
    )
    for day, path in days(source):
        issue_id, rows = f"huggingface:daily:{day}", months[day[:7]]
        items = decoder.decode(path.read_bytes())
        rows["issues"].append((issue_id, day, len(items)))
        for rank, item in enumerate(items, 1):
            p = item.paper
            rows["listings"].append((issue_id, p.id, rank, item.title))
            rows["papers"].append(
                (p.id, p.title, p.summary, p.publishedAt, p.githubRepo, p.ai_summary)
            )
            rows["authors"] += [(p.id, n, a.name, a.hidden) for n, a in enumerate(p.authors, 1)]
            rows["observations"].append((p.id, p.upvotes, item.numComments, p.githubStars))
    counts = dict.fromkeys(KEYS, 0)
    for month, tables in months.items():
        for name, cells in tables.items():
            counts[name] += _write(target / name / f"month={month}", name, cells)
    tell(counts)


def _write(folder: Any, name: str, rows: list[tuple[Any, ...]]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    columns = zip(*rows, strict=True)
    table = pa.table(dict(zip(COLUMNS[name], map(pa.array, columns), strict=True)))
    pq.write_table(table, folder / "part.parquet", compression="zstd")
    return int(table.num_rows)


if __name__ == "__main__":
    main()
