"""Reads the description of a dashboard and completes it from the marts it names.

A dataset's columns, types and meanings are those of the marts, so a chart can show no column that
no mart has: that is found when the dashboard is written, and not by whoever opens it.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import duckdb
from pydantic import BaseModel, ConfigDict, Field

from schemas.errors import PaperhouseError
from warehouse.publication.dictionary import Entry, read_dictionary, tables_read
from warehouse.publication.refresh import fill

Kind = Literal["number", "date", "bars", "lines", "table"]


class BadDashboard(PaperhouseError):
    """The description names what no mart has. The text says where and what."""


class _Described(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Metric(_Described):
    """A number of a dataset: an aggregate in SQL."""

    label: str
    sql: str
    about: str
    format: str | None = None
    """How it is shown, in D3's words, as in `.1%`."""
    color: str | None = None


class Chart(_Described):
    """One chart. `width` is in twelfths of its row; `order` is of columns and `asc` or `desc`."""

    name: str
    title: str
    kind: Kind
    dataset: str
    width: int
    metrics: tuple[str, ...] = ()
    x: str | None = None
    grain: Literal["P1D", "P1W", "P1M"] | None = None
    by: tuple[str, ...] = ()
    series: int | None = None
    series_by: str | None = None
    columns: tuple[str, ...] = ()
    order: tuple[tuple[str, Literal["asc", "desc"]], ...] = ()
    formats: Mapping[str, str] = Field(default_factory=dict)
    bars: tuple[str, ...] = ()
    rows: int = 10_000

    @property
    def names(self) -> set[str]:
        """The columns it reads."""
        ordered = {name for name, _ in self.order}
        found = {self.x or "", *self.by, *self.columns, *ordered, *self.formats, *self.bars}
        return found - {""}


class Row(_Described):
    """Charts side by side below a header. `height` is in units of the tool's grid."""

    header: str
    height: int
    charts: tuple[Chart, ...]


class _Dataset(_Described):
    mart: str | None = None
    sql: str | None = None
    about: str | None = None
    main_date: str | None = None
    columns: Mapping[str, str] = Field(default_factory=dict)
    metrics: Mapping[str, Metric] = Field(default_factory=dict)


class Dashboard(_Described):
    """A dashboard as its file describes it."""

    title: str
    about: str
    cache_s: int
    labels: Mapping[str, str]
    datasets: Mapping[str, _Dataset]
    rows: tuple[Row, ...]

    @property
    def charts(self) -> Iterator[Chart]:
        """All charts, row by row."""
        return (chart for row in self.rows for chart in row.charts)

    def label(self, column: str) -> str:
        """What a reader sees as the name of a column."""
        return self.labels.get(column, column.removeprefix("n_").replace("_", " ").capitalize())


@dataclass(frozen=True)
class Column:
    """A column of a dataset."""

    name: str
    type: str
    about: str

    @property
    def is_time(self) -> bool:
        """Whether it is a date or a time."""
        return self.type == "DATE" or self.type.startswith("TIMESTAMP")


@dataclass(frozen=True)
class Dataset:
    """A dataset with all that its marts say of it. `sql` is None for a mart as it is."""

    name: str
    sql: str | None
    about: str
    main_date: str | None
    marts: tuple[str, ...]
    columns: tuple[Column, ...]
    metrics: Mapping[str, Metric]

    def column(self, name: str) -> Column:
        """A column by its name."""
        return next(column for column in self.columns if column.name == name)


def daily_papers() -> Dashboard:
    """The dashboard of this package."""
    text = (files("flows.dashboards") / "daily_papers.toml").read_text(encoding="utf-8")
    return Dashboard.model_validate(tomllib.loads(text))


def completed(dashboard: Dashboard) -> dict[str, Dataset]:
    """The datasets of a dashboard by name, described from the marts that this version publishes.

    Raises `BadDashboard`: a dataset reads what is no mart or what is not explained, or a chart
    shows a column or a metric that its dataset does not have.
    """
    with duckdb.connect() as connection:
        fill(connection, {})
        entries = read_dictionary(connection)
        found = {
            name: _complete(name, given, connection, entries)
            for name, given in dashboard.datasets.items()
        }
    for chart in dashboard.charts:
        _check(chart, found)
    return found


def _complete(
    name: str, given: _Dataset, connection: duckdb.DuckDBPyConnection, entries: Mapping[str, Entry]
) -> Dataset:
    query = given.sql or f"SELECT * FROM mart.{given.mart}"
    marts = tables_read(query)
    foreign = [table for table in marts if not table.startswith("mart.") or table not in entries]
    if foreign or not marts:
        raise BadDashboard(f"dataset {name} reads {', '.join(foreign) or 'nothing'}; name marts")
    explained = (field for mart in reversed(marts) for field in entries[mart].fields)
    meanings = {**{field.name: field.comment for field in explained}, **given.columns}
    try:
        described = connection.execute(f"DESCRIBE {query}").fetchall()
        for metric in given.metrics.values():
            connection.execute(f"SELECT {metric.sql} FROM ({query})")
    except duckdb.Error as error:
        reason = " ".join(str(error).partition("\n\nLINE ")[0].split())
        raise BadDashboard(f"dataset {name} cannot be read: {reason}") from error
    unexplained = [column for column, *_ in described if column not in meanings]
    if unexplained:
        raise BadDashboard(
            f"dataset {name}: no mart explains {', '.join(unexplained)}; say what it is in "
            f"datasets.{name}.columns"
        )
    columns = tuple(Column(column, type_, meanings[column]) for column, type_, *_ in described)
    about = given.about or entries[marts[0]].prose
    sql = given.sql and given.sql.strip()
    return Dataset(name, sql, about, given.main_date, marts, columns, given.metrics)


def _check(chart: Chart, datasets: Mapping[str, Dataset]) -> None:
    dataset = datasets.get(chart.dataset)
    if dataset is None:
        raise BadDashboard(f"chart {chart.name!r}: there is no dataset {chart.dataset}")
    columns = {column.name for column in dataset.columns}
    metrics = {*chart.metrics, *([chart.series_by] if chart.series_by else [])}
    missing: Sequence[str] = sorted((chart.names - columns) | (metrics - dataset.metrics.keys()))
    if missing:
        raise BadDashboard(
            f"chart {chart.name!r}: dataset {dataset.name} has no {', '.join(missing)}"
        )
