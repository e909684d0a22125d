"""The text of a mail, for readers in a terminal: 72 columns, titles whole, one address to a line.

A paper begins with its number at the left edge, everything else of it is indented, and its PDF is
the last line; so our own mailbox source reads it back exactly
(`tasks/sources/mailbox/own_digest.py`).
"""

import textwrap
from collections.abc import Iterator

from flows.digest.choose import ChosenPaper
from flows.digest.facts import Frame, Section, page_of, reasons
from flows.digest.wording import Wording
from tasks.sources.mailbox.own_digest import INDENT, MARK

WIDTH = 72


def text_of(frame: Frame, say: Wording, site: str | None) -> str:
    """The text of a mail; lines end with a line feed."""
    lines = [*_wrapped(frame.title.upper()), "=" * min(WIDTH, len(frame.title)), ""]
    lines += [*_wrapped(frame.counts), *_wrapped(frame.moment)]
    for note in frame.notes:
        lines += ["", *_wrapped(f"! {note}", following="  ")]
    for section in frame.sections:
        lines += ["", "", *_wrapped(section.title), "-" * min(WIDTH, len(section.title))]
        for rank, one in section.papers:
            lines += ["", *_paper(rank, one, section, say, site)]
    return "\n".join([*lines, *_foot(frame, say), ""])


def _paper(
    rank: int, one: ChosenPaper, section: Section, say: Wording, site: str | None
) -> Iterator[str]:
    paper = one.paper
    begun = f"{rank}.".ljust(len(INDENT) - 1) + " "
    yield from _wrapped(paper.title, begun, INDENT)
    yield ""
    counted = say("votes_unknown") if paper.votes is None else say("votes", paper.votes)
    names = say.names(paper.names) if paper.names else ""
    yield from _wrapped(" | ".join(filter(None, [counted, names])), INDENT, INDENT)
    if paper.sentence:
        yield from _wrapped(paper.sentence, INDENT, INDENT)
    if paper.topics:
        yield from _wrapped(f"{say('topics')}: {', '.join(paper.topics)}", INDENT, INDENT)
    if why := reasons(one, say):
        mark = f"* {say('pinned')}: " if section.is_pinned else "* "
        yield from _wrapped(f"{mark}{why}", INDENT, f"{INDENT}  ")
    links = {"page": page_of(paper, site), "code": paper.code_url, "pdf": paper.pdf_url}
    width = max(len(say(key)) for key in links)
    yield from (f"{INDENT}{say(key):<{width}}  {url}" for key, url in links.items() if url)


def _foot(frame: Frame, say: Wording) -> Iterator[str]:
    yield from ("", "", "-" * WIDTH)
    for text in frame.why:
        yield from _wrapped(text)
    for key, url in (("foot_manage", frame.manage), ("foot_stop", frame.stop)):
        if url:
            yield from ("", f"{say(key)}:", url)
    if frame.postal_address:
        yield ""
        yield from frame.postal_address.splitlines()
    yield from ("", f"({MARK})")


def _wrapped(text: str, begun: str = "", following: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=begun,
        subsequent_indent=following,
        break_long_words=False,
        break_on_hyphens=False,
    )
