"""Commands that start Prefect's own server work where the environment names a proxy."""

from datetime import date
from pathlib import Path

import pytest

from tests.replica.bodies import Bodies
from tests.replica.inside import replica_inside
from tests.support.command import paperhouse
from tests.support.folders import SAMPLE
from tests.support.proxy import proxy_to

pytestmark = pytest.mark.slow
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def test_a_night_asks_the_proxy_for_nothing_on_loopback(home: Path, tmp_path: Path) -> None:
    with (
        replica_inside(Bodies(SAMPLE), date(2026, 11, 14), tmp_path / "log.jsonl") as replica,
        proxy_to(9, refuses_with="502 Bad Gateway") as proxy,
    ):
        environment = dict.fromkeys(PROXIES, proxy.url)
        environment["PAPERHOUSE_SOURCES__HUGGINGFACE__BASE_URL"] = replica.url
        done = paperhouse(
            "run", "--now", "2026-11-14T03:00:00Z", home=home, environment=environment
        )
    assert done.returncode == 0, done.stderr
    assert "settled" in done.stdout
    assert proxy.asked == []
