"""The environment's proxy and certificates apply to sources, and never to loopback.

What a proxy is asked is read from a proxy on loopback that writes it down.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import requests

from tasks.errors import ForbiddenAddress, Unreachable
from tasks.http.certificates import ADDED, INSTEAD, BadCertificates
from tasks.http.client import Fetched, Fetcher, Policy, open_session
from tasks.http.loopback import UnusableProxy, check_for_prefect, spare_loopback
from tasks.http.proxies import proxies_for, proxy_for
from tasks.parse.model import IssueRef
from tasks.sources import sources
from tests.replica.bodies import Bodies
from tests.replica.inside import Inside, replica_inside
from tests.support.clocks import FakeTime
from tests.support.folders import SAMPLE
from tests.support.proxy import proxy_to
from tests.support.tls import certificate_for, tls_front

HOST = "digest.test"
ISSUE = IssueRef.parse("huggingface:daily:2026-11-05")
POLICY = Policy("paperhouse-test/1", read_timeout_s=5)


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Inside]:
    with replica_inside(Bodies(SAMPLE), date(2026, 11, 14), tmp_path / "requests.jsonl") as running:
        yield running


@pytest.fixture
def secure(replica: Inside, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The replica behind TLS with a certificate of its own: the port, and the certificate."""
    certificate, key = certificate_for(tmp_path, HOST)
    with tls_front(certificate, key, port_of(replica)) as port:
        yield port, certificate


def port_of(replica: Inside) -> int:
    port = urlsplit(replica.url).port
    assert port is not None
    return port


def fetched(base_url: str) -> list[Fetched] | None:
    """The pages of an issue, from an address that an operator has set."""
    with open_session(POLICY) as session:
        return fetcher(base_url, session).fetch(ISSUE)


