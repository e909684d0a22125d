"""The two mails that answer the form: to confirm, and to those who have subscribed already.

They say nothing that somebody typed: else the form would carry anybody's words to anybody. Who
asked is said by the network address it came from.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr
from functools import cache
from typing import Literal
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from flows.settings import Settings
from warehouse.requests import Request
from warehouse.subscriber import Subscriber

_POLICY = policy.SMTP.clone(cte_type="7bit")
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
    message = _envelope(person.address, settings.digest.sender or "", now)
    message["Subject"] = _SUBJECTS[kind].format(site=given["host"])
    name = _TEMPLATES[kind]
    message.set_content(_templates().get_template(f"{name}.txt").render(given))
    html = _templates().get_template(f"{name}.html").render(given)
    message.add_alternative(html, subtype="html")
    return message


def _envelope(address: str, sender: str, now: datetime) -> EmailMessage:
    """The headers but for the subject. A value that could begin another header is refused by the
    standard library."""
    name, mailbox = parseaddr(sender)
    message = EmailMessage(_POLICY)
    message["From"] = _mailbox(mailbox, name)
    message["To"] = _mailbox(address)
    message["Date"] = now.astimezone(UTC)
    message["Message-ID"] = make_msgid(domain=message["From"].addresses[0].domain)
    message["Auto-Submitted"] = "auto-generated"
    return message


def _mailbox(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


@cache
def _templates() -> Environment:
    return Environment(
        autoescape=select_autoescape(("html",)),
        loader=PackageLoader("flows.digest"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
