"""`paperhouse digest`: the digest by mail."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.cli import app
from flows.cli.common import JsonOption, settings, show, show_json

digest = typer.Typer(no_args_is_help=True, help="The digest by mail.")
app.add_typer(digest, name="digest")


@digest.command()
def preview(
    address: Annotated[
        str | None, typer.Option("--for", help="A subscriber, whose wishes are used.")
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            help="The day, or one of the week; by default, the newest.",
            formats=["%Y-%m-%d"],
        ),
    ] = None,
    weekly: Annotated[bool, typer.Option("--weekly", help="A week instead of a day.")] = False,
    folder: Annotated[
        Path, typer.Option("-o", "--output", help="The folder for digest.html and digest.txt.")
    ] = Path(),
) -> None:
    """Write the mail of a day or a week to look at, and print its subject and text; sends none."""
    from flows.digest.preview import write_preview
    from flows.pipeline.run import utc_now

    letter = write_preview(
        settings(),
        folder,
        address=address,
        day=day.date() if day else None,
        weekly=weekly,
        now=utc_now(),
    )
    typer.echo(f"Subject: {letter.subject}\n\n{letter.text}", nl=False)
    typer.echo(f"written: {folder / 'digest.html'} and {folder / 'digest.txt'}", err=True)


@digest.command()
def send(as_json: JsonOption = False) -> None:
    """Send the mails that are due: to each subscriber from their hour on, and each issue once."""
    from flows.digest.job import run_digest
    from flows.pipeline.run import utc_now

    report = run_digest(settings(), clock=utc_now)
    show(report, as_json, is_error=report.exit_code != 0)
    raise typer.Exit(report.exit_code)


@digest.command()
def status(as_json: JsonOption = False) -> None:
    """Say how many people subscribed or wait, what became of the mails, and which are late."""
    from dataclasses import asdict

    from flows.digest.state import read_digest_state
    from flows.pipeline.run import utc_now

    found = read_digest_state(settings(), now=utc_now())
    if as_json:
        known: dict[str, Any] = {**asdict(found), "missed": found.missed} if found else {}
        show_json(known)
        return
    lines = (
        [*(f"missed objective: {line}" for line in found.missed), *found.lines()] if found else []
    )
    for line in lines or ["nobody subscribed yet"]:
        typer.echo(line)


@digest.command("in-doubt")
def in_doubt(
    resend: Annotated[
        list[str] | None,
        typer.Option(help="A mail that did not arrive; it is sent again.", metavar="ID"),
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option(help="A mail that arrived, or is wanted no more.", metavar="ID"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the mails that may or may not have arrived, or decide what becomes of them.

    The relay's log knows: look there for the Message-ID. What is sent again goes out with the next
    `digest send`.
    """
    from dataclasses import asdict

    from flows.digest.state import decide, mails_in_doubt
    from flows.pipeline.run import utc_now

    chosen = settings()
    if resend or drop:
        decide(chosen, resend=resend or (), drop=drop or (), now=utc_now())
    found = mails_in_doubt(chosen)
    if as_json:
        show_json([asdict(mail) | {"mail_id": mail.mail_id} for mail in found])
        return
    from flows.digest.state import in_doubt_line

    for mail in found:
        typer.echo(in_doubt_line(mail))
    typer.echo(f"{len(found):,} in doubt", err=True)
