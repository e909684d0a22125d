"""Keeps requests to this machine away from proxies.

Prefect's own server and client, and a source on loopback, are asked directly: a proxy looks for
them on its own machine, where they are not.
"""

from collections.abc import MutableMapping
from importlib.util import find_spec
from urllib.parse import urlsplit

from schemas.errors import UsageError

NAMES = ("127.0.0.1", "localhost", "::1")
_FOR_ALL = ("all_proxy", "ALL_PROXY")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_HTTPX = ("http", "https", "socks5", "socks5h")
"""The kinds of proxy that Prefect's client knows; those over SOCKS need a package of their own."""


class UnusableProxy(UsageError):
    """A variable names a proxy that Prefect's client cannot even be started with."""


def spare_loopback(environment: MutableMapping[str, str]) -> None:
    """Add loopback to `NO_PROXY` where the environment names a proxy. Libraries read the variable
    in either case, so both are set."""
    if not any(environment.get(name) or environment.get(name.upper()) for name in _PROXIES):
        return
    given = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    spared = [name for part in given.split(",") if (name := part.strip())]
    if "*" in spared:
        return
    spared += [name for name in NAMES if name not in spared]
    environment["NO_PROXY"] = environment["no_proxy"] = ",".join(spared)


def check_for_prefect(environment: MutableMapping[str, str]) -> None:
    """Make sure that Prefect's client, which sets up every proxy that is named, can be started.

    A proxy for all kinds of addresses that is not needed, because there is one for each kind, is
    taken out. Raises `UnusableProxy` for any other that the client does not know.
    """
    has_both = all(environment.get(n) or environment.get(n.upper()) for n in _PROXIES[:2])
    for name in (*_PROXIES, *(name.upper() for name in _PROXIES)):
        if _is_usable(environment.get(name, "")):
            continue
        if name in _FOR_ALL and has_both:
            del environment[name]
            continue
        raise UnusableProxy(
            f"{name} names a {_scheme(environment[name])} proxy, which Prefect cannot use here; "
            "name one over HTTP in HTTP_PROXY and HTTPS_PROXY, or unset it"
        )


def _is_usable(address: str) -> bool:
    scheme = _scheme(address)
    is_socks = scheme.startswith("socks")
    return scheme in _HTTPX and (not is_socks or find_spec("socksio") is not None)


def _scheme(address: str) -> str:
    return urlsplit(address).scheme.lower() if "://" in address else "http"
