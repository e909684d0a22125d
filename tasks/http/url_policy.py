"""Which addresses may be requested: a source's own hosts, over its own scheme, on the public
internet.

A digest's server, or somebody posing as it, can send us anywhere with a redirect or a link to a
next page; these checks prevent requests into a private network. The address is checked before it is
requested, and the machine's IP address after connecting, before a byte is sent, because a public
name may point to a private network from one moment to the next. Behind a proxy, which finds the
machine by its name, we see no IP address of it: there the name is checked, and no more. An address
set by an operator is exempt (`tasks/http/client.py`).
"""

import ipaddress
import socket
from collections.abc import Collection
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.utils import select_proxy
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from tasks.errors import ForbiddenAddress
from tasks.http.certificates import Trusting
from tasks.http.proxies import is_loopback


def followed(url: str, target: str, *, base_url: str, hosts: Collection[str]) -> str:
    """The whole address that an answer from `url` sends us to.

    Allowed are `base_url`'s host and `hosts`, over https or `base_url`'s scheme; others raise
    `ForbiddenAddress`. The address is parsed as the HTTP library will parse it.
    """
    try:
        address = parse_url(urljoin(url, target))
        base = parse_url(base_url)
    except (LocationParseError, ValueError) as error:
        raise ForbiddenAddress(f"sent on to {target!r:.200}, which is no address") from error
    if address.scheme not in ("https", base.scheme):
        raise ForbiddenAddress(
            f"sent on to {target!r:.200}: only https is followed, not {address.scheme}"
        )
    is_base = (address.scheme, address.host, address.port) == (base.scheme, base.host, base.port)
    if address.auth or not (is_base or address.host in hosts):
        raise ForbiddenAddress(
            f"sent on to {target!r:.200}: another server, not one of this source's"
        )
    return address.url


def origin_of(url: str) -> tuple[str, str]:
    """Scheme and host with port: what a token may be sent to."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


class PublicOnly(Trusting):
    """Connects to machines on the public internet only; raises `ForbiddenAddress` for others."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}

    def send(
        self, request: requests.PreparedRequest, *arguments: Any, **options: Any
    ) -> requests.Response:
        """Send a request; one through a proxy only if the name of its host is a public one."""
        url = request.url or ""
        host = parse_url(url).host or ""
        if select_proxy(url, options.get("proxies")) and not is_public_name(host.strip("[]")):
            raise ForbiddenAddress(f"{host} is a private address, which no proxy is asked for")
        return super().send(request, *arguments, **options)


class _HTTP(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn(), self.host)


class _HTTPS(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn(), self.host)


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPS


def _checked(connection: socket.socket, host: str) -> socket.socket:
    """A new connection; it is closed again if it leads into a private network."""
    reached = str(connection.getpeername()[0])
    if is_public(reached):
        return connection
    connection.close()
    raise ForbiddenAddress(
        f"{host} is at {reached}, a private address; if that is meant, set the source's `base_url`"
    )


def is_public_name(host: str) -> bool:
    """Whether a host may be on the public internet, by its name alone."""
    try:
        return is_public(host)
    except ValueError:
        return not is_loopback(host)


def is_public(ip: str) -> bool:
    """Whether an IP address is on the public internet."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global
