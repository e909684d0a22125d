"""The settings: `paperhouse.toml` in the working folder, and `PAPERHOUSE_…` variables.

Variables override the file. An unknown key is an error, so a misspelt one is not silently ignored.
Secrets come from the environment only and are never stored.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from flows.settings.sections import (
    DigestSettings,
    FilterSettings,
    SiteSettings,
    SourceSettings,
    as_list,
)
from schemas.errors import UsageError
from schemas.nearest import or_nearest
from warehouse.storage.home import Home
from warehouse.storage.paths import PathUnusable, usable_home

if TYPE_CHECKING:
    from tasks.completeness import Expectations

VERSION = version("paperhouse")
_PREFIX = "PAPERHOUSE_"
_FILE = Path("paperhouse.toml")
_ANY_DAY = date(2024, 1, 1)
_SECRETS = frozenset({"IMAP_PASSWORD", "NOTIFY_URLS", "SMTP_PASSWORD"})
"""Variables that are no settings: they are read only where they are needed."""

_NESTED = {
    "sources": "__<SOURCE>__<KEY>",
    "filters": "__<NAME>__<KEY>",
    "site": "__<KEY>",
    "digest": "__<KEY>",
}
"""Settings that are tables, and how the variables of their keys go on."""


class BadSettings(UsageError):
    """A setting is unknown or its value does not fit."""


def _usable(home: Path) -> Path:
    try:
        return usable_home(home)
    except PathUnusable as error:
        raise ValueError(error) from error


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_nested_delimiter="__", toml_file=_FILE, extra="forbid"
    )

    home: Annotated[Path, AfterValidator(_usable)] = Field(
        Path("data"), description="The warehouse folder."
    )
    lake: str = Field(
        "local",
        description="`local`: in the warehouse folder; or a lake shared with other machines: "
        "`ducklake:postgres:dbname=… host=…`.",
    )
    lake_data: str | None = Field(
        None, description="Where a shared lake keeps its files: `s3://bucket/folder`."
    )
    other_landings: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(as_list)] = Field(
        (), description="Landings of the other writers of a shared lake, to be read."
    )
    look_back_days: int = Field(
        14, ge=1, le=365, description="For so many days an issue is fetched again every night."
    )
    user_agent: str = Field(
        f"paperhouse/{VERSION} (research digest warehouse)",
        description="How requests introduce themselves; add an address where you can be reached.",
    )
    max_tries: int = Field(4, ge=1, le=10, description="Requests for one page before giving up.")
    max_wait_s: float = Field(
        330, ge=0, le=3600, description="The longest pause a source may ask for within a run."
    )
    max_requests: int = Field(
        30, ge=1, description="Requests a night sends to one host; the rest waits for the next."
    )
    max_requests_per_s: float = Field(
        5, gt=0, le=1000, description="Requests to one host in a second; a source may want fewer."
    )
    sweep_days: int = Field(
        90, ge=1, le=3650, description="For so many days back a sweep fetches issues again."
    )
    sweep_requests: int = Field(150, ge=1, description="Requests a sweep makes to one host.")
    backfill_requests: int = Field(
        5000, ge=1, description="Requests a backfill makes to one host, over its whole range."
    )
    batch_issues: int = Field(
        500,
        ge=1,
        description="Issues loaded together, fewer when their bodies are large; bounds memory.",
    )
    silent_after_h: float = Field(
        26, gt=0, description="When no run has ended for so many hours, that is worth a message."
    )
    keep_snapshots: int = Field(
        30, ge=1, description="So many of the newest snapshots are always kept."
    )
    keep_days: int = Field(
        30, ge=0, description="Snapshots younger than this are kept, however many there are."
    )
    max_files: int = Field(
        8, ge=1, description="A month of a table with more files than this is compacted."
    )
    sources: dict[str, SourceSettings] = Field(
        default_factory=dict, description="Settings of single sources, by name."
    )
    filters: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9 -]{0,60}$")], FilterSettings] = (
        Field(default_factory=dict, description="Papers that somebody follows, by a name.")
    )
    site: SiteSettings = Field(default_factory=SiteSettings, description="The pages for people.")
    digest: DigestSettings = Field(
        default_factory=DigestSettings, description="The digest that people get by mail."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base class names it
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @model_validator(mode="after")
    def _has_a_lake(self) -> Self:
        self.warehouse()
        return self

    def warehouse(self) -> Home:
        """The warehouse folder, with the chosen lake."""
        if self.lake == "local":
            return Home(self.home)
        from warehouse.lake.interface import shared_lake  # noqa: PLC0415 - only who shares needs it

        return Home(self.home, shared_lake(self.lake, self.lake_data), self.other_landings)

    @property
    def form_url(self) -> str | None:
        """Where people subscribe, if the served pages have the form and mails can go out."""
        can_mail = self.digest.smtp and self.digest.sender
        if not (self.site.enabled and self.site.url and self.digest.form and can_mail):
            return None
        return f"{self.site.url.rstrip('/')}/subscribe.html"

    def expectations(self) -> "Expectations":
        """What the operator expects of the issues of each source."""
        from tasks.completeness import Expectations, Thresholds  # noqa: PLC0415 - slow to import

        by_source = {
            name: Thresholds(chosen.fewest_records, chosen.least_share, chosen.empty_in_a_row)
            for name, chosen in self.sources.items()
        }
        return Expectations(by_source, self.look_back_days)

    def source(self, name: str) -> SourceSettings:
        """Settings of a source; the defaults when none are given."""
        return self.sources.get(name, SourceSettings())


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `overrides` are what the command line says. Raises `BadSettings`."""
    unknown = list(_unknown_variables(os.environ))
    if unknown:
        near = or_nearest(unknown[0], list(_variables()), "docs/settings.md lists all")
        raise BadSettings(f"no setting is called {', '.join(unknown)}; {near}")
    try:
        settings = Settings(
            **{name: value for name, value in overrides.items() if value is not None}
        )
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        )
        raise BadSettings(f"settings ({_FILE} and {_PREFIX}… variables): {faults}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{_FILE} is not TOML: {error}") from error
    except (UnicodeDecodeError, OSError) as error:
        raise BadSettings(f"{_FILE} cannot be read: {error}") from error
    except SettingsError as error:
        raise BadSettings(f"{_PREFIX}… variables: {error}") from error
    _check_sources(settings)
    return settings


