"""Dumps of fields: every record is read or rejected, and damage does not spread."""

import re
from contextlib import suppress

import pytest

from tasks.detect_format import detect_format
from tasks.errors import BadBody, UnknownIssue
from tasks.parse.model import Record
from tasks.sources.textdump.issues import is_valid_key
from tasks.sources.textdump.parse_fields import FIELDS, locate, parse
from tests.support.bodies import ABSTRACT, cut
from tests.support.effort import grows_in_proportion
from tests.support.folders import digests
from tests.support.textdumps import FIRST, IDS, SECOND, THIRD, WHOLE


def ids(text: str) -> list[str | None]:
    return [record.arxiv_id for record in parse(text.encode()).records]


def test_a_dump_is_read_whole() -> None:
    parsed = parse(WHOLE.encode())
    assert parsed.rejects == ()
    title = "A Title That Goes On Below"
    assert parsed.records[1] == Record(1, title, title, IDS[1], f"{ABSTRACT} A T.")
    assert ids(WHOLE) == IDS


@pytest.mark.parametrize(
    "written",
    [
        WHOLE.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + WHOLE.encode(),
        WHOLE.replace(": ", ":\N{NO-BREAK SPACE}").encode(),
        WHOLE.replace("---\n", "---\n\N{NO-BREAK SPACE}\n\n").encode(),
        WHOLE.rstrip("-\n").encode(),
        WHOLE.replace("---\n", "").encode(),
        ("---\n" + WHOLE).encode(),
    ],
)
def test_line_ends_marks_blanks_and_lost_rules_change_nothing(written: bytes) -> None:
    assert detect_format(written, "dump_2024-06-21.txt").format.parse(written).records == (
        parse(WHOLE.encode()).records
    )


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        (SECOND.replace("Title: ", ""), "a record without a title"),
        (SECOND.replace("hep-th/9901001", "hep-"), "no id can be read"),
        (re.sub("(?s)PDF.*", "---\n", SECOND), "without a link"),
        ("stray words\n---\n", "a record without a title"),
    ],
)
def test_a_damaged_record_is_a_reject_and_shifts_nothing(damaged: str, reason: str) -> None:
    content = (FIRST + damaged + THIRD).encode()
    parsed = parse(content)
    assert [record.arxiv_id for record in parsed.records] == [IDS[0], IDS[2]]
    abstracts = [record.abstract for record in parsed.records]
    assert abstracts == [f"{ABSTRACT} One.", f"{ABSTRACT} The."]
    [reject] = parsed.rejects
    assert reason in reject.reason
    assert cut(content, reject) == reject.raw == locate(content, 1).text


def test_a_record_without_a_link_is_found_by_its_title() -> None:
    assert ids(FIRST + re.sub("PDF.*\n", "", SECOND)) == [IDS[0], None]


def test_a_dump_cut_anywhere_keeps_what_stands_before_the_cut() -> None:
    for end in range(len(FIRST), len(WHOLE), 7):
        parsed = parse(WHOLE[:end].encode())
        found = [record.arxiv_id for record in parsed.records]
        assert found[0] == IDS[0]
        assert [i for i in found if i] == [i for i in IDS if i in found]


def test_two_captures_in_one_file_list_their_papers_twice() -> None:
    assert ids(WHOLE + WHOLE) == IDS + IDS


def test_the_day_comes_from_the_name_and_is_asked_for_without() -> None:
    found = detect_format(WHOLE.encode(), "paper_metadata_2024-06-21.txt")
    assert str(found.issue) == "textdump:weekly:2024-06-21"
    with pytest.raises(UnknownIssue, match="--as textdump:weekly:"):
        detect_format(WHOLE.encode(), "dump.txt")
    assert not is_valid_key("weekly", "2024-W25")
    assert not is_valid_key("daily", "2024-06-21")


@pytest.mark.parametrize("piece", [" ", "[", "-", "---\n", "Title: \n", "PDF:\n", "\n"])
def test_a_long_run_of_anything_takes_time_in_proportion(piece: str) -> None:
    def read_all(n_bytes: int) -> None:
        content = FIRST.encode() + piece.encode() * (n_bytes // len(piece))
        FIELDS.recognise(content)
        with suppress(BadBody):
            parse(content)

    assert grows_in_proportion(read_all, 25_000)


def test_every_real_dump_gives_as_many_papers_as_it_has_titles() -> None:
    paths = sorted(digests("textdump").glob("*.txt"))
    assert len(paths) == 6
    for path in paths:
        content = path.read_bytes()
        found = detect_format(content, path.name)
        assert str(found.issue) == f"textdump:weekly:{path.stem.removeprefix('paper_metadata_')}"
        parsed = found.format.parse(content)
        text = content.decode()
        links = re.findall(r"^PDF: \S+/pdf/(\S+?)(?:v\d+)?$", text, re.MULTILINE)
        titles = re.findall(r"^Title: ((?:.*\n)+?)PDF: ", text, re.MULTILINE)
        summaries = re.findall(r"^Summary: ((?:.*\n)+?)---$", text, re.MULTILINE)
        assert (len(parsed.records), parsed.rejects) == (50, ())
        assert [record.arxiv_id for record in parsed.records] == links
        assert [record.title for record in parsed.records] == [
            re.sub(r"\s*\n\s*", " ", title).strip() for title in titles
        ]
        assert [record.abstract for record in parsed.records] == [
            re.sub(r"\s*\n\s*", " ", summary).strip() for summary in summaries
        ]
