"""Which certificates are trusted: those of certifi, and those that the environment names.

`REQUESTS_CA_BUNDLE` and `CURL_CA_BUNDLE` take the place of certifi's, as in requests.
`SSL_CERT_FILE` and `SSL_CERT_DIR` are added to them: they may be set for a mail server alone, and
the sources must stay reachable then.
"""

import os
import ssl
from functools import lru_cache
from pathlib import Path
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.util.ssl_ import create_urllib3_context

from schemas.errors import UsageError

INSTEAD = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
ADDED = ("SSL_CERT_FILE", "SSL_CERT_DIR")


class BadCertificates(UsageError):
    """A variable names certificates that cannot be read."""


def bundle() -> str | None:
    """The certificates that take the place of certifi's. Raises `BadCertificates`."""
    return next((path for name in INSTEAD if (path := _path(name))), None)


class Trusting(HTTPAdapter):
    """Connects to servers whose certificates are trusted, directly and through proxies."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **{**options, **_added()})

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, **options, **_added())


def _added() -> dict[str, Any]:
    """The context with the added certificates, as an option for a pool; none if there are none."""
    file, folder = map(_path, ADDED)
    if not file and not folder:
        return {}
    return {"ssl_context": _context(file, folder)}


@lru_cache(maxsize=1)
def _context(file: str | None, folder: str | None) -> ssl.SSLContext:
    context = create_urllib3_context()
    try:
        context.load_verify_locations(file, folder)
    except (OSError, ssl.SSLError) as error:
        raise BadCertificates(
            f"{' or '.join(ADDED)} names no certificates that can be read: {error}"
        ) from error
    return context


def _path(variable: str) -> str | None:
    path = os.environ.get(variable)
    if path and not Path(path).exists():
        raise BadCertificates(f"{variable} names {path}, which does not exist; correct or unset it")
    return path or None
