"""Writes a dashboard, with its database, datasets and charts, as a bundle for Apache Superset.

The same description and database give the same bytes: ids are made of names, times are fixed. So a
bundle that is imported again replaces what it wrote before, and two of them can be compared.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from flows.dashboards.description import Chart, Dashboard, Dataset, completed
from flows.dashboards.superset_charts import VIZ_TYPES, params, query
from schemas.errors import UsageError
from warehouse.storage.durable_files import write_whole

VERSION = "1.0.0"
"""The version of the format, which Superset has kept since its release 1.0."""
_ROOT = "paperhouse"
_MADE_AT = "2026-01-01T00:00:00+00:00"
_LONG_AGO = (2026, 1, 1, 0, 0, 0)
_DATABASE = "paperhouse"
_EXAMPLE = "name the published file, as in duckdb:////srv/paperhouse/data/warehouse.duckdb"


class BadDatabaseUri(UsageError):
    """The address of the database is not one that Superset can read the marts from."""


def uri_of(file: Path) -> str:
    """The address of a published file."""
    return f"duckdb:///{file.absolute()}"


def bundle(dashboard: Dashboard, database_uri: str) -> dict[str, str]:
    """The files of the bundle by their place below its folder, in order; each is YAML.

    Raises `BadDatabaseUri`, and `BadDashboard` for a description that does not fit the marts.
    """
    uri = _read_only(database_uri)
    datasets = completed(dashboard)
    written = {
        "metadata.yaml": {"version": VERSION, "timestamp": _MADE_AT},
        f"databases/{_DATABASE}.yaml": _database(dashboard, uri),
        **{
            f"datasets/{_DATABASE}/{name}.yaml": _dataset(dashboard, dataset)
            for name, dataset in datasets.items()
        },
        **{
            f"charts/{_file(chart.name)}.yaml": _chart(chart, datasets[chart.dataset])
            for chart in dashboard.charts
        },
        f"dashboards/{_file(dashboard.title)}.yaml": _dashboard(dashboard, datasets),
    }
    return {
        name: yaml.safe_dump(content, sort_keys=True, allow_unicode=True, width=100)
        for name, content in sorted(written.items())
    }


def zipped(files: Mapping[str, str]) -> bytes:
    """The bundle as a ZIP archive, which Superset's pages and its API take."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(f"{_ROOT}/{name}", _LONG_AGO), text)
    return target.getvalue()


def write_bundle(files: Mapping[str, str], target: Path) -> None:
    """Write the bundle: as an archive where the name ends in `.zip`, else as a folder, which
    Superset's command `import-directory` takes."""
    if target.suffix == ".zip":
        write_whole(target, zipped(files))
        return
    for name, text in files.items():
        file = target / name
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, text.encode())


def _id(kind: str, name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"paperhouse:superset:{kind}:{name}"))


def _file(name: str) -> str:
    return name.lower().replace(" ", "_")


def _read_only(uri: str) -> str:
    """The address with which DuckDB opens the file read-only: else Superset would lock it."""
    try:
        url = make_url(uri)
    except ArgumentError as error:
        raise BadDatabaseUri(f"{uri!r} is no address of a database; {_EXAMPLE}") from error
    if url.get_backend_name() != "duckdb":
        raise BadDatabaseUri(f"{url!r} is not of DuckDB; {_EXAMPLE}")
    whole: str = url.update_query_dict({"access_mode": "READ_ONLY"}).render_as_string(
        hide_password=False
    )
    return whole


def _database(dashboard: Dashboard, uri: str) -> dict[str, Any]:
    return {
        "database_name": _DATABASE,
        "sqlalchemy_uri": uri,
        "cache_timeout": dashboard.cache_s,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {"allows_virtual_table_explore": True},
        "uuid": _id("database", _DATABASE),
        "version": VERSION,
    }


def _dataset(dashboard: Dashboard, dataset: Dataset) -> dict[str, Any]:
    is_mart = dataset.sql is None
    return {
        "table_name": dataset.marts[0].removeprefix("mart.") if is_mart else dataset.name,
        "schema": "mart",
        "sql": dataset.sql,
        "description": dataset.about,
        "main_dttm_col": dataset.main_date,
        "cache_timeout": None,
        "filter_select_enabled": True,
        "normalize_columns": False,
        "always_filter_main_dttm": False,
        "columns": [
            {
                "column_name": column.name,
                "verbose_name": dashboard.label(column.name),
                "description": column.about,
                "type": column.type,
                "is_dttm": column.is_time,
                "is_active": True,
                "groupby": True,
                "filterable": True,
            }
            for column in dataset.columns
        ],
        "metrics": [
            {
                "metric_name": name,
                "verbose_name": metric.label,
                "expression": metric.sql,
                "description": metric.about,
                "d3format": metric.format,
            }
            for name, metric in dataset.metrics.items()
        ],
        "uuid": _id("dataset", dataset.name),
        "database_uuid": _id("database", _DATABASE),
        "version": VERSION,
    }


