"""The bundle for Apache Superset: what its importer wants, of marts alone, the same bytes twice.

Whether a real Superset takes it, `python -m tests.soak.superset` shows.
"""

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from flows.dashboards.description import (
    BadDashboard,
    Dashboard,
    completed,
    daily_papers,
)
from flows.dashboards.superset import BadDatabaseUri, bundle, write_bundle, zipped
from tests.support.command import called
from tests.support.folders import ROOT
from warehouse.publication.dictionary import described, tables_read

TOPMOST = ("ROOT_ID", "HEADER_ID")
"""Blocks of a layout that stand in no other."""
URI = "duckdb:////srv/paperhouse/data/warehouse.duckdb"


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    """What the files of the bundle say, by their place."""
    return {name: yaml.safe_load(text) for name, text in bundle(daily_papers(), URI).items()}


def of_kind(files: dict[str, Any], kind: str) -> dict[str, Any]:
    return {each["uuid"]: each for name, each in files.items() if name.startswith(f"{kind}/")}


def test_the_archive_is_laid_out_as_superset_wants_it_and_the_same_bytes_twice() -> None:
    first, second = (zipped(bundle(daily_papers(), URI)) for _ in range(2))
    assert first == second
    assert first != zipped(bundle(daily_papers(), f"{URI}.other"))
    with zipfile.ZipFile(BytesIO(first)) as archive:
        names = archive.namelist()
    assert "paperhouse/metadata.yaml" in names
    assert {name.split("/")[1] for name in names} == {
        *("metadata.yaml", "databases", "datasets", "charts", "dashboards"),
    }
    assert all(name.startswith("paperhouse/") and name.endswith(".yaml") for name in names)


def test_every_reference_leads_to_a_file_of_the_bundle(files: dict[str, Any]) -> None:
    databases, datasets, charts = (
        of_kind(files, kind) for kind in ("databases", "datasets", "charts")
    )
    (dashboard,) = of_kind(files, "dashboards").values()
    ids = [each["uuid"] for each in files.values() if "uuid" in each]
    assert len(ids) == len(set(ids))
    assert {each["database_uuid"] for each in datasets.values()} == databases.keys()
    assert {each["dataset_uuid"] for each in charts.values()} == datasets.keys()
    position = dashboard["position"]
    blocks = [block for block in position.values() if isinstance(block, dict)]
    shown = [block["meta"]["uuid"] for block in blocks if block["type"] == "CHART"]
    assert sorted(shown) == sorted(charts)
    children = [child for block in blocks for child in block.get("children", [])]
    assert sorted(children) == sorted(position.keys() - {"DASHBOARD_VERSION_KEY", *TOPMOST})
    for block in blocks:
        if block["type"] == "ROW":
            assert sum(position[child]["meta"]["width"] for child in block["children"]) == 12
    (chosen,) = dashboard["metadata"]["native_filter_configuration"]
    assert chosen["targets"][0]["datasetUuid"] in datasets


def test_every_column_is_one_of_the_marts_and_says_what_the_dictionary_says(
    files: dict[str, Any],
) -> None:
    entries = described()
    for dataset in of_kind(files, "datasets").values():
        query = dataset["sql"] or f"FROM mart.{dataset['table_name']}"
        marts = tables_read(query)
        assert marts
        assert all(name.startswith("mart.") for name in marts)
        assert all(column["description"] for column in dataset["columns"])
        if dataset["sql"] is None:
            (mart,) = marts
            expected = {field.name: field.comment for field in entries[mart].fields}
            found = {each["column_name"]: each["description"] for each in dataset["columns"]}
            assert found == expected
            assert dataset["description"] == entries[mart].prose


