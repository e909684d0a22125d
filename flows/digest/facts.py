"""What both parts of a mail say: its frame in words, the sections of papers, why each is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flows.digest.choose import Chosen, ChosenPaper, ShownPaper
from flows.digest.wording import Wording
from flows.site.words import paper_file, source_title
from tasks.parse.text import on_one_line
from tasks.sources.huggingface.issues import NAME


@dataclass(frozen=True)
class Section:
    """Papers that are there for the same kind of reason, with the rank of each in the mail."""

    title: str
    is_pinned: bool
    papers: tuple[tuple[int, ChosenPaper], ...]


@dataclass(frozen=True)
class Frame:
    """What stands around the papers of a mail, in the reader's language."""

    title: str
    counts: str
    moment: str
    """When the votes were seen; empty where none were."""
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    why: tuple[str, ...]
    manage: str | None
    stop: str | None
    postal_address: str | None


def frame_of(
    chosen: Chosen,
    say: Wording,
    *,
    manage: str | None,
    stop: str | None,
    sender: str | None,
    postal_address: str | None,
) -> Frame:
    """The frame of a mail. Without links to change or stop it, it says whom to write to."""
    why = [say(f"foot_why_{chosen.issue.frequency}"), *_wishes(chosen, say)]
    why.append(say("foot_source", source=source_title(NAME)))
    if sender:
        is_closed = manage is None and stop is None
        why.append(say("foot_write" if is_closed else "foot_sender", sender=sender))
    return Frame(
        title=say.title(chosen.issue),
        counts=" ".join(_counts(chosen, say)),
        moment=say.moment(chosen.votes_at) if chosen.votes_at and chosen.papers else "",
        notes=tuple(say(f"note_{note}") for note in chosen.notes),
        sections=tuple(_sections(chosen, say)),
        why=tuple(why),
        manage=manage,
        stop=stop,
        postal_address=postal_address,
    )


def reasons(one: ChosenPaper, say: Wording) -> str:
    """What of a person's wishes a paper matches: `You follow Fei-Fei Li; your topic: robotics`."""
    quoted = [say("quoted", text=text) for text in one.words]
    found = (("why_author", one.authors), ("why_topic", one.topics), ("why_word", quoted))
    said = "; ".join(say(key, names=", ".join(names)) for key, names in found if names)
    return said[:1].upper() + said[1:]


def page_of(paper: ShownPaper, site: str | None) -> str | None:
    """The page of a paper: on the site, else at Hugging Face."""
    return f"{site.rstrip('/')}/papers/{paper_file(paper.paper_id)}.html" if site else paper.hf_url


def _counts(chosen: Chosen, say: Wording) -> list[str]:
    shown, n_papers = len(chosen.papers), chosen.issue.n_papers
    if not shown:
        return [say("count_none")]
    key = "count_all" if shown == n_papers else "count_some"
    said = [say(key, shown=say.number(shown), papers=say.papers(n_papers))]
    numbers = {
        "count_pinned": _n_of(chosen.papers, "pinned"),
        "count_match": _n_of(chosen.papers, "match"),
        "count_code": sum(one.paper.code_url is not None for one in chosen.papers),
    }
    said += [say("count_match_none")] if chosen.has_wishes and not chosen.matching else []
    return [*said, *(say(key, n) for key, n in numbers.items() if n)]


def _n_of(papers: Sequence[ChosenPaper], place: str) -> int:
    return sum(one.place == place for one in papers)


def _sections(chosen: Chosen, say: Wording) -> list[Section]:
    ranked = enumerate(chosen.papers, 1)
    grouped = groupby(ranked, key=lambda one: one[1].place)
    return [
        Section(say(f"section_{place}"), place == "pinned", tuple(papers))
        for place, papers in grouped
    ]


def _wishes(chosen: Chosen, say: Wording) -> list[str]:
    wanted = chosen.wishes
    lists = {"topics": wanted.topics, "words": wanted.words, "authors": wanted.authors}
    said = [
        say(f"wish_{key}", names=", ".join(map(on_one_line, names)))
        for key, names in lists.items()
        if names
    ]
    said += [say("wish_code")] if wanted.code_only else []
    said += [say("wish_votes", wanted.min_votes)] if wanted.min_votes else []
    said.append(say("wish_most", papers=say.papers(wanted.max_papers)))
    return [say("foot_wishes", wishes="; ".join(said))]
