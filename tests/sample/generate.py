"""Write the sample digests: `python -m tests.sample.generate` rewrites them byte for byte.

Three weeks of daily issues (JSON), one page in full and one reduced to its cards (HTML), one
text rendering of a search page, and three issues as a later fetch finds them. Everything follows
from `SEED` and the calendar below; no clock is read.
"""

import copy
import json
import textwrap
from datetime import date
from itertools import cycle
from pathlib import Path
from random import Random

from tests.replica import page
from tests.sample.compose import compose
from tests.sample.items import Listing, Row, midnight, row, stamp
from tests.sample.oddities import ODDITIES
from tests.sample.phrases import TOPICS

SEED = "paperhouse sample"
HERE = Path(__file__).parent
PAPERS_ON = {
    date(2026, 10, 26): 12,
    date(2026, 10, 27): 18,
    date(2026, 10, 28): 16,
    date(2026, 10, 29): 20,
    date(2026, 10, 30): 11,
    date(2026, 11, 2): 14,
    date(2026, 11, 3): 22,
    date(2026, 11, 4): 17,
    date(2026, 11, 5): 19,
    date(2026, 11, 6): 9,
    date(2026, 11, 9): 13,
    date(2026, 11, 10): 18,
    date(2026, 11, 11): 16,
    date(2026, 11, 12): 21,
    date(2026, 11, 13): 14,
}
LATE_ON = {date(2026, 10, 29): 2, date(2026, 11, 5): 1, date(2026, 11, 12): 2}
LISTED_AGAIN = (date(2026, 10, 29), date(2026, 11, 2))
INDENT_ON = {date(2026, 10, 26): 2, date(2026, 10, 30): 1, date(2026, 11, 6): 2}
FULL_PAGE, CARDS_ONLY = date(2026, 11, 13), date(2026, 11, 12)
SEARCH_PAPERS = 12
SEARCH_HEAD = """new

Get trending papers in your email inbox!

Subscribe

Daily Papers

by AK and the research community
"""
FIRST_PAPER_NUMBER = 60_000  # above any month's count, so that no id is that of a real paper

Issues = dict[date, list[Row]]


def issues() -> tuple[Issues, Issues]:
    """The issues as first fetched, and the late rows of the days that have any."""
    rng = Random(SEED)  # noqa: S311  a seed, not a secret
    topics = cycle(rng.sample(TOPICS, len(TOPICS)))
    numbers = iter(rng.sample(range(FIRST_PAPER_NUMBER, 100_000), 400))
    titles: set[str] = set()
    first: Issues = {}
    late: Issues = {}
    for day, count in PAPERS_ON.items():
        rows = [
            row(rng, listing)
            for listing in (
                Listing(
                    text=compose(rng, next(topics), titles),
                    paper_id=paper_id(day, next(numbers)),
                    day=day,
                    upvotes=votes(rng),
                    comments=rng.choice((0, 0, 1, 1, 1, 2, 3, 5)),
                )
                for _ in range(count + LATE_ON.get(day, 0))
            )
        ]
        first[day], late[day] = rows[:count], rows[count:]
        for oddity in ODDITIES.get(day, ()):
            oddity(rng, first[day])
    list_again(first)
    return first, late


def paper_id(day: date, number: int) -> str:
    """An arXiv-like id. Papers reach the list within days, so early November lists October's."""
    month = "2610" if day < date(2026, 11, 4) else "2611"
    return f"{month}.{number}"


def votes(rng: Random) -> int:
    """Upvotes with the long tail of real issues: most papers a few, one or two a hundred."""
    return min(int(rng.paretovariate(0.9) * 3), 300)


def list_again(first: Issues) -> None:
    """Put one paper on a second day, with the votes it has gathered meanwhile."""
    source, target = LISTED_AGAIN
    again = copy.deepcopy(first[source][1])
    again["paper"]["upvotes"] += 21
    again["numComments"] += 2
    again["paper"]["submittedOnDailyAt"] = stamp(midnight(target))
    first[target][4] = again


def fetched_later(rng: Random, rows: list[Row], late: list[Row]) -> list[Row]:
    """The same issue days afterwards: votes, comments and stars grow, code links fill in.

    Late papers stand at the top; one optional field of the last row has vanished.
    """
    grown = copy.deepcopy(rows)
    for item in grown:
        paper = item["paper"]
        paper["upvotes"] += int(paper["upvotes"] * rng.uniform(0.05, 1.2)) + rng.randint(0, 3)
        item["numComments"] += rng.choice((0, 0, 1, 2))
        if "githubStars" in paper:
            paper["githubStars"] += rng.randint(0, 60)
    coded = next(item["paper"] for item in grown if "githubRepo" not in item["paper"])
    coded["githubRepo"] = f"https://github.com/example-lab/paper-{coded['id'].replace('.', '-')}"
    coded["githubStars"] = rng.randint(1, 30)
    del grown[-1]["paper"]["ai_summary"]
    return [*late, *grown]


def search_text(rng: Random) -> str:
    """A text rendering of a search page: furniture, then bare titles and abstracts."""
    titles: set[str] = set()
    found = [compose(rng, topic, titles) for topic in rng.sample(TOPICS, SEARCH_PAPERS)]
    records = [f"{text.title}\n\n{text.abstract}" for text in found]
    records[3] = "\n".join(textwrap.wrap(found[3].title, 48)) + f"\n\n{found[3].abstract}"
    return "\n\n".join([SEARCH_HEAD.rstrip("\n"), *records]) + "\n"


def files() -> dict[str, str]:
    """Every sample file as relative path and content."""
    first, late = issues()
    rng = Random(f"{SEED}, later")  # noqa: S311  a seed, not a secret
    later = {day: fetched_later(rng, first[day], late[day]) for day in LATE_ON}
    return {
        **{f"huggingface/api/{day}.json": body(day, rows) for day, rows in first.items()},
        **{f"huggingface/later/{day}.json": body(day, rows) for day, rows in later.items()},
        f"huggingface/html/{FULL_PAGE}.html": html_of(first, FULL_PAGE, hydrated=True),
        f"huggingface/html/{CARDS_ONLY}-cards-only.html": html_of(
            first, CARDS_ONLY, hydrated=False
        ),
        "pagedump/search.txt": search_text(rng),
    }


def body(day: date, rows: list[Row]) -> str:
    """The rows as a saved API body: minified as sent, or re-indented by whoever saved it."""
    indent = INDENT_ON.get(day)
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(rows, ensure_ascii=False, indent=indent, separators=separators)


def html_of(first: Issues, day: date, *, hydrated: bool) -> str:
    """The page of one issue day."""
    previous = max(other for other in first if other < day)
    return page.render(first[day], day, previous, hydrated=hydrated)


def write_sample(folder: Path) -> None:
    """Write every sample file below `folder`."""
    for name, content in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())


if __name__ == "__main__":
    write_sample(HERE)
