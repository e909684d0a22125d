"""Addresses are found whole and named alike."""

import pytest

from tasks.derive.links import Link, links
from tasks.derive.paper import Paper
from tasks.derive.urls import canonical


def found(abstract: str, github_repo: str | None = None) -> list[Link]:
    return links(Paper("On gardens", abstract, github_repo))


def keys(abstract: str) -> list[str]:
    return [link.url_key for link in found(abstract)]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("  http://www.github.com/Lab/Tool.git", "https://github.com/Lab/Tool"),
        ("https://github.com/Lab/Tool/.", "https://github.com/Lab/Tool"),
        ("HTTPS://GitHub.com/Lab/Tool);", "https://github.com/Lab/Tool"),
        ("github.com/Lab/Tool#readme", "https://github.com/Lab/Tool"),
        ("https://lab.org/p?utm_source=x&id=7", "https://lab.org/p?id=7"),
        ("https://lab.org/a_(b)", "https://lab.org/a_(b)"),
        (r"https://lab.org/a\_b", "https://lab.org/a_b"),
        ("https://hf.co/datasets/lab/rows", "https://huggingface.co/datasets/lab/rows"),
        ("https://lab.org:8443/x", "https://lab.org:8443/x"),
    ],
)
def test_an_address_has_one_canonical_form(written: str, url: str) -> None:
    address = canonical(written)
    assert address is not None
    assert address.url == url
    assert address.key == url.removeprefix("https://").lower()


@pytest.mark.parametrize(
    "written",
    ["https:/lab.github.io/fern", "http:/lab.github.io/fern", "https: /lab.github.io/fern"],
)
def test_an_address_with_one_slash_is_mended(written: str) -> None:
    assert keys(f"The page is {written}.") == ["lab.github.io/fern"]


@pytest.mark.parametrize("written", ["", "https://", "https://localhost", "not an address"])
def test_what_has_no_host_is_no_address(written: str) -> None:
    assert canonical(written) is None


@pytest.mark.parametrize(
    ("url", "kind", "repo"),
    [
        ("github.com/lab/tool", "code", "lab/tool"),
        ("github.com/lab/tool/tree/main/x", "code", "lab/tool"),
        ("github.com/lab", "other", None),
        ("github.com/orgs/lab", "other", None),
        ("github.com/lab/tool.github.io", "project", "lab/tool.github.io"),
        ("gitlab.com/lab/tool", "code", "lab/tool"),
        ("anonymous.4open.science/r/tool-1", "code", None),
        ("anonymous.4open.science/w/tool-1", "project", None),
        ("huggingface.co/lab/model-7b", "model", "lab/model-7b"),
        ("huggingface.co/datasets/lab/rows", "dataset", "lab/rows"),
        ("huggingface.co/spaces/lab/try", "space", "lab/try"),
        ("huggingface.co/papers/2611.00001", "paper", None),
        ("huggingface.co/lab", "other", None),
        ("lab.github.io/tool", "project", None),
        ("youtu.be/abc", "video", None),
        ("arxiv.org/abs/2611.00001", "paper", None),
        ("zenodo.org/records/1", "dataset", None),
        ("doi.org/10.5281/zenodo.1", "dataset", None),
        ("doi.org/10.1000/1", "paper", None),
        ("pypi.org/project/ferns", "code", None),
        ("colab.research.google.com/drive/1", "demo", None),
        ("lab.org/x", None, None),
    ],
)
def test_the_host_and_path_say_what_is_there(url: str, kind: str | None, repo: str | None) -> None:
    address = canonical(url)
    assert address is not None
    assert (address.kind, address.repo) == (kind, repo)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Code: https://github.com/lab/tool.", ["github.com/lab/tool"]),
        ("See (https://lab.org/a), please.", ["lab.org/a"]),
        (r"At \url{https://lab.org/a}.", ["lab.org/a"]),
        (r"At \href{https://lab.org/a}{this page}.", ["lab.org/a"]),
        ("At https://lab.org/a{https://lab.org/a}.", ["lab.org/a"]),
        (
            "Find it at github.com/lab/tool and lab.github.io.",
            ["github.com/lab/tool", "lab.github.io"],
        ),
        ("for researchhttps://github.com/lab/tool.", ["github.com/lab/tool"]),
        ("https://a.org/xhttps://b.org/y", ["a.org/x", "b.org/y"]),
        ("https: //github.com/lab/tool.git", ["github.com/lab/tool"]),
        ("https://github.com/ lab/tool is ours", ["github.com/lab/tool"]),
        ("https://github.com/lab/ My-Tool.", ["github.com/lab/my-tool"]),
        ("https://github.com/lab/ and more", ["github.com/lab"]),
        ("write to me@github.com/lab", []),
        ("We use e.g. nodes and/or edges, at 3.5 times.", []),
    ],
)
def test_addresses_are_found_in_running_text(text: str, expected: list[str]) -> None:
    assert keys(text) == expected


def test_a_span_is_where_the_address_stands_and_the_sentence_is_kept() -> None:
    text = "We grow plants. Code is at https://github.com/lab/tool. It works."
    (link,) = found(text)
    assert text[link.span_start : link.span_end] == "https://github.com/lab/tool"
    assert link.sentence == "Code is at https://github.com/lab/tool."


def test_an_address_in_a_field_and_in_the_text_is_two_rows_of_one_key() -> None:
    rows = found("At https://github.com/Lab/Tool.", github_repo=" http://github.com/lab/tool/ ")
    assert [(row.found_in, row.url_key) for row in rows] == [
        ("github_repo", "github.com/lab/tool"),
        ("abstract", "github.com/lab/tool"),
    ]
