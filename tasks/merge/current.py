"""The current row of each paper: the same query as core.papers, over Arrow tables."""

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from schemas.papers import papers_sql
from tasks.merge.engine import select

_IS_CURRENT = pc.field("valid_to").is_null()
_HAS_SEVERAL = pc.field("n_witnesses") > 1


def current_papers(
    versions: ds.Dataset, columns: Collection[str], papers: Collection[str] | None = None
) -> pa.Table:
    """These columns of core.papers, for all papers of a dataset of core.paper_versions or for some.

    Only papers with several witnesses are put together; the rows of the others are read as they
    are.
    """
    is_wanted = pc.scalar(True)
    if papers is not None:
        is_wanted = pc.field("paper_id").isin(pa.array(sorted(papers), pa.string()))
    names = list(columns)
    current = versions.to_table([*names, "n_witnesses"], filter=_IS_CURRENT & is_wanted)
    has_several = pc.fill_null(pc.greater(current["n_witnesses"], 1), False)
    if not pc.any(has_several).as_py():
        return current.select(names)
    single = current.filter(pc.invert(has_several)).select(names)
    several = versions.to_table(filter=_IS_CURRENT & _HAS_SEVERAL & is_wanted)
    query = f"SELECT {', '.join(names)} FROM ({papers_sql('versions')})"
    return pa.concat_tables([single, select(query, versions=several).cast(single.schema)])
