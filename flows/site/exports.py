"""The papers of lists as files for reference managers, and as CSV."""

from collections.abc import Iterator, Sequence

from flows.site import words
from flows.site.citations import WRITERS
from flows.site.contents import EXPORTED, Contents
from flows.site.lists import IN_ORDER

_ENTRIES = """
SELECT DISTINCT folder || '/' || name AS export, paper_id, recency
FROM exports JOIN members USING (folder, name) JOIN cards USING (paper_id)
QUALIFY folder NOT IN ('topics', 'authors')
    OR row_number() OVER (PARTITION BY folder, name ORDER BY recency DESC) <= $most
ORDER BY export, recency DESC
"""
_PAPERS = "SELECT papers.* FROM mart.papers AS papers JOIN exported USING (paper_id)"


def export_files(folder: str, name: str) -> tuple[str, ...]:
    """The files of a list."""
    file = name if folder in IN_ORDER else words.slug(name)
    return tuple(f"exports/{folder}/{file}.{ending}" for ending in WRITERS)


def exports(contents: Contents, lists: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """File and text of lists, each named by folder and name."""
    contents.choose_lists("exports", lists)
    entries = contents.grouped(_ENTRIES, "export", most=EXPORTED)
    listed = {entry["paper_id"] for some in entries.values() for entry in some}
    contents.choose("exported", paper_id=list(listed))
    papers = {paper["paper_id"]: paper for paper in contents.rows(_PAPERS)}
    for folder, name in lists:
        found = [papers[entry["paper_id"]] for entry in entries.get(f"{folder}/{name}", [])]
        for file, write in zip(export_files(folder, name), WRITERS.values(), strict=True):
            yield file, write(found)
