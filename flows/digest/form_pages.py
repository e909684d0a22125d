"""How the pages of the form look: they are made from the templates of the other pages.

All that somebody typed is escaped. No cache keeps a page: what a mailed link shows is private.
"""

from typing import Any

from starlette.responses import HTMLResponse, Response

from flows.digest.addresses import shown
from flows.digest.form_guard import Fields, PageTokens
from flows.digest.wishes import (
    EITHER_OR,
    LANGUAGES,
    LISTS,
    MOST_PAPERS,
    Given,
    in_words,
    time_zones,
    topics_by_area,
)
from flows.settings import Settings
from flows.site.templating import environment_of
from warehouse.subscriber import Subscriber, Wishes

HEADERS = {"Cache-Control": "no-store"}
_FROM_HERE = {"Referrer-Policy": "same-origin"}
"""Without a referrer a browser would not say either that a post comes from our page."""
_TRY_LATER = (429, 503)
_REFUSED = (400, 403)
_PLAIN = ("frequency", "min_votes", "max_papers", "language", "time_zone", "hour", "unconfirmed")


class Pages:
    """Makes the pages. `tokens` signs those that have a form."""

    def __init__(self, settings: Settings, tokens: PageTokens) -> None:
        self._templates = environment_of(settings.site.thumbnails, settings.form_url)
        self._tokens = tokens

    def form(
        self,
        fields: Fields | None = None,
        *,
        fault: str = "",
        field: str = "",
        status: int = 200,
    ) -> Response:
        headers = _FROM_HERE | ({"Retry-After": "3600"} if status in _TRY_LATER else {})
        return self.page(
            "subscribe.html",
            status,
            headers,
            address=one(fields or {}, "address")[:254],
            fault=fault,
            fault_field=field,
            page_token=self._tokens.new("subscribe"),
            **_choices(_texts(Wishes()) | (_typed(fields) if fields else {})),
        )

    def linked(self, purpose: str, person: Subscriber, token: str) -> Response:
        """The page of a link to confirm or to stop: who is meant, and a button."""
        return self.page(
            f"{purpose}.html",
            token=token,
            address=shown(person.address),
            wishes=in_words(person.asked or person.wishes),
            page_token=self._tokens.new(purpose),
        )

    def manage(
        self,
        person: Subscriber,
        token: str,
        fields: Fields | None = None,
        *,
        done: str | None = None,
        fault: str = "",
        status: int = 200,
    ) -> Response:
        return self.page(
            "manage.html",
            status,
            token=token,
            address=shown(person.address),
            state=person.state,
            done=done,
            fault=fault,
            page_token=self._tokens.new("manage"),
            **_choices(_texts(person.wishes) | (_typed(fields) if fields else {})),
        )

    def told(self, title: str, text: str, status: int = 200, *, again: bool = False) -> Response:
        return self.page(
            "told.html", status, title=title, text=text, is_again=again or status in _REFUSED
        )

    def page(
        self, name: str, status: int = 200, headers: dict[str, str] | None = None, **given: Any
    ) -> Response:
        text = self._templates.get_template(name).render(
            up="", here=name.partition(".")[0], **given
        )
        return HTMLResponse(text, status, HEADERS | (headers or {}))


def one(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[0]


def given(fields: Fields) -> dict[str, Given]:
    """What the form says of wishes; a box without a tick is not sent."""
    said: dict[str, Given] = {name: one(fields, name) for name in _PLAIN if name in fields}
    said |= {name: one(fields, name) == "on" for name in EITHER_OR}
    return said | {name: "\n".join(fields.get(name, [])) for name in LISTS}


def _typed(fields: Fields) -> dict[str, Any]:
    """The same, to be shown again as it was typed."""
    return {**given(fields), "topics": fields.get("topics", [])}


def _texts(wishes: Wishes) -> dict[str, Any]:
    """Wishes as the fields of the form have them."""
    texts: dict[str, Any] = {name: getattr(wishes, name) for name in (*_PLAIN, *EITHER_OR)}
    lists = {name: "\n".join(getattr(wishes, name)) for name in ("words", "authors")}
    return texts | lists | {"topics": wishes.topics}


def _choices(wish: dict[str, Any]) -> dict[str, Any]:
    """What the fields have, and what can be chosen."""
    return {
        "wish": wish,
        "areas": topics_by_area(),
        "zones": time_zones(),
        "languages": LANGUAGES,
        "most_papers": MOST_PAPERS,
    }
