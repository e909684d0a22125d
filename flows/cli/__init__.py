"""The `paperhouse` command. Each subcommand imports what it needs when it runs, so help is fast."""

import importlib
import logging
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.models import CommandInfo, TyperInfo

_BadArguments: Any = typer.BadParameter.__bases__[0]
"""What a command's arguments can be wrong by; Typer exports one kind of it only."""


class _OneLineErrors(TyperGroup):
    """Prints our own errors, and those of a command's arguments, as one line; the traceback only
    with --debug."""

    def make_context(self, *given: Any, **more: Any) -> Any:
        try:
            return super().make_context(*given, **more)
        except _BadArguments as error:
            raise _told(error) from error

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except _BadArguments as error:
            raise _told(error) from error
        except Exception as error:
            # imported here because this module loads all tables, which is too slow for help
            from schemas.errors import PaperhouseError, one_line

            if not isinstance(error, PaperhouseError) or ctx.params.get("debug"):
                raise
            typer.echo(f"paperhouse: {one_line(error)}", err=True)
            raise typer.Exit(error.exit_code) from error


def _told(error: Any) -> typer.Exit:
    """Say in one line what is wrong with the arguments; the exit to raise then."""
    command = error.ctx.command_path if error.ctx else "paperhouse"
    said = error.format_message().rstrip(".").replace("Value error, ", "")
    typer.echo(f"paperhouse: {said}; see `{command} --help`", err=True)
    return typer.Exit(error.exit_code)


app = typer.Typer(
    name="paperhouse",
    cls=_OneLineErrors,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A warehouse of research digests, filled every night.",
)


def _version(is_wanted: bool) -> None:
    if is_wanted:
        from flows.settings import VERSION

        typer.echo(f"paperhouse {VERSION}")
        raise typer.Exit


@app.callback()
def _settings(
    home: Annotated[
        Path | None, typer.Option(help="The warehouse folder (or PAPERHOUSE_HOME).")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,  # noqa: ARG001
    version: Annotated[  # noqa: ARG001
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    from tasks.http.loopback import spare_loopback
    from tasks.quality.deferred_imports import begin_arrow_without_pandas

    begin_arrow_without_pandas()
    spare_loopback(os.environ)
    if home is not None:
        os.environ["PAPERHOUSE_HOME"] = str(home)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("paperhouse")
    log.handlers = [handler]
    log.setLevel(logging.INFO if sys.stderr.isatty() else logging.WARNING)


COMMANDS = {
    "Load": {
        "run": "paperhouse run",
        "ingest": "paperhouse ingest huggingface:daily:2026-11-20",
        "backfill": "paperhouse backfill huggingface --since 2026-01-01",
    },
    "Query": {
        "sql": 'paperhouse sql "FROM mart.top_papers LIMIT 10"',
        "tables": "paperhouse tables",
        "describe": "paperhouse describe core.listings",
        "search": "paperhouse search video diffusion --since 2026-11-01",
        "show": "paperhouse show 2503.02130",
        "docs": "paperhouse docs build",
        "dashboards": "paperhouse dashboards superset -o bundle.zip",
    },
    "Mail": {
        "digest": "paperhouse digest preview --date 2026-11-20",
        "subscribers": "paperhouse subscribers add reader@example.org --topics robotics",
    },
    "Watch": {
        "status": "paperhouse status",
        "doctor": "paperhouse doctor",
        "drift": "paperhouse drift --source huggingface",
    },
    "Review what was not loaded": {
        "issues": "paperhouse issues list",
        "quarantine": "paperhouse quarantine list",
    },
    "Maintain": {
        "snapshots": "paperhouse snapshots",
        "diff": "paperhouse diff 3 7",
        "rollback": "paperhouse rollback 3",
        "replay": "paperhouse replay",
        "derive": "paperhouse derive",
        "maintain": "paperhouse maintain",
    },
    "Schedule": {
        "serve": "paperhouse serve",
        "prefect": "paperhouse prefect setup",
    },
}
"""The commands as the help groups them, each with an example. Its module has a command's name."""


def add_commands() -> None:
    """Import every module, which adds its command, and put the commands into their groups."""
    for name in (name for examples in COMMANDS.values() for name in examples):
        importlib.import_module(f"{__name__}.{name}")
    infos: list[CommandInfo | TyperInfo] = [*app.registered_commands, *app.registered_groups]
    added = {_name_of(info): info for info in infos}
    for group, examples in COMMANDS.items():
        for name, example in examples.items():
            added[name].rich_help_panel = group
            added[name].epilog = f"For example: {example}"


def _name_of(info: CommandInfo | TyperInfo) -> str:
    return str(info.name or (info.callback and info.callback.__name__))


def main() -> None:
    """Entry point of the console script."""
    add_commands()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a character that an encoding lacks ends nothing
            stream.reconfigure(errors="backslashreplace")
    app()
