"""Which block is the title is learnt from the whole body; nothing else becomes one."""

from collections.abc import Callable, Sequence

import pytest

from tasks.sources.pagedump.parse_markdown import MARKDOWN
from tests.layouts.dress import ABS, HF, PDF, each, folded, names, votes
from tests.layouts.in_mail import link, mail
from tests.layouts.measure import read
from tests.layouts.papers import PAPERS, Paper

FEW = PAPERS[:6]
READ = "\u67e5\u770b\u8bba\u6587"
Part = Callable[[int, Paper], str]


def lines(part: Part, between: str = "\n") -> str:
    return each(FEW, part, between)


TEXTS: dict[str, str] = {
    "title, names, address beside each other": lines(
        lambda _, p: f"{p.title}; {names(p)}; {ABS}{p.id}"
    ),
    "date, title, address": lines(lambda _, p: f"{p.day} | {p.title} | {ABS}{p.id}"),
    "title in quotes before names": lines(
        lambda _, p: f"\u201c{p.title}\u201d {names(p)} {ABS}{p.id}"
    ),
    "names before an emphasised title": lines(
        lambda _, p: f"- {p.authors[0]} et al., *{p.title}*, [arXiv]({ABS}{p.id}), 2026"
    ),
    "address above, a blank line between": lines(lambda _, p: f"{ABS}{p.id}\n\n{p.title}", "\n\n"),
    "a table whose heads are empty": "||||\n|-|-|-|\n"
    + lines(lambda n, p: f"|{n}|{p.title}|[link]({ABS}{p.id})|"),
    "a table whose head nobody knows": "| arXiv | What it is called |\n|-|-|\n"
    + lines(lambda _, p: f"|[{p.id}]({ABS}{p.id})|{p.title}|"),
    "bold title before a teaser": lines(
        lambda _, p: f"* **{p.title}**: {p.teaser} [Paper]({ABS}{p.id})"
    ),
    "link before a teaser": lines(lambda _, p: f"* [{p.title}]({ABS}{p.id}): {p.teaser}"),
    "link before a venue": lines(lambda _, p: f"- [{p.title}]({ABS}{p.id}), ICML 2026"),
    "heading with number and votes": lines(
        lambda n, p: (
            f"## [{n}] {p.title} ({votes(p)} 👍)\n\n{HF}{p.id}\n\n**Summary**\n\n{p.abstract}"
        ),
        "\n\n",
    ),
    "heading with signs": lines(
        lambda _, p: f"### 🔥 {p.title} 🔥\n👍 {votes(p)}\n\n[Paper]({HF}{p.id})", "\n\n"
    ),
    "a link around the whole card": "# Daily Papers\n\n"
    + lines(lambda _, p: f"[{p.title}\n\n{p.abstract}\n\n3 authors]({HF}{p.id})", "\n\n"),
    "chat: emphasised link": lines(
        lambda _, p: f"*<{HF}{p.id}|{p.title}>*\n_{names(p)}_\n&gt; {p.teaser}", "\n\n"
    ),
    "chat: button in brackets": lines(lambda _, p: f"{p.title} (<{HF}{p.id}|paper>)"),
    "chat: words for a pictogram before the link": lines(
        lambda _, p: f":arrow_up: {votes(p)}  <{HF}{p.id}|{p.title}> (<{PDF}{p.id}|PDF>)"
    ),
    "chat: what a card of the link says again and again": lines(
        lambda _, p: f"<{HF}{p.id}>\nPaper page - {p.title}\nJoin the talk on this page", "\n\n"
    ),
    "a wiki's link": lines(lambda _, p: f"* [{p.title}|{ABS}{p.id}] - {names(p)}"),
    "a task of org": lines(lambda _, p: f"** TODO [[{ABS}{p.id}][{p.title}]]"),
    "an item of LaTeX": lines(
        lambda _, p: f"\\item \\href{{{ABS}{p.id}}}{{{p.title.replace('&', chr(92) + '&')}}}"
    ),
    "numbers of a thread": lines(lambda n, p: f"{n}/ {p.title}\n\n{HF}{p.id}", "\n\n"),
    "numbers as in Chinese": lines(lambda n, p: f"{n}\u3001{p.title}\n{ABS}{p.id}", "\n\n"),
    "circled numbers": lines(lambda n, p: f"{chr(0x245F + n)} {p.title}\n{ABS}{p.id}", "\n\n"),
    "the id before the title": lines(lambda _, p: f"- {p.id}: {p.title} [pdf]({PDF}{p.id})"),
    "values between tabs": lines(lambda _, p: f"{p.id}\t{p.title}\t{ABS}{p.id}"),
    "a heading of HTML": lines(
        lambda _, p: f'<h3 align="center">{p.title}</h3>\n\n<a href="{ABS}{p.id}">arXiv</a>', "\n\n"
    ),
    "what all titles of a site end with": lines(
        lambda _, p: f"- [{p.title} | A Site]({ABS}{p.id})"
    ),
    "what all titles of a site begin with": lines(
        lambda _, p: f"- [Paper page - {p.title}]({HF}{p.id})"
    ),
    "votes behind a dash": lines(lambda _, p: f"- [{p.title} \u2014 7 upvotes]({HF}{p.id})"),
    "votes before a dash": lines(lambda _, p: f"- [7 upvotes - {p.title}]({HF}{p.id})"),
    "fields of a reference manager": lines(
        lambda _, p: (
            f"TY  - JOUR\nTI  - {p.title}\n"
            + "".join(f"AU  - {name}\n" for name in p.authors)
            + f"UR  - {ABS}{p.id}\nER  -"
        ),
        "\n\n",
    ),
    "emphasis around words": lines(
        lambda _, p: f"* *{p.title}* \u2014 {names(p)}. [[arxiv]({ABS}{p.id})]"
    ),
}
MAILS: dict[str, bytes] = {
    "button before the title": mail(
        lines(lambda _, p: f"<p>{link(PDF + p.id, 'PDF')} <b>{p.title}</b></p>")
    ),
    "a button in another language": mail(
        lines(
            lambda _, p: (
                f"<div><div class=t>{p.title}</div><div class=a>{names(p)}</div>"
                f"<div class=b>{link(ABS + p.id, READ)}</div></div>"
            )
        )
    ),
    "all in divisions": mail(
        lines(
            lambda _, p: (
                f"<div>{p.title}</div><div>{names(p)}</div><div>{p.teaser}</div>"
                f"<div>{link(HF + p.id, 'Open')}</div><br>"
            )
        )
    ),
    "a section for each": mail(
        lines(
            lambda n, p: (
                f"<h2>Field of Number {n}</h2><h4>{p.title}</h4><p>{p.teaser}</p>"
                f"{link(HF + p.id, 'More')}"
            )
        )
    ),
    "folded names": mail(
        text=lines(
            lambda _, p: (
                f"{folded(p.title, 60)}\n{folded(', '.join(p.authors * 4), 60)}\n{ABS}{p.id}"
            ),
            "\n\n",
        )
        + "\n"
    ),
    "blank lines between all": mail(
        text="Hi,\n\n"
        + lines(lambda _, p: f"{p.title}\n\n{names(p)}\n\n{ABS}{p.id}", "\n\n")
        + "\n\nBye\n"
    ),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_the_title_of_a_text_is_told_from_what_stands_beside_it(kind: str) -> None:
    assert _told(TEXTS[kind].encode()) == _printed(FEW)


@pytest.mark.parametrize("kind", MAILS)
def test_the_title_of_a_mail_is_told_from_what_stands_beside_it(kind: str) -> None:
    assert _told(MAILS[kind]) == _printed(FEW)


def test_a_formula_within_emphasis_is_part_of_the_title() -> None:
    body = "\n".join(
        f"* *A Fold of $x_{n}$ Sheets* \u2014 A. Muster [pdf]({PDF}2608.1000{n})" for n in range(4)
    )
    assert [r.title for r in read(body.encode())] == [f"A Fold of $x_{n}$ Sheets" for n in range(4)]


def test_one_author_in_brackets_is_no_part_of_a_title_where_others_have_several() -> None:
    people = [names(p) for p in FEW[:3]] + ["Ada Muster", "Bo Beispiel"]
    few = FEW[:5]
    body = "\n".join(
        f"* {p.title} ({who})\n  {PDF}{p.id}" for p, who in zip(few, people, strict=True)
    )
    assert _told(body.encode()) == _printed(few)
    alone = "\n".join(f"* {p.title} (Part Two)\n  {PDF}{p.id}" for p in few)
    assert [r.title for r in read(alone.encode())] == [f"{p.title} (Part Two)" for p in few]


NARROW = [
    ("Kettles That Know When Their Own Water\nMay Boil Over?", "Ada Muster, Bo Beispiel"),
    ("On Snails", "Cy Probe"),
    ("Attention, Cooks, Your Recipes Are Much\nToo Long", "Dora Exempel, Eli Muster"),
    ("Spoons", "Gina Beispiel, Hua Li"),
]


def test_titles_that_fill_a_narrow_line_go_on_in_the_next_one() -> None:
    parts = [
        f"{n}. {title}\n   {who}\n   {ABS}2608.1000{n}" for n, (title, who) in enumerate(NARROW)
    ]
    found = read(("\n\n".join(parts) + "\n").encode())
    assert [r.title for r in found] == [title.replace("\n", " ") for title, _ in NARROW]


def test_a_line_below_titles_that_had_room_for_it_is_no_part_of_them() -> None:
    few = [p for p in FEW if len(p.title) < 60]
    parts = [f"{p.title}\n{p.teaser.rstrip('.')}\n{PDF}{p.id}" for p in few]
    assert _told(("\n\n".join(parts) + "\n").encode()) == _printed(few)


def test_titles_folded_in_every_record_are_whole() -> None:
    first, second = "The Quite Long Title of the Paper {} That Has", "{} More Words Than Fit on It"
    whole = [(first.format(n), second.format(n)) for n in range(1, 7)]
    parts = [f"{one}\n{two}\n{ABS}2608.1000{n}" for n, (one, two) in enumerate(whole)]
    found = read(mail(text="Daily\n\n" + "\n\n".join(parts) + "\n"))
    assert [r.title for r in found] == [" ".join(halves) for halves in whole]


def test_a_title_that_is_folded_where_others_are_not_is_whole() -> None:
    longer = "A Title That Somebody's Program Broke Here\nIn Two Lines of One Title"
    texts = [p.title for p in FEW[:2]] + [longer] + [p.title for p in FEW[5:]]
    parts = [f"{title}\n{ABS}2608.1000{n}" for n, title in enumerate(texts)]
    found = read("\n\n".join(parts).encode())
    assert [r.title for r in found] == [title.replace("\n", " ") for title in texts]


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("2608.10002", "a link to a paper without a title"),
        ("Read the paper", "a link to a paper without a title"),
        ("https://example.org/x", "a link to a paper without a title"),
        (
            "2026-08-05 09:00:01 fetching kettles",
            "an address, an id or a date where a title belongs",
        ),
        ("Kettle Bot, today at 09:02", "an address, an id or a date where a title belongs"),
        ('"K1","2026","Kettles of Old","', "values of a table where a title belongs"),
        ("weight: 2.5", "a name and its value where a title belongs"),
        ("Ada Muster, Bo Beispiel", "names where a title belongs"),
        ("Lists and More of the \u2026", "a title that is cut off"),
        ("Lists and More of", "a title that goes on elsewhere"),
        ("[Lists and More of the same", "a link that is damaged where a title belongs"),
    ],
)
def test_what_is_no_title_puts_its_record_into_quarantine(title: str, reason: str) -> None:
    titles = [FEW[0].title, FEW[1].title, title, FEW[3].title, FEW[4].title]
    body = "\n\n".join(
        f"### {text}\n\n[PDF]({PDF}2608.1000{n})" for n, text in enumerate(titles)
    ).encode()
    parsed = MARKDOWN.parse(body)
    assert [r.title for r in parsed.records] == titles[:2] + titles[3:]
    [reject] = parsed.rejects
    assert reject.reason in (reason, "a link to a paper without a title")
    assert "2608.10002" in reject.raw


def _told(body: bytes) -> list[tuple[str | None, str]]:
    return [(record.arxiv_id, record.title) for record in read(body)]


def _printed(papers: Sequence[Paper]) -> list[tuple[str | None, str]]:
    return [(paper.id, paper.title) for paper in papers]
