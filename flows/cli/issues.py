"""Commands about whole issues: `issues list` and `issues release`."""

from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import finish

issues = typer.Typer(no_args_is_help=True, help="Issues that were held back, and letting them in.")
app.add_typer(issues, name="issues")


@issues.command("list")
def list_held() -> None:
    """List the issues that are held now: when they were taken, and why."""
    from flows.jobs.review import held_issues
    from flows.settings import load_settings

    rows = held_issues(load_settings())
    for row in rows:
        typer.echo(f"{row['issue_id']}  {row['captured_at']:%Y-%m-%d %H:%M} UTC  {row['reason']}")
    typer.echo(f"{len(rows):,} held", err=True)


@issues.command()
def release(
    issue: Annotated[str, typer.Argument(help="A held issue, as `list` names it.")],
    why: Annotated[str, typer.Option(help="Why it may come in; kept on record.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Load a held issue all the same; later fetches are compared with it."""
    from flows.jobs.review import release as release_issue
    from flows.settings import load_settings

    finish(release_issue(load_settings(), issue, why=why), as_json)
