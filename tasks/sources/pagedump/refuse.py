"""Plain text that is something else than a saved page: for other sources to claim, or for none."""

import re

_FIELDS = re.compile(rb"^(?:Title|PDF|Summary):(?=\s|\xc2\xa0)", re.MULTILINE)
_HEADER = re.compile(rb"[!-9;-~]{1,80}:|>?From ")
_OF_MAIL = frozenset({b"date", b"message-id", b"mime-version", b"received", b"return-path"})
_HEAD = 65_536
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


def is_mail(content: bytes) -> bool:
    """Whether bytes begin with the headers of a mail: every line up to the first blank one is a
    header, `From` is among them and one more that every mail has. An arXiv mailing saved as text
    has no `From`."""
    head = re.split(rb"\r?\n\r?\n", content[:_HEAD], maxsplit=1)[0]
    lines = head.splitlines()
    if not all(line[:1] in (b" ", b"\t") or _HEADER.match(line) for line in lines):
        return False
    names = {line.partition(b":")[0].lower() for line in lines}
    return b"from" in names and bool(names & _OF_MAIL)


def _is_json_list(start: bytes) -> bool:
    """A list of JSON, not a line of Markdown that begins with a link."""
    return re.match(rb"\[\s*+(?:[{\"]|\]\s*+$|\[\s*+[\[\]{\"]|$)", start) is not None
