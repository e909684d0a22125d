"""Every dress of the labelled set is read exactly, and damage to one record shifts no other."""

import pytest

from tests.layouts.damage import damaged
from tests.layouts.dress import DRESSES, Dress
from tests.layouts.measure import Score, read, score_of

WORK = [dress for dress in DRESSES if dress.part == "work"]
DIGESTS = [dress for dress in DRESSES if "title" in dress.shows]


def named(dress: Dress) -> str:
    return f"{dress.kind}: {dress.name}"


@pytest.mark.parametrize("dress", WORK, ids=named)
def test_a_dress_is_read_word_for_word(dress: Dress) -> None:
    assert score_of(dress).errors == []


@pytest.mark.parametrize("part", ["work", "report"])
def test_of_all_dresses_nearly_all_is_exact_and_nothing_is_wrong(part: str) -> None:
    scores = [score_of(dress) for dress in DRESSES if dress.part == part]

    def n(figure: str, among: list[Score] = scores) -> int:
        return sum(score.n[figure] for score in among)

    assert (n("wrong title"), n("wrong abstract"), n("invented"), n("shifted")) == (0, 0, 0, 0)
    assert n("exact title") >= 0.98 * n("printed")
    with_abstracts = [score for score in scores if "abstract" in score.shown]
    assert n("exact abstract") >= 0.98 * n("printed", with_abstracts)


def test_both_parts_have_dresses_of_every_kind() -> None:
    kinds = {part: {d.kind for d in DRESSES if d.part == part} for part in ("work", "report")}
    assert len(DRESSES) >= 60
    assert kinds["report"] == kinds["work"] | {"mail text"}


@pytest.mark.parametrize("dress", DIGESTS[::7], ids=named)
def test_a_lost_line_gives_no_title_to_another_paper(dress: Dress) -> None:
    assert damaged(dress) == []


@pytest.mark.slow
@pytest.mark.parametrize("dress", DIGESTS, ids=named)
def test_no_lost_line_of_any_dress_gives_a_title_to_another_paper(dress: Dress) -> None:
    assert damaged(dress) == []


def test_damage_would_be_seen() -> None:
    [dress] = [dress for dress in DRESSES if dress.name == "title-authors-link"]
    shifted = dress.body.replace(dress.papers[0].id.encode(), dress.papers[1].id.encode(), 1)
    assert [r.title for r in read(shifted)] != [r.title for r in read(dress.body)]
