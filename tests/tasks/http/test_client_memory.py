"""A body that unpacks to gigabytes costs megabytes."""

import json
import subprocess
import sys
from datetime import date

import pytest

from tests.replica.process import running_replica
from tests.support.folders import ROOT, SAMPLE


@pytest.mark.slow
def test_two_gigabytes_in_two_megabytes_end_as_unusable_in_bounded_memory() -> None:
    rule = {"path": "/api/daily_papers", "fault": "bomb", "megabytes": 2048}
    with running_replica(SAMPLE, date(2026, 11, 14), script=[rule]) as replica:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.support.bomb",
                replica.url,
                "huggingface:daily:2026-11-06",
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert len(replica.requests()) == 1
    told = json.loads(done.stdout)
    assert (told["error"], told["requests"]) == ("UnusableAnswer", 1)
    assert "more than 33,554,432 bytes" in told["words"]
    assert told["megabytes"] < 500
