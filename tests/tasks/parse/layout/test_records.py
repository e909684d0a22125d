"""Abstracts whole, facts with their own record, and texts that only mention papers refused."""

from collections.abc import Callable

import pytest

from tasks.errors import BadBody
from tasks.sources.pagedump import SOURCE
from tasks.sources.pagedump.parse_links import LINKS
from tasks.sources.pagedump.parse_markdown import MARKDOWN
from tests.layouts.dress import ABS, HF, votes
from tests.layouts.measure import read
from tests.layouts.papers import PAPERS
from tests.support.effort import grows_in_proportion

FEW = PAPERS[:5]
MENTIONED = [f"{ABS}2508.0200{n}" for n in range(1, 4)]
ONE, TWO, THREE = MENTIONED


def test_an_abstract_is_whole_over_lists_and_paragraphs() -> None:
    body = "# Daily Papers\n\n" + "\n\n".join(
        f"### [{p.title}]({HF}{p.id})\n\n{p.abstract} The parts are:\n\n- lid {n}\n- spout {n}\n\n"
        "3 authors"
        for n, p in enumerate(FEW[:3])
    )
    assert [r.abstract for r in read(body.encode())] == [
        f"{p.abstract} The parts are: lid {n} spout {n}" for n, p in enumerate(FEW[:3])
    ]


def test_a_cut_off_abstract_is_none() -> None:
    body = "\n\n".join(f"### [{p.title}]({HF}{p.id})\n\n{p.abstract[:-9]}..." for p in FEW)
    assert [r.abstract for r in read(body.encode())] == [None] * len(FEW)


@pytest.mark.parametrize("lost", range(1, len(FEW)))
def test_votes_stay_with_their_paper_where_one_has_none(lost: int) -> None:
    body = "# Daily Papers\n\n" + "\n\n".join(
        f"{'' if n == lost else votes(p)}\n\n### [{p.title}]({HF}{p.id})\n\n3 authors\n\n8"
        for n, p in enumerate(FEW)
    )
    found = {r.arxiv_id: (r.upvotes, r.comments) for r in read(body.encode())}
    for number, paper in enumerate(FEW):
        if number not in (lost, lost - 1):
            assert found[paper.id] == (paper.votes, 8)


@pytest.mark.parametrize(
    "printed",
    [
        "- [{t}]({u}) ({v} \U0001f44d, {c} \U0001f4ac)",
        "- [{t}]({u}) :+1: {v} / :speech_balloon: {c}",
        "- [{v} upvotes - {t}]({u}), {c} comments",
        "[ {v} ](</login?next=%2Fpapers%2F{i}>)\n\n### [ {t} ]({u})\n\n[ {c} ]({u}#community)\n",
    ],
)
def test_votes_and_comments_are_read_however_they_stand_beside_a_title(printed: str) -> None:
    few = [p for p in PAPERS if p.votes is not None and p.comments is not None][:4]
    body = "# Daily Papers\n\n" + "\n".join(
        printed.format(t=p.title, u=HF + p.id, i=p.id, v=p.votes, c=p.comments) for p in few
    )
    assert [(r.title, r.upvotes, r.comments) for r in read(body.encode())] == [
        (p.title, p.votes, p.comments) for p in few
    ]


def test_a_year_and_a_rank_are_no_votes() -> None:
    body = "\n".join(f"{n}. [{p.title}]({ABS}{p.id}), 2026" for n, p in enumerate(FEW, 1))
    assert {r.upvotes for r in read(body.encode())} == {None}


def test_ranks_in_cells_and_on_lines_are_no_votes() -> None:
    lines = "\n\n".join(
        f"{n}\n\n### [{p.title}]({HF}{p.id})\n\n{votes(p)} upvotes" for n, p in enumerate(FEW, 1)
    )
    rows = "\n".join(f"|{n}|{p.title}|[pdf]({ABS}{p.id})|" for n, p in enumerate(FEW, 1))
    assert [r.upvotes for r in read(lines.encode())] == [p.votes for p in FEW]
    assert [r.comments for r in read(lines.encode())] == [None] * len(FEW)
    assert {(r.upvotes, r.comments) for r in read(rows.encode())} == {(None, None)}


def test_rows_of_a_table_keep_their_own_cells() -> None:
    rows = "\n".join(f"|{p.title}|{votes(p)}|[pdf]({ABS}{p.id})|" for p in FEW)
    body = f"|Title|Upvotes|PDF|\n|---|---|---|\n{rows}\n"
    damaged = body.replace(f"|{FEW[2].title}|", "||")
    found = {r.arxiv_id: (r.title, r.upvotes) for r in read(damaged.encode())}
    assert found == {p.id: (p.title, p.votes) for p in FEW if p is not FEW[2]}


