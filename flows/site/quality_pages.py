"""Great Expectations' own pages: the rules of every table, and whether published rows meet them.

They are built on demand, because that takes longer than a night's validation. The results of each
run are in ops.quality_results.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from schemas import TABLES, Table
from tasks.quality.expectations import suite
from tasks.quality.validate import checks_of, great_expectations
from warehouse.query.read_only import query
from warehouse.storage.home import Home

_SITE = "quality"


def build_quality_docs(home: Home) -> Path:
    """Check the published tables against their rules and write the pages; returns the first page.

    The pages replace the existing ones. Raises `NothingPublished`. The pages load their style sheet
    from a public server and are plain without a network.
    """
    folder = home.root / "docs" / _SITE
    frames = {table: _published(home, table) for table in TABLES.values() if checks_of(table)}
    gx = great_expectations()
    with TemporaryDirectory(prefix="paperhouse-") as scratch:
        context = gx.get_context(mode="file", project_root_dir=scratch)
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        for name in context.get_site_names():
            context.delete_data_docs_site(name)
        context.add_data_docs_site(_SITE, _site(folder))
        source = context.data_sources.add_pandas("published")
        for table, frame in frames.items():
            asset = source.add_dataframe_asset(table.full_name)
            batch = asset.add_batch_definition_whole_dataframe("published")
            added = context.suites.add(suite(gx, table, checks_of(table)))
            definition = gx.ValidationDefinition(name=table.full_name, data=batch, suite=added)
            context.validation_definitions.add(definition).run(
                batch_parameters={"dataframe": frame}
            )
        shutil.rmtree(folder, ignore_errors=True)
        context.build_data_docs(site_names=[_SITE])
    return folder / "index.html"


def _published(home: Home, table: Table) -> object:
    """The columns of a published table that have rules, as a pandas frame."""
    names = ", ".join(dict.fromkeys(column.name for column, _ in checks_of(table)))
    return query(home.publication, f"SELECT {names} FROM {table.full_name}").to_pandas()


def _site(folder: Path) -> dict[str, object]:
    return {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(folder.absolute()),
        },
    }
