"""Damage inside one value of one record: what no strict reader takes, in the syntax of the body."""

import random
import re
from html import unescape

from tasks.parse.model import Span
from tests.soak.fuzz_bodies import ESCAPED_JSON, JSON, MARKUP, Seed

_JSON_VALUE = re.compile(rb'("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[^\s"\[\]{},:]+', re.DOTALL)
_ESCAPES = ((b"&", b"&amp;"), (b"<", b"&lt;"), (b">", b"&gt;"), (b'"', b"&quot;"))
BYTES = (
    *(b"\xff\xfe", b"\xc3", b"\xed\xa0\xbd", b"\xf4\x90\x80\x80", b"\x00", b"\x01\x02\x1b"),
    *(b"\xef\xbf\xbe", b"\xe2\x80\xae", b"\xc2\x85", b"\xe2\x80\xa8", b"\x0c"),
)
"""Bytes that are not UTF-8, half of a pair as bytes, control characters, odd characters: none of
them can be part of an address."""
_WORDS = (
    b"\xf0\x9f\x98\x80",
    b"NaN",
    b"-Infinity",
    b"9" * 5_000,
    b"[" * 3_000,
    b"\\ud83d",
    b"{" * 50 + b"}" * 50,
)
_REFERENCES = (b"&#xD83D;", b"&#0;", b"&#x1F600;", b"&#" + b"9" * 5_000 + b";", b"&nowhere;", b"&")
_TAGS = (b"<", b"]]>", b"<i>" * 2_000, b"<i>" * 2_000 + b"</i>" * 2_000, b"<!--", b"<![CDATA[")
_IN_JSON_TEXT = (
    *(b"\\ud83d", b"\\udc00\\ud83d", b"\\u0000", b"\\x41", b"\\u12G4", b"\\\xff", b"\n", b"\t"),
    *(b'" quoted "', b"\\u0008"),
)
_JSON_VALUES = (
    *(b"NaN", b"Infinity", b"-Infinity", b"9" * 5_000, b"1" + b"0" * 400, b"1e999", b"2" * 30),
    *(b"[" * 3_000 + b"]" * 3_000, b'{"a":' * 3_000 + b"1" + b"}" * 3_000, b"undefined", b"None"),
    *(
        b"'text'",
        b"0x1F",
        b"007",
        b"+1",
        b".5",
        b"-",
        b"",
        b"true false",
        b"[1,,2]",
        b"[" * 900 + b"]" * 900,
    ),
    *(b'{"a" 1}', b"{1: 2}", b'{"\\ud800": NaN}', b"1: 2", b"[1}"),
)


def damage_value(seed: Seed, chance: random.Random) -> bytes:
    """The body with damage in one value of one record."""
    record = chance.choice(seed.records)
    if seed.syntax in (JSON, ESCAPED_JSON):
        put = _damaged_item(seed, record, chance)
        return seed.wrap(_replaced(seed.text, record, put))
    value = chance.choice(seed.values(record))
    is_address = b"://" in seed.text[value.start : value.end]
    scraps = [*BYTES] if is_address else [*BYTES, *_WORDS]
    if seed.name == "markdown":
        scraps = [scrap for scrap in scraps if b"[" not in scrap]  # which is syntax, not a value
    if seed.syntax == MARKUP:
        scraps += [*_REFERENCES, *_REFERENCES, *_tags(seed)]
    at = chance.randint(value.start, value.end)
    end = value.end if chance.random() < 0.2 else at
    return seed.wrap(_replaced(seed.text, Span(at, end), chance.choice(scraps)))


def _tags(seed: Seed) -> tuple[bytes, ...]:
    """Tags to put in: a feed's records are cut apart before they are read, but an open comment in
    HTML swallows what follows, as any reader sees it."""
    is_feed = seed.format.name in ("rss", "atom", "query")
    return _TAGS if is_feed else ()


def _damaged_item(seed: Seed, record: Span, chance: random.Random) -> bytes:
    text = seed.text[record.start : record.end]
    if seed.syntax == JSON:
        return _damaged_json(text, chance, has_keys=seed.format.name != "paper")
    plain = unescape(text.decode()).encode()
    escaped = _damaged_json(plain, chance)
    for bare, written in _ESCAPES:
        escaped = escaped.replace(bare, written)
    return escaped


def _damaged_json(text: bytes, chance: random.Random, *, has_keys: bool = True) -> bytes:
    """An object with one of its values, at any depth, damaged or replaced; rarely a key.

    The keys of a body that is one object tell what it is, so there they stay.
    """
    found = list(_JSON_VALUE.finditer(text))
    keys = [match for match in found if match.group(2)] if has_keys else []
    values = [match for match in found if not match.group(2)]
    match = chance.choice(keys if keys and chance.random() < 0.05 else values)
    span = Span(*match.span(1)) if match.group(1) else Span(*match.span())
    if match.group(1) and (match.group(2) or chance.random() < 0.6):
        at = chance.randint(span.start + 1, span.end - 1)
        while text[at - 1 : at] == b"\\":
            at -= 1
        return _replaced(text, Span(at, at), chance.choice((*_IN_JSON_TEXT, *BYTES)))
    return _replaced(text, span, chance.choice(_JSON_VALUES))


def _replaced(text: bytes, span: Span, put: bytes) -> bytes:
    return text[: span.start] + put + text[span.end :]
