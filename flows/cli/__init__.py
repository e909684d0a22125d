"""The `paperhouse` command. Each verb imports what it needs when it runs: help answers at once."""

import importlib
import logging
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup


class _OneLineErrors(TyperGroup):
    """Reports what a person can act on in one line; the traceback only with --debug."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            # the errors' module loads the tables, which takes longer than help may
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
    _let_arrow_begin_without_pandas()
    if home is not None:
        os.environ["PAPERHOUSE_HOME"] = str(home)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("paperhouse")
    log.handlers = [handler]
    log.setLevel(logging.INFO if sys.stderr.isatty() else logging.WARNING)


def _let_arrow_begin_without_pandas() -> None:
    """Have Arrow make its first array while it cannot find pandas, which it imports then.

    Only a command that validates needs pandas, and Arrow finds it when it is asked for a frame: the
    others start in two thirds of the time (decision 27).
    """
    from tasks.quality.deferred_imports import not_there

    with not_there("pandas"):
        import pyarrow as pa

        pa.array([])


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
    """Let every module add its command."""
    for name in COMMANDS:
        importlib.import_module(f"{__name__}.{name}")


def main() -> None:
    """Entry point of the console script."""
    add_commands()
    app()
