"""The pages below `data/`: every table and view that is published, lineage, answered questions."""

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment

from flows.site.facts import Facts
from flows.site.lineage import lineage_of
from schemas import rule_id
from schemas.rules import CONSEQUENCES
from tasks.sources import sources
from warehouse.publication.dictionary import Entry

ROOMS = {
    "mart": "What people and BI tools read: answers, in flat columns.",
    "core": "Facts of the digests, with history and lineage.",
    "derived": "What can be read from papers' own words; each row says where, and how sure it is.",
    "ops": "What the warehouse knows about its own work.",
}
"""In the order of the index."""


@dataclass(frozen=True)
class RuleInWords:
    """A rule of a column, in words."""

    column: str
    sentence: str
    consequence: str
    n_checked: int
    n_broken: int


def dictionary_pages(facts: Facts, environment: Environment) -> Iterator[tuple[str, str]]:
    """File and text of each page."""
    unknown = {entry.room for entry in facts.entries.values()} - ROOMS.keys()
    given = {
        "up": "../",
        "here": "data",
        "facts": facts,
        "rooms": ROOMS | dict.fromkeys(sorted(unknown), "Other tables."),
        "named": sources(),
        "lineage": lineage_of(facts.entries, sources()),
    }
    for name in ("index", "questions", "lineage"):
        yield f"data/{name}.html", environment.get_template(f"data/{name}.html").render(**given)
    page = environment.get_template("data/entry.html")
    for name, entry in facts.entries.items():
        text = page.render(
            entry=entry,
            rules=list(_rules(entry, facts)),
            queried_by=[found for found in facts.questions if name in found[2]],
            **given,
        )
        yield f"data/{name}.html", text


def _rules(entry: Entry, facts: Facts) -> Iterator[RuleInWords]:
    if entry.table is None:
        return
    for column in entry.table.columns:
        for rule in column.checks:
            counts = facts.rule_counts.get(rule_id(entry.table, column, rule), (0, 0))
            # values of our own are checked when a table is written, not record by record
            consequence = "nothing is published" if column.is_ours else CONSEQUENCES[rule.severity]
            yield RuleInWords(column.name, rule.sentence(), consequence, *counts)
