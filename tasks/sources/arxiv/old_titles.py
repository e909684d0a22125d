"""Records of feeds until January 2024, whose titles say what announcements say today.

A title ends with the id, version, primary category and what it is, as in
`Title. (arXiv:2203.04501v2 [cs.CL] UPDATED)`; authors are links, the abstract is a paragraph of
HTML. arXiv sent such records in RSS 1.0 and, when asked, in RSS 2.0.
"""

import re

from tasks.parse.model import Record
from tasks.parse.text import unwrap
from tasks.parse.unicode_faults import unescaped
from tasks.sources.arxiv.names import authors, categories, paper_and_version

_TITLE = re.compile(
    r"(?P<title>.*?)\.?\s*\((?P<paper>arXiv:\S{1,100})\s+\[(?P<primary>[\w.-]{1,40})\]"
    r"(?P<kind>[A-Z ]{0,40})\)",
    re.DOTALL,
)
_KINDS = {"": "new", "UPDATED": "replace", "CROSS LISTED": "cross"}
_TAG = re.compile(r"</?(?:p|a)\b[^<>]{0,1000}>|(?P<end><br\s{0,4}/?>)", re.IGNORECASE)


def titled_record(
    place: int, titled: str, link: str | None, description: str | None, creators: str | None
) -> Record | None:
    """The record that such a title names; None if the title is not one. Raises `Unreadable` when
    title and link name two papers."""
    found = _TITLE.fullmatch(titled)
    if found is None or not found["title"]:
        return None
    arxiv_id, version = paper_and_version(found["paper"], link)
    title, kind = found["title"], " ".join(found["kind"].split())
    return Record(
        place=place,
        title_as_listed=title,
        title=title,
        arxiv_id=arxiv_id,
        abstract=_plain(description) or None,
        authors=authors(_plain(creators)),
        categories=categories([found["primary"]]),
        listing_type=_KINDS.get(kind, "replace-cross" if "CROSS" in kind else "listed"),
        version=version,
    )


def _plain(markup: str | None) -> str:
    without_tags = _TAG.sub(lambda tag: " " if tag["end"] else "", markup or "")
    return unwrap(unescaped(without_tags))
