"""The form on the served pages: to subscribe, confirm, change, pause, stop and be removed.

A GET changes nothing: programs that look into mails follow every link. What the form answers does
not depend on who has subscribed, in its words nor in its time: it writes one request and looks
nobody up (`flows/digest/answer.py` does, later). Pages that a mailed link opens are for whoever has
the link.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from flows.digest.addresses import BadAddress, normalised, shown
from flows.digest.form_guard import (
    Fields,
    PageTokens,
    PostRefused,
    body_of,
    check_origin,
    client_of,
    counted_as,
    fields_of,
)
from flows.digest.form_pages import HEADERS, Pages, given, one
from flows.digest.links import LinkRefused, Links, Purpose
from flows.digest.wishes import BadWish, wishes_of
from flows.pipeline.run import utc_now
from flows.settings import Settings
from warehouse.requests import Limit, Requests
from warehouse.subscriber import Subscriber
from warehouse.subscribers import NotErased, SubscriberChanged, Subscribers, open_subscribers

log = logging.getLogger("paperhouse")

_OF_A_CLIENT = Limit(per_hour=10, per_day=40)
"""So often one network address may send the form."""
_TOO_OLD = "The page was open for too long, or is not whole. Please send it again."
_TOO_MANY = "Too much was sent from your network. Please try again in an hour."
_FULL = "Too many people ask at this moment. Please try again in an hour."
_DONE = {
    "saved": "Your changes are saved.",
    "paused": "Nothing is mailed until you resume.",
    "resumed": "Papers are mailed again.",
}
_VOID = {
    "confirm": "If you confirmed already, nothing more is to be done. Else ask for a new link.",
    "manage": "Each change makes earlier links void. Ask for a new one with your address.",
    "stop": "If you were removed, nothing is mailed any more.",
}
Handler = Callable[[HttpRequest], Awaitable[Response]]


def form_routes(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> list[BaseRoute]:
    """The pages of the form as routes of Starlette, to be served beside the pages of a home."""
    form = _Form(settings, clock)
    pages: dict[str, tuple[Handler, Handler]] = {
        "subscribe": (form.show_form, form.subscribe),
        "confirm": (partial(form.show_linked, "confirm"), form.confirm),
        "manage": (partial(form.show_linked, "manage"), form.manage),
        "stop": (partial(form.show_linked, "stop"), form.stop),
    }
    return [
        Route(f"/{name}.html", form.guarded(endpoint), methods=[method], name=f"{method} {name}")
        for name, handlers in pages.items()
        for method, endpoint in zip(("GET", "POST"), handlers, strict=True)
    ]


class _Form:
    """The handlers of all pages. Each request opens the file of subscribers for itself."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._settings, self._clock = settings, clock
        self._path = settings.warehouse().subscribers
        with open_subscribers(self._path) as store:
            self._links = Links(settings.site.url or "", store.key("links"), clock)
            self._tokens = PageTokens(store.key("form"), clock)
        self._pages = Pages(settings, self._tokens)

    def guarded(self, handler: Handler) -> Handler:
        """A handler that answers what it refuses with a page that says why."""

        async def answer(request: HttpRequest) -> Response:
            try:
                return await handler(request)
            except LinkRefused as error:
                purpose = request.url.path.rpartition("/")[2].partition(".")[0]
                said = f"{str(error)[0].upper()}{str(error)[1:]}. {_VOID[purpose]}"
                return self._pages.told("This link does not work", said, 403)
            except PostRefused as error:
                return self._pages.told("This was not taken", error.text, error.status)
            except SubscriberChanged:
                said = "Something changed at the same moment. Please open the link again."
                return self._pages.told("This was not taken", said, 409)

        return answer

    async def show_form(self, request: HttpRequest) -> Response:  # noqa: ARG002
        return await run_in_threadpool(self._pages.form)

    async def subscribe(self, request: HttpRequest) -> Response:
        check_origin(request, self._settings.site.url, may_be_hidden=False)
        fields = await fields_of(request)
        client = client_of(request, self._settings.digest.trusted_proxies)
        return await run_in_threadpool(self._subscribe, fields, client)

    def _subscribe(self, fields: Fields, client: str) -> Response:
        refused = partial(self._pages.form, fields)
        if not self._tokens.is_valid("subscribe", one(fields, "page")):
            return refused(fault=_TOO_OLD, status=400)
        with open_subscribers(self._path) as store:
            requests = Requests(store)
            now = self._clock()
            if not requests.is_within(_OF_A_CLIENT, "client", counted_as(client), now):
                return refused(fault=_TOO_MANY, status=429)
            try:
                address = normalised(one(fields, "address"))
                wishes = wishes_of(given(fields))
            except BadAddress as error:
                return refused(fault=f"{error}.", field="address", status=400)
            except BadWish as error:
                return refused(fault=f"{error}.", field=error.field, status=400)
            if not requests.put(address, wishes, origin="form", asked_from=client, now=now):
                return refused(fault=_FULL, status=503)
        return self._pages.told(
            "Look at your mail",
            "A mail goes to the address you gave. Open the link in it within two days: "
            "only then papers are mailed. If nothing arrives, look among the unwanted mails, or "
            "send the form again.",
        )

    async def show_linked(self, purpose: Purpose, request: HttpRequest) -> Response:
        """The page that a mailed link opens; it changes nothing."""
        return await run_in_threadpool(
            self._linked_page, purpose, _token(request), request.query_params.get("done", "")
        )

    def _linked_page(self, purpose: Purpose, token: str, done: str = "") -> Response:
        with open_subscribers(self._path) as store:
            person = self._links.person(store, purpose, token, self._clock())
        if purpose == "manage":
            return self._pages.manage(person, token, done=_DONE.get(done))
        return self._pages.linked(purpose, person, token)

    async def confirm(self, request: HttpRequest) -> Response:
        await self._check_linked("confirm", request)
        return await run_in_threadpool(self._confirm, _token(request))

    def _confirm(self, token: str) -> Response:
        with open_subscribers(self._path) as store:
            person = self._links.person(store, "confirm", token, self._clock())
            confirmed = store.confirm(person, now=self._clock())
        return self._pages.told(
            "You have subscribed",
            f"New papers are mailed to {shown(confirmed.address)}. Every mail has a link to change "
            "what you get, and one to stop it.",
        )

    async def stop(self, request: HttpRequest) -> Response:
        """Stop at once: the token suffices, since programs post here for their users (RFC 8058)."""
        await body_of(request)
        return await run_in_threadpool(self._stop, _token(request))

    def _stop(self, token: str) -> Response:
        with open_subscribers(self._path) as store:
            while True:
                person = self._links.person(store, "stop", token, self._clock())
                try:
                    store.change(person, state="stopped", now=self._clock())
                except SubscriberChanged:
                    continue  # at the same moment: look again, since a stop is never refused
                return self._pages.told(
                    "You have stopped it", "Nothing is mailed to you any more.", again=True
                )

    async def manage(self, request: HttpRequest) -> Response:
        fields = await self._check_linked("manage", request)
        return await run_in_threadpool(self._manage, _token(request), fields)

    def _manage(self, token: str, fields: Fields) -> Response:
        now, action = self._clock(), one(fields, "do")
        with open_subscribers(self._path) as store:
            person = self._links.person(store, "manage", token, now)
            if action == "save":
                try:
                    wishes = wishes_of(given(fields), person.wishes)
                except BadWish as error:
                    return self._pages.manage(person, token, fields, fault=f"{error}.", status=400)
                return self._back(store.change(person, wishes=wishes, now=now), "saved")
            if action == "pause" and person.state == "active":
                return self._back(store.change(person, state="paused", now=now), "paused")
            if action == "resume" and person.state in ("paused", "bouncing"):
                return self._back(store.change(person, state="active", now=now), "resumed")
            if action == "stop":
                store.change(person, state="stopped", now=now)
                text = "Nothing is mailed to you any more."
                return self._pages.told("You have stopped it", text, again=True)
            if action == "remove":
                self._remove(store, person)
                text = "Your address and all that was stored with it are deleted."
                return self._pages.told("You are removed", text, again=True)
        raise PostRefused(400, "That cannot be done now. Please open the link again.")

    def _remove(self, store: Subscribers, person: Subscriber) -> None:
        try:
            store.remove(person, now=self._clock())
        except NotErased as error:  # the person is gone all the same; the operator is told
            log.warning("subscriber %s: %s", person.subscriber_id, error)

    async def _check_linked(self, purpose: Purpose, request: HttpRequest) -> Fields:
        """The fields of a post from a page that a mailed link opened. Raises `PostRefused`."""
        check_origin(request, self._settings.site.url, may_be_hidden=True)
        fields = await fields_of(request)
        if not self._tokens.is_valid(purpose, one(fields, "page")):
            raise PostRefused(400, "The page was open for too long. Please open the link again.")
        return fields

    def _back(self, person: Subscriber, done: str) -> Response:
        """Back to the page of a person, with a link that is valid after a change of state."""
        token = self._links.token("manage", person)
        return RedirectResponse(f"manage.html?t={token}&done={done}", 303, HEADERS)


def _token(request: HttpRequest) -> str:
    return request.query_params.get("t", "")
