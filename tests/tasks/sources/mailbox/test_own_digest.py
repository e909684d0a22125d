"""Only a mail of ours is read by the rules for ours, and damage costs no more than its paper."""

import pytest

from tasks.errors import BadBody
from tasks.sources.mailbox.own_digest import MARK, own_entries
from tasks.sources.mailbox.parse_message import parse
from tests.support.effort import seconds
from tests.support.mails import mail, plain_mail

TEXT = f"""\
A DAY
=====

1.  A Title
    that Goes on

    10 votes | Ann Author
    We look at https://arxiv.org/abs/2401.00009
    PDF   https://arxiv.org/pdf/2611.00001

2.  Another

    votes not counted
    PDF   https://arxiv.org/pdf/2611.00002

({MARK})
"""
HTML = f"""\
<html><head><meta name="generator" content="{MARK}"></head><body>
<article class="a" data-votes="7" data-paper="2611.00001"><h3 dir="auto"><a
href="https://site.example/1">A &amp;lt; <b>Title</b></a></h3></article>
<article data-paper="2611.00002"><h3>Another</h3></article></body></html>
"""


def read(content: bytes) -> list[tuple[str | None, str, int | None]]:
    return [(r.arxiv_id, r.title, r.upvotes) for r in parse(content).records]


def test_a_text_of_ours_is_read_by_its_numbers_and_indents() -> None:
    expected = [("2611.00001", "A Title that Goes on", 10), ("2611.00002", "Another", None)]
    assert read(plain_mail(TEXT)) == expected
    assert read(plain_mail(TEXT.replace("\n", "\r\n"))) == expected


def test_html_of_ours_is_read_by_its_elements() -> None:
    expected = [("2611.00001", "A &lt; Title", 7), ("2611.00002", "Another", None)]
    assert read(mail(HTML)) == expected


def test_without_the_mark_a_mail_is_read_like_any_other() -> None:
    assert own_entries([HTML.replace(MARK, "mailer 3")], [TEXT.replace(MARK, "")]) == []
    with pytest.raises(BadBody):
        parse(mail(HTML.replace(MARK, "mailer 3")))


def test_a_paper_without_its_link_or_heading_costs_only_itself() -> None:
    text = TEXT.replace("    PDF   https://arxiv.org/pdf/2611.00001\n", "")
    assert [one[0] for one in read(plain_mail(text))] == ["2611.00002"]
    html = HTML.replace("<h3>Another</h3>", "")
    assert [one[0] for one in read(mail(html))] == ["2611.00001"]
    assert [one[0] for one in read(mail(HTML.replace("2611.00002", "title:0011")))] == [
        "2611.00001"
    ]


@pytest.mark.parametrize(
    "piece",
    ["<article ", '<article data-paper="', "<article>", "<h3", "<h3>", "</h3>", "<", '"', "1. x\n"],
)
def test_a_mail_made_to_be_slow_is_not(piece: str) -> None:
    html = f'<meta content="{MARK}"><article data-paper="2611.00001">' + piece * 60_000
    text = f"({MARK})\n1.  x\n" + piece * 60_000
    assert seconds(lambda: own_entries([html], [])) < 2
    assert seconds(lambda: own_entries([], [text])) < 2
