"""Whether two captures of an issue have the same content, even if their bytes differ.

Servers re-indent, reorder keys, and change what nobody loads: addresses of avatars, numbers of
followers, whether the reader follows somebody. None of that is a change. A vote, a comment or a new
order of the list is; so is a new field, because the ledger records fields.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from tasks.parse.model import ParsedBody, Record


def says_the_same(before: Sequence[ParsedBody], after: Sequence[ParsedBody]) -> bool:
    """Whether loading `after` on top of `before` could change nothing."""
    return [_gist(body) for body in before] == [_gist(body) for body in after]


def content_key(body: ParsedBody, parser_version: str) -> str:
    """What parsed a body and the SHA-256 of all that it says, `api/2/26:4f0c…`: by it a later
    capture is compared without the bytes, where the same parser read both.

    The parser is named by its version and by how many fields a record has, because a record with a
    new field says something else of the same bytes.
    """
    records, rejects, fields, named = _gist(body)
    said = repr((records, rejects, sorted(fields), named))
    sha256 = hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()
    return f"{parser_version}/{len(Record._fields)}:{sha256}"


def _gist(body: ParsedBody) -> tuple[Any, ...]:
    """All of a body that is loaded or recorded; of a reject the reason, because its raw text has
    irrelevant values, too."""
    rejects = [(reject.place, reject.reason) for reject in body.rejects]
    named = (body.shown_on, body.n_declared, body.query)
    return body.records, rejects, set(body.fields_seen), named
