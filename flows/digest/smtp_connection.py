"""A connection to the relay that is private and logged in, before any mail is spoken of.

Prevents a password, an address or a mail that goes out in the clear, or to a server that only
claims to be the relay: without a checked certificate nothing is said.
"""

import base64
import smtplib
import socket
import ssl

from flows.settings.sections import SmtpSettings

FAULTS = (OSError, smtplib.SMTPException)
"""What the standard library raises when a connection or an answer fails."""
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


def port_of(settings: SmtpSettings) -> int:
    return settings.port or _PORTS[settings.security]


def connect(settings: SmtpSettings, password: str) -> smtplib.SMTP:
    """Connect, begin TLS, and log in where a user is set. Raises `FAULTS`, or ValueError for an
    answer or a password that cannot be read or sent."""
    client = _open(settings)
    try:
        _secure(client, settings)
        if settings.user is not None:
            _log_in(client, settings.user, password)
    except BaseException:
        client.close()
        raise
    return client


def _open(settings: SmtpSettings) -> smtplib.SMTP:
    """The TLS context is ours: without one, smtplib would not check the certificate."""
    host, port, timeout_s = settings.host, port_of(settings), settings.timeout_s
    if settings.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, timeout=timeout_s, context=context)
    return smtplib.SMTP(host, port, timeout=timeout_s)


def _secure(client: smtplib.SMTP, settings: SmtpSettings) -> None:
    # the end of a mail is a packet of its own, which is not to wait for the rest's confirmation
    if client.sock is not None:
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.ehlo_or_helo_if_needed()
    if settings.security == "starttls":
        client.starttls(context=ssl.create_default_context())
        client.ehlo_or_helo_if_needed()


def _log_in(client: smtplib.SMTP, user: str, password: str) -> None:
    if "PLAIN" not in client.esmtp_features.get("auth", "").split():
        client.login(user, password)
        return
    # not by `login`: it takes ASCII only, and RFC 4616 has UTF-8
    code, said = client.docmd("AUTH", f"PLAIN {plain(user, password)}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, said)


def plain(user: str, password: str) -> str:
    """What AUTH PLAIN sends (RFC 4616)."""
    return in_base64(f"\0{user}\0{password}")


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
