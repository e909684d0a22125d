"""What a relay's answer means, and what of its words may be kept.

Prevents two harms: an address that is given up because the relay was set up wrongly, and an address
or a password that gets into a log because a server repeats it in its answer.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import idna

from tasks.parse.text import on_one_line

Kind = Literal["sent", "deferred", "address_refused", "mail_refused", "relay_failed", "in_doubt"]
"""`sent`: the relay has the mail. `deferred`: not now (4xx), or the connection broke before the
relay had all of it. `address_refused`: for good, because of the address. `mail_refused`: for good,
for another reason: the relay's policy, the size or the content. `relay_failed`: no connection, no
TLS, no login, or the sender is refused, so no address is at fault. `in_doubt`: the connection broke
after the relay had all of the mail and before it answered."""

_LONGEST = 200
_LOGIN_WANTED = frozenset({530, 534, 535, 538})
_ENHANCED = re.compile(r"[245]\.(\d{1,3})\.(\d{1,3})\b")
_POLICY_SUBJECTS = frozenset({3, 6, 7})
"""Subjects of RFC 3463: the mail system (size, not accepting), the content, security and policy."""
_POLICY_DETAILS = frozenset({(1, 7), (1, 8), (5, 1), (5, 2), (5, 4)})
"""The sender's address (RFC 3463 names these among the addresses), and the protocol."""
_POLICY_CODES = frozenset({503, 554, 571})
_POLICY_WORDS = re.compile(
    r"\brelay|\bpolicy\b|\bspam|black ?list|block ?list|\bspf\b|\bdkim\b|\bdmarc\b", re.IGNORECASE
)
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']*@[^\s<>()\[\],;:\"']*")
_HIDDEN = "…"


@dataclass(frozen=True)
class Outcome:
    """What became of one mail. `code` is the relay's, None when it gave none; `text` has no
    address, no secret, no control characters, and at most 200 characters."""

    kind: Kind
    code: int | None
    text: str


def refusal(code: int, said: str) -> Kind:
    """What an answer of 4xx or 5xx to the recipient or to the mail means.

    The enhanced status (RFC 3463, `5.1.1`) decides where there is one, because a relay answers 550
    to an unknown mailbox as well as to a client that may not send.
    """
    if 400 <= code < 500:
        return "deferred"
    if code in _LOGIN_WANTED:
        return "relay_failed"
    if found := _ENHANCED.match(said.lstrip()):
        subject, detail = int(found[1]), int(found[2])
        if subject in _POLICY_SUBJECTS or (subject, detail) in _POLICY_DETAILS:
            return "mail_refused"
        if subject in (1, 2, 4):
            return "address_refused"
    elif code in _POLICY_CODES:
        return "mail_refused"
    return "mail_refused" if _POLICY_WORDS.search(said) else "address_refused"


def harmless(said: str, hidden: Iterable[str] = ()) -> str:
    """Words of a server on one line of at most 200 characters, without `hidden` texts and without
    anything that looks like an address."""
    text = unicodedata.normalize("NFC", on_one_line(said))
    for secret in sorted(set(hidden) - {""}, key=len, reverse=True):
        text = _without(text, unicodedata.normalize("NFC", secret))
    text = _ADDRESS.sub(_HIDDEN, text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def parts_of(address: str) -> set[str]:
    """The texts by which an answer may name an address: the whole, its local part with and without
    a tag, and its domain in letters and in ASCII."""
    local, _, domain = address.rpartition("@")
    return {address, local, local.partition("+")[0], domain, ascii_domain(domain)}


def ascii_domain(domain: str) -> str:
    """The domain as SMTP writes it (`xn--…`); as it is if it cannot be written so."""
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return domain


def _without(text: str, secret: str) -> str:
    """A short text is removed where it is a word of its own only: an `a` is in every sentence."""
    pattern = re.escape(secret)
    if len(secret) < 4:
        pattern = rf"(?<!\w){pattern}(?!\w)"
    return re.sub(pattern, _HIDDEN, text, flags=re.IGNORECASE)
