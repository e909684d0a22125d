"""Builds the pages of a home from its publication: only what changed, all swapped in at once.

Readers find all old pages or all new ones. A page whose key did not change is the same file as
before, so a night costs what it changed. A build that is killed leaves the old pages; the next one
compares keys again and misses nothing.
"""

import logging
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import duckdb

from flows.settings import VERSION, Settings
from flows.site.after_load import PUBLICATION
from flows.site.facts import SiteUnbuildable
from flows.site.record import Record
from flows.site.write import Site
from schemas.errors import PaperhouseError
from warehouse.query.read_only import reading
from warehouse.storage.whole_folder import replacing_folder

log = logging.getLogger("paperhouse")


def refresh_site(settings: Settings) -> Path | None:
    """Bring the pages up to date after a run, if they are wanted; gives the first page.

    A fault is a warning, since the load is done: the old pages stand.
    """
    if not settings.site.enabled or not settings.warehouse().publication.exists():
        return None
    try:
        return build_site(settings)
    except (PaperhouseError, OSError, duckdb.Error) as error:
        log.warning(
            "the pages are those from before: %s; `paperhouse docs build` writes them anew",
            " ".join(str(error).split()),
        )
        return None


def build_site(settings: Settings, *, with_dictionary: bool = False) -> Path:
    """Write what changed of the pages of a home; gives the first page.

    The pages below `data/` take longest: they are written if asked for, or missing. Raises
    `NothingPublished`, and `SiteUnbuildable` for a publication of another version.
    """
    home = settings.warehouse()
    with reading(home.publication) as connection:
        ((publication,),) = connection.execute(PUBLICATION).fetchall()
        wanted = Record(publication, _made_by(settings))
        if with_dictionary or Record.of(home.site) != wanted:
            _build(connection, settings, wanted, with_dictionary=with_dictionary)
    return home.site / "index.html"


def _build(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    wanted: Record,
    *,
    with_dictionary: bool,
) -> None:
    home = settings.warehouse()
    with replacing_folder(home.site) as folder:
        try:
            Site(connection, settings, folder, wanted).write(with_dictionary=with_dictionary)
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            reason = " ".join(str(error).partition("\n\nLINE ")[0].split())
            raise SiteUnbuildable(
                f"{home.publication} cannot be shown: {reason}; it may be of another version, then "
                "`paperhouse maintain` writes it anew"
            ) from error


def _made_by(settings: Settings) -> str:
    """A checksum of the program and the settings that pages depend on."""
    package = files("flows.site")
    folders = (package, package / "templates", package / "templates" / "data")
    sources = sorted(
        (file.name, file.read_bytes())
        for folder in folders
        for file in folder.iterdir()
        if file.is_file()
    )
    chosen = settings.site.model_dump_json(include={"fewest_papers", "thumbnails", "url"})
    made_with = (sources, VERSION, duckdb.__version__, chosen, settings.form_url)
    return sha256(repr(made_with).encode()).hexdigest()
