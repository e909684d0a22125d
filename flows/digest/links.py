"""The addresses by which a person stops and changes the mails."""

from flows.digest.letter import Links
from flows.settings import Settings
from warehouse.subscribers import Subscriber, Subscribers


def links_of(
    person: Subscriber,
    people: Subscribers,  # noqa: ARG001
    settings: Settings,
) -> Links:
    """The links of a person; None where the pages have no address."""
    if settings.site.url is None:
        return Links(None, None)
    base = f"{settings.site.url.rstrip('/')}/digest"
    return Links(f"{base}/stop?who={person.nonce}", f"{base}/manage?who={person.nonce}")
