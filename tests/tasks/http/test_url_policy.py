"""A source can send us on only to its own hosts, over its own scheme, and to public machines."""

import pytest

from tasks.errors import ForbiddenAddress
from tasks.http.url_policy import followed, is_public

URL = "https://digest.example/api/list?p=0"


def sent_on(target: str, base_url: str = "https://digest.example") -> str:
    return followed(URL, target, base_url=base_url, hosts=("cdn.digest.example",))


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("/api/list?p=1", "https://digest.example/api/list?p=1"),
        ("?p=1", "https://digest.example/api/list?p=1"),
        ("https://CDN.digest.example/x", "https://cdn.digest.example/x"),
        ("//cdn.digest.example/x", "https://cdn.digest.example/x"),
    ],
)
def test_the_sources_own_hosts_are_followed(target: str, address: str) -> None:
    assert sent_on(target) == address


@pytest.mark.parametrize(
    "target",
    [
        *("http://digest.example/x", "file:///etc/hostname", "ftp://digest.example/x"),
        *("https://elsewhere.example/x", "//elsewhere.example/x", "https://127.0.0.1/x"),
        *(
            "https://digest.example.elsewhere.example/x",
            "https://digest.example@elsewhere.example/",
        ),
        *("https://elsewhere.example\\@digest.example/", "https://me@digest.example/x"),
        *("https://digest.example:8443/x", "https://[::1]/x", "https://[oops/x"),
        *("javascript:alert(1)", "data:text/html,x", "https://digest.example.%00.elsewhere/"),
    ],
)
def test_anywhere_else_is_refused(target: str) -> None:
    with pytest.raises(ForbiddenAddress):
        sent_on(target)


def test_an_operators_own_server_may_speak_http() -> None:
    here = "http://127.0.0.1:8000"
    assert followed(f"{here}/a", "/b", base_url=here, hosts=()) == f"{here}/b"
    for target in ("http://127.0.0.1:8001/b", "http://127.0.0.1/b"):
        with pytest.raises(ForbiddenAddress, match="another server"):
            followed(f"{here}/a", target, base_url=here, hosts=())


@pytest.mark.parametrize(
    ("ip", "is_so"),
    [
        *(("8.8.8.8", True), ("2606:4700::1111", True)),
        *(("127.0.0.1", False), ("10.1.2.3", False), ("192.168.0.1", False)),
        *(("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False)),  # noqa: S104
        *(("::1", False), ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:127.0.0.1", False)),
    ],
)
def test_what_is_a_public_address(ip: str, is_so: bool) -> None:
    assert is_public(ip) is is_so
