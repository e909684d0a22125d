"""Whose word counts: the witnesses of what a paper is called, says and is written by.

A witness is a source and the kind of body it spoke in, because one publisher can know a paper well
in one place and little in another. Each has its own rows in core.paper_versions and
core.paper_authors; `core.papers` shows, column by column, the value of the first witness in this
list that has one. So what knows less fills gaps, and never changes what knows more said, in
whatever order they arrive. docs/quality.md gives the reason for each place.
"""

from typing import NamedTuple


class Witness(NamedTuple):
    """A source and the kind of its bodies, as in the columns `source` and `witness`."""

    source: str
    kind: str


_ARXIV_FEED = Witness("arxiv", "feed")
_ARXIV_MAILING = Witness("arxiv", "mailing")
_API = Witness("huggingface", "api")
_CARDS = Witness("huggingface", "cards")

AUTHORITY = (
    _ARXIV_FEED,
    _API,
    _ARXIV_MAILING,
    _CARDS,
    Witness("arxiv", "text"),
    Witness("textdump", "text"),
    Witness("pagedump", "text"),
    Witness("mailbox", "mail"),
)
"""The witnesses, the one that knows most first. One that is not listed comes last."""

AUTHORITY_ON = {
    "title": (_ARXIV_FEED, _ARXIV_MAILING),
    "authors": (_API,),
}
"""Columns about which others know more: these witnesses come first, then the rest of `AUTHORITY`.

arXiv's own title beats all, also in the mailing, which spells names in LaTeX. Only Hugging Face
knows which authors asked not to be shown, and their accounts."""


def authority(column: str) -> tuple[Witness, ...]:
    """The witnesses of a column, the one whose value is shown first."""
    first = AUTHORITY_ON.get(column, ())
    return (*first, *(witness for witness in AUTHORITY if witness not in first))


def rank(column: str, witness: Witness) -> str:
    """A text that is smaller the more a witness knows of a column.

    Witnesses that are not listed are told apart by their names, so the order is always the same.
    """
    order = authority(column)
    if witness in order:
        return f"{order.index(witness):02}"
    return f"99{witness.source} {witness.kind}"


def rank_sql(column: str) -> str:
    """`rank` as SQL over `source` and `witness`."""
    cases = " ".join(
        f"WHEN source = '{witness.source}' AND witness = '{witness.kind}' THEN '{place:02}'"
        for place, witness in enumerate(authority(column))
    )
    return f"CASE {cases} ELSE '99' || coalesce(source, '~') || ' ' || coalesce(witness, '~') END"
