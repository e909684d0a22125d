"""Whose word counts: what knows less fills gaps, and never changes what knows more said."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.core import CORE, PAPER_AUTHORS, PAPER_VERSIONS
from schemas.witnesses import AUTHORITY, authority
from tasks.parse.capture import Capture
from tasks.parse.model import Author
from tasks.sources import sources
from tests.support.captures import DAY, OTHER, PAPER, Store, at, capture, record
from tests.support.examples import FEW

MAIL = "mailbox:mail:2026-11-20.0123456789ab"
DUMP = "textdump:weekly:2026-11-16"
SEARCH = "pagedump:search:afe59ee0768d"
FEED = "arxiv:cs.CL:2026-11-20"
FROM_FEED: dict[str, Any] = {"issue": FEED, "witness": "feed"}
WORSE: list[dict[str, Any]] = [
    {"issue": MAIL, "witness": "mail"},
    {"issue": DUMP, "witness": "text"},
    {"issue": SEARCH, "witness": "text"},
    {"issue": "huggingface:daily:2026-11-23", "witness": "cards"},
]
"""Bodies that know less of a paper than the API's."""


def night() -> list[Capture]:
    """One paper as five bodies name it, each an hour after the one before."""
    said = record(PAPER, "A Title", abstract="What it is.", authors=(Author("Ada"), Author("Bo")))
    return [
        capture(1, said),
        *(
            capture(
                2 + n,
                record(PAPER, f"Worse title {n}", abstract="Less.", authors=(Author(f"X{n}"),)),
                **where,
            )
            for n, where in enumerate(WORSE)
        ),
    ]


def merged(captures: list[Capture]) -> Store:
    store = Store()
    for landed in captures:
        store.merge(landed)
    return store


def test_every_format_of_every_source_has_its_place_in_the_order() -> None:
    spoken = {(name, f.witness) for name, source in sources().items() for f in source.formats}
    assert spoken | {("huggingface", "cards")} == set(AUTHORITY)
    assert all(set(authority(column)) == set(AUTHORITY) for column in ("title", "authors"))


@pytest.mark.parametrize("order", list(permutations(range(5)))[::23], ids=str)
def test_the_paper_is_what_the_api_says_whatever_came_when(order: tuple[int, ...]) -> None:
    captures = night()
    store = merged([captures[n] for n in order])

    paper = store.paper()
    assert (paper["title"], paper["abstract"]) == ("A Title", "What it is.")
    assert (paper["title_source"], paper["abstract_source"]) == ("huggingface", "huggingface")
    assert paper["sources"] == "huggingface, mailbox, pagedump, textdump"
    current = store.column(PAPER_AUTHORS, "name", is_current=True)
    assert current == ["Ada", "Bo"]
    in_order = merged(captures)
    for table in (PAPER_VERSIONS, PAPER_AUTHORS):
        assert store.tables[table].equals(in_order.tables[table]), table.full_name


def test_what_each_source_said_is_still_there_and_nobody_revised_anything() -> None:
    store = merged(night())
    said = {(v["source"], v["witness"]): v["title"] for v in store.rows(PAPER_VERSIONS)}
    assert len(said) == 5
    assert said["mailbox", "mail"] == "Worse title 0"
    assert said["huggingface", "cards"] == "Worse title 3"
    assert store.column(PAPER_VERSIONS, "valid_to") == [None] * 5
    assert set(store.column(PAPER_VERSIONS, "n_witnesses")) == {5}
    assert store.column(PAPER_AUTHORS, "name", source="mailbox") == ["X0"]


def test_what_knows_less_fills_gaps_only() -> None:
    store = merged(
        [
            capture(1, record(PAPER, "A Title")),
            capture(2, record(PAPER, "Worse", abstract="Only here."), issue=MAIL, witness="mail"),
        ]
    )
    paper = store.paper()
    assert (paper["title"], paper["abstract"]) == ("A Title", "Only here.")
    assert (paper["title_source"], paper["abstract_source"]) == ("huggingface", "mailbox")
    assert (
        paper["payload_sha256"]
        == store.column(PAPER_VERSIONS, "payload_sha256", source="huggingface")[0]
    ), "the lineage is that of the title"


