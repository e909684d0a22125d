"""The daily mailing: three blocks, declared counts, folded lines, odd bytes, damage."""

from datetime import UTC, date, datetime

import pytest

from tasks.detect_format import detect_format
from tasks.errors import BadBody, UnknownIssue
from tasks.parse.model import Author, Record
from tasks.sources.arxiv.parse_mailing import MAILING, locate, parse
from tests.support.arxiv_bodies import ABSTRACT, END, mailed, mailing

REPLACED_AT = "Thu, 19 Nov 2026 18:44:36 GMT"
NEW = [mailed(f"2611.0000{n}") for n in range(3)]
CROSSES = [mailed("2611.00008", is_cross=True)]
REPLACED = [
    mailed("2501.00001", replaced=REPLACED_AT),
    mailed("hep-th/9901001", replaced=REPLACED_AT, is_cross=True),
]
WHOLE = mailing(NEW, CROSSES, REPLACED)


def ids(content: str | bytes) -> list[str | None]:
    return [
        r.arxiv_id for r in parse(content.encode() if isinstance(content, str) else content).records
    ]


def test_a_record_is_read_whole_its_folded_lines_joined() -> None:
    title = "Reading Lists with a Title\n  that is folded"
    [record] = parse(mailing([mailed(title=title)]).encode()).records
    assert record == Record(
        0,
        "Reading Lists with a Title that is folded",
        "Reading Lists with a Title that is folded",
        "2611.00001",
        ABSTRACT,
        (Author("Author 1"), Author("Author 2"), Author("Author 3")),
        published_at=datetime(2026, 11, 18, 19, 0, 2, tzinfo=UTC),
        submitted_at=datetime(2026, 11, 18, 19, 0, 2, tzinfo=UTC),
        categories=("cs.CL", "cs.DL"),
        listing_type="new",
    )


def test_each_record_says_which_block_it_is_of_and_the_count_reconciles() -> None:
    parsed = parse(WHOLE.encode())
    assert [r.listing_type for r in parsed.records] == [
        *["new"] * 3, "cross", "replace", "replace-cross",
    ]  # fmt: skip
    assert parsed.n_declared == parsed.n_parsed == 6
    assert parsed.shown_on == date(2026, 11, 20)


def test_a_replacement_was_submitted_later_than_the_paper_was_published() -> None:
    replaced = parse(WHOLE.encode()).records[4]
    assert replaced.submitted_at == datetime(2026, 11, 19, 18, 44, 36, tzinfo=UTC)
    assert (replaced.published_at, replaced.abstract) == (None, None)


def test_a_record_that_is_missing_breaks_the_declared_count() -> None:
    parsed = parse(WHOLE.replace(NEW[1], "").encode())
    assert (parsed.n_declared, parsed.n_parsed) == (6, 5)


def test_a_mailing_that_declares_nothing_is_not_reconciled() -> None:
    parsed = parse(mailing(NEW, subject="cs.CL daily Subj-class mailing").encode())
    assert (parsed.n_declared, parsed.n_parsed) == (None, 3)


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("Fri,  3 Mar 23 01:29:12 GMT", "2023-03-03"),
        ("Thu, 2 Mar 2023 20:29:12 -0500", "2023-03-03"),
        ("Fri, 9 Jun 23 00:44:20 GMT", "2023-06-09"),
    ],
)
def test_a_mailing_tells_its_issue(date: str, day: str) -> None:
    content = mailing(NEW, subject="cs.CL\n daily 3 new received", date=date).encode()
    found = detect_format(content, "2020-01-01.txt")
    assert (str(found.issue), found.format) == (f"arxiv:cs.CL:{day}", MAILING)


FORWARDED = (
    "From: reader@example.org\nSubject: Fwd: cs.CL daily\nDate: Mon, 23 Nov 2026 08:00:00 +0000\n\n"
    "FYI\n\n---------- Forwarded message ---------\n"
)


def forwarded(date: str, *, until: str | None = None) -> bytes:
    """A mailing that somebody sent on three days later; `until`, the end of its submissions."""
    text = mailing(NEW, subject="cs.CL daily 3 new received", date=date)
    window = f"received from Tue 17 Nov 26 19:00:00 GMT to {until}" if until else "received"
    return (FORWARDED + text.replace("received from Wed to Thu", window)).encode()


@pytest.mark.parametrize("until", [None, "Thu 19 Nov 26 19:00:00 GMT"])
def test_a_forwarded_mailing_is_of_its_own_date(until: str | None) -> None:
    content = forwarded("Fri, 20 Nov 26 01:29:12 GMT", until=until)
    assert str(detect_format(content, "mail.eml").issue) == "arxiv:cs.CL:2026-11-20"
    assert parse(content).shown_on == date(2026, 11, 20)


