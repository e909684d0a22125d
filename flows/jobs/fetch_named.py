"""Fetches issues that somebody named, now."""

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing

from flows.pipeline.captures import LandedCapture
from flows.pipeline.extract import fetch_issue, open_fetcher, with_newest_capture
from flows.pipeline.run import Run
from flows.settings import Settings
from tasks.calendar import Due
from tasks.http.client import Fetcher
from tasks.http.rate_limit import Pace
from tasks.parse.model import IssueRef
from tasks.sources import source_of


def fetched(run: Run, settings: Settings, issues: Iterable[IssueRef]) -> Iterator[LandedCapture]:
    """Fetch and land issues, those of a source over one session."""
    due = [Due(issue, "asked for") for issue in issues]
    pace = Pace(settings.max_requests_per_s, time.monotonic)
    fetchers: dict[str, Fetcher] = {}
    with ExitStack() as sessions:
        for planned in with_newest_capture(run, due):
            source = source_of(planned.due.issue)
            if source.name not in fetchers:
                fetchers[source.name] = open_fetcher(run, settings, source, pace=pace)
                sessions.enter_context(closing(fetchers[source.name].session))
            landed = fetch_issue(run, fetchers[source.name], planned)
            if landed:
                yield landed