def test_what_a_chart_draws_from_and_what_it_asks_are_columns_of_its_dataset(
    files: dict[str, Any],
) -> None:
    datasets = of_kind(files, "datasets")
    for chart in of_kind(files, "charts").values():
        dataset = datasets[chart["dataset_uuid"]]
        columns = {each["column_name"] for each in dataset["columns"]}
        metrics = {each["metric_name"] for each in dataset["metrics"]}
        (asked,) = json.loads(chart["query_context"])["queries"]
        named = [c if isinstance(c, str) else c["sqlExpression"] for c in asked["columns"]]
        assert named or asked["metrics"]
        assert set(named) <= columns
        assert set(asked["metrics"] or []) <= metrics
        drawn = chart["params"]
        assert {*drawn.get("all_columns", []), *drawn.get("groupby", [])} <= columns
        assert {*drawn.get("metrics", []), drawn.get("metric")} - {None} <= metrics


def test_the_queries_of_all_datasets_answer_on_a_loaded_home(sample_home: Path) -> None:
    with duckdb.connect(str(sample_home / "warehouse.duckdb"), read_only=True) as connection:
        for name, dataset in completed(daily_papers()).items():
            query = dataset.sql or f"FROM {dataset.marts[0]}"
            assert connection.execute(f"SELECT count(*) FROM ({query})").fetchall() > [(0,)], name
            for metric in dataset.metrics.values():
                ((value,),) = connection.execute(f"SELECT {metric.sql} FROM ({query})").fetchall()
                assert value is not None, (name, metric.label)


def changed(path: tuple[str, ...], value: Any) -> Dashboard:
    """The dashboard with one value of its description replaced."""
    given = daily_papers().model_dump()
    inside = given
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return Dashboard.model_validate(given)


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("datasets", "papers", "mart"), "paperz", "dataset papers reads mart.paperz"),
        (("datasets", "rising", "sql"), "FROM core.papers", "dataset rising reads core.papers"),
        (("datasets", "lists", "sql"), "SELECT 1 AS n", "dataset lists reads nothing"),
        (("datasets", "lists", "sql"), "SELECT vote FROM mart.papers", "cannot be read: Binder"),
        (("datasets", "lists", "columns"), {}, "no mart explains n_complete"),
        (("datasets", "trust", "metrics", "here", "sql"), "SUM(n_gone)", "dataset trust cannot"),
        (("datasets", "trust", "metrics"), {}, "dataset trust has no doubted, here, missing"),
    ],
)
def test_a_description_that_does_not_fit_the_marts_is_refused_with_what_is_wrong(
    path: tuple[str, ...], value: Any, reason: str
) -> None:
    with pytest.raises(BadDashboard, match=reason):
        completed(changed(path, value))


def test_superset_opens_the_file_read_only_whatever_the_uri_says(files: dict[str, Any]) -> None:
    (database,) = of_kind(files, "databases").values()
    assert database["sqlalchemy_uri"] == f"{URI}?access_mode=READ_ONLY"
    written = bundle(daily_papers(), f"{URI}?access_mode=READ_WRITE&threads=2")
    assert "READ_WRITE" not in str(written)
    assert "threads=2" in written["databases/paperhouse.yaml"]
    for uri in ("postgresql://user:secret@host/db", "nonsense", ""):
        with pytest.raises(BadDatabaseUri) as refused:
            bundle(daily_papers(), uri)
        assert "secret" not in str(refused.value)


def test_the_command_writes_an_archive_or_a_folder(home: Path, tmp_path: Path) -> None:
    archive, folder = tmp_path / "bundle.zip", tmp_path / "bundle"
    for target in (archive, folder):
        assert called("dashboards", "superset", "-o", target, home=home).returncode == 0
    assert uri_in(folder) == f"duckdb:///{home}/warehouse.duckdb?access_mode=READ_ONLY"
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(unpacked)
    assert contents(unpacked / "paperhouse") == contents(folder)


def uri_in(folder: Path) -> str:
    database = yaml.safe_load((folder / "databases" / "paperhouse.yaml").read_text("utf-8"))
    return str(database["sqlalchemy_uri"])


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_the_folder_of_the_project_is_what_the_command_writes(tmp_path: Path) -> None:
    """Where this fails, write it anew: `paperhouse dashboards superset --database-uri
    duckdb:////srv/paperhouse/data/warehouse.duckdb -o dashboards/superset`."""
    write_bundle(bundle(daily_papers(), URI), tmp_path / "superset")
    assert contents(ROOT / "dashboards" / "superset") == contents(tmp_path / "superset")
