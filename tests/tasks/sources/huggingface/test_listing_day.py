"""What an item says about the day of its listing, and that no real day is doubted."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from schemas.profiles import LEAST_ON_DAY
from tasks.parse.model import IssueRef, Listed, ParsedBody
from tasks.quality.listing_days import Agreement, agreement, listing_days, support
from tasks.sources.huggingface.listing_day import listed_by_stored
from tasks.sources.huggingface.parse_api import API
from tasks.sources.huggingface.parse_page import PAGE
from tests.support.bodies import body, hydrated, item
from tests.support.folders import digests

DAY = timedelta(days=1)
PUBLISHED = "2024-05-01T10:00:00.000Z"


def old_item(item_at: str, published_at: str = PUBLISHED) -> dict[str, Any]:
    """An item as written until March 2025: its own `publishedAt` is when it was listed."""
    return item(publishedAt=published_at) | {"publishedAt": item_at}


def new_item(submitted: str, item_at: str = "2024-05-01T06:00:00.000Z") -> dict[str, Any]:
    """An item as written since: `submittedOnDailyAt` is when it was listed."""
    return item(publishedAt=PUBLISHED, submittedOnDailyAt=submitted) | {"publishedAt": item_at}


def listed(*items: dict[str, Any]) -> list[Listed | None]:
    """The listing days in a body of the API, which the page with the same data has, too."""
    found = [record.listed for record in API.parse(body(*items)).records]
    assert found == [record.listed for record in PAGE.parse(hydrated(list(items))).records]
    return found


@pytest.mark.parametrize(
    ("submitted", "day"),
    [
        ("2025-08-05T00:00:00.000Z", date(2025, 8, 5)),
        ("2025-08-05T23:59:59.999Z", date(2025, 8, 5)),
        ("2025-08-04T22:30:00-04:00", date(2025, 8, 5)),
    ],
)
def test_submitted_on_daily_at_names_its_utc_date_exactly(submitted: str, day: date) -> None:
    assert listed(new_item(submitted)) == [Listed(day, (day,))]


def test_it_decides_whatever_the_items_own_time_is() -> None:
    found = listed(new_item("2024-05-06T04:00:00.000Z", item_at="2024-05-03T04:00:00.000Z"))
    assert found == [Listed.exactly(date(2024, 5, 6))]


@pytest.mark.parametrize(("hour", "day"), [(4, 6), (20, 6), (21, 7), (23, 7)])
def test_an_old_items_time_is_on_the_day_or_the_one_before_and_after_21_h_most_likely_that(
    hour: int, day: int
) -> None:
    within = (date(2024, 5, 6), date(2024, 5, 7))
    found = listed(old_item(f"2024-05-06T{hour:02}:00:00.000Z"))
    assert found == [Listed(date(2024, 5, day), within)]


@pytest.mark.parametrize(
    ("item_at", "published_at"),
    [
        pytest.param("2025-08-05T06:00:00Z", "2025-08-05T10:00:00Z", id="arXiv's, summer"),
        pytest.param("2025-12-05T05:00:00Z", "2025-12-05T10:00:00Z", id="arXiv's, winter"),
        pytest.param("2024-05-06T06:00:00Z", "2024-05-06T10:00:00Z", id="arXiv's, an old paper"),
        pytest.param("2024-05-06T10:00:00Z", "2024-05-06T10:00:00Z", id="arXiv's, not shifted"),
        pytest.param("2024-05-06T07:00:00Z", "2024-05-06T10:00:00Z", id="before it was published"),
        pytest.param("2025-03-11T07:00:00Z", "2025-03-10T10:00:00Z", id="since March 2025"),
        pytest.param("9999-12-31T23:59:59Z", "2024-05-01T10:00:00Z", id="the end of time"),
    ],
)
def test_an_items_time_that_is_not_its_listings_is_no_evidence(
    item_at: str, published_at: str
) -> None:
    assert listed(old_item(item_at, published_at)) == [None]


def test_an_item_without_times_is_no_evidence() -> None:
    assert listed(item(), item() | {"publishedAt": "2024-05-06T04:00:00.000Z"}) == [None, None]


def test_a_stored_time_is_exact_where_it_cannot_be_an_items_own() -> None:
    before, after = (datetime(2025, 3, day, 23, tzinfo=UTC) for day in (10, 11))
    assert listed_by_stored(after) == Listed.exactly(date(2025, 3, 11))
    within = (date(2025, 3, 10), date(2025, 3, 11))
    assert listed_by_stored(before) == Listed(date(2025, 3, 11), within)


class RealDay(NamedTuple):
    """A real list and the date it is of."""

    name: str
    day: date
    parsed: ParsedBody

    def agreement(self, days_later: int = 0) -> Agreement:
        return agreement(self._issue(days_later), listing_days(self.parsed.records))

    def support(self, days_later: int = 0) -> int:
        return support(self._issue(days_later), listing_days(self.parsed.records))

    def _issue(self, days_later: int) -> IssueRef:
        return IssueRef("huggingface", "daily", str(self.day + days_later * DAY))


def real_days() -> Iterator[RealDay]:
    folder = digests("huggingface")
    files = [*folder.glob("api/*.json"), *folder.glob("refetch/*.json"), *folder.glob("html/20*")]
    for file in files:
        read = (PAGE if file.suffix == ".html" else API).parse
        yield RealDay(_name(file), date.fromisoformat(file.stem), read(file.read_bytes()))


def _name(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def test_no_record_of_a_real_day_disagrees_with_its_date() -> None:
    n_known = n_without = 0
    for real in real_days():
        days = real.agreement()
        assert days.n_agreeing == days.n_known, real.name
        n_known += days.n_known
        n_without += len(real.parsed.records) - days.n_known
    assert n_known > 4_600
    assert n_without < 200


def test_every_real_day_under_another_date_is_held_or_its_bytes_go_to_its_own() -> None:
    """The items' own times of before March 2025 cannot disprove the date before or after theirs,
    and theirs may be the day before the list's."""
    for real in real_days():
        if real.agreement().n_known:
            for later in (-9, -3, -2, -1, 1, 2, 9):
                share = real.agreement(later).share
                is_held = share is not None and share < LEAST_ON_DAY
                is_weak = real.day < date(2025, 3, 11) and later in (-2, -1, 1)
                assert is_held or is_weak, (real.name, later)
                assert real.support(later) < real.support() / 4, (real.name, later)


def test_a_real_days_data_is_read_alike_from_json_and_page() -> None:
    for file in digests("huggingface").glob("api/202*-01.json"):
        items = json.loads(file.read_bytes())
        days = [record.listed for record in API.parse(file.read_bytes()).records]
        assert days == [record.listed for record in PAGE.parse(hydrated(items)).records]
