"""The lineage as two lists for each source, store, table and view: what it reads and feeds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.lineage import IN_LANDING, IN_LEDGER
from warehouse.publication.dictionary import Entry


@dataclass(frozen=True)
class Node:
    """A source, a store, a table or a view; `href` is where the site describes it."""

    name: str
    href: str
    reads: tuple[str, ...]
    feeds: tuple[str, ...]


def lineage_of(entries: Mapping[str, Entry], sources: Iterable[str]) -> dict[str, Node]:
    """Every node by name, from the sources on."""
    places = {name: f"lineage.html#source-{name}" for name in sources}
    reads: dict[str, tuple[str, ...]] = dict.fromkeys(places, ())
    reads |= {IN_LANDING: tuple(places), IN_LEDGER: ()}
    places |= {name: f"lineage.html#{name}" for name in (IN_LANDING, IN_LEDGER)}
    reads |= {name: entry.reads for name, entry in entries.items()}
    places |= {name: f"{name}.html" for name in entries}
    feeds: dict[str, list[str]] = {name: [] for name in reads}
    for name, read in reads.items():
        for one in read:
            feeds[one].append(name)
    return {
        name: Node(name, href, tuple(sorted(reads[name])), tuple(sorted(feeds[name])))
        for name, href in places.items()
    }
