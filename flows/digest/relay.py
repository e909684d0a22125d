"""Hands mails to the relay, one at a time, over one connection.

The exchange is driven step by step (RFC 5321: MAIL, RCPT, DATA), because what may be repeated
depends on where it broke off. Until the line that ends the mail has gone out, the relay must forget
the mail when the connection breaks, so another try cannot deliver it twice. After that line only
the relay knows, and the outcome is `in_doubt`. The standard library's `send_message` cannot tell
the two.
"""

import re
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import policy
from email.message import EmailMessage
from email.utils import parseaddr

from flows.digest.relay_answers import Kind, Outcome, ascii_domain, harmless, parts_of, refusal
from flows.digest.smtp_connection import FAULTS, connect, in_base64, plain, port_of
from flows.settings.sections import DigestSettings, SmtpSettings
from schemas.errors import UsageError

PASSWORD = "PAPERHOUSE_SMTP_PASSWORD"  # noqa: S105 - the name of the variable
_PATIENCE = 20
"""The answer to a whole mail may take so many times longer than others: RFC 5321 wants ten minutes,
because a relay that searches a mail for viruses takes its time, and giving up leaves a doubt."""


class RelayNotSet(UsageError):
    """The settings do not say how mails go out."""


class _Refused(Exception):
    """The relay's answer ends this mail before its body; the connection goes on."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.kind)
        self.outcome = outcome


class _Broke(_Refused):
    """The connection is of no use any more, and the relay has nothing of the mail's body."""


@contextmanager
def open_relay(settings: DigestSettings, password: str | None) -> Iterator["Relay"]:
    """The relay of the settings; it is connected with the first mail. `password` is what
    PAPERHOUSE_SMTP_PASSWORD has. Raises `RelayNotSet`."""
    if settings.smtp is None or settings.sender is None:
        missing = "digest.smtp" if settings.smtp is None else "digest.sender"
        raise RelayNotSet(f"no mail goes out: set {missing} (docs/digest.md)")
    if settings.smtp.user is not None and not password:
        raise RelayNotSet(f"digest.smtp.user cannot log in without a password: set {PASSWORD}")
    relay = Relay(settings.smtp, sender_address(settings.sender), password)
    try:
        yield relay
    finally:
        relay.close()


def sender_address(sender: str) -> str:
    """The address of `Daily papers <digest@example.org>`, its domain in ASCII. Raises
    `RelayNotSet`."""
    address = parseaddr(sender)[1] if sender.isprintable() else ""
    local, _, domain = address.rpartition("@")
    if not local or not domain or not local.isascii():
        raise RelayNotSet(
            "digest.sender has no address in ASCII; write it as `Daily papers <digest@example.org>`"
        )
    return f"{local}@{ascii_domain(domain)}"


def sender_domain(settings: DigestSettings) -> str:
    """The domain of the sender's address. Raises `RelayNotSet`."""
    return sender_address(settings.sender or "").rpartition("@")[2]


