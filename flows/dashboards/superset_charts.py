"""A chart in the words of Apache Superset: what its page shows it by, and the question it asks."""

import json
from typing import Any

from flows.dashboards.description import Chart, Dataset

VIZ_TYPES = {
    "number": "big_number_total",
    "date": "big_number_total",
    "bars": "echarts_timeseries_bar",
    "lines": "echarts_timeseries_line",
    "table": "table",
}
"""Superset's name of each kind of chart."""
_NARROW = {"place": 45, "upvotes": 65, "score": 65, "page": 60}
"""Widths in pixels of columns that would else take the room of a title."""


def params(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    """What Superset's page draws the chart from."""
    common = {
        "viz_type": VIZ_TYPES[chart.kind],
        "adhoc_filters": [],
        "row_limit": chart.rows,
        "time_range": "No filter",
    }
    if chart.kind in ("number", "date"):
        return common | _number(chart, dataset)
    if chart.kind == "table":
        return common | _table(chart)
    return common | _in_time(chart, dataset)


def query(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    """The question that the chart asks, as Superset's API takes it."""
    return {
        "columns": _columns(chart),
        # with an empty list Superset would group by all columns
        "metrics": list(chart.metrics) or None,
        "filters": [],
        "orderby": [[name, way == "asc"] for name, way in chart.order]
        or [[chart.metrics[0], False]],
        "row_limit": chart.rows,
        "series_limit": chart.series or 0,
        "series_limit_metric": chart.series_by,
        "series_columns": list(chart.by),
        "time_range": "No filter",
        "granularity": chart.x or dataset.main_date,
        "extras": {"having": "", "where": ""},
        "annotation_layers": [],
        "applied_time_extras": {},
        "url_params": {},
        "post_processing": [],
    }


def _columns(chart: Chart) -> list[Any]:
    if chart.x is None:
        return list(chart.columns)
    axis = {
        "columnType": "BASE_AXIS",
        "expressionType": "SQL",
        "label": chart.x,
        "sqlExpression": chart.x,
        "timeGrain": chart.grain,
    }
    return [axis, *chart.by]


def _number(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    given = dataset.metrics[chart.metrics[0]]
    return {
        "metric": chart.metrics[0],
        "header_font_size": 0.4,
        "subtitle": given.about.rstrip("."),
        "subtitle_font_size": 0.2,
        "y_axis_format": given.format or ",d",
        "time_format": "%d %b %Y",
        "force_timestamp_formatting": chart.kind == "date",
    }


def _table(chart: Chart) -> dict[str, Any]:
    config: dict[str, dict[str, Any]] = {}
    for name in chart.columns:
        config[name] = {"showCellBars": name in chart.bars, "colorPositiveNegative": True}
        if name in chart.formats:
            config[name]["d3NumberFormat"] = chart.formats[name]
        if name in _NARROW:
            config[name]["columnWidth"] = _NARROW[name]
    return {
        "query_mode": "raw",
        "all_columns": list(chart.columns),
        "order_by_cols": [json.dumps([name, way == "asc"]) for name, way in chart.order],
        "column_config": config,
        "show_cell_bars": bool(chart.bars),
        "color_pn": True,
        "allow_render_html": True,
        "table_timestamp_format": "%Y-%m-%d",
        "server_page_length": chart.rows,
    }


def _in_time(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    is_lines = chart.kind == "lines"
    return {
        "x_axis": chart.x,
        "time_grain_sqla": chart.grain,
        "metrics": list(chart.metrics),
        "groupby": list(chart.by),
        "limit": chart.series,
        "series_limit": chart.series,
        "timeseries_limit_metric": chart.series_by,
        "order_desc": True,
        "stack": None if is_lines else "Stack",
        "show_legend": len(chart.metrics) > 1 or bool(chart.by),
        "sort_series_type": "name",
        "sort_series_ascending": True,
        "legendType": "plain" if is_lines else "scroll",
        "legendOrientation": "top",
        "rich_tooltip": True,
        "y_axis_format": dataset.metrics[chart.metrics[0]].format or ",d",
        "x_axis_time_format": "%b %Y" if chart.grain == "P1M" else "smart_date",
        "truncateXAxis": True,
        "x_axis_title_margin": 15,
        "y_axis_title_margin": 15,
        "color_scheme": "supersetColors",
        "markerEnabled": False,
        "seriesType": "line",
        "opacity": 0.2,
    }
