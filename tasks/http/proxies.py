"""The proxies that the environment names for requests to sources, read as requests reads them.

`HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY` name one, `NO_PROXY` the hosts to ask directly; loopback
is never asked through one. The session itself does not trust the environment, because it would then
also send a password from `.netrc` instead of the source's token.
"""

import os
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies, select_proxy

from tasks.http.loopback import NAMES


class Proxy(NamedTuple):
    """A proxy in use: the variable that names it, and its address without a password."""

    variable: str
    address: str

    def __str__(self) -> str:
        return f"{self.address} ({self.variable})"


def proxies_for(url: str) -> dict[str, str]:
    """The proxies for an address, as requests takes them; none for one on loopback."""
    return {} if is_loopback(urlsplit(url).hostname or "") else get_environ_proxies(url)


def proxy_for(url: str) -> Proxy | None:
    """The proxy through which an address is asked, if any."""
    address = select_proxy(url, proxies_for(url))
    if not address:
        return None
    scheme = urlsplit(url).scheme
    names = [
        name for part in (scheme, "all") for name in (f"{part}_proxy", f"{part}_proxy".upper())
    ]
    variable = next((n for n in names if os.environ.get(n) == address), names[1])
    return Proxy(variable, _without_password(address))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its name."""
    if host in NAMES or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _without_password(address: str) -> str:
    parts = urlsplit(address if "://" in address else f"http://{address}")
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
