"""From lines of words to blocks: what each piece of a body is, before any record is known.

A block is a link to a paper, words that may be a title, names, running text, a fact such as a vote
or a date, or something that is none of these but takes its place in the layout.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args
from urllib.parse import unquote, urlsplit

from tasks.parse.layout.facts import Fact, Kind, is_name, read_fact, read_facts
from tasks.parse.layout.labelled import Labelled, Labels
from tasks.parse.layout.labels import learnt_labels
from tasks.parse.layout.lines import UNKNOWN, Line
from tasks.parse.layout.looks import (
    is_abstract,
    is_button,
    is_furniture,
    is_id,
    is_names,
    is_rule,
    is_sentence,
    n_sentences,
    no_title,
)
from tasks.parse.layout.undress import (
    has_names_beside,
    has_names_in_brackets,
    parts_of,
    undressed,
    without_name,
)
from tasks.parse.links import is_damaged, is_leaving, paper_of
from tasks.parse.model import Span

NO_ID = "a link to a paper from which no id can be read"
NO_ADDRESS = "a title whose link has characters that no address has"
FACTS = frozenset(get_args(Kind))

Role = Literal["text", "names", "prose", "other", "link", "damaged", "rule", "label"] | Kind

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
_VOTING = re.compile(r"(?:https?://[\w.]{1,40})?/login\?next=(?P<next>\S{1,2000})")
_CODE = re.compile(r"(?:\W|link:?)*(?:git ?hub|code|repo|star|\u4ee3\u7801|link$)", re.IGNORECASE)
_LINK_SIGN = re.compile(r"link:\s*", re.IGNORECASE)
_SUBMITTED_BY = re.compile(r"submitted by:?", re.IGNORECASE)
_ID = re.compile(r"(?P<id>\d{4}\.\d{4,5}|[a-z-]{2,20}(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")
_ARXIV_ID = re.compile(rf"(?:^|[\s(\[])(?i:arxiv)\s?(?i:id)?\s?[:#]\s?{_ID.pattern}")
_LONGEST_TEXT = 2_000
_LONGEST_TITLE = 300
_FEWEST_RANKS, _MOST_RANKED = 4, 0.8
_ENOUGH_NAMES = 2
"""In a body that has several names beside so many titles, one name is enough beside another."""


@dataclass(slots=True)
class Block:
    """One piece of a body. `line` and `paragraph` are numbers of those; `row` that of the row of a
    table it stands in."""

    role: Role
    text: str
    span: Span
    line: int
    paragraph: int
    dress: str = ""
    arxiv_id: str | None = None
    value: Any = None
    row: int | None = None
    is_first: bool = False
    mentions: int = 0

    @property
    def is_slot(self) -> bool:
        """Whether it takes a place among the texts of a record."""
        return self.role in ("text", "names", "prose", "other")


def blocks_of(lines: Iterable[Line]) -> list[Block]:
    """The blocks of a body in order."""
    lines = list(lines)
    firsts = [line.words[0].text for line in lines if line.words and not line.is_row]
    short = [text for text in firsts if len(text) < _LONGEST_TITLE]
    labels = Labels(learnt_labels(firsts))
    reader = _Reader(
        has_names_beside=sum(map(has_names_beside, short)) >= _ENOUGH_NAMES,
        has_names_in_brackets=sum(map(has_names_in_brackets, short)) >= _ENOUGH_NAMES,
    )
    for line in lines:
        reader.read(line, labels.read(line))
    _without_ranks(reader.blocks)
    return reader.blocks


def _without_ranks(blocks: list[Block]) -> None:
    """Numbers that count the papers, 1, 2, 3 and so on, are no votes."""
    counts = [block for block in blocks if block.role == "count"]
    ranks = max((_ranks(counts, first) for first in (0, 1, 2)), key=len)
    n_papers = len({block.arxiv_id for block in blocks if block.arxiv_id})
    if len(ranks) >= max(_FEWEST_RANKS, _MOST_RANKED * n_papers):
        for block in ranks:
            block.role = "label"


def _ranks(counts: Iterable[Block], first: int) -> list[Block]:
    """The counts that go on one by one, from `first` on."""
    found: list[Block] = []
    for block in counts:
        if block.value == first + len(found):
            found.append(block)
    return found


class _Reader:
    """Gives the pieces of each line their roles."""

    def __init__(self, *, has_names_beside: bool, has_names_in_brackets: bool) -> None:
        self.blocks: list[Block] = []
        self._has_names_beside = has_names_beside
        self._has_names_in_brackets = has_names_in_brackets
        self._number = -1
        self._paragraph = 0
        self._awaits_submitter = False
        self._line = Line((), Span(0, 0))
        self._dress = ""
        self._mentions = 0

    def read(self, line: Line, labelled: Iterable[Labelled]) -> None:
        """Read one line, whose words have labels."""
        self._line = line
        self._number += 1
        self._paragraph += line.gap or line.is_row or line.dress == "item"
        first = len(self.blocks)
        for piece in labelled:
            words = piece.words
            self._dress = "/".join(filter(None, (line.dress, words.dress)))
            self._mentions = words.mentions
            if piece.is_label:
                self._add("label", words.text)
            elif words.text or words.target:
                self._piece(piece)
        for block in self.blocks[first:]:
            block.is_first = block is self.blocks[first]
            block.row = self._number if line.is_row else None

    def _add(self, role: Role, text: str, arxiv_id: str | None = None, value: Any = None) -> None:
        at = (self._line.span, self._number, self._paragraph)
        block = Block(role, text, *at, self._dress, arxiv_id, value, mentions=self._mentions)
        self.blocks.append(block)

    def _facts(self, facts: Iterable[Fact], text: str, arxiv_id: str | None = None) -> None:
        for kind, value in facts:
            self._add(kind, text, arxiv_id, value)

    def _piece(self, piece: Labelled) -> None:
        text, target = piece.words.text, piece.words.target
        if self._line.dress == "rule" or (is_rule(text) and not read_facts(text)):
            self._add("rule", text)
        elif self._awaits_submitter and is_name(text) and " " not in text:
            self._awaits_submitter = False
            self._add("submitter", text, None, text)
        elif target is None:
            self._awaits_submitter = _SUBMITTED_BY.fullmatch(text) is not None
            self._text(piece)
        elif not is_leaving(target):
            self._link(piece, target)

    def _link(self, piece: Labelled, target: str) -> None:
        if voting := _VOTING.match(target):  # as the digest's pages have them beside each paper
            target = unquote(voting.group("next"))
        is_title = self._line.dress[:1] == "h" or len(piece.words.text.split()) > 3
        if arxiv_id := paper_of(target):
            count: Kind = "upvotes" if voting else "count"
            count = "comments" if target.endswith("#community") else count
            self._of_paper(piece, arxiv_id, count)
        elif is_damaged(f"https://huggingface.co{target}" if voting else target):
            if voting and self.blocks and self.blocks[-1].role == "count":
                self.blocks[-1].role = "label"  # the votes of a paper that cannot be told
            self._add("damaged", NO_ID)
        elif not target.isprintable() and is_title:
            self._add("damaged", NO_ADDRESS)
        elif target == UNKNOWN:
            self._text(piece)
        else:
            self._of_other(piece, target)

    def _of_paper(self, piece: Labelled, arxiv_id: str, count: Kind) -> None:
        """A link to a paper; `count` is what a number in it counts."""
        text = piece.words.text
        facts = [Fact(count if f.kind == "count" else f.kind, f.value) for f in read_facts(text)]
        self._facts(facts, text, arxiv_id)
        above = self.blocks[-1] if self.blocks and not facts else None
        if above and above.role == "count" and above.arxiv_id is None and count != "count":
            above.role, above.arxiv_id = count, arxiv_id  # its link is on a line of its own
        is_named = not facts and text and not text.startswith("http")
        if is_named and not (is_id(text) or is_button(text) or is_furniture(text)):
            self._text(piece, arxiv_id)
        else:
            self._add("link", "", arxiv_id)

    def _of_other(self, piece: Labelled, target: str) -> None:
        """A link to something else: code, an organisation, or a title's own page."""
        text = piece.words.text
        shown = _LINK_SIGN.sub("", text, count=1)
        facts = read_facts(shown)
        is_code = not text or piece.label == "code" or _CODE.match(shown)
        for kind, value in facts:
            is_stars = kind == "count" and "github.com/" in target
            if is_stars or kind != "count":  # a bare number counts what is behind the link
                self._add("github_stars" if is_stars else kind, text, None, value)
        if _REPO.fullmatch(target) and (facts or is_code):
            self._add("github_repo", text, None, target)
        elif not facts and is_name(text) and ":" not in text and _is_organization(target):
            self._add("organization", text, None, text)
        elif text and not facts and no_title(text) is None and target.startswith("http"):
            self._text(piece)

    def _text(self, piece: Labelled, arxiv_id: str | None = None) -> None:
        """Words that link to no paper, or to one with words of their own."""
        text, label = piece.words.text, piece.label
        if is_id(text) and not arxiv_id:
            if label == "link" or "arxiv" in text.casefold():
                self._add("link", "", _ID.search(text)["id"])  # type: ignore[index]
        elif label is not None and label in FACTS:
            self._labelled_fact(text, label)
        elif label in ("other", "code", "link") or (label == "learnt" and not arxiv_id):
            self._unnamed(text, arxiv_id)
        elif label == "names":
            self._add("names", text, arxiv_id, label)
        elif label == "abstract":
            self._add("prose", text, arxiv_id, label)
        elif is_furniture(text):
            self._unnamed("", arxiv_id)
        else:
            self._unlabelled(piece, arxiv_id)

    def _unlabelled(self, piece: Labelled, arxiv_id: str | None) -> None:
        text = piece.words.text
        facts = read_facts(text)
        if self._line.is_row or self._line.dress[:1] == "h":
            facts = [fact for fact in facts if fact.kind not in ("count", "organization")]
        if facts:
            self._facts(facts, text, arxiv_id)
        elif is_abstract(text) and not self._is_long_title(piece, arxiv_id):
            self._add("prose", text, arxiv_id)
        else:
            self._candidate(piece, arxiv_id)

    def _is_long_title(self, piece: Labelled, arxiv_id: str | None) -> bool:
        """Whether several sentences are printed as titles are: `Is That Rain? Effects on …`."""
        text, is_heading = piece.words.text, self._line.dress[:1] == "h"
        if len(text) > _LONGEST_TITLE or is_sentence(text):
            return False
        is_set_off = bool(arxiv_id or piece.words.dress) and n_sentences(text) <= 2
        return piece.label == "title" or is_heading or is_set_off

    def _unnamed(self, text: str, arxiv_id: str | None) -> None:
        """Words that say something else, or nothing."""
        if arxiv_id:
            self._add("link", "", arxiv_id)
        elif any(map(str.isalnum, text)) and not is_button(text):
            self._add("other", text)

    def _labelled_fact(self, text: str, label: str) -> None:
        fact = read_fact(text.strip(" +"))
        if fact is None:
            self._unnamed(text, None)
        elif label.endswith("_on") == fact.kind.endswith("_on"):
            self._add(label, text, None, fact.value)  # type: ignore[arg-type]

    def _candidate(self, piece: Labelled, arxiv_id: str | None) -> None:
        """Words that may be a title, without what is printed around one."""
        words, is_title = piece.words, piece.label == "title"
        text, name = words.text[:_LONGEST_TEXT], ""
        if self._has_names_in_brackets:
            text, name = without_name(text)
        text, facts = undressed(text)
        if not arxiv_id and not words.mentions and (found := _ARXIV_ID.search(words.text)):
            self._add("link", "", found.group("id"))
        self._dress = "title" if is_title else self._dress
        is_set_off = bool(words.dress) or bool(arxiv_id)
        for part in parts_of(text, is_set_off=is_set_off, one_is_enough=self._has_names_beside):
            if is_names(part):
                self._add("names", part, arxiv_id)
            elif any(map(str.isalpha, part)) and not is_id(part):
                self._add("text" if is_title or not is_button(part) else "label", part, arxiv_id)
            elif arxiv_id:
                self._add("link", "", arxiv_id)
        if name:
            self._add("names", name)
        self._facts(facts, words.text)


def _is_organization(target: str) -> bool:
    """Whether a link leads to somebody's own page on the digest's site."""
    try:
        address = urlsplit(target)
    except ValueError:
        return False
    is_own = _OWN_PAGE.fullmatch(address.path) and not address.query and not address.fragment
    name = address.path.strip("/").lower()
    return bool(address.netloc.lower() in _SITE and is_own and name not in _NOT_ORGANIZATIONS)
