"""The two mails that answer the form: to confirm, and to those who have subscribed already.

They say nothing that somebody typed: else the form would carry anybody's words to anybody. Who
asked is said by the network address it came from.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from secrets import token_hex
from typing import Literal
from urllib.parse import urlsplit

from flows.digest.envelope import envelope, new_message_id
from flows.digest.relay import sender_domain
from flows.digest.templating import templates
from flows.settings import Settings
from warehouse.requests import Request
from warehouse.subscriber import Subscriber

Kind = Literal["confirm", "there already"]
_SUBJECTS: dict[Kind, str] = {
    "confirm": "Please confirm: papers by mail from {site}",
    "there already": "Your papers by mail from {site}",
}
_TEMPLATES: dict[Kind, str] = {"confirm": "confirm", "there already": "there_already"}


@dataclass(frozen=True)
class Asked:
    """Who asked, and when, in words for the mail."""

    who: str
    when: str

    @classmethod
    def of(cls, request: Request) -> "Asked":
        who = "The operator of the site"
        if request.asked_from:
            who = f"Somebody at the network address {request.asked_from}"
        return cls(who, f"{request.asked_at.astimezone(UTC):%d %B %Y, %H:%M} UTC")


def notice(
    kind: Kind,
    person: Subscriber,
    *,
    link: str,
    request: Request,
    settings: Settings,
    now: datetime,
) -> EmailMessage:
    """The mail to a person with the link to confirm, or to manage."""
    site = settings.site.url or ""
    given = {
        "site": site,
        "host": urlsplit(site).netloc,
        "link": link,
        "asked": Asked.of(request),
        "is_paused": person.state == "paused",
        "postal_address": settings.digest.postal_address,
    }
    message = envelope(
        person.address,
        _SUBJECTS[kind].format(site=given["host"]),
        settings=settings.digest,
        now=now,
        message_id=new_message_id(sender_domain(settings.digest), token_hex(12)),
    )
    name = _TEMPLATES[kind]
    message.set_content(templates().get_template(f"{name}.txt").render(given))
    html = templates().get_template(f"{name}.html").render(given)
    message.add_alternative(html, subtype="html")
    return message