def test_a_mailing_whose_date_is_not_that_of_its_submissions_has_none() -> None:
    """A wrong year, or a forward that left the mailing's own date out: a person names it."""
    later = forwarded("somewhen", until="Tue 10 Nov 26 19:00:00 GMT")
    wrong_year = forwarded("Fri, 20 Nov 25 01:29:12 GMT", until="Thu 12 Nov 26 19:00:00 GMT")
    for content in (later, wrong_year):
        with pytest.raises(UnknownIssue, match="name it, for example --as arxiv:"):
            detect_format(content, "mail.eml")


def test_a_mailing_of_a_day_without_papers_is_an_empty_issue() -> None:
    content = mailing(subject="cs.CL daily 0 new + 0 crosses received").encode()
    assert (parse(content).records, parse(content).rejects) == ((), ())
    assert MAILING.recognise(content)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("A. One and B. Two", ["A. One", "B. Two"]),
        ("A. One, B. Two,\n  and The Lists Group", ["A. One", "B. Two", "The Lists Group"]),
        ("Lists Group: A. One; B. Two & C. D", ["Lists Group", "A. One", "B. Two", "C. D"]),
        ("A. One (1 and 2), B. Two (3, for the group) ((1) A, (2) B, (3) C)", ["A. One", "B. Two"]),
        ("Andr\\'e One, Pawe{\\l} Two, C. D, Jr.", ["Andr\\'e One", "Pawe{\\l} Two", "C. D, Jr."]),
    ],
)
def test_an_author_line_in_prose_is_a_list_of_authors(line: str, names: list[str]) -> None:
    [record] = parse(mailing([mailed(authors=line)]).encode()).records
    assert [author.name for author in record.authors] == names


def test_bytes_that_are_not_utf_8_are_latin_1_record_by_record() -> None:
    utf, latin = mailed("2611.00001", title="Café"), mailed("2611.00002", title="Thé")
    content = mailing([utf, latin]).encode().replace("Thé".encode(), b"Th\xe9")
    assert [r.title for r in parse(content).records] == ["Café", "Thé"]


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(WHOLE.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(b"\xef\xbb\xbf" + WHOLE.encode(), id="BOM"),
        pytest.param(WHOLE.replace("\n\n", "\n \n").encode(), id="blanks"),
    ],
)
def test_line_ends_and_marks_make_no_difference(written: bytes) -> None:
    assert parse(written).records == parse(WHOLE.encode()).records
    assert (parse(written).n_declared, parse(written).shown_on) == (6, date(2026, 11, 20))
    assert detect_format(written, "x").format is MAILING


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (("Title:", "Titel;"), "no Title"),
        (("arXiv:2611.00001\n", "arXiv;2611.00001\n"), "without its beginning"),
        (("\\\\ ( https", "\\ ( https"), "cut short"),
        (("19:00:02 GMT", "at night"), "expected a time"),
    ],
)
def test_a_damaged_record_in_the_middle_is_one_reject_with_its_bytes(
    fault: tuple[str, str], reason: str
) -> None:
    damaged = NEW[1].replace(*fault)
    content = mailing([NEW[0], damaged, NEW[2]], CROSSES, REPLACED).encode()
    parsed = parse(content)
    assert len(parsed.records) == 5
    [reject] = parsed.rejects
    assert (reject.place, reject.raw) == (1, damaged.strip())
    assert reason in reject.reason
    assert content[slice(*reject.span)].decode() == reject.raw == locate(content, 1).text
    assert parsed.n_declared == parsed.n_parsed


def test_records_without_a_rule_between_them_stay_two() -> None:
    content = WHOLE.replace(f"{'-' * 78}\n{NEW[1]}", NEW[1])
    assert ids(content) == ids(WHOLE)


def test_a_mailing_that_breaks_off_keeps_what_it_had_and_says_so() -> None:
    inside = parse(WHOLE[: WHOLE.index(REPLACED[1]) + 60].encode())
    assert (len(inside.records), [r.reason for r in inside.rejects]) == (
        5,
        ["the record is cut short"],
    )
    between = parse(WHOLE[: WHOLE.index(END)].encode())
    assert len(between.records) == 6
    assert "breaks off" in between.rejects[0].reason


def test_every_record_is_found_again() -> None:
    content = WHOLE.encode()
    for record, written in zip(parse(content).records, [*NEW, *CROSSES, *REPLACED], strict=True):
        assert locate(content, record.place).text == written.strip()


@pytest.mark.parametrize(
    "content", [b"", b"\\\\\n", b"Subject: lunch\n\nnoon?\n", b"[]", b"<rss/>"]
)
def test_what_is_no_mailing_is_refused(content: bytes) -> None:
    assert not MAILING.recognise(content)
    with pytest.raises(BadBody, match="found "):
        parse(content)