def _chart(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    shown = params(chart, dataset)
    # Superset puts its own id of the dataset in place of the 0
    asked = {
        "datasource": {"id": 0, "type": "table"},
        "force": False,
        "form_data": shown,
        "queries": [query(chart, dataset)],
        "result_format": "json",
        "result_type": "full",
    }
    return {
        "slice_name": chart.title,
        "viz_type": VIZ_TYPES[chart.kind],
        "params": shown,
        "query_context": json.dumps(asked, sort_keys=True),
        "cache_timeout": None,
        "uuid": _id("chart", chart.name),
        "dataset_uuid": _id("dataset", chart.dataset),
        "version": VERSION,
    }


def _dashboard(dashboard: Dashboard, datasets: Mapping[str, Dataset]) -> dict[str, Any]:
    return {
        "dashboard_title": dashboard.title,
        "description": dashboard.about,
        "slug": f"{_ROOT}-{_file(dashboard.title).replace('_', '-')}",
        "published": True,
        "css": "",
        "position": dict(_position(dashboard)),
        "metadata": {
            "color_scheme": "supersetColors",
            "label_colors": {
                name: metric.color
                for dataset in datasets.values()
                for name, metric in dataset.metrics.items()
                if metric.color
            },
            "cross_filters_enabled": True,
            "refresh_frequency": 0,
            "native_filter_configuration": [_source_filter(dashboard, datasets)],
        },
        "uuid": _id("dashboard", dashboard.title),
        "version": VERSION,
    }


def _position(dashboard: Dashboard) -> Iterator[tuple[str, Any]]:
    """The layout: a grid of rows, each below its header."""
    yield "DASHBOARD_VERSION_KEY", "v2"
    yield "ROOT_ID", {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]}
    yield "HEADER_ID", {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": dashboard.title}}
    children = []
    numbers = _numbers(dashboard)
    for place, row in enumerate(dashboard.rows, 1):
        header, line = f"HEADER-{place}", f"ROW-{place}"
        children += [header, line]
        meta: dict[str, Any] = {"text": row.header, "background": "BACKGROUND_TRANSPARENT"}
        meta |= {"headerSize": "MEDIUM_HEADER"}
        above = ["ROOT_ID", "GRID_ID"]
        yield header, _block(header, "HEADER", meta, above, [])
        charts = [f"CHART-{numbers[chart.name]}" for chart in row.charts]
        meta = {"background": "BACKGROUND_TRANSPARENT"}
        yield line, _block(line, "ROW", meta, above, charts)
        for name, chart in zip(charts, row.charts, strict=True):
            meta = {"chartId": numbers[chart.name], "uuid": _id("chart", chart.name)}
            meta |= {"sliceName": chart.title, "width": chart.width, "height": row.height}
            yield name, _block(name, "CHART", meta, [*above, line], [])
    grid = {"id": "GRID_ID", "type": "GRID", "parents": ["ROOT_ID"], "children": children}
    yield "GRID_ID", grid


def _block(
    name: str, kind: str, meta: dict[str, Any], parents: list[str], children: list[str]
) -> dict[str, Any]:
    return {"id": name, "type": kind, "meta": meta, "parents": parents, "children": children}


def _numbers(dashboard: Dashboard) -> dict[str, int]:
    """A number for each chart, which Superset replaces by its own."""
    return {chart.name: number for number, chart in enumerate(dashboard.charts, 1)}


def _source_filter(dashboard: Dashboard, datasets: Mapping[str, Dataset]) -> dict[str, Any]:
    """A filter by source, for the charts whose dataset has that column."""
    with_source = {
        name for name, of in datasets.items() if any(c.name == "source" for c in of.columns)
    }
    numbers = _numbers(dashboard)
    others = [numbers[c.name] for c in dashboard.charts if c.dataset not in with_source]
    from_ = next(name for name in datasets if name in with_source)
    return {
        "id": f"NATIVE_FILTER-{_id('filter', 'source')}",
        "type": "NATIVE_FILTER",
        "name": dashboard.label("source"),
        "filterType": "filter_select",
        "targets": [{"column": {"name": "source"}, "datasetUuid": _id("dataset", from_)}],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": others},
        "controlValues": {
            "multiSelect": True,
            "enableEmptyFilter": False,
            "inverseSelection": False,
        },
        "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
        "cascadeParentIds": [],
        "description": "Which digests are counted.",
    }
