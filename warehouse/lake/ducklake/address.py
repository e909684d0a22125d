"""The address of a shared lake, and the credentials for it.

The address is a setting and may be shown. Secrets are in the environment only, are read when they
are needed, and are removed from every text that leaves this folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from schemas import LAKE
from schemas.errors import PaperhouseError
from warehouse.storage.duckdb_extensions import quoted
from warehouse.storage.home import SharedLake

if TYPE_CHECKING:
    from pyarrow.fs import S3FileSystem

PREFIX = "ducklake:postgres:"
_SECRETS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "PGPASSWORD")
_EXAMPLE = f"`{PREFIX}dbname=paperhouse host=db.example.org user=paperhouse`"


class LakeUnreachable(PaperhouseError):
    """The catalog or the object storage of a shared lake cannot be used."""


def parse_address(lake: str, data: str | None) -> SharedLake:
    """Read the two settings. Raises `ValueError` that says what to write, and no secret."""
    catalog = lake.removeprefix(PREFIX).strip()
    if not lake.startswith(PREFIX) or "=" not in catalog or "://" in catalog:
        raise ValueError(f"a lake is `local`, or a shared one like {_EXAMPLE}")
    if "password" in catalog.lower():
        raise ValueError("a password belongs into PGPASSWORD or ~/.pgpass, not into a setting")
    place = urlsplit(data or "")
    if place.scheme != "s3" or not place.netloc or place.query or place.username:
        raise ValueError(
            "a shared lake needs a place for its files: PAPERHOUSE_LAKE_DATA=s3://bucket/folder"
        )
    if wrong := _misread(data or ""):
        raise ValueError(
            f"a shared lake cannot be in {data}: DuckLake takes {wrong}; "
            "name another folder in PAPERHOUSE_LAKE_DATA"
        )
    return SharedLake(catalog, f"s3://{place.netloc}{place.path.rstrip('/')}")


def _misread(data: str) -> str | None:
    """What DuckLake would take a place for, if not for a folder."""
    keys = {f"{table.partition}=" for table in LAKE if table.partition}
    if key := next((key for key in sorted(keys) if f"/{key}" in data), None):
        return f"a folder named {key}… for a partition"
    if mark := next((mark for mark in "*[\\#" if mark in data), None):
        return f"a name with {mark} for a pattern or the end of an address"
    return None


@dataclass(frozen=True, repr=False)
class Access:
    """Credentials and location of the object storage, from the environment."""

    key_id: str
    secret: str
    token: str | None
    region: str
    endpoint: str | None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the variables that every S3 client reads. Raises `LakeUnreachable` without keys."""
        key_id, secret = (
            environment.get(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        )
        if not key_id or not secret:
            raise LakeUnreachable(
                "the files of the shared lake need AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in "
                "the environment"
            )
        return cls(
            key_id,
            secret,
            environment.get("AWS_SESSION_TOKEN"),
            environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or "us-east-1",
            environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL"),
        )

    def file_system(self) -> "S3FileSystem":
        """The object storage for Arrow."""
        from pyarrow.fs import S3FileSystem  # noqa: PLC0415 - every command reads an address

        options = {}
        if self.endpoint:
            address = urlsplit(self.endpoint)
            options = {"scheme": address.scheme, "endpoint_override": address.netloc}
        return S3FileSystem(
            access_key=self.key_id,
            secret_key=self.secret,
            session_token=self.token,
            region=self.region,
            **options,
        )

    def secret_statement(self) -> str:
        """The statement that gives a DuckDB connection access to the object storage."""
        options = {"KEY_ID": self.key_id, "SECRET": self.secret, "REGION": self.region}
        if self.token:
            options["SESSION_TOKEN"] = self.token
        if self.endpoint:
            address = urlsplit(self.endpoint)
            options |= {"ENDPOINT": address.netloc, "URL_STYLE": "path"}
            options["USE_SSL"] = str(address.scheme == "https").lower()
        listed = ", ".join(f"{name} {quoted(value)}" for name, value in options.items())
        return f"CREATE TEMPORARY SECRET files (TYPE s3, {listed})"


def redacted(error: BaseException, environment: Mapping[str, str]) -> str:
    """The text of an error in one line, without secrets."""
    text = " ".join(str(error).split())
    for name in _SECRETS:
        if value := environment.get(name):
            text = text.replace(value, "***")
    return text
