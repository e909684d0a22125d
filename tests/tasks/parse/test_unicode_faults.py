"""Text that no table can hold is found, named, and written so that it can be stored."""

import zlib

import pytest

from tasks.parse.unicode_faults import (
    decoded,
    decoded_as,
    fault_of,
    is_binary,
    storable,
    unescaped,
)


@pytest.mark.parametrize(
    ("text", "fault", "written"),
    [
        ("plain", None, "plain"),
        ("\u00e9 \U0001f600 \ufffd \x00", None, "\u00e9 \U0001f600 \ufffd \x00"),
        ("a \ud83d b", "half of a surrogate pair", "a \\ud83d b"),
        (decoded(b"Caf\xe9"), "bytes that are not UTF-8", "Caf\ufffd"),
    ],
)
def test_a_fault_is_named_and_written_out(text: str, fault: str | None, written: str) -> None:
    assert fault_of(text) == fault
    assert storable(text) == written
    assert storable(text).encode()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Caf\u00e9 \u2013 na\u00efve".encode(), "Caf\u00e9 \u2013 na\u00efve"),
        ("Caf\u00e9 na\u00efve".encode("cp1252"), "Caf\u00e9 na\u00efve"),
        ("Caf\u00e9 ".encode() + b"\xff\xfe", "Caf\u00e9 \udcff\udcfe"),
        (b"abc \xff", "abc \u00ff"),
        (b"abc \x81", "abc \udc81"),
    ],
)
def test_one_damaged_byte_does_not_make_utf_8_another_encoding(content: bytes, text: str) -> None:
    assert decoded_as(content, "utf-8", legacy="cp1252") == text


def test_a_damaged_byte_leaves_a_declared_encoding_what_it_is() -> None:
    content = "\u8bba\u6587\u5217\u8868".encode("gb2312")
    assert decoded_as(content, "gb2312", "utf-8", legacy="cp1252") == "\u8bba\u6587\u5217\u8868"
    damaged = decoded_as(content + b" \xff", "gb2312", "utf-8", legacy="cp1252")
    assert damaged == "\u8bba\u6587\u5217\u8868 \udcff"
    for name in ("no-such-encoding", "utf\0", "hex"):
        assert decoded_as(b"a", name, "utf-8", legacy="cp1252") == "a"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("&amp;&eacute;&#233;&#xE9;&#x1F600;&nowhere;", "&\u00e9\u00e9\u00e9\U0001f600&nowhere;"),
        ("&#xD83D;&#0055296;", "\ud800\ud800"),
        (f"&#{'9' * 5_000};&#x{'f' * 5_000};&#0;", "\ufffd\ufffd\ufffd"),
        ("&#128;&#x;&#;", "\u20ac&#x;&#;"),
    ],
)
def test_references_to_no_character_do_not_fail(written: str, text: str) -> None:
    assert unescaped(written) == text


def test_a_text_with_a_damaged_value_is_no_binary_file() -> None:
    assert not is_binary(b"")
    assert not is_binary(b"words " * 100 + bytes(12))
    assert is_binary(zlib.compress(bytes(range(256)) * 40 + b"words" * 3_000) * 8)
    assert is_binary("a text in two bytes a character".encode("utf-16"))
    assert is_binary(bytes(range(256)) * 2)
