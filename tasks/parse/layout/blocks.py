"""From lines of words to blocks: what each piece of a body is, before any record is known.

A block is a link to a paper, words that may be a title, names, running text, a fact such as a vote
or a date, or something that is none of these but takes its place in the layout.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args
from urllib.parse import unquote, urlsplit

from tasks.parse.layout.facts import Fact, Kind, is_name, read_fact, read_facts
from tasks.parse.layout.labels import label_alone, label_of, learnt_labels
from tasks.parse.layout.lines import UNKNOWN, Line, Words
from tasks.parse.layout.looks import (
    is_abstract,
    is_button,
    is_category,
    is_furniture,
    is_id,
    is_names,
    is_rule,
    is_sentence,
    no_title,
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
_VOTING = re.compile(r"https?://[\w.]{1,40}/login\?next=(?P<next>\S{1,2000})")
_CODE = re.compile(r"(?:\W|link:?)*(?:git ?hub|code|repo|star|\u4ee3\u7801|link$)", re.IGNORECASE)
_LINK_SIGN = re.compile(r"link:\s*", re.IGNORECASE)
_SUBMITTED_BY = re.compile(r"submitted by:?", re.IGNORECASE)
_ID = re.compile(r"(?P<id>\d{4}\.\d{4,5}|[a-z-]{2,20}(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")
_ARXIV_ID = re.compile(rf"(?:^|[\s(\[])(?i:arxiv)\s?(?i:id)?\s?[:#]\s?{_ID.pattern}")
_NUMBERING = re.compile(
    r"^(?:\(?\d{1,3}[.)\]:]|\[\d{1,3}\]|#\d{1,3}[.:)]?|no\.? ?\d{1,3}[.:])(?:\s+|$)", re.IGNORECASE
)
_PICTOGRAMS = "\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u2500-\u27bf\u2b00-\u2bff\ufe0f\u200d\u3030\u20e3"
_SIGNS = re.compile(rf"(?:[{_PICTOGRAMS}\s]|:[a-z][a-z0-9_+-]{{1,30}}:)+", re.ASCII)
_LEADING_VOTES = re.compile(rf"(?:[+{_PICTOGRAMS}]{{1,3}}\s?\d[\d,.]*k?|\d[\d,.]*k?\s?[{_PICTOGRAMS}]{{1,3}})\s+(?=\w)")
_TRAILING_VOTES = re.compile(rf"\s+[{_PICTOGRAMS}]{{1,3}}\s?\d[\d,.]*k?$")
_BRACKETED = re.compile(r"[(\[](?P<inside>[^()\[\]]{1,80})[)\]]")
_DASHES = re.compile(r"(\s+[-\u2013\u2014|\u00b7\u2022]\s+|\t+|;\s+|(?<=[a-z?!])\.\s+(?=[A-Z]))")
_QUOTES = ("\u201c", '"', "\u201e")
_QUOTED = re.compile(r"[\"\u201c\u201e](?P<inside>[^\"\u201c\u201d\u201e]{3,400})[\"\u201d\u201c],?\s+(?P<rest>\S.*)")
_BY = re.compile(r"\s+by\s+(?=[A-Z])")
_YEAR = re.compile(r"(?:.{0,30}\b)?(?:19|20)\d\d(?:[-/.]\d\d){0,2}")
_LONGEST_TEXT = 2_000
_LONGEST_TITLE = 300
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
    beside = sum(_has_names_beside(text) for text in firsts if len(text) < _LONGEST_TEXT)
    reader = _Reader(learnt_labels(firsts), has_names_beside=beside >= _ENOUGH_NAMES)
    for number, line in enumerate(lines):
        reader.read(line, number)
    return reader.blocks


class _Reader:
    """Gives the pieces of each line their roles; a label counts until its line ends, or, alone on
    its line, for the next one."""

    def __init__(self, learnt: frozenset[str], *, has_names_beside: bool) -> None:
        self._has_names_beside = has_names_beside
        self.blocks: list[Block] = []
        self._learnt = learnt
        self._paragraph = 0
        self._label: str | None = None
        self._awaits_submitter = False

    def read(self, line: Line, number: int) -> None:
        """Read one line."""
        self._paragraph += line.gap or line.is_row
        pending, self._label = self._label, None
        first = len(self.blocks)
        is_alone = False
        titled: set[int] = set()
        for place, words in enumerate(line.words):
            text = words.text.strip()
            label = words.label if line.is_row else self._label
            if line.is_row and label == "title" and words.column in titled:
                label = "other"
            if not line.is_row and words.target is None:
                alone = label_alone(text) if place == 0 and len(line.words) == 1 else None
                if alone and not read_facts(text) and (alone != "title" or not line.dress) and not is_furniture_label(text):
                    self._label, is_alone = alone, True
                    self._add("label", text, line, number, words)
                    continue
                is_label = place == 0 and text.casefold() in self._learnt and not read_facts(text)
                found = None if is_label else label_of(text, self._learnt)
                if found and (words.dress or line.dress[:1] == "h") and text[found.end :].strip():
                    found = None  # `**PDF: Point Diffusion Implicit Functions**` is a title
                if is_label:
                    self._add("label", text, line, number, words)
                    self._label = "learnt" if len(line.words) > 1 else None
                    continue
                if found:
                    self._label = label = found.meaning
                    text = text[found.end :].strip()
                    if not text:
                        continue
                elif label is None and place == 0 and pending and line.dress[:1] != "h":
                    self._label = label = pending
            n_blocks = len(self.blocks)
            self._words(words._replace(text=text), label, line, number)
            if label == "title" and any(b.is_slot for b in self.blocks[n_blocks:]):
                titled.add(words.column)
            if label in FACTS and not line.is_row:
                self._label = None
            if label == "title" and text and words.target is None and not line.is_row:
                self._label = "other"
        if not is_alone:
            self._label = None
        for block in self.blocks[first:]:
            block.is_first = block is self.blocks[first]
            block.row = number if line.is_row else None

    def _add(self, role: Role, text: str, line: Line, number: int, words: Words, **more: Any) -> None:
        dress = f"{line.dress}/{words.dress}" if line.dress and words.dress else line.dress or words.dress
        if more.get("dress"):
            dress = more.pop("dress")
        self.blocks.append(
            Block(role, text, line.span, number, self._paragraph, dress, mentions=words.mentions, **more)
        )

    def _facts(self, facts: Iterable[Fact], line: Line, number: int, words: Words, **more: Any) -> None:
        for kind, value in facts:
            self._add(kind, words.text, line, number, words, value=value, **more)

    def _words(self, words: Words, label: str | None, line: Line, number: int) -> None:
        text, target = words.text, words.target
        if not text and not target:
            return
        if line.dress == "rule" or (is_rule(text) and not read_facts(text)):
            self._add("rule", text, line, number, words)
        elif self._awaits_submitter and is_name(text) and " " not in text:
            self._awaits_submitter = False
            self._facts([Fact("submitter", text)], line, number, words)
        elif target is None:
            self._awaits_submitter = _SUBMITTED_BY.fullmatch(text) is not None
            self._text(words, label, line, number)
        elif not is_leaving(target):
            self._link(words, label, line, number)

    def _link(self, words: Words, label: str | None, line: Line, number: int) -> None:
        text, target = words.text, words.target or ""
        if voting := _VOTING.match(target):  # as the digest's pages have them beside each paper
            target = unquote(voting.group("next"))
        if arxiv_id := paper_of(target):
            count: Kind = "upvotes" if voting else "count"
            count = "comments" if target.endswith("#community") else count
            self._of_paper(words, arxiv_id, label, line, number, count)
        elif is_damaged(f"https://huggingface.co{target}" if voting else target):
            self._add("damaged", NO_ID, line, number, words)
        elif not target.isprintable() and (line.dress[:1] == "h" or len(text.split()) > 3):
            self._add("damaged", NO_ADDRESS, line, number, words)
        elif target == UNKNOWN:
            self._text(words, label, line, number)
        else:
            self._of_other(words, label, line, number)

    def _of_paper(
        self, words: Words, arxiv_id: str, label: str | None, line: Line, number: int, count: Kind
    ) -> None:
        """A link to a paper; `count` is what a number in it counts."""
        text = words.text
        facts = [Fact(count if f.kind == "count" else f.kind, f.value) for f in read_facts(text)]
        self._facts(facts, line, number, words, arxiv_id=arxiv_id)
        above = self.blocks[-1] if self.blocks and not facts else None
        if above and above.role == "count" and above.arxiv_id is None and count != "count":
            above.role, above.arxiv_id = count, arxiv_id  # its link is on a line of its own
        if facts or not text or text.startswith("http") or is_id(text) or is_button(text) or is_furniture(text):
            self._add("link", "", line, number, words, arxiv_id=arxiv_id)
        else:
            self._text(words, label, line, number, arxiv_id=arxiv_id)

    def _of_other(self, words: Words, label: str | None, line: Line, number: int) -> None:
        text, target = words.text, words.target or ""
        shown = _LINK_SIGN.sub("", text, count=1)
        facts = read_facts(shown)
        for kind, value in facts:
            is_stars = kind == "count" and "github.com/" in target
            self._facts([Fact("github_stars" if is_stars else kind, value)], line, number, words)
        if _REPO.fullmatch(target) and (facts or not text or label == "code" or _CODE.match(shown)):
            self._facts([Fact("github_repo", target)], line, number, words)
        elif not facts and is_name(text) and _is_organization(target):
            self._facts([Fact("organization", text)], line, number, words)
        elif text and not facts and no_title(text) is None and target[:4] == "http":
            self._text(words, label, line, number)

    def _text(
        self, words: Words, label: str | None, line: Line, number: int, arxiv_id: str | None = None
    ) -> None:
        """Words that link to no paper, or to one with words of their own."""
        text = words.text
        add = {"arxiv_id": arxiv_id}
        if is_id(text) and not arxiv_id:
            if label == "link" or "arxiv" in text.casefold():
                self._add("link", "", line, number, words, arxiv_id=_ID.search(text)["id"])  # type: ignore[index]
        elif label in ("listed_on", "published_on", "upvotes", "comments", "github_stars"):
            self._labelled_fact(label, words, line, number)
        elif label in ("other", "code", "link") or (label == "learnt" and not arxiv_id):
            self._unnamed(words, line, number, arxiv_id)
        elif label == "names":
            self._add("names", text, line, number, words, value=label, **add)
        elif label == "abstract":
            self._add("prose", text, line, number, words, value="abstract", **add)
        elif is_furniture(text):
            if arxiv_id:
                self._add("link", "", line, number, words, **add)
        elif facts := self._facts_in(text, line):
            self._facts(facts, line, number, words, **add)
        elif is_abstract(text) and not self._is_long_title(words, label, line, arxiv_id):
            self._add("prose", text, line, number, words, **add)
        else:
            self._candidate(words, label, line, number, arxiv_id)

    def _is_long_title(
        self, words: Words, label: str | None, line: Line, arxiv_id: str | None
    ) -> bool:
        """Whether several sentences are printed as titles are: `Is That Rain? Effects on …`."""
        is_set_off = label == "title" or bool(words.dress or arxiv_id) or line.dress[:1] == "h"
        return is_set_off and len(words.text) < _LONGEST_TITLE and not is_sentence(words.text)

    def _facts_in(self, text: str, line: Line) -> list[Fact]:
        facts = read_facts(text)
        if line.is_row:
            return [fact for fact in facts if fact.kind not in ("count", "organization")]
        return facts

    def _unnamed(self, words: Words, line: Line, number: int, arxiv_id: str | None) -> None:
        """Words that say something else, or nothing."""
        if arxiv_id:
            self._add("link", "", line, number, words, arxiv_id=arxiv_id)
        elif any(map(str.isalnum, words.text)) and not is_button(words.text):
            self._add("other", words.text, line, number, words)

    def _labelled_fact(self, label: str, words: Words, line: Line, number: int) -> None:
        fact = read_fact(words.text.strip(" +"))
        if fact is None:
            self._unnamed(words, line, number, None)
            return
        is_date = label.endswith("_on")
        if is_date == fact.kind.endswith("_on"):
            self._facts([Fact(label, fact.value)], line, number, words)  # type: ignore[arg-type]

    def _candidate(
        self, words: Words, label: str | None, line: Line, number: int, arxiv_id: str | None
    ) -> None:
        """Words that may be a title, without what is printed around one."""
        text, facts = undressed(words.text[:_LONGEST_TEXT])
        more: dict[str, Any] = {"arxiv_id": arxiv_id}
        if found := (_ARXIV_ID.search(words.text) if not arxiv_id and not words.mentions else None):
            self._add("link", "", line, number, words, arxiv_id=found.group("id"))
        if label == "title":
            more["dress"] = "title"
        for part in _parts(text, is_strong=bool(words.dress) or bool(arxiv_id), by=self._has_names_beside):
            if is_names(part):
                self._add("names", part, line, number, words, **more)
            elif any(map(str.isalpha, part)) and not is_id(part):
                is_word = not is_button(part) or label == "title"
                self._add("text" if is_word else "label", part, line, number, words, **more)
            elif arxiv_id:
                self._add("link", "", line, number, words, arxiv_id=arxiv_id)
        self._facts(facts, line, number, words)


def is_furniture_label(text: str) -> bool:
    """Whether a label alone is more likely a heading of the page."""
    return text.casefold().strip(" #*:") in ("papers", "paper", "articles", "results")


def undressed(text: str) -> tuple[str, list[Fact]]:
    """A title without numbering, votes, signs and brackets with other things; and the facts among
    them."""
    facts: list[Fact] = []
    for _ in range(4):
        before = text
        text = _NUMBERING.sub("", text.strip(), count=1)
        if not text.isascii():
            for pattern in (_LEADING_VOTES, _TRAILING_VOTES):
                if found := pattern.search(text) if pattern is _TRAILING_VOTES else pattern.match(text):
                    facts += filter(None, [read_fact(found.group().strip())])
                    text = text[: found.start()] + text[found.end() :]
        text = _without_signs(text)
        for found in _ends_in_brackets(text):
            inside = found.group("inside").strip(" *_")
            if _is_aside(inside):
                facts += [fact for fact in read_facts(inside) if fact.kind != "count"]
                text = text[found.end() :] if found.start() == 0 else text[: found.start()]
                break
        text = _unquoted(text.strip(" \t*_,;|\u00b7-\u2013\u2014"))
        if text == before:
            break
    return text, facts


def _without_signs(text: str) -> str:
    if (found := _SIGNS.match(text)) and found.end() < len(text):
        text = text[found.end() :]
    tail = re.search(rf"(?:[{_PICTOGRAMS}\s]+|\s:[a-z][a-z0-9_+-]{{1,30}}:)$", text[-40:])
    return text[: len(text) - len(tail.group())] if tail else text


def _ends_in_brackets(text: str) -> Iterator[re.Match[str]]:
    """The brackets a text begins and ends with."""
    if text[:1] == "[" and text[-1:] == "]" and text.find("]") == len(text) - 1 and text.count(" ") > 2:
        return  # the words of a link that lost its address
    if text[:1] in "([" and (found := _BRACKETED.match(text)):
        yield found
    if text[-1:] in ")]":
        start = max(text.rfind("("), text.rfind("["))
        if start > 0 and (found := _BRACKETED.fullmatch(text, start)):
            yield found


def _is_aside(text: str) -> bool:
    """What stands in brackets beside a title, and is no part of it."""
    return not text.isdecimal() and bool(
        is_button(text)
        or is_id(text)
        or is_category(text)
        or read_facts(text)
        or is_names(text)
        or _YEAR.fullmatch(text)
    )


def _unquoted(text: str) -> str:
    for first, last in (('"', '"'), ("\u201c", "\u201d"), ("\u300a", "\u300b"), ("\u201e", "\u201c")):
        inner = text[1:-1]
        if text[:1] == first and text[-1:] == last and len(text) > 4 and last not in inner:
            return inner
    return text


def _has_names_beside(text: str) -> bool:
    """Whether a part of a line is a list of names."""
    parts = _cut(text)
    return len(parts) > 1 and any(is_names(part) for part in parts[::2])


def _cut(text: str) -> list[str]:
    """A text cut where names may begin or end: parts, and what stands between them."""
    if text[:1] in _QUOTES and (found := _QUOTED.match(text)):
        return [found.group("inside"), " ", found.group("rest")]
    by = next((b for b in _BY.finditer(text) if is_names(f"by {text[b.end() :]}")), None)
    pieces = _DASHES.split(text[: by.start()] if by else text)
    return [*pieces, by.group(), text[by.end() :]] if by else pieces


def _parts(text: str, *, is_strong: bool, by: bool) -> Iterator[str]:
    """A text, cut at dashes, semicolons, full stops and at `by`, where one side is names or a
    fact; `by` says that one name is enough."""

    def is_list(part: str) -> bool:
        return is_names(part) or (by and is_names(f"by {part}"))

    parts = [text] if is_strong else _cut(text)
    if len(parts) > 1 and not any(is_list(p) or read_fact(p) or _is_aside(p) for p in parts[::2]):
        parts = [text]
    whole = ""
    for number in range(0, len(parts), 2):
        part = parts[number]
        if len(parts) > 1 and is_list(part):
            yield from filter(None, [whole])
            whole = ""
            yield part
        elif len(parts) == 1 or not (read_fact(part) or _is_aside(part)):
            whole += (parts[number - 1] if whole else "") + part
    yield from filter(None, [whole.strip()])


def _is_organization(target: str) -> bool:
    """Whether a link leads to somebody's own page on the digest's site."""
    try:
        address = urlsplit(target)
    except ValueError:
        return False
    is_own = _OWN_PAGE.fullmatch(address.path) and not address.query and not address.fragment
    name = address.path.strip("/").lower()
    return bool(address.netloc.lower() in _SITE and is_own and name not in _NOT_ORGANIZATIONS)
