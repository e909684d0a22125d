"""What drifts is told, once and with the right weight; old issues loaded late raise no alarm."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tasks.parse.model import FieldSeen
from tasks.quality.drift import MOST_FIELDS, Drift, Fields, Sightings, drifted, merged, shares
from tasks.sources.huggingface.parse_api import API
from tests.support.bodies import body, item

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)


def seen(*items: Any, day: date = TODAY, n: int = 25, into: Sightings | None = None) -> Sightings:
    """What a run saw of `n` bodies that each hold these items."""
    sightings = into or Sightings()
    parsed = API.parse(body(*items))
    loaded = API.loaded_paths(found.path for found in parsed.fields_seen)
    for _ in range(n):
        sightings.add(parsed, loaded, NOW, day)
    return sightings


def on_record(*items: Any, **told: Any) -> Fields:
    return merged({}, seen(*items, **told))


def alarms(found: list[Drift]) -> list[tuple[str, str]]:
    return [(drift.path, drift.kind) for drift in found if drift.severity == "alarm"]


NEXT = TODAY + timedelta(days=1)
OLD = TODAY - timedelta(days=700)


def test_of_a_form_read_for_the_first_time_nothing_is_new() -> None:
    assert drifted({}, seen(item())) == []


def test_the_same_again_is_no_drift() -> None:
    assert drifted(on_record(item()), seen(item(), day=NEXT)) == []


def test_a_new_path_is_a_notice_and_told_once() -> None:
    known = on_record(item())
    run = seen(item(newThing="x"), item(newThing=None), day=NEXT)
    assert drifted(known, run) == [Drift("paper.newThing", "new", "notice", "text", 25)]
    assert drifted(merged(known, run), run) == []


def test_another_type_at_a_known_path_is_an_alarm() -> None:
    found = drifted(on_record(item()), seen(item(upvotes="3"), day=NEXT))
    assert found == [
        Drift("paper.upvotes", "type", "alarm", "text where integer was", 25),
        Drift("paper.upvotes", "converted", "notice", "text taken as count", 25),
    ]


def test_null_is_no_type_of_its_own() -> None:
    known = on_record(item(newThing=None))
    assert drifted(known, seen(item(upvotes=None, newThing=None), n=1, day=NEXT)) == []
    [told] = drifted(known, seen(item(newThing=5), day=NEXT))
    assert (told.severity, told.detail) == ("notice", "integer where null was")


def test_another_type_in_an_old_issue_is_how_things_were_and_no_alarm() -> None:
    found = drifted(on_record(item()), seen(item(upvotes="3"), day=OLD))
    assert alarms(found) == []
    assert ("paper.upvotes", "type") in [(drift.path, drift.kind) for drift in found]


def without(*keys: str) -> dict[str, Any]:
    made = item()
    return {**made, "paper": {k: v for k, v in made["paper"].items() if k not in keys}}


def test_a_loaded_path_that_is_gone_is_an_alarm_every_night_until_it_is_normal() -> None:
    known = on_record(item(), n=1_000)
    for night in range(1, 6):
        run = seen(without("upvotes"), day=TODAY + timedelta(days=night))
        found = drifted(known, run)
        known = merged(known, run)
        expected = night <= 3  # after 75 records without it, those with it are below 95 %
        assert bool(alarms(found)) == expected, night
        if night == 1:
            assert found == [
                Drift(
                    "paper.upvotes",
                    "vanished",
                    "alarm",
                    f"in 100% of records until {TODAY}",
                    25,
                )
            ]


def test_what_was_in_a_vanished_object_is_not_told_besides() -> None:
    known = on_record(item(authors=[{"name": "A", "hidden": False}]))
    assert alarms(drifted(known, seen(without("authors"), day=NEXT))) == [
        ("paper.authors", "vanished")
    ]


def test_a_path_that_became_null_everywhere_has_vanished() -> None:
    found = drifted(on_record(item()), seen(item(upvotes=None), day=NEXT))
    assert alarms(found) == [("paper.upvotes", "vanished")]


@pytest.mark.parametrize(
    ("known", "run"),
    [
        pytest.param(item(), {"n": 10}, id="too few records"),
        pytest.param(item(), {"day": OLD}, id="an old issue"),
        pytest.param(item(), {"day": TODAY - timedelta(days=1)}, id="the day before"),
    ],
)
def test_a_path_is_not_called_vanished_on_weak_evidence(known: Any, run: dict[str, Any]) -> None:
    run = {"day": NEXT, **run}
    assert drifted(on_record(known), seen(without("upvotes"), **run)) == []


def test_a_path_that_was_never_common_or_never_loaded_does_not_vanish() -> None:
    known = on_record(item(githubStars=1, newThing=1), *[item(newThing=1)] * 9)
    assert drifted(known, seen(item(), day=NEXT)) == []


def test_a_field_that_came_late_has_its_share_of_the_records_since() -> None:
    known = merged(on_record(item(), day=OLD, n=1_000), seen(item(ai_summary="s"), n=20))
    assert shares(known)["paper.ai_summary"] == 1.0
    assert shares(known)["paper.upvotes"] == 1.0
    assert alarms(drifted(known, seen(item(), day=NEXT))) == [("paper.ai_summary", "vanished")]
    assert drifted(known, seen(item(), day=OLD, n=500)) == []


def test_records_are_counted_and_not_values() -> None:
    two = item(authors=[{"name": "A"}, {"name": "B", "hidden": True}])
    known = on_record(two, item(), n=1)
    note = known[FieldSeen("paper.authors[].name", "text")]
    assert (note.n_seen, note.n_records, note.n_records_read) == (2, 1, 2)
    hidden = known[FieldSeen("paper.authors[].hidden", "boolean")]
    assert (hidden.n_seen, hidden.n_records) == (1, 1)


def test_sightings_of_runs_add_up() -> None:
    known = merged(on_record(item(), n=3), seen(item(), day=OLD, n=2))
    note = known[FieldSeen("paper.id", "text")]
    assert (note.n_seen, note.n_records) == (5, 5)
    assert (note.first_issued_on, note.last_issued_on) == (OLD, TODAY)


def test_a_flood_of_fields_is_bounded_and_told() -> None:
    many = {f"k{n}": n for n in range(5_000)}
    run = seen(item(**many), item(**{"x" * 1_000: 1}), n=1)
    known = merged(on_record(item()), run)
    assert len(known) <= MOST_FIELDS
    assert FieldSeen("paper.id", "text") in known
    assert ("", "flood") in alarms(drifted(on_record(item()), run))
