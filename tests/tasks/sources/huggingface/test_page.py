"""A web page is read from its data; when that is gone, from the cards a reader sees."""

import json
from datetime import date
from typing import Any

import pytest

from tasks.errors import BadBody
from tasks.parse.model import Record
from tasks.sources.huggingface.parse_api import API
from tasks.sources.huggingface.parse_page import PAGE, parse
from tests.support.bodies import cut_unescaped, hydrated, item, raw_page
from tests.support.folders import SAMPLE

FULL = (SAMPLE / "huggingface/html/2026-11-13.html").read_bytes()
CARDS_ONLY = (SAMPLE / "huggingface/html/2026-11-12-cards-only.html").read_bytes()
CARD = """<article><a href="/papers/2503.02130"><img></a><div class="leading-none">{votes}</div>
<h3><a href="/papers/2503.02130v2"> Tom &amp;
 Jerry </a></h3><a href="/papers/2503.02130#community">{comments}</a></article>"""


def of_api(day: str) -> tuple[Record, ...]:
    """The records of the sample's API body of a day."""
    return API.parse((SAMPLE / f"huggingface/api/{day}.json").read_bytes()).records


def card(votes: str = "5", comments: str = "0") -> bytes:
    """A page of one card."""
    return CARD.format(votes=votes, comments=comments).encode()


def test_a_page_says_the_same_as_the_api() -> None:
    parsed = parse(FULL)
    assert parsed.records == of_api("2026-11-13")
    assert parsed.rejects == ()


def test_a_page_tells_its_own_date_and_issue() -> None:
    assert parse(FULL).shown_on == date(2026, 11, 13)
    assert PAGE.issue_of(FULL) == "daily:2026-11-13"
    assert parse(hydrated([], date="2024-08-01T00:00:00.000Z")).shown_on == date(2024, 8, 1)
    assert parse(hydrated([], dateString="of old")).shown_on is None
    assert parse(hydrated([])).shown_on is None


def test_a_search_page_tells_its_query_and_no_issue() -> None:
    page = hydrated([item()], query="diffusion", dateString="2026-11-13")
    assert parse(page).query == "diffusion"
    assert PAGE.issue_of(page) is None


@pytest.mark.parametrize("query", [{}, {"q": "x"}, None, 3])
def test_a_query_that_is_no_text_is_unknown(query: Any) -> None:
    assert parse(hydrated([item()], query=query)).query is None


@pytest.mark.parametrize("period", ["week", "month"])
def test_a_page_of_a_longer_period_tells_no_issue(period: str) -> None:
    assert PAGE.issue_of(hydrated([], dateString="2026-11-13", periodType=period)) is None


def test_a_page_without_papers_in_its_list_is_an_empty_issue() -> None:
    assert parse(hydrated([], dateString="2026-11-13")).n_parsed == 0


@pytest.mark.parametrize(
    "element",
    [
        "<div data-target='DailyPapers' class=x data-props='{}'></div>",
        "<div data-props='{}' class=x data-target='DailyPapers'></div>",
        '<main data-props="{}" data-target="DailyPapers">',
    ],
)
def test_the_element_is_found_by_its_attributes_whatever_their_order_and_quotes(
    element: str,
) -> None:
    props = '{"dailyPapers":[{"title":"é"},{}]}'.replace('"', "&quot;")
    content = f"<p data-props='[]'>ü</p>{element.replace('{}', props)}".encode()
    assert PAGE.recognise(content)
    rejects = parse(content).rejects
    assert [reject.raw for reject in rejects] == ['{"title":"é"}', "{}"]
    assert [cut_unescaped(content, reject) for reject in rejects] == ['{"title":"é"}', "{}"]


def test_cards_give_id_title_votes_and_comments_and_leave_the_rest_unknown() -> None:
    records = parse(CARDS_ONLY).records
    expected = of_api("2026-11-12")
    assert [r.arxiv_id for r in records] == [r.arxiv_id for r in expected]
    assert [r.title for r in records] == [r.title_as_listed for r in expected]
    assert [r.upvotes for r in records] == [r.upvotes for r in expected]
    assert [r.comments for r in records] == [r.comments for r in expected]
    assert {(r.abstract, r.published_at, r.authors, r.github_stars) for r in records} == {
        (None, None, (), None)
    }


def test_a_card_is_read_without_version_line_breaks_and_entities() -> None:
    [record] = parse(card()).records
    assert record == Record(0, "Tom & Jerry", "Tom & Jerry", "2503.02130", upvotes=5, comments=0)


@pytest.mark.parametrize(
    "site",
    [
        "https://huggingface.co",
        "//huggingface.co",
        "http://www.huggingface.co",
        "https://hf-mirror.com",
        "https://web.archive.org/web/20261113081011/https://huggingface.co",
        "/web/20261113081011mp_/https://huggingface.co",
    ],
)
def test_a_card_leads_to_its_paper_with_any_address_of_the_site(site: str) -> None:
    copied = card().replace(b'href="', f'href="{site}'.encode())
    for content in (copied, copied.replace(b"article", b"ARTICLE").replace(b"h3>", b"H3>")):
        assert PAGE.recognise(content)
        assert parse(content).records == parse(card()).records


def test_a_card_of_another_site_is_none() -> None:
    assert not PAGE.recognise(card().replace(b'href="', b'href="https://example.org'))


@pytest.mark.parametrize("shown", ["-", "1.4k", "", "\N{SUPERSCRIPT TWO}", "9" * 5_000])
def test_a_count_that_is_no_plain_number_is_unknown(shown: str) -> None:
    [record] = parse(card(votes=shown, comments=shown)).records
    assert (record.upvotes, record.comments) == (None, None)


def test_a_card_is_found_again_although_other_articles_stand_around_it() -> None:
    other = b'<article><a href="/papers/trending">More</a></article>'
    content = "<p>é</p>".encode() + other + card() + other + card(votes="6")
    assert [record.upvotes for record in parse(content).records] == [5, 6]
    for place, votes in enumerate(("5", "6")):
        raw = PAGE.locate(content, place)
        assert raw.text == CARD.format(votes=votes, comments="0")
        assert content[raw.span.start : raw.span.end].decode() == raw.text


def test_navigation_is_no_paper() -> None:
    assert {r.arxiv_id for r in parse(CARDS_ONLY).records if "." not in (r.arxiv_id or "")} == set()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<title>Cheap flights</title><p>none", "a page titled 'Cheap flights' with neither"),
        (b"", "'no title'"),
        (b"<div>" * 20_000, "'no title'"),
        (raw_page("{not json"), "a DailyPapers element that is not JSON"),
        (raw_page('{"dailyPapers": [{"paper": '), "a DailyPapers element that is not JSON"),
        (raw_page('{"dailyPapers": NaN}'), "a DailyPapers element without a list of papers"),
        (raw_page('{"dailyPapers": {}}'), "a DailyPapers element without a list of papers"),
        (raw_page("[]"), "a DailyPapers element without a list of papers"),
        (raw_page("[" * 100_000 + "]" * 100_000), "a DailyPapers element without a list"),
        (json.dumps([item()]).encode(), "'no title'"),
    ],
)
def test_a_page_without_papers_says_what_was_expected_and_found(content: bytes, found: str) -> None:
    with pytest.raises(BadBody) as caught:
        parse(content)
    assert caught.value.expected == PAGE.expects
    assert found in caught.value.found
