"""A real IMAP server on loopback: pymap, in a process of its own, with its mails in memory.

It speaks STARTTLS; `TlsFront` puts TLS before it, as servers have it on port 993.
"""

import imaplib
import selectors
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

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
    certificate, key = _certificate(folder)
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


@contextmanager
def tls_front(server: MailServer) -> Iterator[int]:
    """A port on which TLS begins at once, before the server's own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server.certificate, server.key)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_serve, args=(listening, context, server.port))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)


def _serve(listening: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with suppress(OSError):
        while True:
            plain, _ = listening.accept()
            with (
                suppress(OSError),
                context.wrap_socket(plain, server_side=True) as client,
                socket.create_connection(("127.0.0.1", port)) as server,
            ):
                _copy(client, server)


def _copy(client: ssl.SSLSocket, server: socket.socket) -> None:
    with selectors.DefaultSelector() as waiting:
        waiting.register(client, selectors.EVENT_READ, server)
        waiting.register(server, selectors.EVENT_READ, client)
        while True:
            for key, _ in waiting.select(timeout=10):
                source, target = key.fileobj, key.data
                assert isinstance(source, socket.socket)
                data = source.recv(65_536)
                if not data:
                    return
                target.sendall(data)


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that is good for an hour, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private


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
