"""A bad item becomes a reject with its very bytes; a body that is no issue says what it is."""

import json
from html import unescape
from typing import Any

import pytest

from tasks.errors import BadBody
from tasks.sources import Format
from tasks.sources.huggingface.parse_api import API
from tasks.sources.huggingface.parse_page import PAGE
from tests.support.bodies import body, cut, cut_unescaped, hydrated, item

GOOD = item(id="2503.00001", title='Ümläuts & <b>brackets</b> "quoted" 😀 ], }, [ and \\')
BAD_ITEMS = {
    "a text": ("just a text, with ] and \\", "expected an object for each paper, found text"),
    "a number": (7, "expected an object for each paper, found integer"),
    "null": (None, "expected an object for each paper, found null"),
    "a list": ([[1], {"a": "]"}], "expected an object for each paper, found list"),
    "no paper": ({"title": "Ünnamed"}, "`paper` is missing"),
    "a paper that is a text": ({"paper": "2503.02130"}, "`paper`: expected object, found text"),
    "no id": ({"title": "T", "paper": {"title": "T"}}, "`paper.id` is missing"),
    "an id of blanks": (item(id="  "), "`paper.id` is missing"),
    "an id that is a number": (item(id=2503.02130), "`paper.id`: expected text, found number 2503"),
    "no title": ({"paper": {"id": "2503.02130"}}, "`paper.title` is missing, and so is `title`"),
    "a title of blanks": (item(title=" \n") | {"title": " "}, "`paper.title` is missing"),
    "a title that is a number": (item(title=1984), "`paper.title`: expected text, found integer"),
    "votes in words": (item(upvotes="many"), "`paper.upvotes`: expected count, found text 'many'"),
    "votes that may be two": (item(upvotes="1.4.1k"), "expected count, found text '1.4.1k'"),
    "a half vote": (item(upvotes=12.5), "`paper.upvotes`: expected count, found number 12.5"),
    "votes as a boolean": (item(upvotes=True), "expected count, found boolean True"),
    "votes beyond 64 bits": (item(upvotes=2**63), f"found integer {2**63}"),
    "votes nested too deep": (item(upvotes=json.loads("[" * 900 + "]" * 900)), "found list"),
    "no time": (item(publishedAt="soon"), "expected an ISO 8601 time, found 'soon'"),
    "a time before time": (item(publishedAt="0001-01-01T00:00:00+14:00"), "ISO 8601 time"),
    "an author without a name": (item(authors=[{"hidden": False}]), "authors[].name` is missing"),
    "an author that is a text": (
        item(authors=["A. B."]),
        "expected object, found text",
    ),
    "an author that is null": (item(authors=[None]), "authors[]`: expected object, found null"),
    "a flag of doubt": (item(authors=[{"name": "A", "hidden": 1}]), "expected boolean, found int"),
}
EVERY_BAD_ITEM = pytest.mark.parametrize(("bad", "reason"), BAD_ITEMS.values(), ids=list(BAD_ITEMS))
DEEP = "[" * 900 + "]" * 900
FORMS = pytest.mark.parametrize(
    "body_format", [API, PAGE], ids=lambda body_format: body_format.name
)


@EVERY_BAD_ITEM
def test_a_bad_item_is_rejected_with_its_reason_and_does_not_touch_the_others(
    bad: Any, reason: str
) -> None:
    parsed = API.parse(body(GOOD, bad, GOOD))
    assert [record.place for record in parsed.records] == [0, 2]
    [reject] = parsed.rejects
    assert reject.place == 1
    assert reason in reject.reason