NO_DIGESTS = {
    "sentences": f"The schedule follows {ONE}.\n\nFor the bound we refer to {TWO}.\n",
    "brackets": f"Ada spoke of the kettle ({ONE}).\nBo has doubts ({TWO}) and will look.\n",
    "a log": "".join(
        f"2026-08-05 09:00:0{n} INFO get {u}\n2026-08-05 09:00:0{n} INFO done in 1.{n} s\n"
        for n, u in enumerate(MENTIONED)
    ),
    "settings": f"name: kettle\nsources:\n  - url: {ONE}\n    weight: 2\n  - url: {TWO}\n"
    "    weight: 3\nowner: ada\n",
    "answers to questions": f"### Why do kettles sing?\n\nSee {ONE}\n\n### May I use a pot?\n\n"
    f"Yes.\n\n### Where is the lid?\n\nSee {TWO}\n",
    "a quoted question": f"> have you read {ONE}?\n> It is odd.\n\nYes, and also {TWO} is.\n",
    "a Spanish chat": f"ada: \u00bfhas le\u00eddo {ONE}?\nbo: s\u00ed, y {TWO} tambi\u00e9n\n"
    "ada: vale\n",
    "one sentence": f"Two papers I liked: {ONE} and {TWO}. Cheers",
    "questions": f"> does anybody know the kettle\n\nyes: {ONE}\n\n> and spoons\n\nmaybe {TWO}\n",
    "words that link": f"Implements [Kettles of Old]({ONE}) and [Gravel by Shape]({TWO}).\n",
    "labels": f"# Tool\n\n- Paper: {ONE}\n- Code: https://github.com/x/y\n- Demo: {TWO}\n",
    "tasks": f"- [ ] read {ONE}\n- [x] read {TWO}\n- [ ] call Bo\n",
    "changes": f"# Changes\n\n- Support for kettles ({ONE})\n- Faster spoons ({TWO})\n- A start\n",
    "references": f"[1] A. Muster. Kettles. 2025. {ONE}.\n[2] B. Probe. Spoons. 2024. {TWO}.\n",
    "BibTeX": "".join(
        f"@article{{a,\n  title={{Kettles}},\n  url={{{u}}}\n}}\n\n" for u in MENTIONED
    ),
    "results": "|Model|Score|Ref|\n|-|-|-|\n"
    + "\n".join(f"|Kettle{n}|8{n}|[paper]({u})|" for n, u in enumerate(MENTIONED)),
    "code": f'"""Module.\n\nSee {ONE} (section 3).\n"""\n# from {TWO}\nreturn 1  # {THREE}\n',
}


@pytest.mark.parametrize("kind", NO_DIGESTS)
def test_a_text_that_only_mentions_papers_is_refused(kind: str) -> None:
    assert read(NO_DIGESTS[kind].encode()) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (NO_DIGESTS["sentences"], "2 links to papers in running text, no titles"),
        ("\n".join(MENTIONED), "3 links to papers, no titles in a repeated layout"),
    ],
)
def test_a_refusal_says_what_was_found(text: str, found: str) -> None:
    with pytest.raises(BadBody) as caught:
        LINKS.parse(text.encode())
    assert caught.value.found == found


BODIES: dict[str, Callable[[int], str]] = {
    "headings": lambda n: "\n\n".join(
        f"### [A Fine Title {i}]({HF}2401.{i:05})\n\nSome words of it." for i in range(n)
    ),
    "one paragraph": lambda n: "\n".join(
        f"- A Fine Title {i} ({ABS}2401.{i:05})" for i in range(n)
    ),
    "table": lambda n: (
        "|Title|PDF|\n|-|-|\n"
        + "\n".join(f"|A Fine Title {i}|[pdf]({ABS}2401.{i:05})|" for i in range(n))
    ),
    "heads again and again": lambda n: (
        "title,link\na,b,c,d\n" * n + f"[A Fine Title]({ABS}2401.00001)"
    ),
    "tables that do not end": lambda n: (
        "<table>\n<tr><th>Title\n" * n + f"[A Fine Title]({ABS}2401.00001)"
    ),
    "messages": lambda n: f"[05.08.26, 09:00] Bot: A Fine Title\n{ABS}2401.00001\n" * n,
    "abstracts below the last": lambda n: (
        f"[A Title]({ABS}2401.00001)\n\n[B Title]({ABS}2401.00002)"
        + "\n\nWords of an abstract that go on. " * n
    ),
    "lines of one paragraph": lambda n: (
        f"[A Fine Title]({ABS}2401.00001)\n"
        + "Words of an abstract that go on and on and on.\n" * n
    ),
    "links over lines": lambda n: f"[a\nb]({ABS}2401.00001)\n" * n,
    "open brackets": lambda n: "[a\n" * n + f"[A Fine Title]({ABS}2401.00001)",
}


@pytest.mark.parametrize("kind", BODIES)
def test_time_grows_in_proportion_to_a_body(kind: str) -> None:
    def work(size: int) -> None:
        content = BODIES[kind](size).encode()
        for body_format in (MARKDOWN, *SOURCE.formats):
            body_format.recognise(content)
        try:
            MARKDOWN.parse(content)
        except BadBody:
            return

    assert grows_in_proportion(work, 250)
