"""The published tables as Prefect assets, so that Prefect shows what is loaded, from what and when.

An asset is materialized when the load step succeeds; the file is published right after. Each has
the table's own description and depends on the digests that are fetched.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from prefect.assets import Asset, AssetProperties, materialize
from prefect.cache_policies import NO_CACHE

from schemas import CORE
from tasks.sources import sources
from warehouse.publication.marts import views

if TYPE_CHECKING:
    from prefect.tasks import MaterializingTask

_PLACE = "paperhouse://"
_MOST = 2500
"""The longest description Prefect accepts."""


def materializing(work: Callable[..., Any], name: str) -> "MaterializingTask[..., Any]":
    """A Prefect task that runs `work` and materializes every core table and every mart."""
    task = materialize(
        *(_asset(table.full_name, table.prose) for table in CORE),
        *(_asset(view.full_name, view.prose) for view in views()),
        by="paperhouse",
        name=name,
        task_run_name=name,
        cache_policy=NO_CACHE,
        asset_deps=[_asset(f"sources.{name}", f"The digest {name}.") for name in sources()],
    )
    return task(work)


def _asset(full_name: str, prose: str) -> Asset:
    """`core.listings` is `paperhouse://core/listings`."""
    key = _PLACE + full_name.replace(".", "/")
    return Asset(key=key, properties=AssetProperties(name=full_name, description=prose[:_MOST]))
