"""What the digest costs a subscriber: `python -m benchmarks.digest`.

Every API body at hand is loaded, unless a home is given. Then mails of its largest day and week are
chosen and written for so many people: where no two have equal wishes, chosen one by one or ahead
for all; where ten wishes are shared by all; and for a few people without what is prepared and
shared, as the ratio's base.
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import duckdb

from benchmarks.load import REAL, SAMPLE
from flows.digest.choose import Choices, choose, choose_ahead
from flows.digest.issues import Issue, due_issues
from flows.digest.letter import LetterLinks, letter_of
from flows.jobs.ingest import ingest
from flows.settings import Settings
from tasks.derive.taxonomy import AREAS
from warehouse.query.read_only import reading
from warehouse.subscriber import Wishes

_LOADED_AT = datetime(2026, 8, 20, tzinfo=UTC)
_NAMES = ("Li", "Wang", "Zhang", "Chen", "Yann LeCun", "Smith", "Sch\u00f6lkopf", "Kim", "Garcia")
_WORDS = ("diffusion", "reasoning", "retrieval", "robot", "speech", "benchmark", "agent", "3D")
_ALONE = 50
"""So many people are enough to tell what one costs by herself."""
_SHARED = 10


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=10_000, help="subscribers")
    parser.add_argument("--home", type=Path, help="a home that is loaded")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(home=arguments.home or Path(scratch) / "home")
        if arguments.home is None:
            folder = REAL if REAL.is_dir() else SAMPLE
            ingest(settings, [str(folder)], clock=lambda: _LOADED_AT)
        with reading(settings.warehouse().publication, "256MB") as connection:
            _measure(connection, settings, arguments.people)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\npeak memory {peak_mib:,} MiB, with the loading of bodies if no home was given")


def _measure(connection: duckdb.DuckDBPyConnection, settings: Settings, n_people: int) -> None:
    print("| issue | papers | wishes | people | wall ms each | CPU ms each | CPU, times alone |")
    print("|---|---:|---|---:|---:|---:|---:|")
    issues = due_issues(connection, datetime.now(UTC), 36_500)
    for frequency in ("daily", "weekly"):
        largest = max((i for i in issues if i.frequency == frequency), key=lambda i: i.n_papers)
        _compare(connection, settings, largest, n_people)


def _compare(
    connection: duckdb.DuckDBPyConnection, settings: Settings, issue: Issue, n_people: int
) -> None:
    now = datetime.combine(issue.on + timedelta(days=1), datetime.min.time(), UTC)
    different = [_wishes(n) for n in range(n_people)]
    equal = [different[n % _SHARED] for n in range(n_people)]

    def alone(wishes: Wishes, n: int) -> None:
        chosen = Choices(connection, issue).choose(wishes, now)
        letter_of(chosen, links=_links(n), settings=settings)

    def one_by_one(wishes: Wishes, n: int) -> None:
        chosen = choose(connection, issue, wishes, now)
        letter_of(chosen, links=_links(n), settings=settings)

    base: float | None = None
    for name, mail, people in (
        ("alone", alone, different[:_ALONE]),
        ("different, one by one", one_by_one, different[: 10 * _ALONE]),
        ("different, chosen ahead", one_by_one, different),
        (f"{_SHARED} for all", one_by_one, equal),
    ):
        ahead = [wishes for wishes in people if "ahead" in name]
        begin = partial(choose_ahead, connection, issue, ahead, now)
        wall_ms, cpu_ms = _ms_each(begin, mail, people)
        base = base or cpu_ms
        shown = f"{len(people):,} | {wall_ms:.2f} | {cpu_ms:.2f} | {cpu_ms / base:.3f}"
        print(f"| {issue} | {issue.n_papers} | {name} | {shown} |", flush=True)


def _ms_each(
    begin: Callable[[], None], mail: Callable[[Wishes, int], None], people: Sequence[Wishes]
) -> tuple[float, float]:
    """Milliseconds of wall and of processor time, with what is done once for all."""
    wall, cpu = time.perf_counter(), time.process_time()
    begin()
    for n, wishes in enumerate(people):
        mail(wishes, n)
    spent = time.perf_counter() - wall, time.process_time() - cpu
    return 1000 * spent[0] / len(people), 1000 * spent[1] / len(people)


def _wishes(n: int) -> Wishes:
    """Wishes that nobody else has: `n` is one of the words."""
    chance = random.Random(n)  # noqa: S311 - no secret
    return Wishes(
        topics=tuple(chance.sample(sorted(AREAS), chance.randint(0, 4))),
        words=(*chance.sample(_WORDS, chance.randint(0, 3)), f"word {n}"),
        authors=tuple(chance.sample(_NAMES, chance.randint(0, 3))),
        min_votes=chance.choice((0, 0, 5)),
        max_papers=chance.choice((5, 15, 15, 40)),
        language=chance.choice(("en", "de")),
    )


def _links(n: int) -> LetterLinks:
    site = "https://papers.example.org/"
    return LetterLinks(f"{site}change?t={n:064x}", f"{site}stop?t={n:064x}", site)


if __name__ == "__main__":
    main()