def _check_sources(settings: Settings) -> None:
    if not settings.sources:
        return
    from tasks.errors import BadIssueId  # noqa: PLC0415 - slow to import, and rarely needed here
    from tasks.sources import sources  # noqa: PLC0415 - the same

    unknown = settings.sources.keys() - sources().keys()
    if unknown:
        raise BadSettings(
            f"settings: no source is called {', '.join(sorted(unknown))}; "
            f"there are: {', '.join(sources())}"
        )
    for name, chosen in settings.sources.items():
        for key, editions in (
            ("editions", chosen.editions),
            ("fewest_records", tuple(chosen.fewest_records)),
        ):
            try:
                if expected := sources()[name].expected:
                    expected(_ANY_DAY, _ANY_DAY, editions)
            except BadIssueId as error:
                raise BadSettings(f"sources.{name}.{key}: {error}") from error


def _variables() -> Iterator[str]:
    for name in Settings.model_fields:
        yield f"{_PREFIX}{name.upper()}{_NESTED.get(name, '')}"


def _unknown_variables(environment: Mapping[str, str]) -> Iterator[str]:
    known = {name.upper() for name in Settings.model_fields}
    for variable in environment:
        if not variable.startswith(_PREFIX) or variable.removeprefix(_PREFIX) in _SECRETS:
            continue
        name, nested, _ = variable.removeprefix(_PREFIX).partition("__")
        if name not in known or (nested and name.lower() not in _NESTED):
            yield variable
