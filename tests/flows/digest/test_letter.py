"""A mail says what is in it, runs nothing, asks nobody, and can be stopped."""

import re
from dataclasses import replace
from email import policy
from html.parser import HTMLParser

import pytest

from flows.digest.choose import Chosen
from flows.digest.letter import LetterLinks
from tasks.parse.text import on_one_line as plain
from tests.support.letters import (
    LINKS,
    WEEK,
    chosen,
    mail_of,
    one,
    parts_of,
    shown,
    written,
)
from tests.support.pages import HOSTILE, Page
from warehouse.subscriber import Wishes

WISHES = Wishes(topics=("robotics",), words=("kettle",), authors=("Ann Author",))
CODE = "https://github.com/example/kettle"
MIXED = chosen(
    one(shown(1), authors=("Ann Author",)),
    one(shown(2, code_url=CODE), topics=("robotics",)),
    one(shown(3, code_url=CODE), topics=("robotics",), words=("kettle",)),
    one(shown(4, votes=None, names=(), topics=(), sentence="")),
    wishes=WISHES,
)
HARD = chosen(
    *(one(shown(n, title=plain(title), sentence=plain(title))) for n, title in enumerate(HOSTILE))
)


class Nested(HTMLParser):
    """Reads HTML and notes end tags that do not fit; `opened` are tags that never end."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.faults: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.faults += [f"{tag}: {names}"] if len(set(names)) < len(names) else []
        self.opened += [tag] if tag not in ("meta", "br") else []

    def handle_endtag(self, tag: str) -> None:
        if not self.opened or self.opened.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")


@pytest.mark.parametrize(
    ("what", "subject"),
    [
        (MIXED, "New by Ann Author; 2 papers on robotics, kettle, 2 with code (20 Nov)"),
        (
            chosen(*(one(shown(n), topics=("video generation",)) for n in range(7)), wishes=WISHES),
            "7 papers on video generation (20 Nov)",
        ),
        (
            chosen(one(shown(1, code_url=CODE), authors=("Ann Author",)), wishes=WISHES),
            "New by Ann Author, 1 with code (20 Nov)",
        ),
        (
            chosen(one(shown(1)), one(shown(2))),
            "Kettle-1: Boiling Water with Diffusion Models and 1 more (20 Nov)",
        ),
        (
            chosen(one(shown(1, title="A Word " * 30)), one(shown(2)), issue=WEEK),
            "A Word A Word A Word A Word A Word A Word A Word A... and 1 more (week 47)",
        ),
        (chosen(one(shown(1, title="x" * 300)), one(shown(2))), "2 papers of 20 Nov"),
        (chosen(), "No papers for you, 20 Nov"),
    ],
)
def test_the_subject_says_what_is_in_the_mail_in_78_characters(what: Chosen, subject: str) -> None:
    assert written(what).subject == subject
    assert len(subject) <= 78


def test_a_subject_with_many_long_topics_and_names_is_still_short_and_whole() -> None:
    names = tuple(f"Author {n} of a Very Long Family Name" for n in range(5))
    topics = tuple(f"a topic with a long name, number {n}" for n in range(5))
    papers = [one(shown(n), authors=names, topics=topics) for n in range(12)]
    subject = written(chosen(*papers, wishes=WISHES)).subject
    assert len(subject) <= 78
    assert subject.startswith("New by Author 0 of a Very Long Family Name")


@pytest.mark.parametrize("language", ["en", "de"])
def test_both_parts_say_the_same_of_each_paper(language: str) -> None:
    what = replace(MIXED, wishes=replace(WISHES, language=language))
    letter = written(what)
    page = Page(letter.html)
    assert letter.paper_ids == ("2611.00001", "2611.00002", "2611.00003", "2611.00004")
    flat, words = " ".join(letter.text.split()), " ".join(page.words.split())
    for paper in (each.paper for each in what.papers):
        for said in (paper.title, *paper.names, *paper.topics, paper.sentence):
            assert said in flat
            assert said in words
        for url in (f"{LINKS.site}papers/{paper.paper_id}.html", f"{paper.pdf_url}"):
            assert url in letter.text
            assert url in page.links
    assert letter.text.count(CODE) == page.links.count(CODE) == 2
    for number in ("10", "20", "30"):
        assert f"{number} {'votes' if language == 'en' else 'Stimmen'}" in flat
        assert f"{number} {'votes' if language == 'en' else 'Stimmen'}" in words
    for link in (str(LINKS.manage), str(LINKS.stop)):
        assert link in letter.text.splitlines()
        assert link in page.links
    assert f'<html lang="{language}">' in letter.html


def test_each_paper_says_why_it_is_there_and_pinned_ones_are_marked() -> None:
    letter = written(MIXED)
    for said in (
        "Pinned: You follow Ann Author",
        "Your topic: robotics",
        "Your topic: robotics; has your words: \u201ckettle\u201d",
    ):
        assert f"* {said}\n" in letter.text
        assert said in " ".join(Page(letter.html).words.split())
    sections = ["By people you follow", "What you asked for", "Top by votes"]
    places = [letter.text.index(f"\n{title}\n---") for title in sections]
    assert places == sorted(places)


def test_titles_are_words_in_both_parts_and_nothing_of_them_runs() -> None:
    letter = written(HARD)
    page = Page(letter.html)
    assert page.tags & {"script", "img", "svg", "iframe", "object", "link", "form"} == set()
    assert [name for name in page.attributes if name.startswith("on")] == []
    assert not any("javascript:" in link for link in page.links)
    for title in HOSTILE:
        said = title.replace("\u202e ", "")
        assert said in page.words
        assert said in " ".join(letter.text.split())


@pytest.mark.parametrize("what", [MIXED, HARD, chosen()], ids=["mixed", "hostile", "none"])
def test_nothing_in_it_is_asked_of_a_server(what: Chosen) -> None:
    html = written(what).html
    page = Page(html)
    assert page.attributes & {"src", "srcset", "background", "poster", "data"} == set()
    assert page.tags & {"link", "script", "img", "iframe", "object", "video", "form"} == set()
    styles = [e.attributes.get("style", "") for e in page.elements]
    head = html.partition("</head>")[0]
    assert re.findall(r"(?i)url\(|@import|@font-face", head + "".join(styles)) == []
    assert html.count("<style") == 1


def test_the_styles_are_in_the_elements_and_the_dark_ones_in_the_head() -> None:
    head, _, body = written(MIXED).html.partition("</head>")
    assert "prefers-color-scheme: dark" in head
    assert 'name="color-scheme" content="light dark"' in head
    for tag in ("body", "main", "h1", "h2", "h3", "article"):
        assert re.search(rf'<{tag}\b[^>]*\bstyle="', body), tag


def test_it_is_valid_html_with_a_title_and_a_text_for_previews() -> None:
    for what in (MIXED, HARD, chosen(), replace(MIXED, notes=("incomplete", "late"))):
        letter = written(what)
        read = Nested(letter.html)
        assert (read.faults, read.opened) == ([], [])
        assert "<title>" in letter.html
        assert '<div class="preheader"' in letter.html


def test_without_pages_it_links_to_hugging_face_and_says_whom_to_write_to() -> None:
    letter = written(MIXED, LetterLinks())
    assert "https://huggingface.co/papers/2611.00001" in letter.text
    assert "To change or stop it, write to Daily papers <digest@example.org>." in " ".join(
        letter.text.split()
    )
    assert "papers.example.org" not in letter.text + letter.html


def test_people_with_equal_wishes_have_their_own_links_in_the_same_mail() -> None:
    other = replace(LINKS, manage="https://papers.example.org/change?token=b")
    mine, theirs = written(MIXED), written(MIXED, other)
    assert mine.html != theirs.html
    assert mine.html.replace("token=a&amp;b=1", "token=b") == theirs.html
    assert mine.text.replace("token=a&b=1", "token=b") == theirs.text
    assert "invalid/" not in mine.html + mine.text


def test_notes_and_a_mail_without_papers_say_so() -> None:
    late = written(replace(MIXED, notes=("incomplete", "late")))
    for said in ("This list may be incomplete", "This list comes late."):
        assert said in late.text
        assert said in late.html
    none = written(chosen(wishes=Wishes(min_votes=99)))
    assert "No paper of this list is what you asked for." in none.text
    assert "at least 99 votes" in " ".join(none.text.split())
    assert none.paper_ids == ()


def test_the_text_fits_a_terminal_and_breaks_no_address() -> None:
    long = "https://github.com/example/" + "a-very-long-name-of-a-repository-" * 4
    title = "A Title of " + "Many Words " * 30 + "and-one-that-is-" + "long" * 30
    letter = written(chosen(one(shown(1, title=title, code_url=long)), *MIXED.papers[1:]))
    lines = letter.text.splitlines()
    assert [line for line in lines if len(line) > 72 and " " in line.split("  ")[-1].strip()] == []
    assert any(line.endswith(f"  {long}") for line in lines)
    assert [line for line in lines if line != line.rstrip()] == []
    assert " ".join(title.split()) in " ".join(letter.text.split())


@pytest.mark.parametrize("what", [MIXED, HARD, chosen()], ids=["mixed", "hostile", "none"])
def test_a_mail_of_it_keeps_the_rules_and_reads_back_the_same(what: Chosen) -> None:
    letter = written(what)
    content = mail_of(letter)
    assert content.isascii()
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    head, _, _ = content.partition(b"\r\n\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert max(map(len, head.split(b"\r\n"))) <= 78
    message, text, html = parts_of(content)
    assert message["Subject"] == letter.subject
    assert text.replace("\r\n", "\n") == letter.text
    assert html.replace("\r\n", "\n").rstrip() == letter.html
    codings = {part["Content-Transfer-Encoding"] for part in message.iter_parts()}
    assert codings <= {"7bit", "quoted-printable", "base64"}
    assert message.policy == policy.default
    assert not message.defects
