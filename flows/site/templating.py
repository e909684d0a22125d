"""Templates of the pages, and what they may use: values in words, links, and papers as cards."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from flows.settings import VERSION
from flows.site import words
from tasks.parse.text import printable


def environment_of(thumbnails: bool, form_url: str | None = None) -> Environment:
    """The environment of all templates. Text is escaped; a name that is not given is an error.

    `form_url` is where people subscribe to the digest by mail, if they can.
    """
    made = Environment(
        autoescape=True,
        loader=PackageLoader("flows.site"),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        day=words.day_in_words,
        date=words.date_in_words,
        short=words.short_date,
        month=words.month_in_words,
        week=words.week_in_words,
        iso=date.fromisoformat,
        number=words.number,
        percent=words.percent,
        points=words.change_in_points,
        slug=words.slug,
        file=words.paper_file,
        lead=words.lead,
        web=words.web_address,
        source=words.source_title,
        marked=marked,
    )
    made.filters["in_words"] = in_words
    made.globals.update(
        figure=figure,
        plural=words.plural,
        names_in_short=words.names_in_short,
        thumbnails=thumbnails,
        form_url=form_url,
        version=VERSION,
    )
    return made


def figure(name: str, value: float | None, text: str | None = None) -> Markup:
    """A number of the marts as it is shown; `name` says which one, as in `votes:2611.00012`, so
    that a check can look it up."""
    if value is None:
        return Markup("\u2013")
    shown = escape(words.number(value) if text is None else text)
    return Markup(f'<span class="n" data-figure="{escape(name)}">{shown}</span>')  # noqa: S704 - escaped


def in_words(text: str) -> Markup:
    """Prose as HTML: text between backticks is code. All of it is escaped."""
    code = Markup("<code>{}</code>")
    parts = re.split("`([^`]*)`", text)
    return Markup().join(code.format(part) if n % 2 else part for n, part in enumerate(parts))


def marked(snippet: str) -> Markup:
    """A snippet of the search as HTML: what it marks `**so**` is a mark. All of it is escaped."""
    mark = Markup("<mark>{}</mark>")
    parts = printable(snippet).split("**")
    return Markup().join(mark.format(part) if n % 2 else part for n, part in enumerate(parts))


class Cards:
    """Papers as cards, for pages one folder below the first one; each is made once."""

    def __init__(self, template: Template, **more: Any) -> None:
        self.rows: Mapping[str, dict[str, Any]] = {}
        """What cards are made of, by the id of the paper."""
        self._template = template
        self._more = more
        self._made: dict[str, Markup] = {}

    def row(self, paper_id: str) -> dict[str, Any]:
        """What a card is made of."""
        return self.rows[paper_id]

    def __call__(self, paper_id: str) -> Markup:
        made = self._made.get(paper_id)
        if made is None:
            row = self.rows[paper_id]
            made = Markup(self._template.render(paper=row, **self._more))  # noqa: S704 - escaped
            self._made[paper_id] = made
        return made
