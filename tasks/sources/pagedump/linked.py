"""From lines with links to events: the part shared by Markdown, plain links and text browsers.

Each format splits its lines into words, some of which are links; here words become events.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from tasks.parse.links import is_damaged, is_leaving, paper_of
from tasks.parse.model import Span
from tasks.sources.pagedump.assemble import Event
from tasks.sources.pagedump.facts import is_name, read_facts
from tasks.sources.pagedump.lines import is_abstract, is_furniture

NO_ID = "a link to a paper from which no id can be read"
NO_ADDRESS = "a title whose link has characters that no address has"
UNKNOWN = "?"
"""The target of a link whose address is missing from the text."""

_REPO = re.compile(r"https?://github\.com/[\w.-]{1,100}/[\w.-]{1,100}/?", re.ASCII)
_OWN_PAGE = re.compile(r"/[\w.-]{1,60}/?", re.ASCII)
_SITE = frozenset({"huggingface.co", "www.huggingface.co", "hf.co", ""})
_NOT_ORGANIZATIONS = frozenset(
    {
        *("papers", "models", "datasets", "spaces", "docs", "posts", "pricing", "login", "join"),
        *("blog", "enterprise", "chat", "learn", "tasks", "organizations", "terms-of-service"),
        *("privacy", "huggingface", "storage", "inference", "languages", "collections", "new"),
    }
)
_BUTTONS = re.compile(
    r"(?:view |read |open )?(?:paper|pdf|html|abs|abstract|arxiv(?: page)?|share|link|more|here"
    r"|view|read more|read the paper|full text|\d{0,3}|https?://\S{0,2000})\W{0,3}",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?:git ?hub|code|repo)\b", re.IGNORECASE)
_SUBMITTED_BY = re.compile(r"submitted by:?", re.IGNORECASE)
_HEADLINE = 4
"""A link with so many words may be a title; navigation links have fewer."""


class Words(NamedTuple):
    """Some words of a line and where they link to, if they do."""

    text: str
    target: str | None = None


class LinkedLine(NamedTuple):
    """A line split into words; `is_heading` if it is marked as one."""

    words: tuple[Words, ...]
    span: Span
    is_heading: bool = False
    gap: bool = True

    @property
    def plain(self) -> str | None:
        """The text of a line that is only running text; None for any other."""
        if self.is_heading or len(self.words) != 1 or self.words[0].target:
            return None
        text = self.words[0].text.strip()
        return None if is_furniture(text) or read_facts(text) else text


def events_of(lines: Iterable[LinkedLine]) -> list[Event]:
    """The events of lines, in order."""
    events: list[Event] = []
    is_submitter = False
    for line in lines:
        for words in line.words:
            text = words.text.strip()
            if not text and not words.target:
                continue
            if is_submitter and is_name(text) and " " not in text:
                events.append(Event("submitter", text, line.span))
            else:
                events += _of_words(Words(text, words.target), line)
            is_submitter = _SUBMITTED_BY.fullmatch(text) is not None
    return _linked_titles(_linked_titles(events, 2), 1)


def joined(lines: Iterable[LinkedLine]) -> list[LinkedLine]:
    """Lines of running text joined to paragraphs, unless a blank line separates them."""
    found: list[LinkedLine] = []
    parts: list[str] = []
    for line in lines:
        text = line.plain
        if parts and text is not None and not line.gap:
            parts.append(text)
            span = Span(found[-1].span.start, line.span.end)
            found[-1] = found[-1]._replace(span=span)
            continue
        _close(found, parts)
        found.append(line)
        parts = [] if text is None else [text]
    _close(found, parts)
    return found


def _close(found: list[LinkedLine], parts: list[str]) -> None:
    if len(parts) > 1:
        found[-1] = found[-1]._replace(words=(Words(" ".join(parts)),))


def _of_words(words: Words, line: LinkedLine) -> Iterator[Event]:
    text, target = words
    if target is None:
        yield from _of_text(text, line)
    elif target == UNKNOWN:
        yield from _of_unknown(text, line.span)
    elif is_leaving(target):
        return
    elif arxiv_id := paper_of(target):
        yield from _of_paper(text, target, arxiv_id, line.span)
    elif is_damaged(target):
        yield Event("damaged", NO_ID, line.span)
    elif not target.isprintable() and (line.is_heading or len(text.split()) >= _HEADLINE):
        yield Event("damaged", NO_ADDRESS, line.span)
    else:
        yield from _of_other_link(text, target, line.span)


def _of_text(text: str, line: LinkedLine) -> Iterator[Event]:
    if is_furniture(text):
        return
    facts = read_facts(text)
    if facts:
        yield from (Event(*fact, line.span) for fact in facts)
    elif is_abstract(text):
        yield Event("abstract", text, line.span)
    elif any(map(str.isalnum, text)):
        yield Event("heading" if line.is_heading else "text", text, line.span)


def _of_unknown(text: str, span: Span) -> Iterator[Event]:
    facts = read_facts(text)
    if facts:
        yield from (Event(*fact, span) for fact in facts)
    elif len(text.split()) >= _HEADLINE and not is_furniture(text):
        yield Event("title", text, span)


def _of_paper(text: str, target: str, arxiv_id: str, span: Span) -> Iterator[Event]:
    facts = read_facts(text)
    if facts or is_furniture(text) or is_abstract(text) or _BUTTONS.fullmatch(text):
        yield Event("link", None, span, arxiv_id)
    else:
        yield Event("title", text, span, arxiv_id)
    if is_abstract(text):
        yield Event("abstract", text, span)
    for kind, value in facts:
        is_comments = kind == "count" and target.endswith("#community")
        yield Event("comments" if is_comments else kind, value, span)


def _of_other_link(text: str, target: str, span: Span) -> Iterator[Event]:
    facts = read_facts(text)
    for kind, value in facts:
        is_stars = kind == "count" and "github.com/" in target
        yield Event("github_stars" if is_stars else kind, value, span)
    if _REPO.fullmatch(target) and (facts or _CODE.match(text)):
        yield Event("github_repo", target, span)
    elif not facts and is_name(text) and _is_organization(target):
        yield Event("organization", text, span)


def _is_organization(target: str) -> bool:
    """Whether a link leads to somebody's own page on the digest's site."""
    try:
        address = urlsplit(target)
    except ValueError:
        return False
    is_own = _OWN_PAGE.fullmatch(address.path) and not address.query and not address.fragment
    name = address.path.strip("/").lower()
    return bool(address.netloc.lower() in _SITE and is_own and name not in _NOT_ORGANIZATIONS)


def _linked_titles(events: list[Event], ahead: Literal[1, 2]) -> list[Event]:
    """Join titles on a line of their own with the link that follows (`ahead` 1), or give them the
    link that follows only after the abstract (2), as in newsletters.

    Some texts put titles before their links and some after; the majority in the text decides. A
    link whose words are the title needs no other.
    """
    titled = {event.arxiv_id for event in events if event.kind == "title"}
    pairs = [
        n
        for n in range(ahead, len(events))
        if _is_pair(events[n - ahead], events[n])
        and events[n].arxiv_id not in titled
        and (ahead == 1 or events[n - 1].kind == "abstract")
    ]
    n_after = sum(_is_pair(title, link) for link, title in pairwise(events))
    if len(pairs) < n_after:
        return events
    paired = list(events)
    for n in reversed(pairs):
        title, *abstract, link = paired[n - ahead : n + 1]
        span = title.span if abstract else Span(title.span.start, link.span.end)
        named = Event("title", title.value, span, link.arxiv_id)
        paired[n - ahead : n + 1] = [named, *abstract, link] if abstract else [named]
    return paired


def _is_pair(title: Event, link: Event) -> bool:
    return title.kind in ("text", "heading") and link.kind == "link"
