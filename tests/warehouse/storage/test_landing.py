"""A body is kept once, whole, before anyone looks at it, and can always be found again."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.rows import NOW
from warehouse.storage.landing import CaptureRecord, DamagedBody, Landing, RawBody

BODY = RawBody(
    source="huggingface",
    format="api",
    issue_id="huggingface:daily:2026-11-20",
    captured_at=NOW,
    content=b'[{"title": "caf\xc3\xa9"}]' * 50,
    origin="https://example.org/api?date=2026-11-20",
    validators={"ETag": '"1"'},
)
OCTOBER = datetime(2026, 10, 31, 23, 59, tzinfo=UTC)


def bodies_in(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*.zst"))


def reopened(root: Path) -> Landing:
    """The landing as another process would find it."""
    return Landing(root)


def test_a_body_comes_back_byte_for_byte(tmp_path: Path) -> None:
    (capture_record,) = Landing(tmp_path).store([BODY])
    assert reopened(tmp_path).read(capture_record) == BODY.content


def test_an_empty_body_comes_back_too(tmp_path: Path) -> None:
    (capture_record,) = Landing(tmp_path).store([replace(BODY, content=b"")])
    assert reopened(tmp_path).read(capture_record) == b""


def test_a_body_lies_under_its_source_month_and_sha256(tmp_path: Path) -> None:
    (capture_record,) = Landing(tmp_path).store([BODY])
    assert bodies_in(tmp_path) == [f"huggingface/2026-11/{capture_record.sha256}.api.zst"]


def test_the_same_bytes_are_stored_once_and_each_capture_has_its_receipt(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    (first,) = landing.store([BODY])
    (second,) = reopened(tmp_path).store([replace(BODY, captured_at=OCTOBER)])
    assert first.sha256 == second.sha256
    assert first.file == second.file
    assert len(bodies_in(tmp_path)) == 1
    captured = {
        capture_record.captured_at for capture_record in reopened(tmp_path).of_bytes(first.sha256)
    }
    assert captured == {NOW, OCTOBER}


def test_the_same_capture_is_recorded_once(tmp_path: Path) -> None:
    Landing(tmp_path).store([BODY])
    reopened(tmp_path).store([BODY])
    assert len(list(reopened(tmp_path).capture_records())) == 1


def test_pages_of_one_capture_keep_their_order_even_when_two_are_alike(tmp_path: Path) -> None:
    pages = [replace(BODY, part=part) for part in range(3)]
    Landing(tmp_path).store(pages)
    assert [capture_record.part for capture_record in reopened(tmp_path).capture_records()] == [
        0,
        1,
        2,
    ]


def test_receipts_round_trip(tmp_path: Path) -> None:
    stored = Landing(tmp_path).store([BODY, replace(BODY, content=b"[]", issue_id=None)])
    assert list(reopened(tmp_path).capture_records()) == stored
    assert [
        CaptureRecord.from_json(capture_record.to_json()) for capture_record in stored
    ] == stored


def test_a_receipt_is_one_line_whatever_the_names_in_it(tmp_path: Path) -> None:
    raw_body = replace(BODY, origin="two\nlines\u2028and\u0085more.json")
    Landing(tmp_path).store([raw_body])
    assert [r.origin for r in reopened(tmp_path).capture_records()] == [raw_body.origin]


def test_a_receipt_cut_short_by_a_crash_is_dropped_and_the_next_append_is_whole(
    tmp_path: Path,
) -> None:
    Landing(tmp_path).store([BODY])
    lines = tmp_path / "huggingface" / "2026-11" / "receipts.jsonl"
    whole = lines.read_bytes()
    lines.write_bytes(whole + whole[: len(whole) // 2])
    assert len(list(reopened(tmp_path).capture_records())) == 1

    reopened(tmp_path).store([replace(BODY, content=b"[]")])
    sizes = [json.loads(line)["n_bytes"] for line in lines.read_text().splitlines()]
    assert sizes == [len(BODY.content), len(b"[]")]
    assert len(list(reopened(tmp_path).capture_records())) == 2


def test_a_receipt_cut_short_before_any_other_leaves_an_empty_landing(tmp_path: Path) -> None:
    Landing(tmp_path).store([BODY])
    lines = tmp_path / "huggingface" / "2026-11" / "receipts.jsonl"
    lines.write_bytes(lines.read_bytes()[:40])
    landing = reopened(tmp_path)
    assert list(landing.capture_records()) == []
    (capture_record,) = landing.store([BODY])
    assert reopened(tmp_path).read(capture_record) == BODY.content


@pytest.mark.parametrize("damage", [b"", b"not zstandard at all"])
def test_a_damaged_body_is_detected(tmp_path: Path, damage: bytes) -> None:
    (capture_record,) = Landing(tmp_path).store([BODY])
    (tmp_path / capture_record.file).write_bytes(damage)
    with pytest.raises(DamagedBody, match=capture_record.sha256):
        reopened(tmp_path).read(capture_record)


def test_a_body_whose_bytes_are_those_of_another_is_detected(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    one, other = landing.store([BODY, replace(BODY, content=BODY.content[::-1])])
    (tmp_path / one.file).write_bytes((tmp_path / other.file).read_bytes())
    with pytest.raises(DamagedBody, match="does not hold the bytes its name says"):
        landing.read(one)


def test_a_missing_body_is_detected(tmp_path: Path) -> None:
    (capture_record,) = Landing(tmp_path).store([BODY])
    (tmp_path / capture_record.file).unlink()
    with pytest.raises(DamagedBody, match="cannot be read"):
        reopened(tmp_path).read(capture_record)


@pytest.mark.parametrize("word", ["..", "a/b", "", "Api", "a b", "a\n", "/etc"])
@pytest.mark.parametrize("field", ["source", "format"])
def test_a_word_that_could_lead_elsewhere_is_no_part_of_a_path(
    tmp_path: Path, field: str, word: str
) -> None:
    with pytest.raises(ValueError, match="cannot be part of a path"):
        Landing(tmp_path / "landing").store([replace(BODY, **{field: word})])  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_recovery_removes_what_was_unfinished_and_keeps_every_body(tmp_path: Path) -> None:
    (capture_record,) = Landing(tmp_path).store([BODY])
    folder = (tmp_path / capture_record.file).parent
    (folder / ".unfinished-7-abc.api.zst").touch()
    landing = reopened(tmp_path)
    landing.recover()
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        [Path(capture_record.file).name, "receipts.jsonl"]
    )
    assert landing.read(capture_record) == BODY.content


def test_an_empty_landing_has_no_receipts(tmp_path: Path) -> None:
    landing = Landing(tmp_path / "landing")
    landing.recover()
    assert list(landing.capture_records()) == []
    assert landing.of_bytes("0" * 64) == []
