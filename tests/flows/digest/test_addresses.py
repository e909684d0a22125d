"""One spelling for each address, and nothing that means more than an address."""

import pytest

from flows.digest.addresses import BadAddress, normalised, shown
from warehouse.subscriber import identity_of


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ada@Example.ORG", "ada@example.org"),
        ("  Ada.L+news@example.org ", "Ada.L+news@example.org"),
        ("x@straße.example.org", "x@xn--strae-oqa.example.org"),
        ("x@XN--STRAE-OQA.example.org", "x@xn--strae-oqa.example.org"),
        ("x@Bücher.example.org", "x@xn--bcher-kva.example.org"),
        ("x@bu\u0308cher.example.org", "x@xn--bcher-kva.example.org"),
        ("x@\uff45xample.org", "x@example.org"),
        ("u\u0308nal@example.org", "\u00fcnal@example.org"),
    ],
)
def test_spellings_of_one_address_are_one_text(given: str, kept: str) -> None:
    assert normalised(given) == kept
    assert normalised(kept) == kept


def test_the_case_of_a_name_does_not_make_another_person_but_another_letter_does() -> None:
    assert identity_of("Ada@example.org") == identity_of("aDA@Example.org")
    assert identity_of(normalised("x@straße.example.org")) != identity_of("x@strasse.example.org")


def test_an_international_domain_is_shown_in_its_own_script() -> None:
    assert shown("x@xn--bcher-kva.example.org") == "x@bücher.example.org"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "ada@@example.org",
        "ada@example.org\r\nBcc: all@example.org",
        "ada@example.org\n",
        "\tada@example.org",
        "ada\x00@example.org",
        "ada\x7f@example.org",
        "ada@exam\u202eple.org",
        "a\u200bda@example.org",
        "ada@example.org, bob@example.org",
        "ada@example.org;bob@example.org",
        "Ada <ada@example.org>",
        "ada(comment)@example.org",
        "ada@(comment)example.org",
        '"ada b"@example.org',
        '"ada\r\n"@example.org',
        "ada b@example.org",
        "ada@[127.0.0.1]",
        "ada@localhost",
        "ada@printer.local",
        "ada@example.org.",
        ".ada@example.org",
        "a..da@example.org",
        "a" * 65 + "@example.org",
        "ada@" + "x" * 64 + ".org",
        "ada@" + ".".join(["abcdefgh"] * 30) + ".org",
        "=1+1@example.org",
        "-oQ/tmp@example.org",
        "|sh@example.org",
        "ada@example.org\udcff",
        "<script>@example.org",
    ],
)
def test_what_is_no_single_plain_address_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(BadAddress) as refused:
        normalised(text)
    assert "example.org" not in str(refused.value)
    assert str(refused.value).isprintable()
