"""Builds the documentation site: facts into templates, all pages in one step."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from flows.site.facts import Facts, gather
from flows.site.lineage import lineage_of
from schemas import rule_id
from schemas.rules import CONSEQUENCES
from tasks.sources import sources
from warehouse.publication.dictionary import Entry
from warehouse.storage.durable_files import write_folder
from warehouse.storage.home import Home

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


def build_site(home: Home) -> Path:
    """Write the site of what is published into `docs/site`; returns its first page.

    The pages replace the existing ones. Raises what `gather` raises.
    """
    folder = home.root / "docs" / "site"
    write_folder(folder, render(gather(home)))
    return folder / "index.html"


def render(facts: Facts) -> dict[str, str]:
    """Every page, by file name. Text from digests is escaped."""
    environment = Environment(
        autoescape=True,
        loader=PackageLoader("flows.site"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["in_words"] = in_words
    unknown = {entry.room for entry in facts.entries.values()} - ROOMS.keys()
    environment.globals.update(
        facts=facts,
        rooms=ROOMS | dict.fromkeys(sorted(unknown), "Other tables."),
        named=sources(),
        lineage=lineage_of(facts.entries, sources()),
    )
    general = ("index.html", "questions.html", "lineage.html")
    pages = {name: environment.get_template(name).render() for name in general}
    page = environment.get_template("entry.html")
    for name, entry in facts.entries.items():
        pages[f"{name}.html"] = page.render(
            entry=entry,
            rules=list(_rules(entry, facts)),
            queried_by=[found for found in facts.questions if name in found[2]],
        )
    return pages


def in_words(text: str) -> Markup:
    """Prose as HTML: text between backticks is code. All of it is escaped."""
    code = Markup("<code>{}</code>")
    parts = re.split("`([^`]*)`", text)
    return Markup().join(code.format(part) if n % 2 else part for n, part in enumerate(parts))


def _rules(entry: Entry, facts: Facts) -> Iterator[RuleInWords]:
    if entry.table is None:
        return
    for column in entry.table.columns:
        for rule in column.checks:
            counts = facts.rule_counts.get(rule_id(entry.table, column, rule), (0, 0))
            # values of our own are checked when a table is written, not record by record
            consequence = "nothing is published" if column.is_ours else CONSEQUENCES[rule.severity]
            yield RuleInWords(column.name, rule.sentence(), consequence, *counts)
