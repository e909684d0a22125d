"""Bodies of a large load are in packs, found like any other; a pack is there whole or it is not."""

import hashlib
import io
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard

from tests.support.rows import NOW
from warehouse.storage.landing import DamagedBody, Landing, RawBody, store_packed
from warehouse.storage.packs import DamagedPack

BODIES = [
    RawBody(
        source=source,
        format="api",
        issue_id=f"{source}:daily:2026-11-{day}",
        captured_at=NOW,
        content=f"body of {source} {day}, ".encode() * day,
        origin=f"2026-11-{day}.json",
    )
    for source, day in (("huggingface", 19), ("arxiv", 20), ("huggingface", 21))
]


def packs(root: Path) -> list[Path]:
    return sorted(root.rglob("*.pack.zst"))


def test_bodies_come_back_byte_for_byte_and_are_found_by_their_sha256(tmp_path: Path) -> None:
    stored = store_packed(tmp_path, BODIES)
    landing = Landing(tmp_path)
    assert [landing.read(record) for record in stored] == [body.content for body in BODIES]
    for body, record in zip(BODIES, stored, strict=True):
        assert landing.of_bytes(hashlib.sha256(body.content).hexdigest()) == [record]
        assert (record.issue_id, record.origin) == (body.issue_id, body.origin)
    assert {path.parent.parent.name for path in packs(tmp_path)} == {"arxiv", "huggingface"}
    assert len(packs(tmp_path)) == 2
    assert list(landing.verify()) == []


def test_a_landing_of_files_and_packs_is_one(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    (single,) = landing.store(BODIES[:1])
    landing.add(store_packed(tmp_path, BODIES[1:]))
    found = sorted(record.to_json() for record in Landing(tmp_path).capture_records())
    assert found == sorted(record.to_json() for record in landing.capture_records())
    assert len(found) == len(BODIES)
    assert landing.read(single) == BODIES[0].content


def test_another_capture_of_packed_bytes_refers_to_the_pack(tmp_path: Path) -> None:
    first, *_ = store_packed(tmp_path, BODIES)
    (again,) = Landing(tmp_path).store([replace(BODIES[0], captured_at=NOW.replace(day=1))])
    assert (again.file, again.offset, again.length) == (first.file, first.offset, first.length)
    assert Landing(tmp_path).read(again) == BODIES[0].content
    assert len(list(tmp_path.rglob("*.zst"))) == 2


def test_zstd_prints_every_body_of_a_pack(tmp_path: Path) -> None:
    store_packed(tmp_path, [BODIES[0], BODIES[2]])
    (pack,) = packs(tmp_path)
    reader = zstandard.ZstdDecompressor().stream_reader(
        io.BytesIO(pack.read_bytes()), read_across_frames=True
    )
    assert reader.read() == BODIES[0].content + BODIES[2].content


def test_a_body_can_be_cut_out_by_hand(tmp_path: Path) -> None:
    """With the command of docs/operations.md; the frame is then read here, zstd may be missing."""
    *_, record = store_packed(tmp_path, [BODIES[0], BODIES[2]])
    assert record.offset
    command = f"tail -c +{record.offset + 1} {tmp_path / record.file} | head -c {record.length}"
    frame = subprocess.run(["bash", "-c", command], capture_output=True, check=True).stdout
    assert zstandard.ZstdDecompressor().decompress(frame) == BODIES[2].content


@pytest.mark.parametrize("keeps", [0, 5, -1, -9])
def test_a_pack_that_lost_its_end_is_named_with_what_to_do(keeps: int, tmp_path: Path) -> None:
    store_packed(tmp_path, BODIES[:1])
    (pack,) = packs(tmp_path)
    pack.write_bytes(pack.read_bytes()[:keeps])
    with pytest.raises(DamagedPack, match="put it back from a backup") as raised:
        list(Landing(tmp_path).capture_records())
    assert str(pack) in str(raised.value)


def test_damage_within_a_pack_costs_one_body_and_verifying_finds_it(tmp_path: Path) -> None:
    first, second = store_packed(tmp_path, [BODIES[0], BODIES[2]])
    (pack,) = packs(tmp_path)
    content = bytearray(pack.read_bytes())
    content[(second.offset or 0) + 12] ^= 0xFF
    pack.write_bytes(content)
    landing = Landing(tmp_path)
    assert landing.read(first) == BODIES[0].content
    with pytest.raises(DamagedBody):
        landing.read(second)
    (found,) = landing.verify()
    assert pack.name in str(found)


def test_a_pack_whose_writer_died_leaves_nothing(tmp_path: Path) -> None:
    store_packed(tmp_path, BODIES[:1])
    (pack,) = packs(tmp_path)
    (pack.parent / f".unfinished-1-{pack.name}").write_bytes(b"half")
    Landing(tmp_path).recover()
    assert [path.name for path in pack.parent.iterdir()] == [pack.name]
