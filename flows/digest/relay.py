"""Hands mails to the relay, one at a time, over one connection."""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Literal

from flows.settings.sections import DigestSettings
from schemas.errors import UsageError

PASSWORD = "PAPERHOUSE_SMTP_PASSWORD"  # noqa: S105 - the name of the variable
Kind = Literal["sent", "deferred", "address_refused", "mail_refused", "relay_failed", "in_doubt"]


class RelayNotSet(UsageError):
    """The settings do not say how mails go out."""


@dataclass(frozen=True)
class Outcome:
    """What became of a mail, and the relay's words."""

    kind: Kind
    code: int | None
    text: str


class Relay:
    """A relay, connected for each mail."""

    def __init__(self, settings: DigestSettings, password: str | None) -> None:
        self._settings, self._password = settings, password

    def hand_over(
        self,
        message: EmailMessage,
        address: str,
        *,
        before_body: Callable[[], None] = lambda: None,
    ) -> Outcome:
        """Hand one mail for one address to the relay."""
        smtp = self._settings.smtp
        if smtp is None:
            raise RelayNotSet("set digest.smtp (docs/digest.md)")
        try:
            with smtplib.SMTP(smtp.host, smtp.port or 25, timeout=smtp.timeout_s) as client:
                if smtp.user:
                    client.login(smtp.user, self._password or "")
                before_body()
                client.send_message(message, sender_address(self._settings.sender or ""), [address])
        except smtplib.SMTPRecipientsRefused as refused:
            ((code, text),) = refused.recipients.values()
            kind: Kind = "deferred" if code < 500 else "address_refused"
            return Outcome(kind, code, text.decode(errors="replace"))
        except (OSError, smtplib.SMTPException) as error:
            return Outcome("relay_failed", None, type(error).__name__)
        return Outcome("sent", 250, "")


def sender_address(sender: str) -> str:
    """The address of `Daily papers <digest@example.org>`."""
    return parseaddr(sender)[1]


@contextmanager
def open_relay(settings: DigestSettings, password: str | None) -> Iterator[Relay]:
    """The relay of the settings. Raises `RelayNotSet`."""
    if settings.smtp is None or settings.sender is None:
        raise RelayNotSet("no mail goes out: set digest.smtp and digest.sender (docs/digest.md)")
    yield Relay(settings, password)
