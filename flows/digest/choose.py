"""Chooses what one person is sent of an issue: ranked papers with reasons, counts, notes.

What matches and how it is ranked, `warehouse/query/digest.sql` says. The papers of an issue are
gathered once for everybody, and people with equal wishes share what was chosen for them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

import duckdb

from flows.digest.issues import Issue
from flows.site import words
from tasks.parse.text import on_one_line
from tasks.sources.huggingface.issues import NAME
from warehouse.query.digest import Place, Ranked, Wished, prepare, rank
from warehouse.subscriber import Wishes

Note = Literal["incomplete", "late"]
"""What a reader should know: the list may be incomplete; it comes later than usual."""
_LATE_AFTER = timedelta(days=3)
"""A list that comes later than this is marked; Friday's may come on Monday."""
_TOGETHER = 500
"""So many different wishes are looked up in one query; bounds memory."""


@dataclass(frozen=True)
class ShownPaper:
    """A paper as a mail shows it. Texts are on one line and have no characters that turn text
    around. `names` has no authors who asked not to be shown."""

    paper_id: str
    title: str
    names: tuple[str, ...]
    votes: int | None
    code_url: str | None
    pdf_url: str | None
    hf_url: str | None
    topics: tuple[str, ...]
    sentence: str
    listed_on: date


@dataclass(frozen=True, slots=True)
class ChosenPaper:
    """A paper in a mail, and why it is there: what it matches of a person's wishes."""

    paper: ShownPaper
    place: Place
    topics: tuple[str, ...]
    words: tuple[str, ...]
    authors: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Chosen:
    """What a person is sent of an issue. Two are equal only if they are the same object, so that
    what is made of one can be kept beside it.

    `votes_at` is when the votes were last seen; None where they never were.
    """

    issue: Issue
    wishes: Wishes
    papers: tuple[ChosenPaper, ...]
    notes: tuple[Note, ...]
    votes_at: datetime | None

    @property
    def matching(self) -> tuple[ChosenPaper, ...]:
        """The papers that match a wish."""
        return tuple(one for one in self.papers if one.place != "top")

    @property
    def has_wishes(self) -> bool:
        """Whether anything in particular was asked for."""
        return bool(self.wishes.topics or self.wishes.words or self.wishes.authors)


class Choices:
    """The papers of one issue, gathered once, from which each person's are chosen."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, issue: Issue) -> None:
        self._connection = connection
        self._issue = issue
        rows = prepare(connection, str(issue), NAME, issue.first_on, issue.on)
        self._papers = {row["paper_id"]: _shown(row) for row in rows}
        self._votes_at = max((r["seen_at"] for r in rows if r["upvotes"] is not None), default=None)
        self._chosen: dict[tuple[Wishes, tuple[Note, ...]], Chosen] = {}

    def choose(self, wishes: Wishes, now: datetime) -> Chosen:
        """What somebody with these wishes is sent at `now`; the same object for equal wishes,
        whenever and wherever these want their mail."""
        key = (of_content(wishes), _notes(self._issue, now))
        if key not in self._chosen:
            self.gather([wishes], now)
        return self._chosen[key]

    def gather(self, many: Iterable[Wishes], now: datetime) -> None:
        """Choose for many people ahead: together that costs a fraction of one after the other."""
        notes = _notes(self._issue, now)
        different = dict.fromkeys(of_content(wishes) for wishes in many)
        wanted = [wishes for wishes in different if (wishes, notes) not in self._chosen]
        for begin in range(0, len(wanted), _TOGETHER):
            some = wanted[begin : begin + _TOGETHER]
            ranked = rank(self._connection, str(self._issue), [_wished(wishes) for wishes in some])
            for wishes, papers in zip(some, ranked, strict=True):
                found = tuple(_chosen(one, self._papers) for one in papers)
                self._chosen[wishes, notes] = Chosen(
                    self._issue, wishes, found, notes, self._votes_at
                )


def choose(
    connection: duckdb.DuckDBPyConnection, issue: Issue, wishes: Wishes, now: datetime
) -> Chosen:
    """What somebody with these wishes is sent of an issue at `now`. The issue's papers are read
    when it is first asked for on a connection."""
    return _choices(connection, issue).choose(wishes, now)


def choose_ahead(
    connection: duckdb.DuckDBPyConnection, issue: Issue, many: Iterable[Wishes], now: datetime
) -> None:
    """Choose for many people at once, so that `choose` has it ready for each of them."""
    _choices(connection, issue).gather(many, now)


def is_worth_sending(chosen: Chosen, wishes: Wishes) -> bool:
    """Whether a mail is sent: when it has papers, or to who wants to hear that there are none."""
    return bool(chosen.papers) or wishes.when_nothing


def of_content(wishes: Wishes) -> Wishes:
    """The wishes without what decides only when a mail is sent."""
    usual = Wishes()
    return replace(
        wishes,
        time_zone=usual.time_zone,
        hour=usual.hour,
        unconfirmed=usual.unconfirmed,
        when_nothing=usual.when_nothing,
    )


@lru_cache(maxsize=2)
def _choices(connection: duckdb.DuckDBPyConnection, issue: Issue) -> Choices:
    return Choices(connection, issue)


def _wished(wishes: Wishes) -> Wished:
    return Wished(**{name: getattr(wishes, name) for name in Wished._fields})


def _notes(issue: Issue, now: datetime) -> tuple[Note, ...]:
    is_late = now.astimezone(UTC).date() - issue.on > _LATE_AFTER
    notes: list[Note] = [] if issue.is_confirmed else ["incomplete"]
    return (*notes, "late") if is_late else tuple(notes)


def _chosen(one: Ranked, papers: Mapping[str, ShownPaper]) -> ChosenPaper:
    topics, said, authors = (
        tuple(map(on_one_line, texts)) for texts in (one.topics, one.words, one.authors)
    )
    return ChosenPaper(papers[one.paper_id], one.place, topics, said, authors)


def _shown(row: Mapping[str, Any]) -> ShownPaper:
    return ShownPaper(
        paper_id=row["paper_id"],
        title=on_one_line(row["title"]) or row["paper_id"],
        names=tuple(filter(None, map(on_one_line, row["names"]))),
        votes=row["upvotes"],
        code_url=_address(row["code_url"]),
        pdf_url=_address(row["pdf_url"]),
        hf_url=_address(row["hf_url"]),
        topics=tuple((row["topics"] or "").split(", ")) if row["topics"] else (),
        sentence=words.lead(on_one_line(row["lead"] or "")),
        listed_on=row["listed_on"],
    )


def _address(url: str | None) -> str | None:
    """An address that a link may lead to, of characters that every mail reader takes."""
    shown = words.web_address(url)
    return shown if shown and shown.isascii() and shown.isprintable() and " " not in shown else None
