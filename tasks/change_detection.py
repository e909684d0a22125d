"""Whether two captures of an issue say the same of it, whatever their bytes.

Servers re-indent, reorder keys, and fill in what nobody loads: addresses of avatars, numbers of
followers, whether the reader follows somebody. None of that is news. A vote, a comment, a changed
order of the list is; so is a field that was not there before, because the ledger notes fields.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from tasks.parse.model import ParsedBody


def says_the_same(before: Sequence[ParsedBody], after: Sequence[ParsedBody]) -> bool:
    """Whether loading `after` on top of `before` could change nothing."""
    return [_gist(body) for body in before] == [_gist(body) for body in after]


def content_sha256(body: ParsedBody, parser_version: str) -> str:
    """SHA-256 of all that a body says, as its parser reads it: two bodies with the same one say the
    same, and a later capture can be compared with it when the bytes are not at hand."""
    records, rejects, fields, named = _gist(body)
    said = repr((parser_version, records, rejects, sorted(fields), named))
    return hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()


def _gist(body: ParsedBody) -> tuple[Any, ...]:
    """All of a body that is loaded or noted. Of a record that could not be read that is why not:
    its raw text holds the same passing values as any other."""
    rejects = [(reject.place, reject.reason) for reject in body.rejects]
    named = (body.shown_on, body.n_declared, body.query)
    return body.records, rejects, set(body.fields_seen), named
