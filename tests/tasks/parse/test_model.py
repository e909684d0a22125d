"""Issue ids are read and written the same way, and parsed bodies count themselves."""

from datetime import date

import pytest

from tasks.errors import BadIssueId
from tasks.parse.model import IssueRef, ParsedBody, Record, Reject, Span
from tasks.sources import Source, source_of, sources


@pytest.mark.parametrize(
    "text",
    [
        "huggingface:daily:2026-11-20",
        "arxiv:cs.CL:2026-11-20",
        "pagedump:search:afe59ee0768d",
        "huggingface:search:query:with:colons",
    ],
)
def test_an_issue_id_prints_as_it_was_read(text: str) -> None:
    assert str(IssueRef.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "huggingface", "huggingface:daily", "huggingface:daily:", ":daily:x", "HF:daily:x"),
        *("huggingface:daily:2026 11 20", "huggingface:da ily:x", "saved/2026-11-20.json"),
    ],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadIssueId, match="huggingface:daily:2026-11-20") as caught:
        IssueRef.parse(text)
    assert repr(text) in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("key", "day"),
    [
        ("2026-11-20", date(2026, 11, 20)),
        ("trending", None),
        ("2026-02-30", None),
        ("2026-11", None),
    ],
)
def test_an_issue_has_a_date_when_its_key_is_one(key: str, day: date | None) -> None:
    assert IssueRef("huggingface", "daily", key).issued_on == day


def test_issues_of_a_list_sort_by_date() -> None:
    days = ["2026-11-20", "2025-12-31", "2026-02-01"]
    issues = sorted(IssueRef("huggingface", "daily", day) for day in days)
    assert [issue.key for issue in issues] == sorted(days)


def test_a_body_counts_records_and_rejects_together() -> None:
    record, reject = Record(0, "T", "T"), Reject(1, "bad", "x", Span(0, 1))
    assert ParsedBody((record,), (reject,)).n_parsed == 2
    assert ParsedBody(()).n_parsed == 0


def test_every_module_in_the_folder_of_sources_is_a_source_under_its_name() -> None:
    assert set(sources()) >= {"huggingface", "pagedump"}
    assert [source.name for source in sources().values()] == list(sources())


@pytest.mark.parametrize("source", sources().values(), ids=list(sources()))
def test_forms_of_a_source_have_names_of_their_own_and_a_parser_version(source: Source) -> None:
    names = [body_format.name for body_format in source.formats]
    assert len(set(names)) == len(names)
    assert [source.format(name) for name in names] == list(source.formats)
    assert all(
        body_format.parser_version == f"{body_format.name}/{body_format.version}"
        for body_format in source.formats
    )


def test_a_source_that_can_be_asked_has_an_address_and_a_calendar() -> None:
    for source in sources().values():
        told = (source.request, source.base_url, source.expected, source.newest_day)
        assert all(told) or not any(told)


@pytest.mark.parametrize(
    ("edition", "key"),
    [
        *(("daily", key) for key in ("2026-02-30", "20261120", "2026-W47-5", "2026-11", "x")),
        *(("weekly", key) for key in ("2025-W53", "2026-W00", "2026-W5", "2026-11-20")),
        *(("monthly", key) for key in ("2026-13", "2026-1", "2026")),
        *(("trending", key) for key in ("2026-11-20", "soon", "20261325T000000Z")),
        *(("search", key) for key in ("+", "llm@now", "@20261125T064500Z", "x" * 201)),
        *(("paper", key) for key in ("2503.0213v1x", "../etc", "25030213")),
        ("", "2026-11-20"),
    ],
)
def test_an_issue_its_source_cannot_have_is_refused(edition: str, key: str) -> None:
    with pytest.raises(BadIssueId, match="huggingface has no edition"):
        source_of(IssueRef("huggingface", edition, key))


def test_a_source_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadIssueId, match=r"no source 'nowhere'.*huggingface.*pagedump"):
        source_of(IssueRef("nowhere", "daily", "2026-11-20"))
