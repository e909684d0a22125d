"""`paperhouse issues`: review of held issues, and taking loaded ones back."""

from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import JsonOption, finish, settings, show_json

issues = typer.Typer(no_args_is_help=True, help="Release held issues, withdraw loaded ones.")
app.add_typer(issues, name="issues")


@issues.command("list")
def list_held(
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List the issues that are held now: when they were captured, and why."""
    from flows.jobs.review import held_issues
    from flows.pipeline.report import HELD_HINT

    rows = held_issues(settings())
    if as_json:
        show_json(rows)
        return
    for row in rows:
        typer.echo(f"{row['issue_id']}  {row['captured_at']:%Y-%m-%d %H:%M} UTC  {row['reason']}")
    typer.echo(f"{len(rows):,} held{f'; {HELD_HINT}' if rows else ''}", err=True)


@issues.command()
def release(
    issue: Annotated[str, typer.Argument(help="A held issue, as `list` names it.")],
    why: Annotated[str, typer.Option(help="Why it may be loaded; recorded.")],
    as_json: JsonOption = False,
) -> None:
    """Load a held issue anyway; later captures are compared with it."""
    from flows.jobs.review import release as release_issue

    finish(release_issue(settings(), issue, why=why), as_json, is_decision=True)


@issues.command()
def withdraw(
    issues: Annotated[
        list[str], typer.Argument(help="Loaded issues, as huggingface:daily:2026-11-20.")
    ],
    why: Annotated[str, typer.Option(help="Why they must not be loaded; recorded.")],
    as_json: JsonOption = False,
) -> None:
    """Undo the loads of issues in a new snapshot; their next good capture loads by itself."""
    from flows.jobs.review import withdraw as withdraw_issues

    finish(withdraw_issues(settings(), issues, why=why), as_json, is_decision=True)
