"""The mail around a letter: its headers, and its two bodies.

Prevents a header that says more than one thing (no value of ours may begin a line), a mail that
answers itself (RFC 3834), and one that cannot be stopped by one click (RFC 8058). The relay signs
it (DKIM), not we.
"""

from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr
from hashlib import sha256

from flows.digest.letter import Letter
from flows.digest.relay import sender_address
from flows.digest.relay_answers import ascii_domain
from flows.settings.sections import DigestSettings
from tasks.parse.text import printable
from warehouse.subscriber import Subscriber

_POLICY = policy.SMTP.clone(cte_type="7bit")
"""Bodies in ASCII, whatever letters they have: no relay on the way needs to offer more."""


def message_of(
    letter: Letter,
    person: Subscriber,
    *,
    stop_url: str | None,
    manage_url: str | None,
    settings: DigestSettings,
    now: datetime,
    message_id: str,
) -> EmailMessage:
    """The mail with a letter for a person. `now` and `message_id` are those of the first try, so
    that a second try is the same mail to whoever gets both. Raises `RelayNotSet` for a sender
    without an address."""
    sender = sender_address(settings.sender or "")
    message = EmailMessage(_POLICY)
    message["From"] = _mailbox(sender, parseaddr(settings.sender or "")[0])
    message["To"] = _mailbox(person.address)
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = now.astimezone(UTC)
    message["Message-ID"] = _AsIs("Message-ID", message_id)
    message["List-Id"] = _AsIs("List-Id", _list_id(person, sender))
    message["List-Post"] = "NO"  # RFC 2369: nobody writes to this list
    message["Auto-Submitted"] = "auto-generated"
    _add_ways_out(message, stop_url, manage_url)
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message.set_boundary(f"=_{sha256(message_id.encode()).hexdigest()[:32]}")
    return message


def new_message_id(sender: str, token: str) -> str:
    """A Message-ID (RFC 5322) of a random token; it says nothing of whom the mail is for."""
    return f"<{token}@{sender.rpartition('@')[2]}>"


def _add_ways_out(message: EmailMessage, stop_url: str | None, manage_url: str | None) -> None:
    """How to stop and to change the mails (RFC 2369). One click (RFC 8058) needs https."""
    if stop_url:
        message["List-Unsubscribe"] = _AsIs("List-Unsubscribe", f"<{stop_url}>")
        if stop_url.startswith("https://"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if manage_url:
        message["List-Help"] = _AsIs("List-Help", f"<{manage_url}>")


class _AsIs(str):
    """A header that is written on one line, as it is: the standard library would put a long address
    of a page into encoded words, which no program that unsubscribes reads.

    Raises ValueError for anything but visible ASCII and spaces.
    """

    name: str

    def __new__(cls, name: str, value: str) -> "_AsIs":
        if not (value.isascii() and value.isprintable()):
            raise ValueError(f"{name} may not be {value!r}")
        made = super().__new__(cls, value)
        made.name = name
        return made

    def fold(self, *, policy: EmailPolicy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _mailbox(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(_one_line(name), local, ascii_domain(domain))


def _list_id(person: Subscriber, sender: str) -> str:
    """RFC 2919: one list for each rhythm, below the sender's domain."""
    return f"<{person.wishes.frequency}.digest.{sender.rpartition('@')[2]}>"


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())
