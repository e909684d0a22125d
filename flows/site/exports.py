"""The papers of lists as files for reference managers, and as CSV."""

from collections.abc import Iterator, Sequence

from flows.site import words
from flows.site.citations import WRITERS
from flows.site.contents import EXPORTED, Contents
from flows.site.lists import IN_ORDER

_PAPERS = """
WITH entries AS (
    SELECT DISTINCT folder, name, paper_id, recency
    FROM exports JOIN members USING (folder, name) JOIN cards USING (paper_id)
    QUALIFY folder NOT IN ('topics', 'authors')
    OR row_number() OVER (PARTITION BY folder, name ORDER BY recency DESC) <= $most
)

SELECT folder || '/' || name AS export, papers.* EXCLUDE (month_on)
FROM entries JOIN mart.papers AS papers USING (paper_id)
ORDER BY folder, name, recency DESC
"""


def export_files(folder: str, name: str) -> tuple[str, ...]:
    """The files of a list."""
    file = name if folder in IN_ORDER else words.slug(name)
    return tuple(f"exports/{folder}/{file}.{ending}" for ending in WRITERS)


def exports(contents: Contents, lists: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """File and text of lists, each named by folder and name."""
    contents.choose_lists("exports", lists)
    found = contents.grouped(_PAPERS, "export", most=EXPORTED)
    for folder, name in lists:
        papers = found.get(f"{folder}/{name}", [])
        for file, write in zip(export_files(folder, name), WRITERS.values(), strict=True):
            yield file, write(papers)
