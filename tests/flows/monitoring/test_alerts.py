"""What gives cause for a message, and what does not."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flows.monitoring import alerts
from flows.pipeline.report import FoundDrift, IssueOutcome, RunReport

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)


def report(*outcomes: str, drift: tuple[FoundDrift, ...] = ()) -> RunReport:
    found = tuple(
        IssueOutcome(f"huggingface:daily:2026-11-{n:02}", NOW, outcome, reason=f"because {n}")
        for n, outcome in enumerate(outcomes, 10)
    )
    return RunReport("run", "nightly", NOW, NOW, found, {}, 1, (), drift)


def causes(found: list[alerts.Alert]) -> list[str]:
    return [alert.cause for alert in found]


def test_a_night_without_trouble_gives_no_cause() -> None:
    assert alerts.of_run(report("settled", "unchanged", "partial", "empty", "left")) == []
    assert alerts.of_missed_objectives([]) == []


def test_trouble_is_told_by_its_cause_with_every_issue() -> None:
    assert causes(alerts.of_run(report("unfetched", "broken"))) == ["run failed"]
    (partial,) = alerts.of_run(report("settled", "unfetched"))
    assert (partial.cause, partial.lines) == (
        "run partial",
        ("huggingface:daily:2026-11-11: unfetched: because 11",),
    )
    assert "docs/operations.md" in partial.text()


def test_a_night_whose_only_trouble_is_held_issues_is_told_once() -> None:
    (held,) = alerts.of_run(report("settled", "held"))
    assert (held.cause, held.page) == ("issues held", "docs/quality.md")
    assert causes(alerts.of_run(report("held", "broken", "settled"))) == [
        "run partial",
        "issues held",
    ]


def test_drift_gives_cause_when_it_is_an_alarm() -> None:
    noticed = FoundDrift("huggingface", "api", "paper.new", "new", "notice", "", 3)
    alarm = FoundDrift("huggingface", "api", "paper.upvotes", "gone", "alarm", "", 3)
    assert alerts.of_run(report("settled", drift=(noticed,))) == []
    assert causes(alerts.of_run(report("settled", drift=(alarm, noticed)))) == ["drift"]


def run(outcome: str, *, hours_ago: float) -> dict[str, Any]:
    ended = NOW - timedelta(hours=hours_ago)
    return {"outcome": outcome, "ended_at": None if outcome == "running" else ended}


def test_silence_is_that_no_run_has_ended_for_so_long() -> None:
    assert causes(alerts.of_silence([], NOW, 26)) == ["silent"]
    assert causes(alerts.of_silence([run("ok", hours_ago=26)], NOW, 26)) == ["silent"]
    assert alerts.of_silence([run("ok", hours_ago=25.9), run("ok", hours_ago=90)], NOW, 26) == []
    assert alerts.of_silence([run("failed", hours_ago=1)], NOW, 26) == []


def test_a_run_that_was_killed_or_hangs_breaks_no_silence() -> None:
    ended = [run("crashed", hours_ago=1), run("running", hours_ago=1), run("ok", hours_ago=40)]
    (silent,) = alerts.of_silence(ended, NOW, 26)
    assert "since 2026-11-18 14:00 UTC" in silent.lines[0]


def test_a_message_says_how_much_it_leaves_out() -> None:
    (long,) = alerts.of_missed_objectives([f"promise {n}" for n in range(50)])
    assert "and 30 more" in long.text()
