"""How arXiv writes papers and people: ids with versions, author lists in one line."""

import re
from collections.abc import Iterable

from tasks.parse.model import Author
from tasks.parse.parts import Unreadable

CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[a-z]+)*)?", re.ASCII)
"""`cs.CL`, `hep-th`, `cond-mat.mes-hall`."""

_MOST_CATEGORIES = 20
_LONGEST_ID = 200
_NO_ID = "the record has no arXiv id"
_PAPER = re.compile(r"(?:abs/|pdf/|oai:arXiv\.org:|arXiv:)(?P<id>\S+?)(?:v(?P<version>\d{1,4}))?$")
_NOT_SUFFIX = r"(?! ?(?:(?:Jr|Sr)\.?|I{2,3}|IV) ?(?:[,;]|and\b|$))"
_LIST = re.compile(rf",{_NOT_SUFFIX}")
_PROSE_LIST = re.compile(rf"[,;]{_NOT_SUFFIX}|:(?= )| (?:and|&) ")


def is_edition(edition: str) -> bool:
    """Whether these are categories, joined by `+`, each once."""
    named = edition.split("+")
    is_list = all(CATEGORY.fullmatch(name) and name not in ("query", "ids") for name in named)
    return is_list and len(set(named)) == len(named) <= _MOST_CATEGORIES


def paper_and_version(*texts: str | None) -> tuple[str, int | None]:
    """Id without version, and version when one is given, from all addresses and names of a record.

    Raises `Unreadable` when there is no id, or more than one: then two records have run into one.
    """
    found = [_PAPER.search((text or "").strip()[-_LONGEST_ID:]) for text in texts]
    ids = dict.fromkeys(match["id"] for match in found if match)
    versions = [int(match["version"]) for match in found if match and match["version"]]
    if len(ids) != 1:
        raise Unreadable(f"the record names {' and '.join(ids)}" if ids else _NO_ID)
    return next(iter(ids)), versions[0] if versions else None


def authors(line: str | None, *, is_prose: bool = False) -> tuple[Author, ...]:
    """The authors of a line, without affiliations in parentheses, accents as printed.

    Feeds separate names only by commas; the mailing prints what the submitter wrote (`is_prose`):
    "A, B and C", "The X Collaboration: A, B".
    """
    text = _outside_parentheses(" ".join((line or "").split()))
    names = [name.strip() for name in (_PROSE_LIST if is_prose else _LIST).split(text)]
    return tuple(Author(name) for name in names if name)


def categories(terms: Iterable[str | None]) -> tuple[str, ...] | None:
    """A record's categories, each once; None when there are none."""
    return tuple(dict.fromkeys(filter(None, terms))) or None


def _outside_parentheses(text: str) -> str:
    """The text without parentheses and their content; unchanged if they do not match."""
    if "(" not in text and ")" not in text:
        return text
    kept: list[str] = []
    depth = 0
    for character in text:
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth < 0:
                return text
        elif not depth:
            kept.append(character)
    return text if depth else "".join(kept)