@EVERY_BAD_ITEM
@pytest.mark.parametrize("indent", [None, 1, "\t"], ids=["one line", "indented", "by tabs"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\r\n \t"], ids=["bare", "BOM", "blanks"])
def test_a_reject_carries_the_very_bytes_of_its_item(
    bad: Any, reason: str, indent: Any, start: bytes
) -> None:
    content = start + json.dumps([GOOD, bad, bad], indent=indent, ensure_ascii=False).encode()
    rejects = API.parse(content).rejects
    assert len(rejects) == 2
    assert rejects[0].span.end < rejects[1].span.start
    for reject in rejects:
        assert cut(content, reject) == reject.raw
        assert reject.raw == json.dumps(bad, ensure_ascii=False) or indent
        assert json.loads(reject.raw) == bad


@EVERY_BAD_ITEM
def test_a_reject_of_a_page_carries_its_item_unescaped_and_where_it_stands(
    bad: Any, reason: str
) -> None:
    content = hydrated([GOOD, bad, GOOD, bad], before="Überschrift 😀", query={"is": "[{}]"})
    rejects = PAGE.parse(content).rejects
    assert [reject.place for reject in rejects] == [1, 3]
    for reject in rejects:
        assert cut_unescaped(content, reject) == reject.raw
        assert json.loads(reject.raw) == bad


@FORMS
def test_any_record_is_found_again_in_its_body_also_an_accepted_one(body_format: Format) -> None:
    items = [GOOD, item(), "text", item(deep=json.loads(DEEP))]
    content = body(*items) if body_format is API else hydrated(items, tab="dailyPapers", others=[1])
    for place, expected in enumerate(items):
        raw = body_format.locate(content, place)
        assert json.loads(raw.text) == expected
        assert unescape(content[raw.span.start : raw.span.end].decode()) == raw.text


@FORMS
def test_deep_nesting_is_read_or_refused_but_never_breaks_the_reader(body_format: Format) -> None:
    for depth in (900, 1_010, 100_000):
        text = '[{"paper": {"id": 1, "deep": ' + "[" * depth + "]" * depth + "}}]"
        wrapped = f'{{"dailyPapers": {text}}}'.replace('"', "&quot;")
        page = f'<div data-target="DailyPapers" data-props="{wrapped}"></div>'
        assert rejects_or_none(body_format, text.encode() if body_format is API else page.encode())


def rejects_or_none(body_format: Format, content: bytes) -> bool:
    """Whether the body is refused, or all its items are."""
    try:
        return not body_format.parse(content).records
    except BadBody:
        return True


@pytest.mark.timeout(30)
@FORMS
def test_thousands_of_bad_items_are_located_without_reading_the_body_as_often(
    body_format: Format,
) -> None:
    bad = [{"paper": 1, "title": "Ü & <b>"}] * 5_000
    content = body(*bad) if body_format is API else hydrated(bad)
    rejects = body_format.parse(content).rejects
    assert [unescape(cut(content, reject)) for reject in rejects] == [
        json.dumps(bad[0], ensure_ascii=False)
    ] * 5_000
    for reject in rejects:
        assert body_format.locate(content, reject.place) == (reject.raw, reject.span)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "not JSON"),
        (b"not json", "not JSON"),
        (b'[{"paper": ', "not JSON"),
        (b'[{"paper": {"upvotes": NaN}}', "not JSON"),
        (b'[{"paper": {"title": "\\ud800}}]', "not JSON"),
        (b"[NaN]", "a list of 1, the first unreadable without one"),
        (b"[" * 100_000 + b"]" * 100_000, "a list of 1, the first unreadable without one"),
        (b"1", "JSON integer '1'"),
        (b'{"error": "not found"}', 'JSON object \'{"error": "not found"}\''),
        (b"null", "JSON null"),
        (b'["a", "b"]', "a list of 2, the first text without one"),
        (b'[{"title": "T"}]', "a list of 1, the first object without one"),
    ],
)
def test_a_body_that_is_no_issue_says_what_was_expected_and_found(
    content: bytes, found: str
) -> None:
    with pytest.raises(BadBody) as caught:
        API.parse(content)
    assert caught.value.expected == API.expects
    assert found in caught.value.found
    assert str(caught.value) == f"expected {caught.value.expected}, found {caught.value.found}"
