"""Serves the pages of a home over HTTP: for this machine, or behind a reverse proxy.

Only files of the site are served, and only read; `flows/digest/form.py` adds pages of its own.
Every answer forbids the browser to load anything else. The search is answered from the index of
`paperhouse search`, so it needs no script.
"""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.settings import Settings
from flows.site.templating import environment_of
from schemas.errors import PaperhouseError
from warehouse.query.read_only import NothingPublished
from warehouse.query.search import Wanted, search

_LONGEST_SEARCH = 300
_MOST_FOUND = 100
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'{}; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_TYPES = {".atom": "application/atom+xml", ".json": "application/feed+json"}
_TYPES |= {".bib": "application/x-bibtex", ".ris": "application/x-research-info-systems"}


class AddressTaken(PaperhouseError):
    """Something else listens where the pages should be served."""


class _Headers:
    """Adds the headers that protect a reader to every answer that does not set them itself."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), text.encode()) for name, text in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                added = [(name, text) for name, text in self._headers if name not in given]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self._app(scope, receive, send_with)


class _Files(StaticFiles):
    """The files of a site; none whose name begins with a dot."""

    async def check_config(self) -> None:
        """Nothing: the folder may come later, with the first load."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if any(part.startswith(".") for part in path.split("/") if part != "."):
            raise HTTPException(404)
        answer = await super().get_response(path, scope)
        if answer.status_code == 404:
            raise HTTPException(404)  # whose page is written for the depth of the address
        for ending, kind in _TYPES.items():
            if path.endswith(ending):
                answer.headers["content-type"] = kind
        return answer


def app_of(settings: Settings, routes: Sequence[BaseRoute] = ()) -> Starlette:
    """The application that serves the pages of a home, and further `routes` beside them."""
    home = settings.warehouse()
    templates = environment_of(settings.site.thumbnails, settings.form_url)

    def page(name: str, path: str, status: int = 200, **given: Any) -> Response:
        up = "../" * path.removeprefix("/").count("/")
        text = templates.get_template(name).render(up=up, here=name.partition(".")[0], **given)
        return HTMLResponse(text, status)

    def find(request: Request) -> Response:
        asked = request.query_params.get("q", "")[:_LONGEST_SEARCH].strip()
        papers: list[dict[str, Any]] = []
        if asked:
            try:
                wanted = Wanted(asked, limit=_MOST_FOUND)
                papers = search(home.publication, home.search_index, wanted).papers.to_pylist()
            except NothingPublished:
                papers = []
        found = {"asked": asked, "papers": papers, "shards": []}
        return page("search.html", request.url.path, found=found, shards=[])

    def missing(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        return page("404.html", request.url.path, status)

    headers = {
        "Content-Security-Policy": _POLICY.format(" https:" if settings.site.thumbnails else ""),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-cache",
    }
    return Starlette(
        routes=[
            *routes,
            Route("/search.html", find),
            Mount("/", _Files(directory=home.site, html=True, check_dir=False)),
        ],
        middleware=[
            Middleware(_Headers, headers=headers),
            Middleware(GZipMiddleware, minimum_size=1000),
        ],
        exception_handlers={404: missing},
    )


@contextmanager
def serving(settings: Settings, routes: Sequence[BaseRoute] = ()) -> Iterator[str]:
    """Serve the pages, and further `routes`, for the time of a block, in a thread; gives their
    address.

    Raises `AddressTaken`.
    """
    host, port = settings.site.host, settings.site.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen()
        except OSError as error:
            raise AddressTaken(
                f"cannot serve the pages on {host}:{port}: {error.strerror}; end what listens "
                "there, or set site.port to another port (0: any that is free)"
            ) from error
        server = uvicorn.Server(
            uvicorn.Config(
                app_of(settings, routes),
                log_level="warning",
                access_log=False,  # addresses of pages have what a mailed link allows
                server_header=False,
                proxy_headers=False,  # else whoever is on this machine could name any client
            )
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield settings.site.address_at(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(10)
