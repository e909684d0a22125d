"""Labels before values, `Authors: …`, and heads of columns: what their values are.

Labels that are not known here are learnt from the body: what stands before a colon again and again
is a label, not the beginning of many titles.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Literal, NamedTuple

Meaning = Literal[
    "title", "abstract", "names", "listed_on", "published_on", "upvotes", "comments",
    "github_stars", "link", "code", "other",
]  # fmt: skip

_KNOWN: dict[Meaning, str] = {
    "title": (
        "title|paper title|titles|paper name|\u6807\u9898|\u9898\u76ee"
        "|\u8bba\u6587\u6807\u9898|\u8bba\u6587|titel|titre|t[i\u00ed]tulo|titolo"
        "|\u30bf\u30a4\u30c8\u30eb|\uc81c\ubaa9"
        "|\u043d\u0430\u0437\u0432\u0430\u043d\u0438\u0435|paper|papers|article"
    ),
    "abstract": (
        "abstract|summary|\u6458\u8981|zusammenfassung|kurzfassung|r\u00e9sum\u00e9|resumen"
        "|resumo|\u6982\u8981|\ucd08\ub85d"
        "|\u0430\u043d\u043d\u043e\u0442\u0430\u0446\u0438\u044f|paper abstract|abstract note"
        "|original abstract|\u539f\u59cb\u6458\u8981|\u82f1\u6587\u6458\u8981"
        "|\u539f\u6587\u6458\u8981"
    ),
    "names": (
        "authors?|author list|first author|last author|by|written by|\u4f5c\u8005|autor(?:en"
        "|es|in)?|auteurs?|autori|\u8457\u8005|\uc800\uc790"
        "|\u0430\u0432\u0442\u043e\u0440\u044b"
    ),
    "listed_on": (
        "date|submitted|submitted on|listed|posted|added|announced|\u65e5\u671f|datum|fecha"
    ),
    "published_on": (
        "publish(?:ed)?(?: on| date)?|publication date|first submission|first announcement"
        "|updated|last updated|\u53d1\u5e03\u65e5\u671f|\u53d1\u5e03|\u66f4\u65b0"
    ),
    "upvotes": (
        "up-?votes?|votes?|likes?|\U0001f44d|\u25b2|\u2b06\ufe0f?|\u70b9\u8d5e|stimmen"
        "|hf upvotes|\u2764\ufe0f?"
    ),
    "comments": "comments?|\U0001f4ac|discussion|\u8bc4\u8bba|kommentare",
    "github_stars": "stars?|github stars?|\u2b50\ufe0f?|\u2605",
    "link": (
        "links?|urls?|pdf|arxiv|arxiv ?(?:id|link|url|page)?|id|paper ?(?:id|link|url|page)"
        "|source|doi|hf|hugging ?face|\u94fe\u63a5|\U0001f517|html|read|full text|abs|address"
        "|pdf ?(?:url|link)|download|read more|\u539f\u6587"
    ),
    "code": (
        "code|repo|repository|github|project|project page|homepage|website|\u4ee3\u7801|demo"
        "|code url"
    ),
    "other": (
        "tl;?dr|relevance|score|rating|category|categories|subjects?|primary|keywords?|tags?"
        "|topics?|field|affiliations?|institutions?|institute|organi[sz]ations?|venue|journal"
        "|conference|motivation|methods?|results?|conclusions?|why it matters|notes?"
        "|key (?:points?|ideas?|insights?|findings?)|ai summary|short summary|highlights?"
        "|remark|context|impact|\u5206\u7c7b|\u9886\u57df|\u5173\u952e\u8bcd|\u673a\u6784|#"
        "|rank|no\\.?|nr\\.?|year|task|benchmark|citations?|read time|difficulty|one[- ]liner"
        "|chinese summary|title_cn|title_zh|translation|\u4e2d\u6587\u6807\u9898"
        "|\u4e2d\u6587\u6458\u8981|date added|subject|from|to|cc|sent|reply-to|query"
        "|markdown content|url source"
    ),
}
_ANY = "|".join(f"(?P<{name}>{words})" for name, words in _KNOWN.items())
_LABEL = re.compile(
    rf"[^\w\[(<#>]{{0,6}}?(?:{_ANY})"
    r"[\s*_]{0,4}[:\uff1a][\s*_]{0,4}",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"[\W_]{{0,6}}(?:{_ANY})[\s*_:\uff1a.]{{0,4}}", re.IGNORECASE)
_SIGNED = re.compile(
    r"[\s*_>]{0,4}(?:(?P<link>\U0001f517)|(?P<names>\U0001f465|\u270d\ufe0f?))\s{0,2}(?=\S)"
)
_PREFIX = re.compile(r"[^\w]{0,4}(\w[^:\uff1a]{0,22})[:\uff1a]\s")
LONGEST_REPEATED = 30
_ENOUGH, _ONE_IN = 3, 40
"""A label stands before at least so many values, and one in so many lines."""


class Label(NamedTuple):
    """A label at the beginning of a text: what it says of its value, and where the value begins."""

    meaning: Meaning
    end: int


def label_of(text: str, learnt: frozenset[str] = frozenset()) -> Label | None:
    """The label that a text begins with, with its colon; None if there is none."""
    head = text[:60]
    if ":" in head or "\uff1a" in head:
        if found := _LABEL.match(head):
            return Label(_meaning(found), found.end())
        if learnt and (prefix := _PREFIX.match(head)) and prefix.group(1).casefold() in learnt:
            return Label("other", prefix.end())
    if not text.isascii() and (signed := _SIGNED.match(head)):
        return Label(_meaning(signed), signed.end())
    return None


def label_alone(text: str) -> Meaning | None:
    """What a text says that is nothing but a label, as the head of a column or a small heading."""
    found = _ALONE.fullmatch(text) if 0 < len(text) <= 40 else None
    return _meaning(found) if found else None


def learnt_labels(texts: Iterable[str]) -> frozenset[str]:
    """The labels of a body, in small letters: what stands before a colon again and again, with
    different words behind it, and short texts that are repeated."""
    values: defaultdict[str, set[str]] = defaultdict(set)
    repeated: Counter[str] = Counter()
    n_texts = 0
    for text in texts:
        n_texts += 1
        if (":" in text[:40] or "\uff1a" in text[:40]) and (prefix := _PREFIX.match(text[:40])):
            values[prefix.group(1).casefold()].add(text[:120])
        if len(text) <= LONGEST_REPEATED and sum(map(str.isalpha, text)) > 1:
            repeated[text.casefold()] += 1
    enough = max(_ENOUGH, n_texts // _ONE_IN)
    found = {prefix for prefix, rest in values.items() if len(rest) >= enough}
    return frozenset(found | {text for text, n in repeated.items() if n >= enough})


def _meaning(found: re.Match[str]) -> Meaning:
    given = found.groupdict()
    return next(name for name in _KNOWN if given.get(name))
