"""The `paperhouse` command. Each subcommand imports what it needs when it runs, so help is fast."""

import importlib
import logging
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup


class _OneLineErrors(TyperGroup):
    """Prints our own errors as one line; the traceback only with --debug."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            # imported here because this module loads all tables, which is too slow for help
            from schemas.errors import PaperhouseError

            if not isinstance(error, PaperhouseError) or ctx.params.get("debug"):
                raise
            typer.echo(f"paperhouse: {error}", err=True)
            raise typer.Exit(error.exit_code) from error


app = typer.Typer(
    name="paperhouse",
    cls=_OneLineErrors,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A warehouse of research digests, filled every night.",
)


@app.callback()
def _settings(
    home: Annotated[
        Path | None, typer.Option(help="The warehouse folder (or PAPERHOUSE_HOME).")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,  # noqa: ARG001
) -> None:
    from tasks.quality.deferred_imports import begin_arrow_without_pandas

    begin_arrow_without_pandas()
    if home is not None:
        os.environ["PAPERHOUSE_HOME"] = str(home)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("paperhouse")
    log.handlers = [handler]
    log.setLevel(logging.INFO if sys.stderr.isatty() else logging.WARNING)


COMMANDS = (
    "run",
    "ingest",
    "backfill",
    "status",
    "issues",
    "drift",
    "quarantine",
    "sql",
    "tables",
    "describe",
    "search",
    "doctor",
    "snapshots",
    "diff",
    "rollback",
    "replay",
    "derive",
    "maintain",
    "docs",
    "serve",
    "prefect",
)
"""The modules that add commands, each named as its command is typed, in the order of the help."""


def add_commands() -> None:
    """Import every module, which adds its command."""
    for name in COMMANDS:
        importlib.import_module(f"{__name__}.{name}")


def main() -> None:
    """Entry point of the console script."""
    add_commands()
    app()
