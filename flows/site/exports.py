"""The papers of lists as files for reference managers, and as CSV."""

from collections.abc import Collection, Iterator

from flows.site import words
from flows.site.citations import WRITERS
from flows.site.contents import EXPORTED, Contents
from flows.site.lists import IN_ORDER

_PAPERS = """
SELECT DISTINCT exports.name AS export, papers.* EXCLUDE (month_on)
FROM exports
JOIN members ON exports.name = members.folder || '/' || members.name
JOIN mart.papers AS papers USING (paper_id)
QUALIFY members.folder NOT IN ('topics', 'authors') OR dense_rank() OVER (
    PARTITION BY export ORDER BY papers.listed_on DESC NULLS LAST, paper_id DESC
) <= $most
ORDER BY export, papers.listed_on DESC NULLS LAST, paper_id DESC
"""


def export_files(name: str) -> tuple[str, ...]:
    """The files of a list, which is named `days/2026-11-13`."""
    folder, _, title = name.partition("/")
    file = title if folder in IN_ORDER else words.slug(title)
    return tuple(f"exports/{folder}/{file}.{ending}" for ending in WRITERS)


def exports(contents: Contents, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """File and text of the lists of these names."""
    contents.choose("exports", name=list(names))
    found = contents.grouped(_PAPERS, "export", most=EXPORTED)
    for name in names:
        for file, write in zip(export_files(name), WRITERS.values(), strict=True):
            yield file, write(found.get(name, []))
