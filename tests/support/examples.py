"""How long Hypothesis searches where each example is a load."""

import os

from hypothesis import HealthCheck, Phase, settings

FEW = settings(
    max_examples=int(os.environ.get("PAPERHOUSE_TEST_EXAMPLES", "3")),
    phases=[Phase.generate],  # shrinking a failure takes minutes: each step writes real tables
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""Few, because each merges into real tables; set the variable to search longer."""
