"""JSON with damaged values: each is named and costs nothing else; a cut-off text is refused."""

import json
from typing import Any

import pytest

from tasks.parse.json_reader import DEEPEST, DamagedValue, NotJson, read_json

FAULTS: dict[bytes, str] = {
    b'"a \\ud83d b"': "half of a surrogate pair",
    b'"\\ude00\\ud83d"': "half of a surrogate pair",
    b'"\xed\xa0\xbd"': "half of a surrogate pair",
    b'"Caf\xe9"': "bytes that are not UTF-8",
    b'"cut \xf0\x9f\x98"': "bytes that are not UTF-8",
    b'"a\x00b"': "a control character, U+0000, that is not escaped",
    b'"a\nb"': "a control character, U+000A, that is not escaped",
    b'"\\x41"': "a backslash that begins no escape of JSON",
    b'"\\u12G4"': "a backslash that begins no escape of JSON",
    b'"\\\n"': "a control character, U+000A, that is not escaped",
    b"NaN": "NaN",
    b"-nan": "NaN",
    b"Infinity": "infinity",
    b"-Infinity": "infinity",
    b"1" + b"0" * 400: "an integer of 401 digits",
    b"-" + b"9" * 5_000: "an integer of 5,000 digits",
    b"1e999": "a number too large to be read",
    b"undefined": "'undefined', which is no JSON value",
    b"007": "'007', which is no JSON value",
    b"\xff": "'\\\\xff', which is no JSON value",
    b"": "no value where one belongs",
    b'"he said "so" there"': "text that is no JSON value",
    b"1: 2": "text that is no JSON value",
    b'{"a" 1}': "an object that is not JSON",
    b'{1: "a"}': "an object that is not JSON",
    b"[1}": "brackets that do not fit",
}


@pytest.mark.parametrize(("value", "fault"), FAULTS.items(), ids=[repr(v)[:24] for v in FAULTS])
def test_a_damaged_value_is_named_and_everything_around_it_is_read(
    value: bytes, fault: str
) -> None:
    content = b'[{"a": [1, "\\u00e9"], "b": ' + value + b', "c": {"d": null}}, "\xc3\xa9", -2.5]'
    found = read_json(content)
    assert found[1:] == ["\u00e9", -2.5]
    assert found[0].pop("b").fault == fault
    assert found[0] == {"a": [1, "\u00e9"], "c": {"d": None}}


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, -7, 0.5, '\u00e9 \U0001f600 " \\ \n'),
        *([], {}, [[], {"": [{}]}], {"a": {"b": [1, "x"]}}),
    ],
)
def test_what_is_not_damaged_is_read_as_the_fast_reader_reads_it(value: Any) -> None:
    for indent in (None, 2):
        text = json.dumps([value, float("nan"), value], indent=indent).encode()
        assert read_json(text) == [value, DamagedValue("NaN"), value]


def test_a_damaged_key_costs_only_its_field() -> None:
    assert read_json(b'{"\\ud800": 1, "b": NaN, "c": 2}') == {
        "\\ud800": 1,
        "b": DamagedValue("NaN"),
        "c": 2,
    }


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"[", b'[{"a": NaN}', b'[{"a": "\\ud800}]', b'[NaN, "a', b"[NaN]]", b"[NaN] []"),
        *(b"NaN", b'"\\ud800"', b'{"a": NaN', b"]", b"[" * 100_000),
    ],
)
def test_what_is_cut_off_or_no_list_is_refused_with_the_fast_readers_words(content: bytes) -> None:
    with pytest.raises(NotJson, match=r"line 1 column \d+"):
        read_json(content)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'], ids=["lists", "objects"])
@pytest.mark.parametrize("depth", [DEEPEST, 200_000])
def test_nesting_without_end_costs_its_element_of_the_list(opening: bytes, depth: int) -> None:
    closing = b"]" if opening == b"[" else b"1}"[-1:]
    deep = opening * depth + b"1" + closing * depth
    found = read_json(b'[{"a": 1}, {"b": {"c": ' + deep + b'}}, {"a": 2}]')
    assert found[::2] == [{"a": 1}, {"a": 2}]
    assert found[1].fault.endswith(f"nested more than {DEEPEST:,} levels deep")
    assert found[1].fault.startswith("`b.c")


