"""Links tell their paper, or nothing: from the link alone, in whatever it is wrapped."""

import base64
from urllib.parse import quote

import pytest

from tasks.parse.links import is_damaged, is_leaving, paper_of
from tests.support.effort import grows_in_proportion

PAPER = "https://huggingface.co/papers/2410.00001"
OBJECT = f'{{"e":"{PAPER}"}}'
GATEWAY = "https://urldefense.proofpoint.com/v2/url"


def coded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("url", "arxiv_id"),
    [
        (PAPER, "2410.00001"),
        ("https://hf.co/papers/2410.00001#community", "2410.00001"),
        ("/papers/2410.00001?ref=x", "2410.00001"),
        ("http://www.arxiv.org/abs/hep-th/9901001v2", "hep-th/9901001"),
        ("https://export.arxiv.org/pdf/math.AG/0601001", "math.AG/0601001"),
        ("https://ARXIV.org/pdf/2410.00001v12.pdf", "2410.00001"),
        ("https://arxiv.org/abs/0704.0001", "0704.0001"),
        ("https://hf-mirror.com/papers/2410.00001", "2410.00001"),
        ("https://www.alphaxiv.org/overview/2410.00001v1", "2410.00001"),
        ("https://papers.cool/arxiv/2410.00001", "2410.00001"),
        ("https://ar5iv.labs.arxiv.org/html/2410.00001", "2410.00001"),
        ("https://web.archive.org/web/2026/https://arxiv.org/abs/2410.00001", "2410.00001"),
        ("https://doi.org/10.48550/arXiv.2410.00001", "2410.00001"),
        (f"https://click.example/c?id=1&url={quote(PAPER, safe='')}", "2410.00001"),
        (f"https://click.example/c?u={quote(quote(PAPER, safe=''), safe='')}", "2410.00001"),
        (f"https://click.example/CL0/{quote(PAPER, safe='')}/1/01-x", "2410.00001"),
        (f"https://click.example/r/{coded(PAPER)}", "2410.00001"),
        (f"https://click.example/r/{coded(OBJECT)}?s=1", "2410.00001"),
        (f"https://a.example/?x={quote('https://b.example/?u=' + coded(PAPER))}", "2410.00001"),
        (
            "https://urldefense.proofpoint.com/v2/url?u=https-3A__arxiv.org_abs_2410.00001",
            "2410.00001",
        ),
        ("https://urldefense.com/v3/__https://arxiv.org/abs/2410.00001__;!!x", "2410.00001"),
    ],
)
def test_the_paper_is_told_from_the_link(url: str, arxiv_id: str) -> None:
    assert paper_of(url) == arxiv_id


@pytest.mark.parametrize(
    "url",
    [
        "https://evil-arxiv.org/abs/2410.00001",
        "https://not-alphaxiv.org/abs/2410.00001",
        "https://arxiv.org.evil.example/abs/2410.00001",
        "https://arxiv.org/abs/2413.00001",
        "https://arxiv.org/abs/2410.000012",
        "https://arxiv.org/list/cs.CL/2410",
        "https://huggingface.co/papers/date/2025-05-30",
        "https://huggingface.co/login?next=%2Fpapers%2F2410.00001",
        "https://click.example/ls/click?upn=u001.c2VjcmV0c2VjcmV0c2VjcmV0",
        f"https://click.example/unsubscribe?u={PAPER}",
        f"https://click.example/?u={PAPER}&x={'a' * 9_000}",
        "mailto:reader@home.example",
        "",
    ],
)
def test_a_link_that_tells_no_paper_tells_none(url: str) -> None:
    assert paper_of(url) is None


def test_a_link_to_a_paper_that_lost_its_id_is_damaged() -> None:
    assert is_damaged("https://arxiv.org/abs/24")
    assert is_damaged("https://huggingface.co/papers/2410.1")
    assert not is_damaged(PAPER)
    assert not is_damaged("https://huggingface.co/papers/date/2025-05-30")


@pytest.mark.parametrize("word", ["unsubscribe", "Opt-Out", "email-preferences", "optout"])
def test_a_link_for_leaving_is_known_by_its_words(word: str) -> None:
    assert is_leaving(f"https://list.example/{word}?id=7")


@pytest.mark.parametrize("piece", ["%25", "-", "aHR0cHM6Ly94", "https://", "arxiv.org/abs/"])
def test_a_long_link_takes_bounded_time(piece: str) -> None:
    assert grows_in_proportion(lambda size: paper_of(piece * (size // len(piece))), 8_000)
