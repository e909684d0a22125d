"""One value says how a run went; every way of printing it says the same."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from flows.pipeline.report import IssueOutcome, RunReport
from schemas import Change
from tasks.quality.validate import RuleResult
from tests.support.told import untold

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)


def issue(key: str, outcome: str, reason: str | None = None) -> IssueOutcome:
    made = IssueOutcome(f"huggingface:daily:{key}", NOW, outcome, "0" * 64, reason=reason)
    if outcome in {"settled", "partial"}:
        return replace(made, n_parsed=10, n_accepted=7, n_quarantined=2, n_duplicate=1)
    return made


def report(*outcomes: IssueOutcome, snapshot: int | None = None) -> RunReport:
    changes = {"core.listings": Change(1200, 3)} if snapshot else {}
    return RunReport("run-1", "nightly", NOW, NOW, outcomes, changes, snapshot)


GOOD, QUIET = issue("2026-11-20", "settled"), issue("2026-11-19", "unchanged")
FAULTS = [issue("2026-11-18", word, "expected a list") for word in ("held", "broken", "unfetched")]


@pytest.mark.parametrize(
    ("made", "outcome", "exit_code"),
    [
        (report(), "unchanged", 0),
        (report(QUIET), "unchanged", 0),
        (report(GOOD, QUIET, snapshot=2), "ok", 0),
        (report(issue("2026-11-20", "partial"), snapshot=2), "ok", 0),
        (report(issue("2026-11-20", "empty"), snapshot=2), "ok", 0),
        *((report(GOOD, fault, snapshot=2), "partial", 3) for fault in FAULTS),
        *((report(QUIET, fault), "partial", 3) for fault in FAULTS),
        *((report(fault), "failed", 1) for fault in FAULTS),
        (report(*FAULTS), "failed", 1),
    ],
)
def test_the_outcome_and_the_exit_code_follow_from_what_became_of_the_issues(
    made: RunReport, outcome: str, exit_code: int
) -> None:
    assert (made.outcome, made.exit_code) == (outcome, exit_code)
    assert made.headline().startswith(f"nightly {outcome}: ")


def test_the_headline_counts_issues_and_says_what_was_written() -> None:
    made = report(GOOD, QUIET, *FAULTS, snapshot=2)
    counts = [f"1 {name}" for name in ("broken", "held", "settled", "unchanged", "unfetched")]
    assert untold(made.headline(), "nightly partial", *counts, "snapshot 2") == []
    assert untold(report().headline(), "nightly unchanged", "none due", "no snapshot") == []


def test_the_headline_counts_an_issue_once_however_many_of_its_captures_were_handled() -> None:
    looks = [issue("2026-11-18", "withdrawn") for _ in range(3)]
    looks += [issue("2026-11-19", word) for word in ("held", "settled", "settled")]
    assert untold(report(*looks).headline(), "issues: 1 held, 1 settled, 1 withdrawn;") == []


@pytest.mark.parametrize("word", ["held", "withdrawn"])
def test_the_records_of_issues_kept_out_are_counted_as_such(word: str) -> None:
    kept_out = replace(issue("2026-11-18", word, "why"), n_parsed=9)
    (line,) = [found for found in report(GOOD, kept_out).lines() if "parsed" in found]
    told = ("19 parsed = 7 accepted", "2 quarantined", "1 duplicate", "9 of issues kept out")
    assert untold(line, *told) == []


def test_the_lines_tell_records_changes_warnings_and_each_fault() -> None:
    rule = RuleResult("core.listings.thumbnail_url.matches", "warn", "be a URL", 1000, 2)
    made = RunReport(
        "run-1",
        "nightly",
        NOW,
        NOW,
        (GOOD, *FAULTS),
        {"core.listings": Change(1200, 3)},
        2,
        (rule,),
    )
    facts = (
        ("10 parsed", "7 accepted", "2 quarantined", "1 duplicate"),
        ("core.listings", "1,200 added", "3 changed"),
        ("warning", rule.rule_id, "2", "1,000 rows", "be a URL"),
        *((fault.outcome, fault.issue_id, str(fault.reason)) for fault in FAULTS),
        ('`paperhouse issues release ID --why "…"`', "held"),
    )
    for line, told in zip(made.lines()[1:], facts, strict=True):
        assert untold(line, *told) == []


def test_the_fault_line_is_one_short_line() -> None:
    long = issue("2026-11-18", "broken", "x" * 5000)
    assert report(GOOD).fault_line() is None
    line = report(GOOD, long, FAULTS[0]).fault_line()
    assert line is not None
    assert untold(line, "2 not loaded", "huggingface:daily:2026-11-18") == []
    assert "xxx" in line
    assert len(line) < 300


def test_the_report_for_machines_is_json_and_has_the_outcome_and_every_issue() -> None:
    made = json.loads(json.dumps(report(GOOD, FAULTS[0], snapshot=2).as_json()))
    assert (made["outcome"], made["exit_code"], made["snapshot"]) == ("partial", 3, 2)
    assert made["changes"] == {"core.listings": {"added": 1200, "changed": 3, "removed": 0}}
    assert [o["issue_id"] for o in made["outcomes"]] == [GOOD.issue_id, FAULTS[0].issue_id]
    assert datetime.fromisoformat(made["outcomes"][0]["captured_at"]) == NOW


HOSTILE = "<script>alert(1)</script> | [click](javascript:x) **bold** `code` _em_ ![i](u)\n# Title"


def test_text_from_a_digest_never_becomes_markup_of_the_report() -> None:
    markdown = report(issue("2026-11-18", "broken", HOSTILE), snapshot=2).markdown()
    assert "<script" not in markdown
    assert "\n# Title" not in markdown
    for mark in ("[click]", "**bold**", "`code`", "_em_", " | [", "![i]"):
        assert mark not in markdown
    (row,) = [line for line in markdown.splitlines() if line.startswith("| huggingface")]
    assert row.replace("\\|", "").count("|") == 7


def test_a_hostile_file_name_is_text_too() -> None:
    fault = IssueOutcome("/tmp/<img src=x>|\n`a`.json", NOW, "broken", reason="no")  # noqa: S108
    markdown = report(fault).markdown()
    assert "<img" not in markdown
    assert sum(line.startswith("| ") for line in markdown.splitlines()) == 2


def test_the_markdown_of_an_empty_run_has_a_headline_and_an_empty_table() -> None:
    markdown = report().markdown()
    assert markdown.startswith("**nightly unchanged")
    assert "none due" in markdown
    assert markdown.endswith("|---|---|---:|---:|---:|---|")
