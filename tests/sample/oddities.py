"""Single rows made odd on purpose: each function plants one thing real issues contain.

`ODDITIES` says on which day. Functions change the rows of an issue in place; the rows they pick
are at fixed positions, so that tests can find them.
"""

from collections.abc import Callable
from datetime import date
from random import Random

from tests.sample.items import Row, authors, midnight, stamp
from tests.sample.phrases import OWNER_ONLY_LINK

Oddity = Callable[[Random, list[Row]], None]


def eighty_authors(rng: Random, rows: list[Row]) -> None:
    """A paper signed by a consortium."""
    rows[2]["paper"]["authors"] = authors(rng, 80)


def duplicate_author_names(_: Random, rows: list[Row]) -> None:
    """Two different authors of one paper who share a name."""
    signed = max(rows[:4], key=lambda row: len(row["paper"]["authors"]))["paper"]["authors"]
    signed[-1]["name"] = signed[0]["name"]


def repository_with_trailing_slash(_: Random, rows: list[Row]) -> None:
    """A code link typed with a slash at its end."""
    rows[1]["paper"]["githubRepo"] = "https://github.com/example-lab/trailing-slash/"


def project_page_with_leading_spaces(_: Random, rows: list[Row]) -> None:
    """A project page pasted with spaces before it."""
    rows[0]["paper"]["projectPage"] = "  https://leading-spaces.example.org/"


def owner_only_link(_: Random, rows: list[Row]) -> None:
    """An abstract whose only GitHub address names an owner and no repository."""
    bare = next(
        row
        for row in rows
        if len(row["paper"]["summary"]) < 1200 and "github" not in row["paper"]["summary"]
    )
    for holder in (bare, bare["paper"]):
        holder["summary"] = f"{holder['summary']} {OWNER_ONLY_LINK}"


def no_votes_yet(_: Random, rows: list[Row]) -> None:
    """A row nobody has voted or commented on: zero, which is not the same as absent."""
    rows[-1]["paper"]["upvotes"] = 0
    rows[-1]["numComments"] = 0


def withdrawn(_: Random, rows: list[Row]) -> None:
    """A paper its authors have taken back."""
    rows[3]["paper"]["withdrawnAt"] = stamp(midnight(date(2026, 11, 12)))


ODDITIES: dict[date, tuple[Oddity, ...]] = {
    date(2026, 10, 28): (no_votes_yet,),
    date(2026, 10, 30): (eighty_authors,),
    date(2026, 11, 2): (duplicate_author_names, no_votes_yet),
    date(2026, 11, 4): (repository_with_trailing_slash,),
    date(2026, 11, 6): (project_page_with_leading_spaces,),
    date(2026, 11, 10): (owner_only_link, no_votes_yet),
    date(2026, 11, 12): (withdrawn,),
}
