"""What several commands share: the `--json` option, times in UTC, settings, and reports."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, TypeVar

import typer

Item = TypeVar("Item")

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from flows.pipeline.timings import Timings
    from flows.settings import Settings
    from warehouse.storage.home import Home

CitationFormat = Literal["bibtex", "ris", "csv"]
CitationOption = Annotated[
    CitationFormat | None,
    typer.Option("--format", help="Print for a reference manager, or as CSV, instead."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]
TimingsOption = Annotated[
    bool, typer.Option("--timings", help="Print, last, where the time went, by stage.")
]
RunnerOption = Annotated[
    Literal["here", "dask"],
    typer.Option(help="Where bodies are parsed and facts derived: on this machine, or by Dask."),
]
DaskOption = Annotated[
    str | None,
    typer.Option(help="A Dask cluster's scheduler; without it Dask uses this machine."),
]


class Report(Protocol):
    """What a command has to say, for people and for machines."""

    def lines(self) -> list[str]: ...
    def as_json(self) -> dict[str, Any]: ...


class FinalReport(Report, Protocol):
    """A report that decides the exit code of its command."""

    @property
    def exit_code(self) -> int: ...


def settings() -> "Settings":
    """The settings, read now: importing them at the start would slow down the help."""
    from flows.settings import load_settings

    chosen = load_settings()
    _check(chosen.warehouse())
    return chosen


def _check(home: "Home") -> None:
    """Refuse a home that is no folder, or that a newer version wrote; damage is for the commands
    that read what is damaged."""
    from warehouse.lake.snapshot import read_manifest

    home.check()
    with suppress(OSError, ValueError, KeyError):
        read_manifest(home.lake / "current")


def executor_of(runner: str, dask_address: str | None) -> "AbstractContextManager[Executor | None]":
    """The executor that a command's options name; None for that of this machine."""
    from flows.pipeline.executors import dask

    return dask(dask_address) if runner == "dask" else nullcontext()


def show(report: Report, as_json: bool, *, is_error: bool = False) -> None:
    """Print a report, to standard error if it tells people of an error."""
    if as_json:
        show_json(report.as_json())
        return
    for line in report.lines():
        typer.echo(line, err=is_error)


def show_json(value: Any) -> None:
    """Print a value as JSON; times and dates as ISO text."""
    typer.echo(json.dumps(value, indent=1, ensure_ascii=False, default=str))


def finish(
    report: FinalReport,
    as_json: bool,
    timings: "Timings | None" = None,
    *,
    is_decision: bool = False,
) -> None:
    """Print the report of a run, bring the pages up to date, and exit with its code.

    A report with faults goes to standard error, and so do timings. As JSON they are in the report.
    What a person decided (`is_decision`) is on the pages at once, however many papers there are.
    """
    show(report, as_json, is_error=report.exit_code != 0)
    if timings and not as_json:
        for line in timings.lines():
            typer.echo(line, err=True)
    refresh_pages(always=is_decision)
    raise typer.Exit(report.exit_code)


def refresh_pages(*, always: bool = False) -> None:
    """Bring the pages for people up to date with what is published, if they are wanted; unless
    `always`, only if that does not take longer than the load."""
    from flows.site.after_load import is_due

    chosen = settings()
    if always or is_due(chosen):
        from flows.site.build import refresh_site

        refresh_site(chosen)


def show_citations(paper_ids: Sequence[str], wanted: CitationFormat) -> None:
    """Print papers in a format of reference managers."""
    from flows.site.citations import WRITERS
    from tasks.parse.text import printable
    from warehouse.query.paper import read_papers

    rows = [
        {name: printable(value) if isinstance(value, str) else value for name, value in row.items()}
        for row in read_papers(settings().warehouse().publication, paper_ids)
    ]
    typer.echo(WRITERS["bib" if wanted == "bibtex" else wanted](rows), nl=False)


def watching(what: str) -> Callable[[Sequence[Item]], Iterator[Item]]:
    """A function that gives items one by one, on a terminal behind a progress bar."""

    def watch(items: Sequence[Item]) -> Iterator[Item]:
        from rich.console import Console
        from rich.progress import track

        return iter(track(items, what, console=Console(stderr=True), transient=True))

    return watch if sys.stderr.isatty() else iter


def paper_named(text: str) -> str:
    """The id of a paper that is named by an address, or by an id with a version; other text as it
    is."""
    from tasks.parse.links import paper_of
    from tasks.parse.text import without_version

    return paper_of(text.strip()) or without_version(text.strip())


def utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment and not moment.tzinfo else moment


def say(line: str) -> None:
    typer.echo(f"paperhouse: {line}", err=True)
