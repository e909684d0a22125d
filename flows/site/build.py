"""Puts the documentation site together: facts into templates, all pages in one step."""

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
class RuleTold:
    """A rule of a column, in words."""

    column: str
    sentence: str
    consequence: str
    n_checked: int
    n_broken: int


def build_site(home: Home) -> Path:
    """Write the site of what is published into `docs/site`; gives its first page.

    The pages take the place of those that were there. Raises what `gather` raises.
    """
    folder = home.root / "docs" / "site"
    write_folder(folder, render(gather(home)))
    return folder / "index.html"


def render(facts: Facts) -> dict[str, str]:
    """Every page by its file's name. What comes from a digest is escaped."""
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
    pages = {
        "index.html": environment.get_template("index.html").render(),
        "questions.html": environment.get_template("questions.html").render(),
        "lineage.html": environment.get_template("lineage.html").render(),
    }
    page = environment.get_template("entry.html")
    for name, entry in facts.entries.items():
        pages[f"{name}.html"] = page.render(
            entry=entry,
            rules=list(_rules(entry, facts)),
            asked=[found for found in facts.questions if name in found[2]],
        )
    return pages


def in_words(text: str) -> Markup:
    """Prose as HTML: what stands between backticks is code. All of it is escaped."""
    opened, told = text.split("`"), Markup()
    for index, part in enumerate(opened):
        is_closed = index < len(opened) - 1
        if index % 2 and is_closed:
            told += Markup("<code>{}</code>").format(part)
        else:
            told += f"`{part}" if index % 2 else part
    return told


def _rules(entry: Entry, facts: Facts) -> Iterator[RuleTold]:
    if entry.table is None:
        return
    for column in entry.table.columns:
        for rule in column.checks:
            counts = facts.rule_counts.get(rule_id(entry.table, column, rule), (0, 0))
            # what paperhouse fills in itself is held by the tables, not record by record
            consequence = "nothing is published" if column.is_ours else CONSEQUENCES[rule.severity]
            yield RuleTold(column.name, rule.sentence(), consequence, *counts)
