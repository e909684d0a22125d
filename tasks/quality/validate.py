"""Great Expectations, driven by the table descriptions: one run per batch of issues.

The rules live in `schemas/`, and `tasks/quality/expectations.py` makes expectations of them. Great
Expectations is imported inside the step because importing it takes seconds.
"""

import atexit
import gc
import logging
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import pyarrow as pa

from schemas import Column, Table, rule_id
from schemas.rules import NotNull, Rule
from tasks.errors import ExpectationError
from tasks.merge.premade import CANDIDATE
from tasks.quality.deferred_imports import imported_later, not_there
from tasks.quality.expectations import suite

_SHOWN = 3
"""So many of the values that broke a rule are shown in its result."""


class Broken(NamedTuple):
    """A rule that a value broke."""

    rule_id: str
    severity: str
    sentence: str


@dataclass(frozen=True)
class RuleResult:
    """What one rule found in a batch."""

    rule_id: str
    severity: str
    threshold: str
    n_checked: int
    n_broken: int
    observed: str | None = None
    """The first values that broke it."""


@dataclass(frozen=True)
class Verdict:
    """The outcome of a validation run: rules broken by candidate, and every rule's result."""

    broken: Mapping[int, tuple[Broken, ...]]
    results: tuple[RuleResult, ...]

    @property
    def rejected(self) -> set[int]:
        """Candidates that broke a rule whose severity is `reject`."""
        return {n for n, rules in self.broken.items() if any(r.severity == "reject" for r in rules)}


def validate(frames: Mapping[Table, pa.Table]) -> Verdict:
    """Check sightings against the rules of their tables.

    Every frame has the column `candidate`. Raises `ExpectationError` when an expectation cannot be
    evaluated: that is a mistake in the rules and says nothing about the data.
    """
    broken: defaultdict[int, list[Broken]] = defaultdict(list)
    results: list[RuleResult] = []
    for table, rows in frames.items():
        checks = checks_of(table)
        if not rows.num_rows or not checks:
            continue
        names = list(dict.fromkeys(column.name for column, _ in checks))
        frame = rows.select([*names, CANDIDATE]).to_pandas()
        results += _results(table, checks, frame, broken)
    return Verdict({n: tuple(rules) for n, rules in broken.items()}, tuple(results))


def _results(
    table: Table,
    checks: Sequence[tuple[Column, Rule]],
    frame: Any,
    broken: dict[int, list[Broken]],
) -> Iterator[RuleResult]:
    """Every rule's result; rows that broke one are added to `broken`.

    Which rows broke a rule is found in a second run with the broken rules only: for a whole suite
    it would take twice the time, and usually no rule is broken.
    """
    definition, whole = _prepared(table)
    batch = definition.get_batch({"dataframe": frame})
    passed = batch.validate(whole, result_format="BOOLEAN_ONLY").results
    is_met = {found.expectation_config.meta["rule_id"]: found.success for found in passed}
    failed = [(c, rule) for c, rule in checks if not is_met[rule_id(table, c, rule)]]
    complete: dict[str, Any] = {}
    if failed:
        wanted = {"result_format": "COMPLETE", "unexpected_index_column_names": [CANDIDATE]}
        again = batch.validate(suite(great_expectations(), table, failed), result_format=wanted)
        complete = {found.expectation_config.meta["rule_id"]: found for found in again.results}
    for column, rule in checks:
        name = rule_id(table, column, rule)
        if name in complete:
            yield _read(table, column, rule, complete[name], broken)
        else:
            yield RuleResult(name, rule.severity, rule.sentence(), len(frame), 0)


def great_expectations() -> Any:
    """Import Great Expectations without its usage reports to the network.

    A third of that time goes to a package of statistics and one of charts, which only an
    expectation that we do not use needs, and a part to SQLAlchemy and boto3, for stores of data
    that we do not use; it does without these.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with imported_later("scipy.stats", "altair"), not_there("sqlalchemy", "boto3", "botocore"):
        import great_expectations as gx  # noqa: PLC0415 - takes seconds
        from great_expectations.execution_engine import pandas_execution_engine  # noqa: PLC0415

    # frames of this size and larger get no checksum, which is made twice of each for nobody
    pandas_execution_engine.HASH_THRESHOLD = 0
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)

    return gx


def prepare() -> None:
    """Do once what takes seconds, before the first batch needs it: in a thread, while bodies are
    fetched or parsed."""
    _pandas_source()


@cache
def _pandas_source() -> Any:
    """The in-memory source of the frames to validate. Creating it takes as long as validating ten
    rules, so a process does it once.

    A collection of garbage would look at all that Great Expectations made for a quarter of a
    second, and find nothing: from here on none does, not the one with which Python ends either.
    """
    atexit.register(gc.freeze)
    context = great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_pandas("batch")
    gc.freeze()
    return source


@cache
def _prepared(table: Table) -> tuple[Any, Any]:
    """The batch definition and the suite of a table, created once like their source."""
    source = _pandas_source()
    asset = source.add_dataframe_asset(f"{table.full_name} {len(source.assets)}")
    definition = asset.add_batch_definition_whole_dataframe("all")
    return definition, suite(great_expectations(), table, checks_of(table))


def checks_of(table: Table) -> list[tuple[Column, Rule]]:
    """The rules of the columns a digest fills."""
    filled = [column for column in table.columns if not column.is_ours]
    return [(column, rule) for column in filled for rule in column.checks]


def _read(
    table: Table, column: Column, rule: Rule, found: Any, broken: dict[int, list[Broken]]
) -> RuleResult:
    """One expectation's result; the rows that broke the rule are added to `broken`."""
    name = rule_id(table, column, rule)
    if not found.success and "unexpected_index_list" not in found.result:
        raise ExpectationError(f"{name} could not be evaluated: {found.exception_info}")
    places = found.result.get("unexpected_index_list") or ()
    for place in places:
        shown = _shown(rule, place[column.name])
        sentence = f"{column.name} must {rule.sentence()}, but is {shown:.120}"
        broken[int(place[CANDIDATE])].append(Broken(name, rule.severity, sentence))
    observed = "; ".join(f"{_shown(rule, place[column.name]):.80}" for place in places[:_SHOWN])
    n_checked = int(found.result["element_count"])
    return RuleResult(
        name, rule.severity, rule.sentence(), n_checked, len(places), observed or None
    )


def _shown(rule: Rule, value: Any) -> str:
    """A value that broke a rule, for people."""
    if isinstance(rule, NotNull):
        return "missing"
    if isinstance(value, float):
        return f"{value:.4g}" if value % 1 else f"{value:.0f}"
    return repr(value) if isinstance(value, str) else str(value)
