"""What is wrong with a token that no strict JSON reader takes, in words for the quarantine."""

import json
import re

HALF_PAIR = "half of a surrogate pair"
NOT_UTF8 = "bytes that are not UTF-8"
_HALF_PAIR = re.compile(rb"\xed[\xa0-\xb1\xb4-\xbf][\x80-\xbf]")
"""Half of a pair as bytes, but none of the halves by which `surrogateescape` keeps a byte."""
_CONTROL = re.compile(r"[\x00-\x1f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_INTEGER = re.compile(rb"-?[1-9][0-9]*+")
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
_NO_NUMBER = re.compile(rb"[+-]?(?:(?P<nan>nan)|inf(?:inity)?)", re.IGNORECASE)


def text_fault(token: bytes) -> str:
    """What is wrong with a text, given with its quotation marks."""
    try:
        text = token.decode()
    except UnicodeDecodeError:
        return HALF_PAIR if _HALF_PAIR.search(token) else NOT_UTF8
    if control := _CONTROL.search(text):
        return f"a control character, U+{ord(control.group()):04X}, that is not escaped"
    if "\\" in _ESCAPE.sub("", text):
        return "a backslash that begins no escape of JSON"
    return HALF_PAIR if _SURROGATE.search(json.loads(text)) else "text that is not JSON"


def word_fault(token: bytes) -> str:
    """What is wrong with a number or a word."""
    if no_number := _NO_NUMBER.fullmatch(token):
        return "NaN" if no_number["nan"] else "infinity"
    if _INTEGER.fullmatch(token):
        return f"an integer of {len(token.lstrip(b'-')):,} digits"
    if _NUMBER.fullmatch(token):
        return "a number too large to be read"
    return f"{token[:40].decode(errors='backslashreplace')!r}, which is no JSON value"
