"""Addresses in running text: their places, their canonical form, and what they lead to."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from tasks.derive.search import SMALL, Phrases
from tasks.derive.words import folded, has_one


class Written(NamedTuple):
    """An address as written in a text: its span, the address, and whether it was repaired."""

    start: int
    end: int
    text: str
    is_mended: bool


class Address(NamedTuple):
    """An address in canonical form; `key` is equal for all spellings of the same address."""

    url: str
    key: str
    host: str
    repo: str | None
    kind: str | None
    """None when the host does not imply a kind."""


MAX_URL = 500
_CODE_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitee.com")
_BARE = (
    r"(?:www\.|(?:github|gitlab)\.com/|bitbucket\.org/|huggingface\.co/|hf\.co/|"
    r"[a-z0-9-]{1,60}+\.(?:github|gitlab)\.io\b|youtu\.be/|aka\.ms/|arxiv\.org/abs/|anonymous\.4open\.science/)"
)
_URL = re.compile(
    rf"(?:https?\s?:\s?//?\s?|(?<![\w@./-])(?={_BARE}))"
    rf"(?:(?!https?://)[^\s<>\"{{}}|^`\\]|\\[_%#&~]){{4,{MAX_URL}}}+"
)
_MARKS = ("http", "www.", ".com/", ".io", ".co/", ".org/", ".be/", ".ms/", ".science/")
"""Every address has one of these, at most `_BEFORE_MARK` characters from its start."""
_WITHOUT_SLASH = ("www.", ".io")
"""Those of addresses that have no slash."""
_BEFORE_MARK = 70
_SEARCH = Phrases(_MARKS, SMALL)
_ESCAPED = re.compile(r"\\([_%#&~])")
_SCHEMES = ("https://", "http://")
_SLASHES = re.compile(r"//+")
_AFTER_A_HOST = re.compile(r"[/?#:]")
_ONE_SLASH = re.compile(r"^(https?:)/(?!/)")
_AFTER_HOST = re.compile(r"\s(?:[\w-]{1,60}+/[\w.-]{1,99}+(?<!\.))")
_AFTER_OWNER = re.compile(r"\s[\w.-]*[A-Z0-9_-][\w.-]*(?<!\.)(?=\.?(?:\s*$|\s+[A-Z]|\)))")
_NOT_A_HOST = re.compile(r"[^a-z0-9.-]")
_TRACKING = re.compile(r"utm_\w+|ref|ref_src|fbclid|gclid|si|feature|tab|usp", re.IGNORECASE)
_TRAILING = ".,;:!?'\"*_~’”\u2026"
_OPENED = {")": "(", "]": "["}


def addresses_in(text: str) -> Iterator[Written]:
    """The addresses in a text, in order, without punctuation and LaTeX commands around them.

    An address broken by a blank is repaired only where the rest can hardly be anything else: after
    `https:`, or between the owner and name of a repository.
    """
    if "/" not in text and not has_one(text.lower(), _WITHOUT_SLASH):
        return
    marks = _SEARCH.matches(text)
    if not marks:
        return
    first = min(start for _, start, _ in marks) - 1
    for found in _URL.finditer(folded(text), max(0, first - _BEFORE_MARK)):
        start, end = found.span()
        written = _trimmed(text[start:end])
        end = start + len(written)
        broken = _continuation(text, written, end)
        whole = written + broken.lstrip()
        mended = _ONE_SLASH.sub(r"\1//", re.sub(r"\s", "", whole))
        if _is_address(mended):
            is_mended = bool(broken) or len(mended) != len(whole)
            yield Written(start, end + len(broken), mended, is_mended)


def _trimmed(written: str) -> str:
    """An address without the punctuation of the sentence that follows it."""
    while written:
        last = written[-1]
        opener = _OPENED.get(last)
        is_closing = opener is not None and written.count(opener) < written.count(last)
        if not (is_closing or last in _TRAILING):
            break
        written = written[:-1]
    return written


def _continuation(text: str, written: str, end: int) -> str:
    """The text after a blank that still belongs to an address of a repository; usually none."""
    _, _, path = written.partition("//")
    host, _, rest = (path or written).partition("/")
    if host.lower().removeprefix("www.") not in _CODE_HOSTS or not written.endswith("/"):
        return ""
    pattern = _AFTER_OWNER if rest.strip("/") else _AFTER_HOST
    more = pattern.match(text, end, end + 170)
    return more[0] if more and rest.count("/") <= 1 else ""


def _is_address(written: str) -> bool:
    _, _, path = written.partition("//")
    host = _AFTER_A_HOST.split(path or written, maxsplit=1)[0].lower()
    name, _, top = host.rpartition(".")
    return bool(name) and top.isalpha() and len(top) > 1 and not _NOT_A_HOST.search(host)


def canonical(written: str) -> Address | None:
    """An address in canonical form; None if it is no address.

    https, no `www.`, `.git`, trailing punctuation, tracking parameters or fragment; the path keeps
    its case, the key is in lower case.
    """
    text = "".join(written.split())
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    text = _trimmed(text[:MAX_URL])
    scheme = next((s for s in _SCHEMES if text[: len(s)].casefold() == s), "")
    parts = _split(text[len(scheme) :])
    if parts is None or not _is_address(parts[0]):
        return None
    host, port, path, asked = parts
    host = {"hf.co": "huggingface.co"}.get(host, host)
    path = _SLASHES.sub("/", path).rstrip("/")
    steps = [step for step in path.split("/") if step]
    kind, repo = _what_is_there(host, steps)
    if host in _CODE_HOSTS and repo:
        path = path.removesuffix(".git")
        repo = repo.removesuffix(".git")
    kept = [(k, v) for k, v in parse_qsl(asked) if not _TRACKING.fullmatch(k)] if asked else ()
    query = f"?{urlencode(kept)}" if kept else ""
    place = f"{host}{port}{path}{query}"
    return Address(f"https://{place}", place.lower(), host, repo, kind)


_NOT_PLAIN = re.compile(r"[^!-~]|[?#@:%\\[\]]")
"""What an address has besides its host and path."""


def _split(text: str) -> tuple[str, str, str, str] | None:
    """The host, port, path and query of an address without its scheme; None if it is none."""
    if not _NOT_PLAIN.search(text):
        host, slash, path = text.partition("/")
        return host.lower().removeprefix("www."), "", slash + path, ""
    try:
        parts = urlsplit(f"https://{text}")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return None
    return (parts.hostname or "").removeprefix("www."), port, parts.path, parts.query


_OWNERLESS = {"orgs", "topics", "features", "sponsors", "search", "settings", "collections"}
_NOT_MODELS = {"blog", "docs", "collections", "papers", "organizations", "learn", "posts", "api"}
_BY_FOLDER = {"datasets": "dataset", "spaces": "space", "studios": "space"}
_HOSTS = {
    "video": "youtube.com youtu.be vimeo.com bilibili.com",
    "paper": "arxiv.org doi.org openreview.net aclanthology.org",
    "dataset": "zenodo.org",
    "demo": "colab.research.google.com",
    "code": "gist.github.com anonymous.4open.science pypi.org cran.r-project.org npmjs.com",
    "project": "sites.google.com",
}
_OF_ZENODO = "10.5281"
"""What a DOI begins with that Zenodo gave: to data or software, as its own addresses."""
VIDEO_HOSTS = frozenset(_HOSTS["video"].split())
_BY_HOST = {host: kind for kind, hosts in _HOSTS.items() for host in hosts.split()}
_BY_ENDING = (
    (".hf.space", "space"),
    (".github.io", "project"),
    (".gitlab.io", "project"),
    (".netlify.app", "project"),
    (".vercel.app", "project"),
    (".pages.dev", "project"),
)


_PAGES = (".github.io", ".gitlab.io")
"""Ends of repositories from which a site is made: they hold a page."""


def _what_is_there(host: str, steps: list[str]) -> tuple[str | None, str | None]:
    """The kind of address and, on hosts that name things by owner and name, that name."""
    if host in _CODE_HOSTS:
        if len(steps) < 2 or steps[0].lower() in _OWNERLESS:
            return "other", None
        is_page = steps[1].lower().endswith(_PAGES)
        return "project" if is_page else "code", "/".join(steps[:2])
    if host in ("huggingface.co", "modelscope.cn"):
        return _on_a_model_host(steps)
    if host == "kaggle.com":
        is_dataset = steps[:1] == ["datasets"] and len(steps) >= 3
        return ("dataset", "/".join(steps[1:3])) if is_dataset else ("other", None)
    kind = _BY_HOST.get(host)
    if host == "doi.org" and steps[:1] == [_OF_ZENODO]:
        kind = "dataset"
    if host == "anonymous.4open.science" and steps[:1] == ["w"]:
        kind = "project"
    return kind or next((k for ending, k in _BY_ENDING if host.endswith(ending)), None), None


def _on_a_model_host(steps: list[str]) -> tuple[str, str | None]:
    first = steps[0].lower() if steps else ""
    if first == "papers":
        return "paper", None
    named = steps[1:] if first in {*_BY_FOLDER, "models"} else steps
    if len(named) < 2 or first in _NOT_MODELS:
        return "other", None
    return _BY_FOLDER.get(first, "model"), "/".join(named[:2])