def test_a_paper_that_only_a_mail_names_is_what_the_mail_says_until_somebody_knows_more() -> None:
    mail = capture(1, record(PAPER, "By Mail", authors=(Author("M"),)), issue=MAIL, witness="mail")
    store = merged([mail])
    assert (store.paper()["title"], store.paper()["title_source"]) == ("By Mail", "mailbox")
    assert store.column(PAPER_AUTHORS, "is_current") == [True]

    store.merge(capture(2, record(PAPER, "By the API", authors=(Author("A"),))))

    assert store.paper()["title"] == "By the API"
    assert store.column(PAPER_AUTHORS, "name", is_current=True) == ["A"]


def test_arxivs_own_title_beats_all_and_its_names_do_not() -> None:
    store = merged(
        [
            capture(1, record(PAPER, "Of arXiv", authors=(Author("A."),)), **FROM_FEED),
            capture(2, record(PAPER, "Of the API", authors=(Author("Ada", is_hidden=True),))),
            capture(
                3, record(PAPER, "Of a mailing"), issue="arxiv:cs.LG:2026-11-20", witness="mailing"
            ),
        ]
    )
    assert store.paper()["title"] == "Of arXiv"
    assert store.row(PAPER_AUTHORS, is_current=True)["is_hidden"], "who is hidden stays hidden"


def test_a_title_comes_from_the_mailing_before_the_api_but_an_abstract_does_not() -> None:
    store = merged(
        [
            capture(1, record(PAPER, "Of the API", abstract="Of the API, whole.")),
            capture(
                2,
                record(PAPER, "Of a mailing", abstract="Of a mailing."),
                issue=FEED,
                witness="mailing",
            ),
        ]
    )
    paper = store.paper()
    assert (paper["title"], paper["abstract"]) == ("Of a mailing", "Of the API, whole.")


def test_a_change_within_a_source_is_a_version_and_others_stay_as_they_are() -> None:
    store = merged(night())
    before = store.rows(PAPER_VERSIONS, source="mailbox")
    store.merge(capture(9, record(PAPER, "A Better Title")))
    assert store.paper()["title"] == "A Better Title"
    assert store.rows(PAPER_VERSIONS, source="mailbox") == before
    own = store.rows(PAPER_VERSIONS, source="huggingface", witness="api")
    spans = [(v["title"], v["valid_to"]) for v in own]
    assert spans == [("A Title", at(9)), ("A Better Title", None)]


def test_the_row_of_a_paper_does_not_depend_on_papers_beside_it() -> None:
    alone = merged(night()).paper()
    captures = night()
    others = [capture(20 + n, record(OTHER, f"Other {n}"), **w) for n, w in enumerate(WORSE)]
    store = merged([*others, *captures])
    assert store.paper() == alone


TOLD = st.fixed_dictionaries(
    {},
    optional={
        "abstract": st.sampled_from(["x", "y"]),
        "github_repo": st.sampled_from(["https://g.example/a", "https://g.example/b"]),
        "authors": st.sampled_from([(Author("A"),), (Author("B"), Author("A"))]),
    },
)
WHERE = st.sampled_from([*WORSE, {"issue": DAY}, FROM_FEED, {"issue": FEED, "witness": "mailing"}])


@pytest.mark.slow
@FEW
@given(
    st.lists(st.tuples(st.sampled_from(["One", "Two"]), TOLD, WHERE), min_size=2, max_size=6),
    st.data(),
)
def test_witnesses_in_any_mix_and_batching_end_in_the_same_rows(
    told: list[tuple[str, dict[str, Any], dict[str, Any]]], data: st.DataObject
) -> None:
    captures = [
        capture(hour, record(PAPER, title, **fields), **where)
        for hour, (title, fields, where) in enumerate(told)
    ]
    whole = Store()
    whole.merge(*captures)
    cut = data.draw(st.integers(0, len(captures)))
    parts = Store()
    for batch in (captures[:cut], captures[cut:]):
        if batch:
            parts.merge(*batch)
    for table in CORE:
        assert whole.tables[table].equals(parts.tables[table]), table.full_name
    assert whole.papers() == parts.papers()
