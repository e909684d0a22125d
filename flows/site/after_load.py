"""Whether a load by hand brings the pages up to date, without importing what writes them.

The pages of many papers take longer than the load; so they are left to the night, which is said.
"""

import json
import logging

import duckdb

from flows.settings import Settings
from warehouse.storage.home import Home
from warehouse.storage.paths import database_name

MOST_PAPERS = 2_000
"""So many papers' pages a load by hand brings up to date."""
RECORD = ".pages.json"
"""In a site: of which publication it is, and how its pages were made."""
PUBLICATION = "SELECT snapshot || ' ' || epoch_us(published_at) FROM ops.publication"

log = logging.getLogger("paperhouse")


def is_due(settings: Settings) -> bool:
    """Whether the pages are wanted, are not those of what is published, and are written now."""
    home = settings.warehouse()
    if not settings.site.enabled or not home.publication.exists():
        return False
    try:
        with duckdb.connect(database_name(home.publication), read_only=True) as connection:
            ((publication,),) = connection.execute(PUBLICATION).fetchall()
            ((n_papers,),) = connection.execute("SELECT count(*) FROM mart.papers").fetchall()
    except duckdb.Error:
        return True  # whoever writes the pages says what is wrong
    if n_papers <= MOST_PAPERS:
        return True
    if _shown(home) != publication:
        log.warning(
            "the pages of %s papers are brought up to date by the next night, or now by "
            "`paperhouse docs build`",
            f"{n_papers:,}",
        )
    return False


def _shown(home: Home) -> str | None:
    """The publication that the pages show."""
    try:
        shown: str | None = json.loads((home.site / RECORD).read_bytes()).get("publication")
    except (OSError, ValueError, AttributeError):
        return None
    return shown
