"""Rejects text that is no saved page, so that another source can recognise it."""

import re

from tasks.parse.text import is_mail

_FIELDS = re.compile(rb"^(?:Title|PDF|Summary):(?=\s|\xc2\xa0)", re.MULTILINE)
_MAILING_RULE = re.compile(rb"^\\\\\r?$", re.MULTILINE)


def is_other(content: bytes) -> bool:
    """Whether bytes are no plain text, or the text of a mail, an arXiv mailing or a field dump."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    return (
        start[:1] in (b"", b"{", b"<")
        or _is_json_list(start)
        or b"\x00" in content
        or start.startswith(b"From ")
        or is_mail(start)
        or _MAILING_RULE.search(content) is not None
        or len(set(_FIELDS.findall(content[:100_000]))) > 1
    )


def _is_json_list(start: bytes) -> bool:
    """A list of JSON, not a line of Markdown that begins with a link."""
    return re.match(rb"\[\s*+(?:[{\"]|\]\s*+$|\[\s*+[\[\]{\"]|$)", start) is not None
