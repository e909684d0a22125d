"""A night: from every source what is due, then one load. Plain functions; Prefect is elsewhere."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from flows import fetching, loading
from flows.run import Run
from flows.settings import Settings
from flows.taking import Taken


@dataclass(frozen=True)
class Steps:
    """The steps of a night, so that whoever runs it can wrap them."""

    plan: Callable[..., Any] = fetching.plan
    fetch: Callable[..., Any] = fetching.fetch_issue
    load: Callable[..., Any] = loading.load


def night(
    run: Run,
    settings: Settings,
    steps: Steps = Steps(),
    *,
    sweep: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Fetch what is due and load it; outcomes and changes are added to the run.

    A sweep looks back further, on a budget of its own. What a budget leaves is an outcome too.
    """
    budget = settings.sweep_requests if sweep else settings.max_requests
    taken: list[Taken] = []
    for source in fetching.enabled_sources(settings):
        fetcher = fetching.open_fetcher(run, settings, source, max_requests=budget, sleep=sleep)
        with closing(fetcher.session):
            for planned in steps.plan(run, settings, source, sweep=sweep):
                if fetcher.is_spent:
                    fetching.leave(run, fetcher, planned)
                elif found := steps.fetch(run, fetcher, planned):
                    taken.append(found)
    steps.load(run, taken, batch_issues=settings.batch_issues)