def test_the_deepest_nesting_that_the_fast_reader_takes_is_read_beside_damage() -> None:
    deep = "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)
    for beside in ("1", "NaN"):
        assert type(read_json(f"[{deep}, {beside}]".encode())[0]) is list
    assert type(read_json(f"[[{deep}], NaN]".encode())[0]) is DamagedValue


def test_a_damaged_object_tells_the_keys_that_were_read() -> None:
    assert read_json(b'[{"paper": 1, "x" 2, "y": 3}]')[0].keys == ("paper", "x", "y")


def test_commas_too_many_are_no_value() -> None:
    assert read_json(b'[1,,2,{"a": NaN,},]') == [1, 2, {"a": DamagedValue("NaN")}]


TWICE = DamagedValue("given twice, with different values")


@pytest.mark.parametrize(
    ("entries", "value"),
    [
        (b'"a": 1, "b": 2, "a": 3', TWICE),
        (b'"a" :1, "b": 2, "\\u0061" : "1"', TWICE),
        (b'"a": 1, "b": 2, "a": true', TWICE),
        (b'"a": 1, "b": 2, "a": 1.0', TWICE),
        (b'"a": null, "b": 2, "a": 1', TWICE),
        (b'"a": 1, "a": 2, "b": 2, "a": 1', TWICE),
        (b'"a": {"c": 1}, "b": 2, "a": {"c": 2}', TWICE),
        (b'"a": "c:d", "b": 2, "a": "c"', TWICE),
        (b'"a": 1, "a": 1, "b": 2', 1),
        (b'"a": [1, {"c": 2, "d": "\xc3\xa9"}], "b": 2, "a": [1, {"d": "\xc3\xa9", "c": 2}]', None),
    ],
)
def test_a_key_that_is_given_twice_is_told_only_where_both_values_are_the_same(
    entries: bytes, value: Any
) -> None:
    (found,) = read_json(b"[{" + entries + b"}]")
    assert found["b"] == 2
    same = [1, {"c": 2, "d": "\u00e9"}] if value is None else value
    assert (type(found["a"]), found["a"]) == (type(same), same)


@pytest.mark.parametrize("blanks", [b"", b" ", b"  ", b"\t", b"\n", b"\r\n", b" \t\r\n" * 50])
@pytest.mark.parametrize("first", [b"", b" ", b"  ", b"\n"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_repeated_key_is_told_whatever_stands_before_its_colon(
    blanks: bytes, first: bytes, indent: int | None
) -> None:
    beside = json.dumps([{"b": 2, "c": "d: e : f"}] * 3, indent=indent).encode()
    object_ = b'{"a"' + first + b': 1, "b": 2, "a"' + blanks + b": 3}"
    assert read_json(b'{"x": ' + beside + b', "y": ' + object_ + b"}")["y"] == {"a": TWICE, "b": 2}


@pytest.mark.parametrize(
    "text", [b"x\\u0022: y", b'x\\"\\u003a y', b'x\\"\\u003A y', b"x\\u0020: y", b"x\\u0021: y"]
)
def test_escapes_in_a_text_do_not_hide_a_repeated_key(text: bytes) -> None:
    """What is escaped here would be counted as a key when it is written again."""
    found = read_json(b'[{"a": 1, "a": 3, "t": "' + text + b'"}]')
    assert found == [{"a": TWICE, "t": json.loads(b'"' + text + b'"')}]


def test_an_object_that_repeats_a_key_costs_no_other_one() -> None:
    deep = b"[" * 400 + b"]" * 400
    content = b'[{"a": {"b": 1, "b": 2, "c": ' + deep + b'}}, {"a": {"b": 1}}]'
    first, second = read_json(content)
    assert (first["a"]["b"], second) == (TWICE, {"a": {"b": 1}})


def test_what_is_nested_deeply_is_read_as_before() -> None:
    deep = b'{"a":' * 600 + b"1" + b"}" * 600
    found = read_json(b"[" + deep + b"]")[0]
    for _ in range(600):
        found = found["a"]
    assert found == 1
