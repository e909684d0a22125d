"""The parts of the settings that are tables of their own, such as `[site]` or `[sources.arxiv]`."""

import json
from datetime import date
from ipaddress import ip_network
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    field_validator,
    model_validator,
)

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def as_list(value: Any) -> Any:
    """A list that a variable gives as text, as JSON or separated by commas."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [part.strip() for part in value.split(",") if part.strip()]


class ImapSettings(BaseModel):
    """A mailbox on a server: `[sources.mailbox.imap]`. The password is in the environment only."""

    model_config = ConfigDict(extra="forbid")

    host: str = Field(min_length=1, description="The IMAP server.")
    user: str = Field(min_length=1, description="Who logs in.")
    folder: str = Field("INBOX", min_length=1, description="The folder whose mails are fetched.")
    port: int | None = Field(
        None, ge=1, le=65535, description="993 with TLS from the start, else 143, unless given."
    )
    security: Literal["tls", "starttls", "none"] = Field(
        "tls", description="`tls` from the start, `starttls`, or `none` for a server on loopback."
    )
    max_messages: int = Field(
        100, ge=1, le=10_000, description="So many new mails are fetched in one run, oldest first."
    )
    timeout_s: float = Field(
        30, gt=0, le=600, description="Seconds to wait for each answer of the server."
    )

    @model_validator(mode="after")
    def _is_private(self) -> Self:
        if self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError(
                f"security 'none' would send the password to {self.host} in the clear; "
                "it is for a server on loopback only"
            )
        return self


class SourceSettings(BaseModel):
    """How one source is used: `[sources.huggingface]`, or `PAPERHOUSE_SOURCES__HUGGINGFACE__…`."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool = Field(True, description="Whether the nightly run fetches from this source.")
    base_url: Annotated[str, AfterValidator(lambda url: str(HttpUrl(url)))] | None = Field(
        None, description="Another address to fetch from, such as a mirror or a test server."
    )
    since: date | None = Field(
        None,
        description="Gaps are filled from this day on; without it, within the look-back only.",
    )
    editions: Annotated[tuple[str, ...] | None, BeforeValidator(as_list)] = Field(
        None, description="The editions a nightly run fetches; without it, the source's own."
    )
    fewest_records: dict[str, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict,
        description="By edition, the fewest records that one look may find without being doubted; "
        "without it, the source's own, 0 for never.",
    )
    least_share: float = Field(
        0.25,
        ge=0,
        le=1,
        description="Fewer records than this share of the usual ones are doubted, in editions that "
        "have `fewest_records`.",
    )
    empty_in_a_row: int = Field(
        3,
        ge=1,
        description="So many expected issues without records, one after the other, miss the "
        "freshness objective.",
    )
    imap: ImapSettings | None = Field(
        None, description="For `mailbox`: the server and folder to fetch mails from."
    )


class SiteSettings(BaseModel):
    """The pages people look at: `[site]`, or `PAPERHOUSE_SITE__…`."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool = Field(True, description="Whether the pages are written after a publication.")
    fewest_papers: int = Field(
        3, ge=1, description="Authors with so many papers have a page; systems with two of a name."
    )
    host: str = Field(
        "127.0.0.1", min_length=1, description="Where `paperhouse serve` serves the pages."
    )
    port: int = Field(4280, ge=0, le=65535, description="The port there; 0 for any free one.")
    url: Annotated[str, AfterValidator(lambda url: str(HttpUrl(url)))] | None = Field(
        None,
        description="Where readers find the pages, for links in feeds, alerts and Prefect; alerts "
        "and Prefect else link to `host` and `port`.",
    )
    thumbnails: bool = Field(
        False,
        description="Whether pages show preview pictures; a reader's browser then asks their hosts "
        "for them.",
    )

    @property
    def address(self) -> str | None:
        """Where the pages are served, as far as is known before they are; None without pages, and
        for a port that is chosen only then."""
        if not self.enabled:
            return None
        return self.url or (self.address_at(self.port) if self.port else None)

    def address_at(self, port: int) -> str:
        """The address of a port of `host`; of all addresses of a machine, that of loopback."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


class FilterSettings(BaseModel):
    """Papers that somebody follows: `[filters.mine]`. They have a page and a feed.

    A paper is in it if all that is given holds; of a list, one entry suffices.
    """

    model_config = ConfigDict(extra="forbid")

    topics: Annotated[tuple[str, ...], BeforeValidator(as_list)] = Field(
        (), description="Topics, as `topics.html` calls them."
    )
    words: Annotated[tuple[str, ...], BeforeValidator(as_list)] = Field(
        (), description="Words or phrases of the title or the abstract."
    )
    authors: Annotated[tuple[str, ...], BeforeValidator(as_list)] = Field(
        (), description="Names of authors, or whole parts of them."
    )
    min_votes: int = Field(0, ge=0, description="At least so many votes.")
    code: bool = Field(False, description="Only papers that link their code.")

    @model_validator(mode="after")
    def _chooses(self) -> Self:
        if self == FilterSettings.model_construct():
            raise ValueError("it chooses nothing; give topics, words, authors, min_votes or code")
        return self


class SmtpSettings(BaseModel):
    """The relay that mails go out through: `[digest.smtp]`. Its password is in the environment
    only, as PAPERHOUSE_SMTP_PASSWORD."""

    model_config = ConfigDict(extra="forbid")

    host: str = Field(min_length=1, description="The SMTP server.")
    port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="587 with `starttls`, 465 with `tls`, else 25, unless given.",
    )
    security: Literal["tls", "starttls", "none"] = Field(
        "starttls", description="`tls` from the start, `starttls`, or `none` for one on loopback."
    )
    user: str | None = Field(None, description="Who logs in; nobody without it.")
    timeout_s: float = Field(
        30,
        gt=0,
        le=600,
        description="Seconds to wait for each answer of the server; 20 times as long for the one "
        "to a whole mail.",
    )

    @model_validator(mode="after")
    def _is_private(self) -> Self:
        if self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError(
                f"security 'none' would send mails and addresses to {self.host} in the clear; "
                "it is for a server on loopback only"
            )
        return self


class DigestSettings(BaseModel):
    """The digest by mail: `[digest]`, or `PAPERHOUSE_DIGEST__…`. Nothing is mailed without `smtp`
    and `sender`; links to stop need the address of the served pages, `site.url`."""

    model_config = ConfigDict(extra="forbid")

    sender: str | None = Field(
        None, description="From whom the mails come, as in `Daily papers <digest@example.org>`."
    )
    smtp: SmtpSettings | None = Field(None, description="The relay that mails go out through.")
    postal_address: str | None = Field(
        None, description="Who sends it, for the foot of each mail; many laws want one."
    )
    form: bool = Field(
        True, description="Whether the served pages have a form for people to subscribe."
    )
    trusted_proxies: Annotated[tuple[str, ...], BeforeValidator(as_list)] = Field(
        (),
        description="Reverse proxies whose `X-Forwarded-For` says who fills in the form, as "
        "addresses or networks.",
    )
    mails_per_minute: float = Field(
        60, gt=0, le=100_000, description="No more mails than this are handed over in a minute."
    )
    oldest_days: int = Field(
        3, ge=1, le=60, description="A day whose date is further back than this is not mailed."
    )
    late_after_h: float = Field(
        6, gt=0, description="So many hours after a subscriber's hour a mail not sent is late."
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for network in given:
            ip_network(network, strict=False)  # its ValueError says what is wrong
        return given
