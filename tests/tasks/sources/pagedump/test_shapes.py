"""Saved pages with links, in three shapes: each says the same, and damage costs only itself."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from tasks.detect_format import detect_format
from tasks.errors import BadBody
from tasks.parse.model import ParsedBody, Record
from tasks.sources.pagedump import SOURCE
from tests.support.bodies import ABSTRACT
from tests.support.effort import grows_in_proportion
from tests.support.saved import BROWSER, IDS, LINKS, MARKDOWN, SHAPES, TITLES

NO_BREAK = "\N{NO-BREAK SPACE}"


def read(shape: str, text: str | bytes) -> ParsedBody:
    """A text read in a shape, which must be the one it is recognised as."""
    content = text if isinstance(text, bytes) else text.encode()
    found = detect_format(content, "saved.txt")
    assert (found.source.name, found.format.name) == ("pagedump", shape)
    return found.format.parse(content)


def ids(parsed: ParsedBody) -> list[str | None]:
    return [record.arxiv_id for record in parsed.records]


def told(record: Record) -> tuple[object, ...]:
    """What a record says but its place, its submitter and how its title is printed."""
    return record._replace(place=0, submitter=None)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_tells_ids_titles_votes_dates_comments_and_organisations(shape: str) -> None:
    parsed = read(shape, SHAPES[shape])
    assert (ids(parsed), parsed.rejects) == (IDS, ())
    assert [record.title for record in parsed.records] == TITLES
    assert [record.upvotes for record in parsed.records] == [45, None, None, 9]
    assert [record.comments for record in parsed.records] == [3, 1, None, None]
    assert [record.submitted_at for record in parsed.records] == [
        datetime(2025, 5, 30, tzinfo=UTC),
        datetime(2024, 3, 8, tzinfo=UTC),
        datetime(2025, 5, 29, tzinfo=UTC),
        None,
    ]
    assert [record.listing_organization for record in parsed.records] == ["Lamp Lab"] + 3 * [None]
    assert {record.published_at for record in parsed.records} == {None}


@pytest.mark.parametrize("shape", SHAPES)
def test_without_a_capture_date_a_day_without_a_year_is_not_known(shape: str) -> None:
    text = re.sub(r"(?:Captured on|Saved:).*", "", SHAPES[shape])
    days = [record.submitted_at for record in read(shape, text).records]
    assert days == [None, datetime(2024, 3, 8, tzinfo=UTC), None, None]


def _crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def _bom(text: str) -> bytes:
    return b"\xef\xbb\xbf" + text.encode()


def _no_break_spaces(text: str) -> bytes:
    return text.replace("\n\n", f"\n{NO_BREAK}\n").replace("\u00b7 ", f"\u00b7{NO_BREAK}").encode()


def _no_last_end(text: str) -> bytes:
    return text.rstrip().encode()


@pytest.mark.parametrize("write", [_crlf, _bom, _no_break_spaces, _no_last_end])
@pytest.mark.parametrize("shape", SHAPES)
def test_line_ends_marks_and_blanks_change_nothing(
    shape: str, write: Callable[[str], bytes]
) -> None:
    assert read(shape, write(SHAPES[shape])).records == read(shape, SHAPES[shape]).records


@pytest.mark.parametrize(
    ("shape", "damage"),
    [
        ("markdown", lambda text: text.replace("](https://huggingface.co/papers/2403.04567)", "")),
        ("markdown", lambda text: text.replace("papers/2403.04567", "papers/24")),
        ("markdown", lambda text: text.replace("### [A Survey of", "### A Survey of")),
        ("links", lambda text: text.replace("papers/2403.04567", "papers/24")),
        ("links", lambda text: text.replace("https://huggingface.co/papers/2403.04567\n", "")),
        ("browser", lambda text: re.sub(r"11\. https.*\n +12\. https.*\n", "", text)),
        ("browser", lambda text: text.replace("papers/2403.04567", "papers/24")),
    ],
)
def test_a_damaged_record_in_the_middle_costs_itself_and_shifts_nothing(
    shape: str, damage: Callable[[str], str]
) -> None:
    whole = read(shape, SHAPES[shape])
    parsed = read(shape, damage(SHAPES[shape]))
    kept = [told(record) for record in parsed.records if record.arxiv_id != IDS[1]]
    assert kept == [told(record) for record in whole.records if record.arxiv_id != IDS[1]]
    assert len(parsed.records) == 4 or len(parsed.rejects) >= 1


@pytest.mark.parametrize("shape", SHAPES)
def test_a_text_cut_anywhere_keeps_the_records_before_the_cut_and_makes_up_none(shape: str) -> None:
    text = SHAPES[shape]
    for end in range(text.index("2505.00011") + 200, len(text), 17):
        content = text[:end].encode()
        try:
            parsed = next(f for f in SOURCE.formats if f.name == shape).parse(content)
        except BadBody:
            continue
        found = [record.arxiv_id for record in parsed.records]
        assert [i for i in found if i] == [i for i in IDS if i in found]
        for record in parsed.records:
            assert any(title.startswith(record.title) for title in TITLES)


def test_a_browser_text_without_its_list_gives_titles_that_have_an_abstract() -> None:
    text = BROWSER[: BROWSER.index("References")].replace(
        "   7 authors", f"   {ABSTRACT}\n\n   7 authors"
    )
    [record] = read("browser", text).records
    assert (record.arxiv_id, record.title, record.abstract) == (None, TITLES[1], ABSTRACT)


@pytest.mark.parametrize("shape", SHAPES)
def test_two_captures_in_one_file_are_one_issue_that_lists_its_papers_twice(shape: str) -> None:
    parsed = read(shape, SHAPES[shape] + "\n\n" + SHAPES[shape].replace("2025", "2026"))
    assert ids(parsed) == IDS + IDS
    assert [r.upvotes for r in parsed.records] == [45, None, None, 9] * 2
    assert parsed.records[0].submitted_at == datetime(2025, 5, 30, tzinfo=UTC)
    assert parsed.records[4].submitted_at == datetime(2026, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_record_is_found_again_in_its_bytes(shape: str) -> None:
    content = SHAPES[shape].encode()
    body_format = next(body_format for body_format in SOURCE.formats if body_format.name == shape)
    for record in body_format.parse(content).records:
        raw = body_format.locate(content, record.place)
        assert content[raw.span.start : raw.span.end].decode() == raw.text
        assert record.title.split()[-1] in raw.text
        assert sum(title.split()[-1] in raw.text for title in TITLES) == 1


@pytest.mark.parametrize("shape", SHAPES)
def test_abstracts_stay_with_their_titles(shape: str) -> None:
    text = SHAPES[shape]
    for number, mark in enumerate(["May 30", "Mar 8, 2024", "May 29", "1 author\n"]):
        text = text.replace(mark, f"{mark.strip()}\n\n{ABSTRACT} Number {number}.\n", 1)
    abstracts = [record.abstract for record in read(shape, text).records]
    assert abstracts == [f"{ABSTRACT} Number {number}." for number in range(4)]


def test_votes_may_stand_before_or_after_the_title() -> None:
    lines = [("One Fine Title", 5), ("Another Fine Title", 6), ("The Last Fine Title", 7)]
    link = "[{0}](https://arxiv.org/abs/2401.0000{1})"
    before = "\n\n".join(f"{n}\n\n{link.format(title, n)}\n\n12 authors\n\n1" for title, n in lines)
    after = "\n\n".join(f"{link.format(title, n)}\n\n{n}\n\n12 authors\n\n1" for title, n in lines)
    for text in (before, after):
        found = [(r.upvotes, r.comments) for r in read("markdown", text).records]
        assert found == [(5, 1), (6, 1), (7, 1)]


@pytest.mark.parametrize(
    "line",
    [
        "https://huggingface.co/papers/2401.00001 - A Fine Title",
        "A Fine Title: https://arxiv.org/abs/2401.00001v4",
        "1. A Fine Title (https://arxiv.org/pdf/2401.00001.pdf)",
        "- A Fine Title <https://huggingface.co/papers/2401.00001>.",
        "https://huggingface.co/papers/2401.00001\tA Fine Title\t12\tMay 3, 2024",
        "https://huggingface.co/papers/2401.00001\nA Fine Title",
        "A Fine Title\nhttps://huggingface.co/papers/2401.00001",
        "A Fine\n  Title https://huggingface.co/papers/2401.00001\n  12 | 3 comments",
    ],
)
def test_a_link_and_its_title_may_share_a_line_or_not(line: str) -> None:
    text = f"{line}\n\n{line.replace('00001', '00002').replace('Fine', 'Finer')}\n"
    records = read("links", text).records
    assert [(r.arxiv_id, r.title) for r in records] == [
        ("2401.00001", "A Fine Title"),
        ("2401.00002", "A Finer Title"),
    ]


def test_links_alone_are_rejects_and_no_papers() -> None:
    address = "https://arxiv.org/abs/2401.0000"
    text = f"{address}1\n{address}2 A Title of Four\n{address}3 One More Title\n"
    parsed = read("links", text)
    assert ids(parsed) == ["2401.00002", "2401.00003"]
    assert [r.reason for r in parsed.rejects] == ["a link to a paper without a title"]


@pytest.mark.parametrize(
    ("heading", "edition", "query"),
    [
        ("Daily Papers", "search", None),
        ("# Trending Papers", "trending", None),
        ("Daily Papers \u00b7 Jun 2, 2025", "daily", None),
        ("Search results for \u201cquiet spoons\u201d", "search", "quiet spoons"),
        ("https://huggingface.co/papers?q=quiet%20spoons", "search", "quiet spoons"),
    ],
)
def test_the_heading_tells_which_list_it_is(heading: str, edition: str, query: str | None) -> None:
    content = f"{heading}\n\n[A Fine Title](https://arxiv.org/abs/2401.00001)\n".encode()
    found = detect_format(content, "x")
    assert found.issue.edition == edition
    assert found.format.parse(content).query == query


PIECES = [" ", "[", "]", "-", "](", "[1]", "\n", "\t|", "![", "a b\n  ", "1 \u00b7 "]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("shape", [body_format.name for body_format in SOURCE.formats])
def test_a_long_run_of_anything_takes_time_in_proportion(shape: str, piece: str) -> None:
    body_format = SOURCE.format(shape)

    def read_all(n_bytes: int) -> None:
        content = (MARKDOWN[-400:] + piece * (n_bytes // len(piece.encode())) + LINKS).encode()
        body_format.recognise(content)
        with suppress(BadBody):
            body_format.parse(content)

    assert grows_in_proportion(read_all, 10_000)
