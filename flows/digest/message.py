"""The mail around a letter: its headers, and its two bodies.

Prevents a mail that cannot be stopped by one click (RFC 8058). The relay signs it (DKIM), not we.
"""

from datetime import datetime
from email.message import EmailMessage
from hashlib import sha256

from flows.digest.envelope import AsIs, envelope
from flows.digest.letter import Letter
from flows.digest.relay import sender_domain
from flows.settings.sections import DigestSettings
from warehouse.subscriber import Subscriber


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
    message = envelope(
        person.address, letter.subject, settings=settings, now=now, message_id=message_id
    )
    message["List-Id"] = AsIs("List-Id", _list_id(person, settings))
    message["List-Post"] = "NO"  # RFC 2369: nobody writes to this list
    _add_ways_out(message, stop_url, manage_url)
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message.set_boundary(f"=_{sha256(message_id.encode()).hexdigest()[:32]}")
    return message


def _add_ways_out(message: EmailMessage, stop_url: str | None, manage_url: str | None) -> None:
    """How to stop and to change the mails (RFC 2369). One click (RFC 8058) needs https."""
    if stop_url:
        message["List-Unsubscribe"] = AsIs("List-Unsubscribe", f"<{stop_url}>")
        if stop_url.startswith("https://"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if manage_url:
        message["List-Help"] = AsIs("List-Help", f"<{manage_url}>")


def _list_id(person: Subscriber, settings: DigestSettings) -> str:
    """RFC 2919: one list for each rhythm, below the sender's domain."""
    return f"<{person.wishes.frequency}.digest.{sender_domain(settings)}>"
