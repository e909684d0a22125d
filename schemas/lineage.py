"""Where the rows of a table come from: the part of lineage that is in no SQL.

What a view reads is in its SQL. What a table is filled from is declared here and shown by
`paperhouse describe` and the pages.
"""

from schemas.core import CORE, ISSUES, PAPER_VERSIONS
from schemas.derived import DERIVED
from schemas.ops import COVERAGE, FRESHNESS, LEDGER, OUTCOMES, PUBLICATION
from schemas.table import Table

IN_LANDING = "landing"
"""The raw bytes from the sources."""

IN_LEDGER = "ledger"
"""What runs record while they work."""

_BY_EVIDENCE = (ISSUES.full_name, OUTCOMES.full_name)
_ORIGINS: dict[str, tuple[str, ...]] = {
    **{table.full_name: (IN_LANDING,) for table in CORE},
    **{table.full_name: (PAPER_VERSIONS.full_name,) for table in DERIVED},
    **{table.full_name: (IN_LEDGER,) for table in LEDGER},
    FRESHNESS.full_name: _BY_EVIDENCE,
    COVERAGE.full_name: _BY_EVIDENCE,
    PUBLICATION.full_name: (),
}


def origins(table: Table) -> tuple[str, ...]:
    """What a table is filled from: `landing`, `ledger`, or tables by full name.

    Empty for a table that only publishing fills. Raises `KeyError` for a table without a declared
    origin.
    """
    return _ORIGINS[table.full_name]
