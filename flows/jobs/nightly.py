"""A night: fetch what is due from every source, then load it. Plain functions, without Prefect."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from flows.pipeline import extract, extract_mail
from flows.pipeline import load as loading
from flows.pipeline.captures import LandedCapture
from flows.pipeline.run import Run
from flows.settings import Settings
from tasks.http.rate_limit import Pace


@dataclass(frozen=True)
class Steps:
    """The steps of a night, so that a caller can wrap them."""

    plan: Callable[..., Any] = extract.plan
    fetch: Callable[..., Any] = extract.fetch_issue
    mail: Callable[..., Any] = extract_mail.fetch_mail
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

    A sweep looks back further, with its own budget of requests. An issue that is deferred because
    the budget is used up is an outcome, too.
    """
    budget = settings.sweep_requests if sweep else settings.max_requests
    pace = Pace(settings.max_requests_per_s, time.monotonic)
    landed: list[LandedCapture] = []
    for source in extract.enabled_sources(settings):
        fetcher = extract.open_fetcher(
            run, settings, source, max_requests=budget, sleep=sleep, pace=pace
        )
        with closing(fetcher.session):
            for planned in steps.plan(run, settings, source, sweep=sweep):
                if fetcher.is_spent:
                    extract.defer(run, fetcher, planned)
                elif found := steps.fetch(run, fetcher, planned):
                    landed.append(found)
    if settings.source(extract_mail.SOURCE).imap:
        landed += steps.mail(run, settings)
    run.add(steps.load(run, landed, batch_issues=settings.batch_issues))
