"""A replica in this process, whole and without faults at the start of every test."""

from collections.abc import Iterator

import pytest

from tests.replica.bodies import Bodies
from tests.replica.faults import Script
from tests.replica.inside import Inside, replica_inside
from tests.replica.site import Site
from tests.support.clients import NOW
from tests.support.folders import SAMPLE


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    log = tmp_path_factory.mktemp("replica") / "requests.jsonl"
    with replica_inside(Bodies(SAMPLE), NOW.date(), log) as running:
        yield running


@pytest.fixture
def replica(site: Inside) -> Inside:
    site.change(script=Script([]), paths=[], site=Site(Bodies(SAMPLE), NOW.date()))
    site.forget()
    return site
