"""`paperhouse subscribers`: who gets the digest by mail, and what each one wants."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from flows.cli import app
from flows.cli.common import say, settings, show_json

if TYPE_CHECKING:
    from warehouse.subscriber import Subscriber
    from warehouse.subscribers import Subscribers

subscribers = typer.Typer(no_args_is_help=True, help="Who gets the digest by mail.")
app.add_typer(subscribers, name="subscribers")

StateOption = Annotated[
    Literal["pending", "active", "paused", "stopped", "bouncing"] | None,
    typer.Option(help="Only people in this state."),
]
WhoArgument = Annotated[str, typer.Argument(help="An address, or an id from `list`.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print them as JSON.")]


@subscribers.command()
def add(  # noqa: PLR0913, PLR0917 - one parameter for each option
    address: Annotated[str, typer.Argument(help="The mail address.")],
    consent: Annotated[
        str | None,
        typer.Option(help="How the person agreed; without it, the person is asked by mail."),
    ] = None,
    frequency: Annotated[str | None, typer.Option(help="`daily`, by default, or `weekly`.")] = None,
    topics: Annotated[
        str | None, typer.Option(help="Topics that come first, with `;` between them.")
    ] = None,
    words: Annotated[
        str | None, typer.Option(help="Words or phrases that come first, with `;` between them.")
    ] = None,
    authors: Annotated[
        str | None, typer.Option(help="Names of authors who come first, with `;` between them.")
    ] = None,
    code_only: Annotated[bool, typer.Option("--code-only", help="Only papers with code.")] = False,
    min_votes: Annotated[
        str | None, typer.Option(help="Only papers with so many votes; 0 by default.")
    ] = None,
    max_papers: Annotated[
        str | None, typer.Option(help="At most so many papers a mail, 1 to 100; 15 by default.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="The language of the frame of a mail; `en` by default.")
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option(help="As in Europe/Vienna; UTC by default.")
    ] = None,
    hour: Annotated[
        str | None, typer.Option(help="Local hour from which on to mail, 0 to 23; 7 by default.")
    ] = None,
    unconfirmed: Annotated[
        str | None,
        typer.Option(help="A day that may not be whole: `wait`, by default, or `mark` it."),
    ] = None,
    when_nothing: Annotated[
        bool, typer.Option("--when-nothing", help="Mail also that there is nothing new.")
    ] = False,
) -> None:
    """Add a person: at once with --consent, else after the person confirmed a mail."""
    from flows.digest.addresses import normalised
    from flows.digest.wishes import consent_of, wishes_of
    from flows.pipeline.run import utc_now
    from warehouse.requests import Requests
    from warehouse.subscribers import AlreadySubscribed

    given = {
        "frequency": frequency, "topics": topics, "words": words, "authors": authors,
        "code_only": code_only, "min_votes": min_votes, "max_papers": max_papers,
        "language": language, "time_zone": time_zone, "hour": hour, "unconfirmed": unconfirmed,
        "when_nothing": when_nothing,
    }  # fmt: skip
    wishes = wishes_of({name: value for name, value in given.items() if value is not None})
    address = normalised(address)
    with _opened() as store:
        if there := store.find(address=address):
            raise AlreadySubscribed(f"this person is there already, {there.state}; see `show`")
        if consent:
            origin = f"command: {consent_of(consent)}"
            store.add(address, wishes, state="active", origin=origin, now=utc_now())
            say("added")
        elif Requests(store).put(address, wishes, origin="command", asked_from=None, now=utc_now()):
            say("`paperhouse serve` mails a link to confirm, or the next digest does")
        else:
            say("too many wait to be asked by mail; add this person later")
            raise typer.Exit(1)


@subscribers.command("list")
def list_people(state: StateOption = None, as_json: AsJson = False) -> None:
    """List people, in the order in which they asked."""
    with _opened() as store:
        people = store.all(state)
    if as_json:
        show_json([_as_json(person) for person in people])
        return
    for person in people:
        typer.echo(
            f"{person.subscriber_id}  {person.state:<8}  {person.wishes.frequency:<6}  "
            f"{person.address}"
        )
    typer.echo(f"{len(people):,} subscribers", err=True)


@subscribers.command()
def show(who: WhoArgument, as_json: AsJson = False) -> None:
    """Show one person: state, consent, and all that is wished for."""
    from dataclasses import asdict

    with _opened() as store:
        person = _person(store, who)
    if as_json:
        show_json(_as_json(person))
        return
    typer.echo(f"{person.address}\n{person.state} since {person.state_since:%Y-%m-%d %H:%M} UTC")
    agreed = f"{person.consented_at:%Y-%m-%d %H:%M} UTC" if person.consented_at else "not yet"
    typer.echo(f"asked {person.asked_at:%Y-%m-%d %H:%M} UTC, agreed {agreed}: {person.origin}")
    for name, value in asdict(person.wishes).items():
        typer.echo(f"{name}: {'; '.join(value) if isinstance(value, tuple) else value}")


@subscribers.command()
def pause(who: WhoArgument) -> None:
    """Mail nothing to an active person until `resume`."""
    _change(who, "paused", allowed=("active",))


@subscribers.command()
def resume(who: WhoArgument) -> None:
    """Mail again to a person who paused, or whose server refused mails."""
    _change(who, "active", allowed=("paused", "bouncing"))


@subscribers.command()
def stop(who: WhoArgument) -> None:
    """Mail nothing to a person any more, until the person subscribes anew."""
    _change(who, "stopped", allowed=("pending", "active", "paused", "bouncing"))


@subscribers.command()
def remove(who: WhoArgument) -> None:
    """Delete all that is stored of a person, so that no list brings the address back."""
    from flows.digest.addresses import BadAddress, normalised
    from flows.pipeline.run import utc_now

    with _opened() as store:
        if store.find(id=who) is None:
            try:
                is_unknown = store.find(address=normalised(who)) is None
                if is_unknown and store.remove_requests(normalised(who), now=utc_now()):
                    say("removed, before a link to confirm was mailed")
                    return
                is_gone = is_unknown and store.was_removed(normalised(who))
            except BadAddress:
                is_gone = False
            if is_gone:
                store.erase()
                say("this person was removed before")
                return
        store.remove(_person(store, who), now=utc_now())
    say("removed")


@subscribers.command("import")
def import_people(
    file: Annotated[Path, typer.Argument(help="A CSV whose first line names its columns.")],
    consent: Annotated[
        str | None,
        typer.Option(help="How those agreed whose line has no `origin`; else each one is asked."),
    ] = None,
) -> None:
    """Add the people of a list: an exported one, or any CSV with a column `address`."""
    from flows.digest.lists import import_list
    from flows.pipeline.run import utc_now

    with _opened() as store:
        done = import_list(store, file, consent=consent, now=utc_now())
    for line in done.lines():
        typer.echo(line)
    raise typer.Exit(3 if done.faults else 0)


@subscribers.command("export")
def export_people(
    state: StateOption = None,
    output: Annotated[
        Path | None, typer.Option(help="A file, readable by you only, instead of the screen.")
    ] = None,
) -> None:
    """Print people as CSV that `import` reads."""
    from flows.digest.lists import export_list
    from schemas.errors import UsageError

    with _opened() as store:
        people = store.all(state)
    if output is None:
        export_list(people, sys.stdout)
        return
    try:
        opened = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        os.fchmod(opened, 0o600)
    except OSError as error:
        raise UsageError(f"cannot write {output}: {error.strerror}") from error
    with os.fdopen(opened, "w", encoding="utf-8", newline="") as target:
        export_list(people, target)
    say(f"{len(people):,} subscribers written")


@contextmanager
def _opened() -> "Iterator[Subscribers]":
    from warehouse.subscribers import open_subscribers

    home = settings().warehouse()
    home.create()
    with open_subscribers(home.subscribers) as store:
        yield store


def _person(store: "Subscribers", who: str) -> "Subscriber":
    from flows.digest.addresses import BadAddress, normalised
    from schemas.errors import UsageError

    person = store.find(id=who)
    if person is None:
        try:
            person = store.find(address=normalised(who))
        except BadAddress:
            person = None
    if person is None:
        raise UsageError("no subscriber has this address or id; `subscribers list` has them all")
    return person


def _change(
    who: str, state: Literal["active", "paused", "stopped"], *, allowed: tuple[str, ...]
) -> None:
    from flows.pipeline.run import utc_now
    from schemas.errors import UsageError

    with _opened() as store:
        person = _person(store, who)
        if person.state not in (*allowed, state):
            raise UsageError(f"this person is {person.state}; allowed for: {', '.join(allowed)}")
        store.change(person, state=state, now=utc_now())
    say(state)


def _as_json(person: "Subscriber") -> dict[str, Any]:
    """A person without what signs links."""
    from dataclasses import asdict

    said = asdict(person)
    said.pop("nonce")
    times = ("asked_at", "consented_at", "state_since")
    return said | {name: said[name] and said[name].isoformat() for name in times}
