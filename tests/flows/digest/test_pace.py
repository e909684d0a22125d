from itertools import pairwise

import pytest

from flows.digest.pace import Pace


@pytest.mark.parametrize("busy_s", [0.0, 0.4, 2.0])
def test_no_more_mails_than_set_go_out_in_a_minute(busy_s: float) -> None:
    now, sent = [100.0], []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pace = Pace(60, sleep=sleep, monotonic=lambda: now[0])
    for _ in range(10):
        pace.wait()
        sent.append(now[0])
        now[0] += busy_s
    gaps = [later - before for before, later in pairwise(sent)]
    assert gaps == pytest.approx([max(1.0, busy_s)] * 9)
