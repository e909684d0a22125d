r"""Papers as reference managers take them: BibTeX for LaTeX, RIS, and CSV.

Titles often are LaTeX already. What LaTeX would stumble over is escaped, letters with accents are
written as commands, and of the commands in a text only those for signs and faces of type are kept:
a title that says `\input` must not read a file of whoever cites it.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache, lru_cache
from io import StringIO
from typing import Any

import rispy
from bibtexparser.entrypoint import write_string
from bibtexparser.library import Library
from bibtexparser.middlewares.parsestack import default_unparse_stack
from bibtexparser.model import Entry, Field
from pylatexenc.latexencode import UnicodeToLatexEncoder, get_builtin_uni2latex_dict

from warehouse.query.formulas import without_formula

COLUMNS = ("paper_id", "title", "authors", "listed_on", "published_at", "topics", "code_url", "url")
"""Columns of the CSV."""
_FACES = (
    *("textsc", "textbf", "textit", "texttt", "textrm", "textsf", "emph", "text", "mathcal"),
    *("mathbf", "mathrm", "mathbb", "mathit", "mathsf", "mathtt", "mathfrak", "boldsymbol"),
    *("bm", "operatorname", "sqrt", "frac", "tilde", "widetilde", "hat", "widehat", "bar"),
    *("overline", "vec", "left", "right", "log", "exp", "min", "max", "ln", "sin", "cos"),
    *("tan", "lim", "sup", "inf", "dot", "ddot", "underline", "ell"),
)
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_BACKSLASH = re.compile(r"""\\(?:(?P<command>[A-Za-z]+)|(?P<sign>[&%$#_{}'"`^=., ;:!/-]))?""")
_SHOWN = "\0"
"""Stands for a backslash that is shown, until the braces of the text are balanced."""
_MATH = re.compile(r"((?<!\\)\$[^$]+\$)")
_SPECIAL = re.compile(r"(?<!\\)([&%#_$])")
_RAISED = re.compile(r"(?<!\\)\^")
_BRACE = re.compile(r"(?<!\\)[{}]")
_NOT_KEY = re.compile(r"[^A-Za-z0-9.]+")


def bibtex(papers: Iterable[dict[str, Any]]) -> str:
    """Rows of mart.papers as BibTeX, in ASCII but for letters that LaTeX has no command for."""
    library = Library([_entry(paper) for paper in papers])
    in_place = default_unparse_stack(allow_inplace_modification=True)
    return str(write_string(library, unparse_stack=in_place))


def ris(papers: Iterable[dict[str, Any]]) -> str:
    """Rows of mart.papers as RIS, in UTF-8."""
    return str(rispy.dumps([_reference(paper) for paper in papers]))


def csv_of(papers: Iterable[dict[str, Any]]) -> str:
    """Rows of mart.papers as CSV; a text that a spreadsheet would run begins with an apostrophe."""
    target = StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    for paper in papers:
        given = {**paper, "url": paper["arxiv_url"] or paper["hf_url"] or ""}
        texts = ["" if given[name] is None else str(given[name]) for name in COLUMNS]
        writer.writerow(map(without_formula, texts))
    return target.getvalue()


WRITERS = {"bib": bibtex, "ris": ris, "csv": csv_of}
"""By the ending of a file."""


def latex(text: str) -> str:
    """A text of a digest as LaTeX that shows it and does nothing else."""
    marked = _BACKSLASH.sub(_harmless, text)
    if not _is_balanced(marked):
        marked = _BRACE.sub("", marked)
    pieces = _MATH.split(marked)
    shown = "".join(_outside(p) if n % 2 == 0 else p for n, p in enumerate(pieces))
    shown = shown.replace(_SHOWN, r"\textbackslash{}")
    return shown if shown.isascii() else str(_encoder().unicode_to_latex(shown))


def _entry(paper: dict[str, Any]) -> Entry:
    day = _day(paper)
    fields = {
        "title": f"{{{latex(paper['title'])}}}",
        "author": " and ".join(_name(name) for name in _names(paper)),
        "year": str(day.year) if day else "",
        "month": str(day.month) if day else "",
        "eprint": paper["paper_id"] if paper["arxiv_url"] else "",
        "archiveprefix": "arXiv" if paper["arxiv_url"] else "",
        "url": paper["arxiv_url"] or paper["hf_url"] or "",
    }
    key = _NOT_KEY.sub("-", paper["paper_id"])
    return Entry("misc", key, [Field(name, text) for name, text in fields.items() if text])


def _reference(paper: dict[str, Any]) -> dict[str, Any]:
    day = _day(paper)
    urls = [url for url in (paper["arxiv_url"], paper["hf_url"], paper["code_url"]) if url]
    found: dict[str, Any] = {
        "type_of_reference": "UNPB",
        "id": paper["paper_id"],
        "title": paper["title"],
        "authors": list(_names(paper)),
        "year": str(day.year) if day else None,
        "date": f"{day:%Y/%m/%d}" if day else None,
        "abstract": paper["abstract"],
        "keywords": paper["topics"].split(", ") if paper["topics"] else None,
        "urls": urls,
    }
    return {name: value for name, value in found.items() if value}


def _names(paper: dict[str, Any]) -> Sequence[str]:
    return paper["authors"].split(", ") if paper["authors"] else ()


@lru_cache(maxsize=20_000)
def _name(name: str) -> str:
    """A name as BibTeX takes it for one person."""
    encoded = latex(name)
    return f"{{{encoded}}}" if re.search(r",|\band\b", encoded, re.IGNORECASE) else encoded


def _day(paper: dict[str, Any]) -> date | None:
    at = paper["published_at"] or paper["listed_on"]
    return at if at is None else date(at.year, at.month, at.day)


def _outside(text: str) -> str:
    """A part of a text that is no formula."""
    escaped = _SPECIAL.sub(r"\\\1", text)
    return _RAISED.sub(r"\^{}", escaped).replace("~", r"\textasciitilde{}")


def _harmless(found: re.Match[str]) -> str:
    """A command or an escaped sign that stays, or what stands for a backslash that is shown."""
    is_kept = found["sign"] or found["command"] in _kept()
    return found[0] if is_kept else f"{_SHOWN}{found['command'] or ''}"


def _is_balanced(text: str) -> bool:
    depth = 0
    for brace in _BRACE.findall(text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


@cache
def _encoder() -> UnicodeToLatexEncoder:
    return UnicodeToLatexEncoder(
        non_ascii_only=True,
        replacement_latex_protection="braces-all",
        unknown_char_policy="keep",
        unknown_char_warning=False,
    )


@cache
def _kept() -> frozenset[str]:
    """The commands that stay: those that stand for a sign, and those for faces of type."""
    signs = (_COMMAND.findall(text) for text in get_builtin_uni2latex_dict().values())
    return frozenset(_FACES).union(*signs)