class Relay:
    """A relay that is connected when needed, and again after its connection broke."""

    def __init__(self, settings: SmtpSettings, sender: str, password: str | None) -> None:
        self._settings = settings
        self._sender = sender
        self._password = password or ""
        self._client: smtplib.SMTP | None = None

    def close(self) -> None:
        """End the connection in order; a server that is gone already does not matter."""
        if self._client is not None:
            with suppress(*FAULTS):
                self._client.quit()
            self._drop()

    def hand_over(
        self,
        message: EmailMessage,
        address: str,
        *,
        before_body: Callable[[], None] = lambda: None,
    ) -> Outcome:
        """Hand one mail for one address to the relay; raises nothing that the relay causes.

        `before_body` is called when the relay wants the body and nothing of it is sent; if it
        raises, the mail is not sent and the error goes through. A connection that was kept open
        and turns out to be closed is opened once more.
        """
        was_open = self._client is not None
        try:
            try:
                body = self._begin(message, address)
            except _Broke:
                if not was_open:
                    raise
                body = self._begin(message, address)
        except _Refused as refused:
            return refused.outcome
        try:
            before_body()
        except BaseException:
            self._drop()  # the relay waits for a body: only the end of the connection ends that
            raise
        return self._finish(body, address)

    def _begin(self, message: EmailMessage, address: str) -> bytes:
        """All up to the moment when the relay wants the body, which is returned."""
        to, needs_utf8 = _recipient(address)
        client = self._connected()
        if needs_utf8 and not client.has_extn("smtputf8"):
            text = "the relay takes no address with such letters: it offers no SMTPUTF8"
            raise _Refused(Outcome("address_refused", None, text))
        body = _body(message, needs_utf8=needs_utf8)
        options = [f"SIZE={len(body)}"] if client.has_extn("size") else []
        options += ["SMTPUTF8", "BODY=8BITMIME"] if needs_utf8 else []
        client.command_encoding = "utf-8" if needs_utf8 else "ascii"
        self._step(lambda: client.mail(self._sender, options), 250, address, is_sender=True)
        self._step(lambda: client.rcpt(to), 250, address)
        self._step(lambda: client.docmd("DATA"), 354, address)
        return body

    def _finish(self, body: bytes, address: str) -> Outcome:
        client = self._connected()
        try:
            client.send(body)
        except FAULTS:
            self._drop()
            return Outcome("deferred", None, "the connection broke within the mail")
        try:
            _wait(client, self._settings.timeout_s * _PATIENCE)
            client.send(b".\r\n")
            code, said = client.getreply()
            _wait(client, self._settings.timeout_s)
        except FAULTS as error:
            self._drop()
            return Outcome("in_doubt", None, f"no answer to the mail: {self._harmless(error)}")
        text = self._harmless(said, address)
        if 200 <= code < 300:
            return Outcome("sent", code, text)
        if code == 421 or not 400 <= code < 600:
            self._drop()
        if not 400 <= code < 600:
            return Outcome("in_doubt", code, f"no answer that SMTP knows: {text}")
        return Outcome(refusal(code, _text(said)), code, text)

    def _step(
        self,
        command: Callable[[], tuple[int, bytes]],
        wanted: int,
        address: str,
        *,
        is_sender: bool = False,
    ) -> None:
        """One command before the body. Raises `_Refused`, or `_Broke` if the connection ended."""
        try:
            code, said = command()
        except FAULTS as error:
            self._drop()
            kind: Kind = "relay_failed" if is_sender else "deferred"
            text = f"the connection broke before the mail: {self._harmless(error)}"
            raise _Broke(Outcome(kind, None, text)) from None
        if code // 100 == wanted // 100:
            return
        text = self._harmless(said, address)
        if code == 421 or not 400 <= code < 600:
            self._drop()
            raise _Broke(Outcome("relay_failed", code, text))
        self._reset()
        kind = refusal(code, _text(said))
        if is_sender and code != 552:  # 552: the mail is larger than the relay takes
            kind = "relay_failed"
        raise _Refused(Outcome(kind, code, text))

    def _connected(self) -> smtplib.SMTP:
        if self._client is None:
            try:
                self._client = connect(self._settings, self._password)
            except (*FAULTS, ValueError) as error:
                code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None
                where = f"{self._settings.host}:{port_of(self._settings)}"
                text = f"{where}: {self._harmless(error)}"
                raise _Broke(Outcome("relay_failed", code, text)) from None
        return self._client

    def _reset(self) -> None:
        """Make the relay forget the mail; a connection that breaks over it is opened again."""
        if self._client is not None:
            try:
                code, _ = self._client.rset()
            except FAULTS:
                code = None
            if code != 250:
                self._drop()

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None

    def _harmless(self, said: bytes | Exception, address: str = "@") -> str:
        """The words of an answer or an error, without the address and the password."""
        user, password = self._settings.user or "", self._password
        secrets = {password, in_base64(password), plain(user, password)} if password else set()
        return harmless(_text(said), parts_of(address) | secrets)


def _recipient(address: str) -> tuple[str, bool]:
    """The address as SMTP writes it, and whether it needs SMTPUTF8. Raises `_Refused`."""
    local, _, domain = address.rpartition("@")
    to = f"{local}@{ascii_domain(domain)}"
    is_writable = local and domain and to.isprintable() and not set(to) & set("<>, ")
    if not is_writable:
        raise _Refused(Outcome("address_refused", None, "this is no address that SMTP can write"))
    return to, not to.isascii()


def _body(message: EmailMessage, *, needs_utf8: bool) -> bytes:
    """The mail in 7-bit ASCII, but for headers with such addresses; its lines end with CRLF, and
    a line that begins with a dot gets another (RFC 5321, 4.5.2)."""
    chosen = policy.SMTPUTF8 if needs_utf8 else policy.SMTP
    raw = message.as_bytes(policy=chosen.clone(cte_type="7bit"))
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw.rstrip(b"\r\n") + b"\n")
    return re.sub(rb"(?m)^\.", b"..", lines)


def _wait(client: smtplib.SMTP, seconds: float) -> None:
    """Wait so long for what comes next on a connection."""
    if client.sock is not None:
        client.sock.settimeout(seconds)


def _text(said: bytes | Exception) -> str:
    if isinstance(said, smtplib.SMTPResponseException):
        error = said.smtp_error
        words = error.decode(errors="replace") if isinstance(error, bytes) else str(error)
        return f"{said.smtp_code} {words}"
    return str(said) if isinstance(said, Exception) else said.decode(errors="replace")
