"""A real IMAP server on loopback: pymap, in a process of its own, with its mails in memory.

It speaks STARTTLS; `tests.support.tls` puts TLS before it, as servers have it on port 993.
"""

import imaplib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.tls import certificate_for

USER, PASSWORD = "reader", "open-sesame"


@dataclass(frozen=True)
class MailServer:
    """A running server; `certificate` is what clients must trust."""

    port: int
    certificate: Path
    key: Path

    def client(self) -> imaplib.IMAP4:
        """A connection that is logged in and may write."""
        connection = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        connection.starttls(ssl.create_default_context(cafile=str(self.certificate)))
        connection.login(USER, PASSWORD)
        return connection

    def fill(self, folder: str, *mails: bytes) -> None:
        """Make a folder of these mails."""
        connection = self.client()
        connection.create(folder)
        for mail in mails:
            crlf = mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            status, _ = connection.append(folder, "", None, crlf)
            assert status == "OK"
        connection.logout()

    def flags(self, folder: str) -> list[bytes]:
        """The flags of the mails, as the server tells them."""
        connection = self.client()
        connection.select(folder, readonly=True)
        _, found = connection.uid("FETCH", "1:*", "(FLAGS)")
        connection.logout()
        return [line for line in found if isinstance(line, bytes)]


@contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    """A server with one user and an empty mailbox."""
    certificate, key = certificate_for(folder)
    port = _free_port()
    command = [str(Path(sys.executable).with_name("pymap")), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--cert", str(certificate), "--key", str(key)]
    command += ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    log = (folder / "pymap.log").open("wb")
    with log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _wait_for(port, process)
            yield MailServer(port, certificate, key)
        finally:
            process.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "the IMAP server ended"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("the IMAP server does not answer")
