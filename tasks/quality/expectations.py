"""Rules of the table descriptions as expectations of Great Expectations.

Great Expectations reads an expectation's configuration about ninety times a run and each time
builds it again from fields that never change: more than half of the time of a small batch. So ours
are subclasses that build it once.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from schemas import Column, Table, rule_id
from schemas.rules import Absent, Between, Excludes, Length, Matches, NotNull, OneOf, Rule

_EXPECTATIONS: dict[type[Rule], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    NotNull: lambda _: ("ExpectColumnValuesToNotBeNull", {}),
    Absent: lambda _: ("ExpectColumnValuesToBeNull", {}),
    Length: lambda rule: (
        "ExpectColumnValueLengthsToBeBetween",
        {"min_value": rule.least, "max_value": rule.most},
    ),
    Matches: lambda rule: ("ExpectColumnValuesToMatchRegex", {"regex": rule.pattern}),
    Excludes: lambda rule: ("ExpectColumnValuesToNotMatchRegex", {"regex": rule.pattern}),
    Between: lambda rule: (
        "ExpectColumnValuesToBeBetween",
        {"min_value": rule.least, "max_value": rule.most},
    ),
    OneOf: lambda rule: ("ExpectColumnValuesToBeInSet", {"value_set": list(rule.values)}),
}


def suite(gx: Any, table: Table, checks: Iterable[tuple[Column, Rule]]) -> Any:
    """A suite of rules; each expectation carries the id of its rule. `gx` is the package."""
    expectations = [_expectation(gx, table, column, rule) for column, rule in checks]
    return gx.ExpectationSuite(name=table.full_name, expectations=expectations)


def _expectation(gx: Any, table: Table, column: Column, rule: Rule) -> Any:
    name, arguments = _EXPECTATIONS[type(rule)](rule)
    kind = _configured_once(getattr(gx.expectations, name))
    return kind(column=column.name, meta={"rule_id": rule_id(table, column, rule)}, **arguments)


@cache
def _configured_once(kind: Any) -> Any:
    """A subclass of an expectation whose objects build their configuration once."""
    from great_expectations.compatibility.pydantic import PrivateAttr  # noqa: PLC0415 - takes long

    def configuration(self: Any) -> Any:
        if self._configuration is None:
            self._configuration = kind.configuration.fget(self)
        return self._configuration

    added = {
        "__module__": __name__,
        "__doc__": kind.__doc__,
        "_configuration": PrivateAttr(None),
        "configuration": property(configuration),
    }
    return type(kind)(f"{kind.__name__}AsDescribed", (kind,), added)
