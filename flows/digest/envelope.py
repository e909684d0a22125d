"""The headers that all our mails begin with, in one spelling.

Prevents a header that says more than one thing (no value of ours may begin a line), and a mail that
answers itself (RFC 3834).
"""

from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr

from flows.digest.relay import sender_address
from flows.digest.relay_answers import ascii_domain
from flows.settings.sections import DigestSettings
from tasks.parse.text import on_one_line

_POLICY = policy.SMTP.clone(cte_type="7bit")
"""Bodies in ASCII, whatever letters they have: no relay on the way needs to offer more."""


def envelope(
    address: str, subject: str, *, settings: DigestSettings, now: datetime, message_id: str
) -> EmailMessage:
    """A mail without a body, from the sender of the settings. Raises `RelayNotSet` for a sender
    without an address."""
    sender = settings.sender or ""
    message = EmailMessage(_POLICY)
    message["From"] = _mailbox(sender_address(sender), parseaddr(sender)[0])
    message["To"] = _mailbox(address)
    message["Subject"] = on_one_line(subject)
    message["Date"] = now.astimezone(UTC)
    message["Message-ID"] = AsIs("Message-ID", message_id)
    message["Auto-Submitted"] = "auto-generated"
    return message


def new_message_id(sender: str, token: str) -> str:
    """A Message-ID (RFC 5322) of a random token; it says nothing of whom the mail is for."""
    return f"<{token}@{sender.rpartition('@')[2]}>"


class AsIs(str):
    """A header that is written on one line, as it is: the standard library would put a long address
    of a page into encoded words, which no program that unsubscribes reads.

    Raises ValueError for anything but visible ASCII and spaces.
    """

    name: str

    def __new__(cls, name: str, value: str) -> "AsIs":
        if not (value.isascii() and value.isprintable()):
            raise ValueError(f"{name} may not be {value!r}")
        made = super().__new__(cls, value)
        made.name = name
        return made

    def fold(self, *, policy: EmailPolicy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _mailbox(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(on_one_line(name), local, ascii_domain(domain))
