"""A saved text of a page: titles and abstracts are paired, and nothing is guessed."""

import pytest

from tasks.errors import BadBody
from tasks.parse.model import FieldSeen, Record
from tasks.sources.pagedump import SOURCE
from tasks.sources.pagedump.issues import is_valid_key
from tasks.sources.pagedump.parse_text import TEXT
from tests.support.bodies import ABSTRACT, cut
from tests.support.effort import grows_in_proportion
from tests.support.folders import SAMPLE

parse = TEXT.parse

CONTENT = (SAMPLE / "pagedump/search.txt").read_bytes()
FURNITURE = (
    "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\n"
    "by AK and the research community\n\n"
)
NO_BREAK = "\N{NO-BREAK SPACE}"


def text(*paragraphs: str) -> bytes:
    """Paragraphs as a saved page has them."""
    return "\n\n".join(paragraphs).encode()


def titles(content: bytes) -> list[str]:
    return [record.title for record in parse(content).records]


def test_the_sample_page_is_read_whole() -> None:
    written = CONTENT.decode().removeprefix(FURNITURE).strip()
    paragraphs = [" ".join(part.split("\n")) for part in written.split("\n\n")]
    parsed = parse(CONTENT)
    assert [(r.title, r.abstract) for r in parsed.records] == list(
        zip(paragraphs[::2], paragraphs[1::2], strict=True)
    )
    assert len(parsed.records) == 12
    assert parsed.rejects == ()


def test_what_a_text_does_not_say_is_unknown() -> None:
    [record] = parse(text("A Title", ABSTRACT)).records
    assert record == Record(0, "A Title", "A Title", abstract=ABSTRACT)
    assert (record.arxiv_id, record.upvotes, record.published_at) == (None, None, None)


def test_the_page_around_the_list_is_no_paper() -> None:
    content = text(FURNITURE.strip(), "Trending papers", "A Title", ABSTRACT, "subscribe")
    parsed = parse(content)
    assert (titles(content), parsed.rejects) == (["A Title"], ())
    assert parsed.records[0].place == 0


def test_a_title_without_an_abstract_does_not_shift_the_others() -> None:
    content = text("First", ABSTRACT, "Örphan", "Second", ABSTRACT, "Last")
    parsed = parse(content)
    assert titles(content) == ["First", "Second"]
    assert [(r.place, r.reason, r.raw) for r in parsed.rejects] == [
        (1, "a title without an abstract", "Örphan"),
        (3, "a title without an abstract", "Last"),
    ]
    assert [cut(content, reject) for reject in parsed.rejects] == ["Örphan", "Last"]


def test_an_abstract_without_a_title_does_not_shift_the_others() -> None:
    content = text(
        ABSTRACT + " Örphan.", "First", ABSTRACT, ABSTRACT + " Lone.", "Second", ABSTRACT
    )
    parsed = parse(content)
    assert titles(content) == ["First", "Second"]
    assert [(r.place, r.reason, r.raw) for r in parsed.rejects] == [
        (0, "an abstract without a title", ABSTRACT + " Örphan."),
        (2, "an abstract without a title", ABSTRACT + " Lone."),
    ]
    assert [cut(content, reject) for reject in parsed.rejects] == [r.raw for r in parsed.rejects]


def test_a_reject_carries_its_very_bytes_also_when_it_is_wrapped() -> None:
    content = b"\xef\xbb\xbf" + text("A\r\n  wrapped örphan", "First", ABSTRACT)
    [reject] = parse(content).rejects
    assert reject.raw == "A\r\n  wrapped örphan"
    assert cut(content, reject) == reject.raw


def test_wrapped_lines_are_joined_and_only_blanks_are_folded() -> None:
    content = text("A  Title\n  that\\wraps", ABSTRACT.replace(" on ", "\non "))
    [record] = parse(content).records
    assert record.title == "A Title that\\wraps"
    assert record.abstract == ABSTRACT


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(CONTENT.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(b"\xef\xbb\xbf" + CONTENT, id="BOM"),
        pytest.param(CONTENT.replace(b"\n\n", b"\n \t\n\n\n"), id="blank lines with blanks"),
        pytest.param(CONTENT.replace(b"\n\n", f"\n{NO_BREAK}\n".encode()), id="NBSP between"),
        pytest.param(CONTENT.replace(b"\n\n", f"\n\n{NO_BREAK}\n\n".encode()), id="NBSP alone"),
        pytest.param(CONTENT.replace(b"\n\n", f"\n\n{NO_BREAK} ".encode()), id="NBSP indents"),
        pytest.param(CONTENT.rstrip(), id="no last line end"),
    ],
)
def test_line_ends_and_blanks_of_any_kind_give_the_same_records(written: bytes) -> None:
    assert parse(written).records == parse(CONTENT).records
    assert parse(written).rejects == ()


def test_a_no_break_space_within_a_line_stays() -> None:
    assert titles(text(f"GPT{NO_BREAK}2", ABSTRACT)) == [f"GPT{NO_BREAK}2"]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", "Örphan\r\n\r\n".encode()])
def test_every_record_is_found_again_from_its_title_to_the_end_of_its_abstract(
    start: bytes,
) -> None:
    content = start + text("Fürst", ABSTRACT, "Second", ABSTRACT)
    for record in parse(content).records:
        raw = TEXT.locate(content, record.place)
        assert raw.text == f"{record.title}\n\n{ABSTRACT}"
        assert content[raw.span.start : raw.span.end].decode() == raw.text


def test_fields_are_counted() -> None:
    fields = parse(text("First", ABSTRACT, "Orphan", "Second", ABSTRACT)).fields_seen
    assert fields == {FieldSeen("title", "text"): 2, FieldSeen("abstract", "text"): 2}


@pytest.mark.parametrize(
    "content",
    [b"", b" \n\t\n", b"Only a title\n", ABSTRACT.encode(), b"\xff\xfe\x00", b"new\n\nSubscribe\n"],
)
def test_a_text_without_one_pair_is_no_issue(content: bytes) -> None:
    with pytest.raises(BadBody, match=f"found {len(content)} bytes of text without") as caught:
        parse(content)
    assert caught.value.expected == TEXT.expects


def test_a_title_with_bytes_that_are_not_utf_8_is_a_reject_with_a_mark_in_their_place() -> None:
    content = b"Caf\xe9\n\n" + ABSTRACT.encode()
    assert [reject.reason for reject in parse(content).rejects] == [
        "`title`: bytes that are not UTF-8"
    ]
    assert parse(content).rejects[0].raw.startswith("Caf\N{REPLACEMENT CHARACTER}\n")


def test_a_line_of_many_blanks_takes_no_longer_than_a_line_of_words() -> None:
    assert titles(text("A Title", " " * 500_000, ABSTRACT)) == ["A Title"]
    assert grows_in_proportion(lambda n: titles(text("A Title", " " * n, ABSTRACT)), 125_000)


def test_a_capture_is_named_by_its_bytes() -> None:
    named = TEXT.issue_of(CONTENT)
    assert named is not None
    edition, _, key = named.partition(":")
    assert SOURCE.is_valid_key(edition, key)
    assert TEXT.issue_of(CONTENT + b"\n") != named
    assert not is_valid_key("search", "2026-11-20")
    assert not is_valid_key("weekly", key)
