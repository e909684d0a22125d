"""Which paper a link leads to, found from the link alone: no link is ever followed.

Newsletters send their readers through tracking servers. If such a link contains its target (as a
query parameter, percent-encoded in its path, in base64, or as common mail gateways encode it), the
paper is read from there; otherwise the paper is not known.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

from tasks.parse.unicode_faults import unescaped

_YYMM = r"\d{2}(?:0[1-9]|1[0-2])"
_ID = rf"(?P<id>{_YYMM}\.\d{{4,5}}|[a-z][a-z-]{{1,20}}(?:\.[A-Z]{{2}})?/{_YYMM}\d{{3}})"
_HOSTS = (
    r"(?i:(?:huggingface\.co|hf\.co|hf-mirror\.com)/papers/"
    r"|arxiv\.org/(?:abs|pdf|html|format)/"
    r"|(?:alphaxiv\.org/(?:abs|overview|pdf)|papers\.cool/arxiv|ar5iv\.org/(?:abs|html))/"
    r"|doi\.org/10\.48550/arxiv\.)"
)
_PAPER = re.compile(rf"(?<![\w-]){_HOSTS}{_ID}(?:v\d{{1,3}})?(?!\d)", re.ASCII)
_OWN_PATH = re.compile(rf"/papers/{_ID}(?:v\d{{1,3}})?(?:[/?#]|$)", re.ASCII)
_PAPER_HOST = re.compile(
    r"(?<![\w-])(?:(?:huggingface\.co|hf\.co)/papers/\d|arxiv\.org/(?:abs|pdf|html)/\w)",
    re.IGNORECASE | re.ASCII,
)
_BASE64 = re.compile(r"[A-Za-z0-9_+-]{24,}")
_PROOFPOINT = re.compile(r"urldefense\.proofpoint\.com/v2/", re.IGNORECASE)
_LEAVING = re.compile(
    r"unsubscri|opt[-_]?out|list-manage\.com/profile|(?:email|manage)[-_]?preferences|abmelde",
    re.IGNORECASE,
)
_LONGEST = 8_192
_DEEPEST = 3


def paper_of(url: str) -> str | None:
    """The arXiv id, without version, of the paper a link leads to; None if it has none.

    Understood are links of huggingface.co/papers, arxiv.org and arXiv's DOIs, paths of the digest's
    own pages (`/papers/ID`), and links that contain such a link. Links for leaving a mailing list
    are ignored.
    """
    if len(url) > _LONGEST or is_leaving(url):
        return None
    return _paper_of(url)


def is_leaving(url: str) -> bool:
    """Whether a link is for leaving a mailing list or changing one's subscription."""
    return _LEAVING.search(url) is not None


def is_damaged(url: str) -> bool:
    """Whether a link begins like one of a paper but has no id that can be read."""
    return paper_of(url) is None and _PAPER_HOST.search(url[:_LONGEST]) is not None


@lru_cache(maxsize=4096)
def _paper_of(url: str) -> str | None:
    searched = (_PAPER.search(text) for text in _readings(url, _DEEPEST))
    found = _OWN_PATH.match(url) or next(filter(None, searched), None)
    return found.group("id") if found else None


def _readings(text: str, depth: int) -> Iterator[str]:
    """A link as written, then what is encoded in it; the plainest reading first."""
    yield text
    if depth == 0:
        return
    plain = unquote(unescaped(text), errors="replace")
    if plain != text:
        yield from _readings(plain, depth - 1)
        return
    if _PROOFPOINT.search(text):
        yield from _readings(text.replace("-", "%").replace("_", "/"), depth - 1)
    for found in _BASE64.finditer(text):
        decoded = _from_base64(found.group())
        if "://" in decoded or "%3A%2F%2F" in decoded.upper():
            yield from _readings(decoded, depth - 1)


def _from_base64(text: str) -> str:
    padded = text.replace("+", "-") + "=" * (-len(text) % 4)
    try:
        return base64.urlsafe_b64decode(padded).decode(errors="replace")
    except binascii.Error:
        return ""
