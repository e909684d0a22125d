"""The subject of a mail: what is in it, in so many characters that a phone shows it whole."""

from collections import Counter
from collections.abc import Iterator

from flows.digest.choose import Chosen, ChosenPaper
from flows.digest.wording import Wording

LONGEST = 78
"""RFC 5322 wants no longer lines."""


def subject_of(chosen: Chosen, say: Wording) -> str:
    """`7 papers on video generation, 3 with code (20 Nov)`: the fullest form that is short enough."""
    return next((text for text in _forms(chosen, say) if len(text) <= LONGEST), say(
        "subject_all", papers=say.papers(len(chosen.papers)), when=say.short_title(chosen.issue)
    ))


def _forms(chosen: Chosen, say: Wording) -> Iterator[str]:
    """What the subject may be, the fullest first."""
    when = say.short_title(chosen.issue)
    if not chosen.papers:
        yield say("subject_none", when=when)
    elif chosen.matching:
        for text in _of_matches(chosen, say):
            yield f"{text} ({when})"
        yield from _of_matches(chosen, say)
    else:
        yield from _of_top(chosen, say, when)


def _of_matches(chosen: Chosen, say: Wording) -> Iterator[str]:
    asked = [one for one in chosen.matching if one.topics or one.words]
    authors = list(dict.fromkeys(name for one in chosen.matching for name in one.authors))
    entries = [e for e, _ in Counter(e for one in asked for e in _entries(one)).most_common()]
    n_code = sum(one.paper.code_url is not None for one in chosen.matching)
    code = f", {say('subject_code', n_code)}" if n_code else ""
    for n_authors in range(min(3, len(authors)), -1, -1):
        shown = ", ".join(authors[:n_authors])
        new = say("subject_pinned", names=shown) if shown else ""
        for n in range(min(3, len(entries)), 0, -1):
            about = [one for one in asked if set(_entries(one)) & set(entries[:n])]
            papers = say.papers(len(about))
            text = say("subject_match", papers=papers, what=", ".join(entries[:n])) + code
            yield f"{_begun(new)}; {text}" if new else text
        if new and (not entries or n_authors == 1):
            yield _begun(new) + code
    yield say.papers(len(chosen.matching)) + code


def _of_top(chosen: Chosen, say: Wording, when: str) -> Iterator[str]:
    n_code = sum(one.paper.code_url is not None for one in chosen.papers)
    key = "subject_other" if chosen.has_wishes else "subject_all"
    text = say(key, papers=say.papers(len(chosen.papers)), when=when)
    code = f", {say('subject_code', n_code)}" if n_code else ""
    title = chosen.papers[0].paper.title
    yield f"{text}{code}: {title}"
    for begun in (f"{text}{code}: ", f"{text}: "):
        cut = title[: LONGEST - len(begun) - 3].rpartition(" ")[0]
        if len(cut) >= len(title) / 3 or len(cut) > 20:
            yield f"{begun}{cut.rstrip(' ,:;-')}..."
    yield text + code


def _entries(one: ChosenPaper) -> tuple[str, ...]:
    return tuple(" ".join(entry.split()) for entry in (*one.topics, *one.words))


def _begun(text: str) -> str:
    """Words as a sentence begins with them."""
    return text[:1].upper() + text[1:]