def fetcher(base_url: str, session: requests.Session) -> Fetcher:
    source, still = sources()["huggingface"], FakeTime()
    return Fetcher(source, base_url, POLICY, session, lambda _: None, sleep=still.sleep)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_source_is_asked_through_the_proxy(
    replica: Inside, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    with proxy_to(port_of(replica)) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        pages = fetched(f"http://{HOST}")
        assert pages is not None
        assert len(pages[0].parsed.records) > 3
        assert proxy.asked == [
            f"GET http://{HOST}/api/daily_papers?date={ISSUE.key}&limit=100 HTTP/1.1"
        ]
        assert str(proxy_for(f"http://{HOST}")) == f"{proxy.url} ({variable})"


def test_a_source_over_https_is_asked_through_a_tunnel(
    secure: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, certificate = secure
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        with proxy_to(port) as proxy, monkeypatch.context() as patch:
            patch.setenv("HTTPS_PROXY", proxy.url)
            patch.setenv(name, str(certificate))
            assert fetched(f"https://{HOST}") is not None
            assert proxy.asked == [f"CONNECT {HOST}:443 HTTP/1.0"]


def test_nothing_on_loopback_and_nothing_in_no_proxy_is_asked_through_it(
    replica: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy_to(port_of(replica)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert fetched(replica.url) is not None
        for url in (
            "http://localhost:1",
            "http://[::1]:1",
            "https://127.8.9.1/x",
            "http://a.localhost",
        ):
            assert proxies_for(url) == {}
        monkeypatch.setenv("NO_PROXY", HOST)
        assert proxy_for(f"http://{HOST}") is None
        assert proxy.asked == []


@pytest.mark.parametrize("name", [*INSTEAD, *ADDED])
def test_a_source_with_a_private_certificate_is_trusted_through_each_variable(
    secure: tuple[int, Path], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    port, certificate = secure
    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        fetched(f"https://127.0.0.1:{port}")
    value = hashed_folder(certificate) if name == "SSL_CERT_DIR" else certificate
    monkeypatch.setenv(name, str(value))
    assert fetched(f"https://127.0.0.1:{port}") is not None


def hashed_folder(certificate: Path) -> Path:
    """A folder of certificates as OpenSSL reads one: each under the hash of its name."""
    command = ["openssl", "x509", "-noout", "-hash", "-in", str(certificate)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    folder = certificate.parent / "certificates"
    folder.mkdir()
    (folder / f"{done.stdout.strip()}.0").write_bytes(certificate.read_bytes())
    return folder


@pytest.mark.parametrize("name", [*INSTEAD, *ADDED])
def test_certificates_that_are_not_there_are_a_usage_error_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setenv(name, str(tmp_path / "gone.pem"))
    with pytest.raises(BadCertificates, match=name):
        open_session(POLICY)


def test_a_file_that_is_no_certificate_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "text.pem").write_text("no certificate", encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "text.pem"))
    with pytest.raises(BadCertificates, match="SSL_CERT_FILE"):
        open_session(POLICY)


def test_a_proxy_that_is_not_there_is_named_without_its_password_and_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://reader:open-sesame@127.0.0.1:9")
    begun = time.monotonic()
    with pytest.raises(Unreachable, match=r"http://127\.0\.0\.1:9 \(HTTPS_PROXY\)") as caught:
        fetched("https://huggingface.co")
    assert time.monotonic() - begun < 5
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "n_asked"),
    [("403 Forbidden", 1), ("407 Who Are You", 1), ("502 Bad", 4)],
)
def test_a_proxy_that_refuses_is_asked_once_and_one_with_a_fault_again(
    monkeypatch: pytest.MonkeyPatch, status: str, n_asked: int
) -> None:
    with proxy_to(9, refuses_with=status) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(Unreachable, match=status[:3]):
            fetched("https://huggingface.co")
        assert len(proxy.asked) == n_asked


def test_a_kind_of_proxy_that_needs_a_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    with pytest.raises(Unreachable, match=r"socks5://127\.0\.0\.1:9 \(ALL_PROXY\)"):
        fetched("https://huggingface.co")


@pytest.mark.parametrize(
    "url", ["http://10.0.0.7/", "http://169.254.169.254/latest", "https://[fd00::1]/"]
)
def test_a_private_address_is_not_asked_for_through_a_proxy_either(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with proxy_to(9) as proxy, open_session(POLICY) as session:
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        with pytest.raises(ForbiddenAddress, match="private address"):
            session.get(url, proxies=proxies_for(url))
        assert proxy.asked == []


@pytest.mark.parametrize(
    ("given", "spared"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://p"}, "127.0.0.1,localhost,::1"),
        (
            {"https_proxy": "http://p", "NO_PROXY": "a.example, 127.0.0.1"},
            "a.example,127.0.0.1,localhost,::1",
        ),
        ({"ALL_PROXY": "socks5://p", "no_proxy": "*"}, None),
        ({"NO_PROXY": "a.example"}, None),
    ],
)
def test_loopback_is_added_to_no_proxy_where_there_is_a_proxy(
    given: dict[str, str], spared: str | None
) -> None:
    environment = dict(given)
    spare_loopback(environment)
    if spared is None:
        assert environment == given
    else:
        assert environment["NO_PROXY"] == environment["no_proxy"] == spared
    again = dict(environment)
    spare_loopback(again)
    assert again == environment


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, None),
        ({"HTTP_PROXY": "proxy.example:3128", "https_proxy": "http://p"}, None),
        ({"ALL_PROXY": "socks5://p"}, "ALL_PROXY names a socks5 proxy"),
        ({"https_proxy": "socks5://p", "http_proxy": "http://p"}, "https_proxy names a socks5"),
        ({"HTTP_PROXY": "ftp://p"}, "HTTP_PROXY names a ftp proxy"),
    ],
)
def test_a_proxy_with_which_prefects_client_does_not_start_is_named_in_a_line(
    given: dict[str, str], error: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    if error is None:
        check_for_prefect(os.environ)
        httpx.Client().close()
    else:
        with pytest.raises(UnusableProxy, match=error):
            check_for_prefect(os.environ)
        with pytest.raises((ImportError, ValueError)):
            httpx.Client()


def test_a_proxy_for_everything_that_is_not_needed_is_taken_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named = {"http_proxy": "http://p", "https_proxy": "http://p", "all_proxy": "socks5://p"}
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    check_for_prefect(os.environ)
    httpx.Client().close()
    assert "all_proxy" not in os.environ


def test_a_password_of_netrc_does_not_take_the_place_of_the_token(
    replica: Inside, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text(f"machine {HOST} login a password b\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with proxy_to(port_of(replica)) as proxy, open_session(POLICY, "the-token") as session:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        prepared = fetcher(f"http://{HOST}", session).fetch(ISSUE)
        assert prepared is not None
    assert [request["headers"]["authorization"] for request in replica.requests()] == [True]
    assert session.trust_env is False
