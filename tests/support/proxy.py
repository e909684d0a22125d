"""A proxy on loopback that writes down what it is asked, and leads every host to one server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.support.tls import copy_both


@dataclass
class LoopbackProxy:
    """A running proxy; `asked` are the first lines of the requests to it, oldest first."""

    port: int
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def proxy_to(port: int, *, refuses_with: str = "") -> Iterator[LoopbackProxy]:
    """A proxy that leads to a port of this machine, or refuses with a status line."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        proxy = LoopbackProxy(listening.getsockname()[1])
        arguments = (listening, proxy, port, refuses_with)
        thread = threading.Thread(target=_serve, args=arguments)
        thread.start()
        try:
            yield proxy
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)


def _serve(listening: socket.socket, proxy: LoopbackProxy, port: int, refuses_with: str) -> None:
    with suppress(OSError):
        while True:
            client, _ = listening.accept()
            with client, suppress(OSError):
                _answer(client, proxy, port, refuses_with)


def _answer(client: socket.socket, proxy: LoopbackProxy, port: int, refuses_with: str) -> None:
    head = b""
    while b"\r\n\r\n" not in head:
        if not (data := client.recv(65_536)):
            return
        head += data
    first, _, rest = head.partition(b"\r\n")
    proxy.asked.append(first.decode())
    if refuses_with:
        client.sendall(f"HTTP/1.1 {refuses_with}\r\nContent-Length: 0\r\n\r\n".encode())
        return
    with socket.create_connection(("127.0.0.1", port)) as server:
        if first.startswith(b"CONNECT "):
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            method, address, version = first.split()
            path = b"/" + address.split(b"/", 3)[3]
            closing = rest.replace(b"Connection: keep-alive", b"Connection: close")
            server.sendall(b" ".join([method, path, version]) + b"\r\n" + closing)
        copy_both(client, server)
