"""Writes a mail: its subject, its HTML with the styles inlined, and a text that reads as well.

Prevents a mail that asks a server for anything (no pictures, fonts or counters), that runs or turns
around what a title says, and one that its reader cannot stop. What is the same for people with
equal wishes is written once; only their links differ.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from importlib.resources import files

from css_inline import CSSInliner

from flows.digest.choose import Chosen, ChosenPaper
from flows.digest.facts import Frame, frame_of, page_of, reasons
from flows.digest.subject import subject_of
from flows.digest.templating import templates
from flows.digest.text_part import text_of
from flows.digest.wording import wording
from flows.settings import Settings
from tasks.sources.mailbox.own_digest import MARK

_MANAGE = "https://manage.invalid/0"
_STOP = "https://stop.invalid/0"
"""Stand for a person's own links in what many people share."""
_SHARED_BY_AT_MOST = 256


@dataclass(frozen=True)
class LetterLinks:
    """Where the links of a person's mail lead: to change, to stop, to the pages (`site.url`). None
    where no page is served."""

    manage: str | None = None
    stop: str | None = None
    site: str | None = None


@dataclass(frozen=True)
class Letter:
    """Subject, text and HTML of a mail, and the papers it names, in its order."""

    subject: str
    text: str
    html: str
    paper_ids: tuple[str, ...]


def letter_of(chosen: Chosen, *, links: LetterLinks, settings: Settings) -> Letter:
    """The mail with what was chosen for a person."""
    shared = _shared(
        chosen,
        LetterLinks(links.manage and _MANAGE, links.stop and _STOP, links.site),
        settings.digest.sender,
        settings.digest.postal_address,
    )
    html, text = shared.html, shared.text
    for stands_for, link in ((_MANAGE, links.manage), (_STOP, links.stop)):
        if link:
            html = html.replace(stands_for, escape(link))
            text = text.replace(stands_for, link)
    return Letter(shared.subject, text, html, shared.paper_ids)


@lru_cache(maxsize=_SHARED_BY_AT_MOST)
def _shared(
    chosen: Chosen, links: LetterLinks, sender: str | None, postal_address: str | None
) -> Letter:
    """The mail of all who have the same papers for the same reasons."""
    say = wording(chosen.wishes.language)
    frame = frame_of(
        chosen,
        say,
        manage=links.manage,
        stop=links.stop,
        sender=sender,
        postal_address=postal_address,
    )
    subject = subject_of(chosen, say)
    return Letter(
        subject,
        text_of(frame, say, links.site),
        _html(chosen, frame, subject, links.site),
        tuple(one.paper.paper_id for one in chosen.papers),
    )


def _html(chosen: Chosen, frame: Frame, subject: str, site: str | None) -> str:
    def page(one: ChosenPaper) -> str | None:
        return page_of(one.paper, site)

    say = wording(chosen.wishes.language)
    written = (
        templates()
        .get_template("letter.html")
        .render(
            chosen=chosen,
            frame=frame,
            subject=subject,
            say=say,
            page=page,
            reasons=lambda one: reasons(one, say),
            mark=MARK,
            dark=_file("dark.css"),
        )
    )
    return _inliner().inline(written)


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(
        extra_css=_file("letter.css"), load_remote_stylesheets=False, keep_style_tags=True
    )


def _file(name: str) -> str:
    return (files("flows.digest") / "templates" / name).read_text(encoding="utf-8")
