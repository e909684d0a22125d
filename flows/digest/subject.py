"""The subject of a mail: what is in it, in so many characters that a phone shows it whole."""

from collections import Counter
from collections.abc import Iterator, Sequence

from flows.digest.choose import Chosen, ChosenPaper
from flows.digest.wording import Wording

LONGEST = 78
"""RFC 5322 wants no longer lines."""
_SHORTEST_TITLE = 24
_MOST_NAMED = 3


def subject_of(chosen: Chosen, say: Wording) -> str:
    """`7 papers on video generation, 3 with code (20 Nov)`: of the forms the first that fits."""
    when = say.short_title(chosen.issue)
    shortest = say("subject_papers", papers=say.papers(len(chosen.papers)), when=when)
    return next((text for text in _forms(chosen, say, when) if len(text) <= LONGEST), shortest)


def _forms(chosen: Chosen, say: Wording, when: str) -> Iterator[str]:
    """What the subject may be, the fullest first."""
    if not chosen.papers:
        yield say("subject_none", when=when)
    elif chosen.matching:
        said = list(_of_matches(chosen.matching, say))
        yield from (f"{text} ({when})" for text in said)
        yield from said
    else:
        yield from _of_top(chosen.papers, say, when)


def _of_matches(papers: Sequence[ChosenPaper], say: Wording) -> Iterator[str]:
    """What is new by whom and how much there is on what; fewer authors, then fewer topics."""
    asked = [one for one in papers if _entries(one)]
    entries = [e for e, _ in Counter(e for one in asked for e in _entries(one)).most_common()]
    authors = list(dict.fromkeys(name for one in papers for name in one.authors))
    for n_authors in range(min(_MOST_NAMED, len(authors)), -1, -1):
        new = say("subject_pinned", names=", ".join(authors[:n_authors])) if n_authors else ""
        for n in range(min(_MOST_NAMED, len(entries)), 0, -1):
            about = [one for one in asked if set(_entries(one)) & set(entries[:n])]
            said = say("subject_match", papers=say.papers(len(about)), what=", ".join(entries[:n]))
            yield _begun(f"{new}; {said}" if new else said) + _with_code(about, say)
        if new:
            yield _begun(new) + _with_code(papers, say)
    yield say.papers(len(papers)) + _with_code(papers, say)


def _of_top(papers: Sequence[ChosenPaper], say: Wording, when: str) -> Iterator[str]:
    """The title of the first paper, and what else there is."""
    code = _with_code(papers, say)
    title, n_more = papers[0].paper.title, len(papers) - 1
    for ending in (f"{code} ({when})", f" ({when})", ""):
        room = LONGEST - len(_first_and_more("", n_more, say) + ending)
        shown = title if len(title) <= room else _cut(title, room)
        if shown == title or len(shown) >= _SHORTEST_TITLE:
            yield _first_and_more(shown, n_more, say) + ending


def _first_and_more(title: str, n_more: int, say: Wording) -> str:
    return say("subject_top", n_more, title=title) if n_more else title


def _with_code(papers: Sequence[ChosenPaper], say: Wording) -> str:
    n_code = sum(one.paper.code_url is not None for one in papers)
    return f", {say('subject_code', n_code)}" if n_code else ""


def _entries(one: ChosenPaper) -> tuple[str, ...]:
    return tuple(" ".join(entry.split()) for entry in (*one.topics, *one.words))


def _cut(title: str, most: int) -> str:
    """The first words of a title; dots say that it goes on."""
    return title[: most - 3].rpartition(" ")[0].rstrip(" ,:;-") + "..."


def _begun(text: str) -> str:
    """Words as a sentence begins with them."""
    return text[:1].upper() + text[1:]
