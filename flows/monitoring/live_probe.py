"""Probes a live source with one request, or two if it has a second format: whether it answers,
sends validators and its quota, and whether both formats list the same papers.

Nothing is landed, loaded or recorded.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta

from flows.monitoring.doctor import Check
from flows.pipeline.extract import enabled_sources, fetcher_of
from flows.pipeline.run import Clock, utc_now
from flows.settings import Settings
from tasks.errors import FetchError
from tasks.http.client import Attempt, Fetched, Fetcher, Policy
from tasks.http.proxies import proxy_for
from tasks.http.rate_limit import Allowance
from tasks.http.response import VALIDATORS
from tasks.parse.model import IssueRef
from tasks.sources import Source

_LOOKED_BACK = timedelta(days=10)
_FIX = "open the address in a browser; if it works there, wait and try again"


def probe(
    settings: Settings,
    *,
    now: Clock = utc_now,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Check]:
    """The checks of each enabled source."""
    for source in enabled_sources(settings):
        issue = _settled_issue(source, now())
        if issue is None:
            yield Check(f"live {source.name}", "has no calendar to choose an issue from")
            continue
        yield from _probe_source(settings, source, issue, now, sleep)


def _settled_issue(source: Source, now: datetime) -> IssueRef | None:
    """The newest issue of a day that is over, so that its list does not change during the probe."""
    if source.expected is None or source.newest_day is None:
        return None
    yesterday = source.newest_day(now) - timedelta(days=1)
    expected = source.expected(yesterday - _LOOKED_BACK, yesterday)
    return max(expected, key=lambda issue: str(issue.begins_on), default=None)


def _probe_source(
    settings: Settings,
    source: Source,
    issue: IssueRef,
    now: Clock,
    sleep: Callable[[float], None],
) -> Iterator[Check]:
    policy = Policy(
        settings.user_agent,
        max_tries=1,
        max_wait_s=settings.max_wait_s,
        max_per_s=settings.max_requests_per_s,
    )
    attempts: list[Attempt] = []
    name = f"live {source.name}"
    fetcher = fetcher_of(settings, source, policy, attempts.append, now=now, sleep=sleep)
    with closing(fetcher.session):
        try:
            pages = fetcher.fetch(issue) or []
        except FetchError as error:
            yield Check(name, str(error), _fix(fetcher.base_url))
            return
        listed = _papers(source, pages)
        yield Check(
            name, f"{issue}: {len(listed)} papers in {attempts[0].duration_s:.1f} s, as expected"
        )
        yield Check(f"{name} validators", _validators(pages[0]))
        yield Check(f"{name} quota", _quota(fetcher.limiter.learned))
        yield from _compare(fetcher, issue, listed)


def _fix(base_url: str) -> str:
    """What to do about a source that does not answer."""
    return "try the address with `curl`, which uses the same proxy" if proxy_for(base_url) else _FIX


def _papers(source: Source, pages: Sequence[Fetched]) -> set[str]:
    parsed = [source.format(page.format).parse(page.content) for page in pages]
    return {record.arxiv_id or record.title for body in parsed for record in body.records}


def _validators(page: Fetched) -> str:
    sent = [name for name in VALIDATORS if name in page.headers]
    if not sent:
        return "none sent: unchanged issues are recognised by their content"
    return f"{' and '.join(sent)} sent: requests for known issues are conditional"


def _quota(learned: dict[str, Allowance]) -> str:
    if not learned:
        return "no RateLimit header: only Retry-After and our own least interval apply"
    return ", ".join(
        f"{bucket}: {allowance.left} of {allowance.quota or 'an unknown number'} left "
        f"for {allowance.seconds:.0f} s"
        for bucket, allowance in learned.items()
    )


def _compare(fetcher: Fetcher, issue: IssueRef, listed: set[str]) -> Iterator[Check]:
    """Whether the second format lists the same papers as the first."""
    ask = fetcher.source.request
    otherwise = ask(issue).otherwise if ask else None
    if otherwise is None:
        return
    name = f"live {fetcher.source.name} {otherwise.format}"
    try:
        pages = fetcher.fetch(issue, request=otherwise) or []
    except FetchError as error:
        yield Check(name, str(error), _fix(fetcher.base_url))
        return
    there = _papers(fetcher.source, pages)
    if there == listed:
        yield Check(name, f"lists the same {len(there)} papers")
        return
    odd = ", ".join(sorted(there ^ listed)[:5])
    found = f"lists {len(there)} papers; {len(there ^ listed)} are in one format only: {odd}"
    yield Check(name, found, "compare both; nightly runs continue to use the first format")
