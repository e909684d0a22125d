"""A real SMTP server on loopback (aiosmtpd) that accepts, defers, refuses and breaks off where a
test wants it to."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NoReturn

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.tls import certificate_for

BREAK = "break"
USER, PASSWORD = "postman", "open sésame"
POINTS = ("ehlo", "mail", "rcpt", "data", "body", "end", "accepted")
"""Where a server can answer something else or break off: at a command, within the body, after the
body's end, and, having taken the mail for good, before it says so."""

Script = Callable[[str, str], str | None]
"""What the server does at a point, for an address (empty before one is known): an answer such as
`451 later`, `BREAK`, or None to go on."""


def accepting(_point: str, _address: str) -> None:
    """A server that takes everything."""


@dataclass(frozen=True)
class Delivered:
    """A mail that the server took for good. `sender` and `address` are the envelope's."""

    sender: str
    address: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        made = message_from_bytes(self.raw, policy=policy.SMTP)
        assert isinstance(made, EmailMessage)
        return made


@dataclass
class RelayServer:
    """A running server; `script` may be exchanged at any time."""

    script: Script = accepting
    delivered: list[Delivered] = field(default_factory=list)
    n_connections: int = 0
    port: int = 0
    certificate: Path | None = None

    def settings(self, **more: object) -> dict[str, Any]:
        """`[digest]` for this server, without TLS."""
        smtp = {"host": "127.0.0.1", "port": self.port, "security": "none", "timeout_s": 5, **more}
        return {"sender": "Daily papers <digest@example.org>", "smtp": smtp}


class _Server(SMTP):
    """aiosmtpd, whose every step asks the script first."""

    def __init__(self, told: RelayServer, **options: Any) -> None:
        super().__init__(_Taking(told), ident="test", timeout=20, **options)
        self._told = told

    def connection_made(self, transport: Any) -> None:
        self._told.n_connections += 1
        super().connection_made(transport)

    def break_off(self) -> NoReturn:
        """End the connection without a word."""
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.abort()
        raise asyncio.CancelledError

    async def asks(self, point: str) -> bool:
        """Whether the server goes on as usual at this point."""
        recipients = self.envelope.rcpt_tos if self.envelope else []
        return await self._does(point, recipients[0] if recipients else "")

    async def _does(self, point: str, address: str) -> bool:
        wanted = self._told.script(point, address)
        if wanted is None:
            return True
        if wanted == BREAK:
            self.break_off()
        await self.push(wanted)
        return False

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd names it
        if await self.asks("ehlo"):
            await super().smtp_EHLO(hostname)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd names it
        if await self.asks("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd names it
        address = (arg or "").partition("<")[2].partition(">")[0]
        if await self._does("rcpt", address):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd names it
        if not await self.asks("data"):
            return
        recipients = self.envelope.rcpt_tos if self.envelope else []
        if recipients and self._told.script("body", recipients[0]) == BREAK:
            await self.push("354 go on")
            await self._reader.read(20)
            self.break_off()
        await super().smtp_DATA(arg)


class _Taking:
    """What the server does with a whole mail."""

    def __init__(self, told: RelayServer) -> None:
        self._told = told

    async def handle_DATA(  # noqa: N802 - aiosmtpd names it
        self,
        server: _Server,
        session: Session,  # noqa: ARG002 - aiosmtpd gives it
        envelope: Envelope,
    ) -> str:
        (address,) = envelope.rcpt_tos
        wanted = self._told.script("end", address)
        if wanted == BREAK:
            server.break_off()
        if wanted is not None:
            return wanted
        assert isinstance(envelope.content, bytes)
        assert envelope.mail_from is not None
        self._told.delivered.append(Delivered(envelope.mail_from, address, envelope.content))
        if self._told.script("accepted", address) == BREAK:
            server.break_off()
        return "250 2.0.0 taken"

    async def handle_exception(self, error: Exception) -> str:
        return f"451 4.3.0 the test server failed: {error!r}"


class _Controller(Controller):
    def __init__(self, told: RelayServer, options: dict[str, Any], **more: Any) -> None:
        super().__init__(None, hostname="127.0.0.1", port=0, **more)
        self._told, self._options = told, options

    def factory(self) -> SMTP:
        return _Server(self._told, loop=self.loop, **self._options)

    def _trigger_server(self) -> None:
        """aiosmtpd connects once to see that it works, to the port it was given: 0 is none."""
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def relay_server(
    folder: Path | None = None,
    *,
    tls: str = "none",
    smtputf8: bool = False,
    login: bool = False,
    script: Script = accepting,
) -> Iterator[RelayServer]:
    """A running server. `tls` is `starttls`, `tls` or `none`; `folder` gets the certificate."""
    told = RelayServer(script)
    options: dict[str, Any] = {"enable_SMTPUTF8": smtputf8, "decode_data": False}
    context = None
    if folder is not None:
        told.certificate, key = certificate_for(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(told.certificate, key)
    if tls == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if login:
        options |= {"authenticator": _authenticate, "auth_required": True}
        options |= {"auth_require_tls": tls == "starttls"}
    controller = _Controller(told, options, ssl_context=context if tls == "tls" else None)
    controller.start()
    told.port, told.n_connections = controller.port, 0
    try:
        yield told
    finally:
        controller.stop()


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, said: Any
) -> AuthResult:
    is_known = isinstance(said, LoginPassword) and (
        said.login.decode(),
        said.password.decode(),
    ) == (USER, PASSWORD)
    return AuthResult(success=is_known, handled=is_known)
