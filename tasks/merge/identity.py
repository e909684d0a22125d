"""Which paper a title means: what the tables and a batch say of it together, in any order.

The answer follows from all captures that are loaded, and a further one can change it: a better
witness calls a paper otherwise, or a second paper takes a title. Then the records that were loaded
by this title belong to another paper, and must be read again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from schemas.core import NO_ID_MONTH, PAPER_ALIASES, PAPER_VERSIONS
from schemas.witnesses import Witness, rank
from tasks.merge.batch import Existing, is_in
from tasks.merge.before_witnesses import with_witnesses
from tasks.merge.resolve import (
    ExistingPapers,
    Titles,
    paper_month,
    paper_of_title,
    papers_by_title,
    provisional_id,
    titles_to_look_up,
)
from tasks.parse.capture import Capture
from tasks.parse.text import title_key


def existing_papers(
    existing: Existing, captures: Sequence[Capture], but: Collection[str] = ()
) -> ExistingPapers:
    """What resolving these captures needs of the papers in the tables.

    Rows of the papers in `but` do not count: the captures replace them.
    """
    provisional = _provisional(existing).difference(but)
    wanted = titles_to_look_up(captures, provisional)
    return ExistingPapers(_titles(existing, captures, wanted, but), provisional)


def moved_papers(
    existing: Existing, captures: Sequence[Capture], replaced: Collection[str]
) -> frozenset[str]:
    """The papers whose records without an id belong to another paper with these captures: both
    papers, and the provisional one.

    A provisional paper whose title newer captures are the first to name with an id is not among
    them: the merge reassigns its rows. `replaced` are the papers of which the captures have all
    records.
    """
    provisional, aliases = _provisional(existing), _aliases(existing)
    if not provisional and not aliases:
        return frozenset()
    named = {r.arxiv_id for c in captures for r in c.records if r.arxiv_id} | set(replaced)
    in_batch = {title_key(record.title) for c in captures for record in c.records}
    before = _versions(existing, named)["title_key"].to_pylist()
    known = aliases.keys() | provisional
    keys = {key for key in in_batch.union(before) if provisional_id(key) in known}
    titles = _titles(existing, captures, keys, replaced)
    by_title = papers_by_title(captures, ExistingPapers(titles))
    named_before = {
        key for of_paper in titles.values() for found in of_paper.values() for key in found
    }
    moved: set[str] = set()
    for key in keys:
        alias_id, now = provisional_id(key), paper_of_title(key, by_title)
        was = aliases.get(alias_id, alias_id)
        is_new = now not in replaced and key in in_batch and key not in named_before
        if now != was and not (was == alias_id and is_new):
            moved |= {alias_id, was, now}
    return frozenset(moved)


def _provisional(existing: Existing) -> frozenset[str]:
    """The papers of which only a title is known."""
    rows = existing.dataset(PAPER_VERSIONS, {NO_ID_MONTH}).to_table(columns=["paper_id"])
    return frozenset(rows["paper_id"].to_pylist())


def _aliases(existing: Existing) -> dict[str, str]:
    """Provisional id → the paper that it was matched to."""
    rows = existing.dataset(PAPER_ALIASES).to_table(columns=["alias_id", "paper_id"])
    return dict(zip(rows["alias_id"].to_pylist(), rows["paper_id"].to_pylist(), strict=True))


def _titles(
    existing: Existing, captures: Iterable[Capture], keys: Collection[str], but: Collection[str]
) -> dict[str, Titles]:
    """All titles of the papers that have one of these titles, in the tables or in the captures."""
    if not keys:
        return {}
    has_one = is_in("title_key", keys)
    rows = existing.dataset(PAPER_VERSIONS).to_table(columns=["paper_id"], filter=has_one)
    papers = set(rows["paper_id"].to_pylist())
    papers |= {r.arxiv_id for c in captures for r in c.records if title_key(r.title) in keys}
    papers = {paper for paper in papers if paper and not paper.startswith("title:")}
    rows = _versions(existing, papers.difference(but))
    found: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    has_id = pc.not_equal(pc.coalesce(rows["resolved_by"], "id"), "title")
    for row in rows.filter(has_id).to_pylist():
        knows = rank("title", Witness(row["source"], row["witness"]))
        found[row["paper_id"]][knows].add(row["title_key"])
    return dict(found)


def _versions(existing: Existing, papers: Collection[str]) -> pa.Table:
    """What the tables have of the titles of some papers."""
    columns = ["paper_id", "source", "witness", "title_key", "resolved_by", "parser_version"]
    rows = existing.dataset(PAPER_VERSIONS, set(map(paper_month, papers)))
    return with_witnesses(rows.to_table(columns=columns, filter=is_in("paper_id", papers)))
