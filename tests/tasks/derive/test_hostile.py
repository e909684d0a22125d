"""Text made to hurt costs no more than its length, and gives rows that fit their tables."""

import pytest

from schemas.derived import DERIVED
from tasks.derive import MAX_ABSTRACT, derived_rows, read, read_all
from tasks.derive.paper import Paper
from tests.support.effort import seconds

SIZE = 1_000_000
HOSTILE = {
    "blanks": " " * SIZE,
    "brackets": "(" * SIZE,
    "dots": "." * SIZE,
    "digits": "1" * SIZE,
    "digits and blanks": "by 1 " * (SIZE // 5),
    "capitals": "A" * SIZE,
    "names": "we propose A " * (SIZE // 13),
    "codes": "code-" * (SIZE // 5),
    "code words": "release a " * (SIZE // 10),
    "percents": "1% and " * (SIZE // 7),
    "addresses": "http://" * (SIZE // 7),
    "address of dots": "https://" + "a." * (SIZE // 2),
    "from": "from 1 to " * (SIZE // 10),
    "braces": "\\textbf{" * (SIZE // 8),
    "dashes": "-" * SIZE,
    "topics": "language model " * (SIZE // 15),
    "topics beside accents": "language models é " * (SIZE // 18),
    "changes": "improves by a " * (SIZE // 14),
    "signs": "beats +1.5 on A, " * (SIZE // 17),
    "arrows": "gains 1% -> 2% " * (SIZE // 15),
    "numbers in brackets": "a gain (up to 5%) " * (SIZE // 18),
    "lists of parts": "modules: (i) Fern Net for " * (SIZE // 26),
    "colons": "two modules: A Fern, B Moss and " * (SIZE // 32),
    "acronyms": "our Fern Net (FN) " * (SIZE // 18),
    "actors": "we FernNet uses " * (SIZE // 16),
    "abbreviations": "diffusion model (DiT) such as " * (SIZE // 30),
    "denied code": "we cannot release code " * (SIZE // 23),
    "intervals": "by 1 ± 2 to 3 points " * (SIZE // 21),
    "slashes": "https:/" * (SIZE // 7),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_text_takes_bounded_time(what: str) -> None:
    text = HOSTILE[what]
    paper = Paper(text, text, text, text, (text,))
    assert seconds(lambda: read(paper), enough=1) <= 1


def test_only_so_much_of_a_text_is_read() -> None:
    far = " " * MAX_ABSTRACT + "We propose FernNet."
    assert read(Paper("On gardens", far)).systems == []


def test_papers_read_together_give_what_each_gives_alone() -> None:
    papers = [
        Paper("FernNet: Gardens", "We propose FernNet, 3x faster. Code will be released."),
        Paper("Quantization", None, "https://github.com/lab/moss", None, ("diffusion model",)),
        Paper("On gardens", "Our dataset, called MossBench, is at https://lab.github.io/moss."),
    ]
    assert read_all(papers) == [read(paper) for paper in papers]


def test_rows_of_every_table_fit_its_description_and_keys_are_unique() -> None:
    paper = {
        "paper_id": "2611.00001",
        "title": "FernNet: Text-to-Image Gardens",
        "abstract": "We propose FernNet, a model. It is 3x faster and improves yield by 4%. "
        "Code: https://github.com/lab/fern and https://github.com/lab/fern.",
        "github_repo": "https://github.com/lab/fern",
        "project_page": None,
        "ai_keywords": ["diffusion model", "diffusion models"],
        "content_sha256": "00",
        "paper_month": "2026-11",
    }
    rows = derived_rows([paper])
    assert set(rows) == set(DERIVED)
    for table, found in rows.items():
        assert found.schema.equals(table.arrow)
        assert found.num_rows
        keys = [tuple(row[name] for name in table.key) for row in found.to_pylist()]
        assert len(keys) == len(set(keys)), table.full_name
        found.cast(table.arrow)
    facts = rows[DERIVED[0]].to_pylist()[0]
    assert (facts["code"], facts["n_claims"], facts["n_systems"]) == ("linked", 2, 1)
