"""One body of each form, damaged at random: no record is mixed up with another or lost."""

import random
from collections.abc import Callable, Iterator

import pytest

from tasks.errors import BadBody
from tasks.sources import sources
from tests.support.arxiv_bodies import (
    atom,
    atom_entry,
    entries,
    mailed,
    mailing,
    query,
    query_entry,
    rdf,
    rdf_item,
    rss,
    rss_item,
)

N_ROUNDS = 60
IDS = [f"2611.0000{n}" for n in range(5)]
REPLACED_AT = "Thu, 19 Nov 2026 18:44:36 GMT"
BODIES = {
    "rss": rss(*(rss_item(f"{i}v1", title=f"Title {i}") for i in IDS)),
    "atom": atom(*(atom_entry(f"{i}v1", title=f"Title {i}") for i in IDS)),
    "query": query(*(query_entry(f"{i}v1", title=f"Title {i}") for i in IDS)),
    "rdf": rdf(*(rdf_item(f"{i}v1", f"Title {i}.") for i in IDS)),
    "entries": entries(*IDS),
    "mailing": mailing(
        [mailed(i, title=f"Title {i}") for i in IDS[:3]],
        [mailed(IDS[3], title=f"Title {IDS[3]}", is_cross=True)],
        [mailed(IDS[4], title=f"Title {IDS[4]}", replaced=REPLACED_AT)],
    ).encode(),
}
INSERTED = [b"<", b"&", b"\x00", b"\n", b"\\\\\n", b"<item>", b"</entry>", b"-->", b"\xff"]


def damaged(content: bytes, seed: str) -> Iterator[bytes]:
    """The body with a byte changed, a piece cut out, or something put in."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    for _ in range(N_ROUNDS):
        start = chance.randrange(len(content))
        end = start + chance.choice((1, 3, 20, 200, 500))
        yield chance.choice(
            (
                content[:start] + chance.randbytes(1) + content[start + 1 :],
                content[:start] + content[end:],
                content[:start] + chance.choice(INSERTED) + content[start:],
            )
        )


@pytest.mark.parametrize("name", BODIES)
def test_whatever_is_damaged_each_record_is_itself_or_a_reject_with_its_bytes(name: str) -> None:
    body_format = sources()["arxiv"].format(name)
    n_read = 0
    for content in damaged(BODIES[name], seed=name):
        try:
            parsed = body_format.parse(content)
        except BadBody:
            continue
        n_read += len(parsed.records)
        for record in parsed.records:
            if record.arxiv_id in IDS and record.title.removeprefix("Title ") in IDS:
                assert record.title == f"Title {record.arxiv_id}"
        for reject in parsed.rejects:
            assert body_format.locate(content, reject.place) == (reject.raw, reject.span)
        places = {record.place for record in parsed.records} | {r.place for r in parsed.rejects}
        assert sorted(places) == list(range(parsed.n_parsed))
    assert n_read > 2 * N_ROUNDS


RUN_INTO_ONE: dict[str, tuple[Callable[..., bytes], Callable[..., str], str]] = {
    "rss": (rss, rss_item, "<description"),
    "atom": (atom, atom_entry, "<summary"),
    "query": (query, query_entry, "<link"),
    "rdf": (rdf, rdf_item, "<link"),
    "entries": (lambda *made: entries(extra="".join(made)), query_entry, "<link"),
    "mailing": (lambda *records: mailing(records).encode(), mailed, "Title:"),
}


@pytest.mark.parametrize("name", BODIES)
def test_two_records_that_ran_into_one_are_a_reject(name: str) -> None:
    feed, item, cut_at = RUN_INTO_ONE[name]
    first, second, third = (item(f"{i}v1") for i in IDS[:3])
    one = first[: first.index(cut_at)] + second[second.index(cut_at) :]
    parsed = sources()["arxiv"].format(name).parse(feed(one, third))
    assert [record.arxiv_id for record in parsed.records] == [IDS[2]]
    assert all(named in parsed.rejects[0].reason for named in ("the record names", *IDS[:2]))


@pytest.mark.parametrize("name", ["rss", "mailing"])
def test_a_record_with_two_titles_is_a_reject(name: str) -> None:
    feed, item, _ = RUN_INTO_ONE[name]
    twice = item(title="One</title><title>Two" if name == "rss" else "One\nTitle: Two")
    parsed = sources()["arxiv"].format(name).parse(feed(twice, item(IDS[2])))
    assert (len(parsed.records), len(parsed.rejects)) == (1, 1)
    assert "run into one" in parsed.rejects[0].reason
