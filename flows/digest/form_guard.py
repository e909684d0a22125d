"""What the form's answers are protected by: where a post comes from, how large and how fast it is.

A post must come from a page of ours (the browser says so, and the page had a signed token that
expires) and be small. Who sends it is counted, by network address.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import parse_qs, urlsplit

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import ClientDisconnect, Request

from flows.digest.links import signer

Fields = dict[str, list[str]]

_MOST_BYTES = 16_384
_MOST_FIELDS = 300
_PATIENCE_S = 10
_PAGE_LIVES = timedelta(hours=2)


class PostRefused(Exception):
    """A post that is not taken; `status` is that of the answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


async def fields_of(request: Request) -> Fields:
    """The fields of a posted form, each with its values. Raises `PostRefused`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await body_of(request)
    if body and kind != "application/x-www-form-urlencoded":
        raise PostRefused(415, "The form was sent in a way that is not understood.")
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise PostRefused(400, "The form was sent in a way that is not understood.") from error


async def body_of(request: Request) -> bytes:
    """The body of a post, if it is small and comes soon. Raises `PostRefused`."""
    body = bytearray()
    try:
        async with asyncio.timeout(_PATIENCE_S):
            async for part in request.stream():
                body += part
                if len(body) > _MOST_BYTES:
                    raise PostRefused(413, "The form has more text than it may have.")
    except (TimeoutError, ClientDisconnect) as error:
        raise PostRefused(408, "The form did not arrive whole.") from error
    return bytes(body)


def check_origin(request: Request, site_url: str | None, *, may_be_hidden: bool) -> None:
    """Refuse a post that another site made a browser send. Raises `PostRefused`.

    Pages that ask for no referrer send the origin `null`; `may_be_hidden` allows that, for pages
    whose address is a secret itself.
    """
    fetched_from = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if fetched_from is not None:
        is_ours = fetched_from in ("same-origin", "none")
    elif origin in (None, "null"):
        is_ours = origin is None or may_be_hidden
    else:
        ours = {f"{s}://{request.headers.get('host', '')}" for s in ("http", "https")}
        if site_url:
            parts = urlsplit(site_url)
            ours.add(f"{parts.scheme}://{parts.netloc}")
        is_ours = origin in ours
    if not is_ours:
        raise PostRefused(403, "This came from another site; open the form here.")


def client_of(request: Request, trusted: Sequence[str]) -> str:
    """The network address a request comes from. What `X-Forwarded-For` says counts only from
    trusted proxies, read from the last one on."""
    client = request.client.host if request.client else ""
    hops = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    while hops and _is_in(client, trusted):
        hop = hops.pop().strip()
        if not _is_address(hop) or "%" in hop:  # the zone of an address can be any words
            break
        client = hop
    return client


def counted_as(client: str) -> str:
    """What a client is counted as: of an IPv6 network, one subscriber of a provider has a /64."""
    if not _is_address(client):
        return client
    address = ip_address(client)
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network(f"{address}/64", strict=False))
    return client


@dataclass(frozen=True)
class PageTokens:
    """Signs that a page of ours was shown not long ago."""

    key: bytes
    clock: Callable[[], datetime]

    def new(self, page: str) -> str:
        made = self._signer(page).dumps(int(self.clock().timestamp()))
        return made if isinstance(made, str) else made.decode()

    def is_valid(self, page: str, token: str) -> bool:
        """Whether a token is that of a page which is still young."""
        try:
            made_at = datetime.fromtimestamp(self._signer(page).loads(token[:200]), UTC)
        except BadData:
            return False
        return self.clock() - made_at < _PAGE_LIVES

    def _signer(self, page: str) -> URLSafeSerializer:
        return signer(self.key, f"paperhouse page {page}")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_in(client: str, networks: Sequence[str]) -> bool:
    return _is_address(client) and any(
        ip_address(client) in ip_network(network, strict=False) for network in networks
    )
