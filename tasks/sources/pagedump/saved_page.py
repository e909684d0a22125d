"""What all formats of saved pages share: how one is defined, and which bytes have none of them."""

import re
from collections.abc import Callable, Sequence

from tasks.parse.layout.lines import Line
from tasks.parse.layout.records import loaded_paths, parsed_of, read_layout
from tasks.parse.model import ParsedBody, Raw
from tasks.parse.text import has_mail_part, is_mail
from tasks.parse.unicode_faults import is_binary
from tasks.sources import Format
from tasks.sources.pagedump.issues import issue_of, shown

_FIELDS = re.compile(rb"^(?:Title|PDF|Summary):(?=\s|\xc2\xa0)", re.MULTILINE)
_JSON_LIST = re.compile(rb"\[\s*+(?:[{\"]|\]\s*+$|\[\s*+[\[\]{\"]|$)")
"""The beginning of a JSON list, not of a line of Markdown that begins with a link."""
_PAGE = re.compile(
    rb"<(?:[!?](?!--)|/?(?:html|head|body|rss|feed|rdf|meta|title|script)\b)", re.IGNORECASE
)
_MAILING_RULE = re.compile(rb"^\\\\\r?$", re.MULTILINE)


def page_format(
    name: str,
    version: int,
    expects: str,
    recognise: Callable[[bytes], bool | ParsedBody],
    read: Callable[[bytes], Sequence[Line]],
) -> Format:
    """A format of saved pages: `read` reads a text as lines. `recognise` is asked only about texts
    that belong to no other source."""
    return Format(
        name,
        version,
        expects,
        recognise=lambda content: not _is_other(content) and recognise(content),
        parse=lambda content: parsed_of(
            content, read_layout(read(content)), expects, **shown(content)
        ),
        locate=lambda content, place: Raw.at(
            content, read_layout(read(content)).entries[place].span
        ),
        issue_of=issue_of,
        loaded_paths=loaded_paths,
    )


def _is_other(content: bytes) -> bool:
    """Whether bytes are no plain text, or the text of a mail, an arXiv mailing or a field dump."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    return (
        start[:1] in (b"", b"{")
        or _PAGE.match(start) is not None
        or _JSON_LIST.match(start) is not None
        or is_binary(content)
        or start.startswith(b"From ")
        or is_mail(start)
        or has_mail_part(content)
        or _MAILING_RULE.search(content) is not None
        or len(set(_FIELDS.findall(content[:100_000]))) > 1
    )
