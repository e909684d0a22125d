"""Keeps requests to this machine away from proxies.

Prefect's own server and client, and a source on loopback, are asked directly: a proxy looks for
them on its own machine, where they are not.
"""

from collections.abc import MutableMapping

NAMES = ("127.0.0.1", "localhost", "::1")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


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
