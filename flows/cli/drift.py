"""`paperhouse drift`: how digests change.

It reads the ledger, not the published file: nobody may miss a digest that changed so much that its
issues are held, and a run that loads nothing publishes nothing.
"""

from itertools import groupby
from typing import Annotated, Any

import typer

from flows.cli import app
from flows.cli.common import settings, show_json

_ALARMS_SHOWN = 20


@app.command()
def drift(
    source: Annotated[str | None, typer.Option(help="Only fields of this source.")] = None,
    runs: Annotated[
        int, typer.Option(help="Alarms of this many of the last runs that found something.", min=0)
    ] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Every field seen in the digests, loaded or not, and what changed about them of late."""
    from schemas.errors import UsageError
    from schemas.ops import DRIFT, SOURCE_FIELDS
    from tasks.sources import sources
    from warehouse.ledger import open_ledger
    from warehouse.query.ledger_marts import reading_ledger

    if source is not None and source not in sources():
        raise UsageError(f"no source is called {source!r}; there are: {', '.join(sources())}")

    def is_wanted(row: dict[str, Any]) -> bool:
        return source in (None, row["source"])

    with (
        open_ledger(settings().warehouse().ledger) as ledger,
        reading_ledger(ledger, [SOURCE_FIELDS, DRIFT], ["source_fields"]) as connection,
    ):
        every_field = connection.execute("FROM mart.source_fields ORDER BY source, form, path")
        fields = [row for row in every_field.to_arrow_table().to_pylist() if is_wanted(row)]
        every_finding = connection.execute("FROM ops.drift ORDER BY run_id DESC, drift_index")
        found = [row for row in every_finding.to_arrow_table().to_pylist() if is_wanted(row)]
    last_runs = list(dict.fromkeys(row["run_id"] for row in found))[:runs]
    found = [row for row in found if row["run_id"] in last_runs]
    result = {"fields": [_plain(row) for row in fields], "drift": found}
    if as_json:
        show_json(result)
        return
    _print_fields(result["fields"])
    for line in _alarm_lines(result["drift"]):
        typer.echo(line)
    if not result["fields"]:
        typer.echo("no field of any digest is on record yet", err=True)


def _plain(field: dict[str, Any]) -> dict[str, Any]:
    """A row of the mart as JSON says it."""
    return {
        **field,
        "types": field["types"].split(", "),
        "share": None if field["share"] is None else round(field["share"], 4),
        "first_issued_on": str(field["first_issued_on"]),
        "last_issued_on": str(field["last_issued_on"]),
    }


def _print_fields(fields: list[dict[str, Any]]) -> None:
    """A table for each format of a source."""
    import pyarrow as pa

    from flows.cli.render import print_table
    from flows.pipeline.report import shown

    for (source, body_format), group in groupby(fields, lambda row: (row["source"], row["form"])):
        rows = [
            {
                "field": shown(row["path"]),
                "types": ", ".join(row["types"]),
                "records": "" if row["share"] is None else f"{row['share']:.1%}",
                "first": row["first_issued_on"],
                "last": row["last_issued_on"],
                "loaded": "yes" if row["is_loaded"] else "",
            }
            for row in group
        ]
        typer.echo(f"{source} {body_format}")
        print_table(pa.Table.from_pylist(rows))
        typer.echo("")


def _alarm_lines(found: list[dict[str, Any]]) -> list[str]:
    """The alarms, newest run first."""
    from flows.pipeline.report import first_lines, shown

    lines = [
        f"{row['run_id']}  {row['source']} {row['form']}: {shown(row['path'])}: "
        f"{row['kind']}: {row['detail']}, {row['n_records']:,} records"
        for row in found
        if row["severity"] == "alarm"
    ]
    return first_lines(lines, _ALARMS_SHOWN, "and {:,} more in ops.drift")
