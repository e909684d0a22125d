"""Every table of the warehouse, described once. Nothing else defines a column."""

from schemas.change import NO_CHANGE, Change
from schemas.core import CORE
from schemas.derived import DERIVED
from schemas.ops import LEDGER, OPS
from schemas.table import Column, Table, by_name, rule_id

LAKE = (*CORE, *DERIVED)
"""The tables in the lake."""

TABLES = by_name((*LAKE, *OPS))
"""All tables by full name, `core.listings`."""

__all__ = [
    "CORE",
    "DERIVED",
    "LAKE",
    "LEDGER",
    "NO_CHANGE",
    "OPS",
    "TABLES",
    "Change",
    "Column",
    "Table",
    "by_name",
    "rule_id",
]
