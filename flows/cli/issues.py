"""`paperhouse issues`: review of held issues."""

from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import JsonOption, finish, settings

issues = typer.Typer(no_args_is_help=True, help="Issues that are held, and releasing them.")
app.add_typer(issues, name="issues")


@issues.command("list")
def list_held() -> None:
    """List the issues that are held now: when they were captured, and why."""
    from flows.jobs.review import held_issues

    rows = held_issues(settings())
    for row in rows:
        typer.echo(f"{row['issue_id']}  {row['captured_at']:%Y-%m-%d %H:%M} UTC  {row['reason']}")
    typer.echo(f"{len(rows):,} held", err=True)


@issues.command()
def release(
    issue: Annotated[str, typer.Argument(help="A held issue, as `list` names it.")],
    why: Annotated[str, typer.Option(help="Why it may be loaded; recorded.")],
    as_json: JsonOption = False,
) -> None:
    """Load a held issue anyway; later captures are compared with it."""
    from flows.jobs.review import release as release_issue

    finish(release_issue(settings(), issue, why=why), as_json)
