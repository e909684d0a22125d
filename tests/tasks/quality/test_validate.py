"""Rules of the descriptions, checked by the real Great Expectations."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from schemas import CORE, Column, Table
from schemas.rules import Between, Excludes, Length, Matches, OneOf, Rule
from schemas.table import COUNT, TEXT, TIME
from tasks.errors import ExpectationError
from tasks.merge.premade import CANDIDATE
from tasks.quality.validate import Verdict, great_expectations, validate
from tests.support.told import untold

DAWN, DUSK = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
DIGITS = Matches(pattern=r"^[0-9]{4}$", meaning="four digits")
NO_CONTROL = Excludes(pattern=r"[\x00-\x08]", meaning="control characters")


def table_of(*columns: Column) -> Table:
    return Table("core", "things", "Things.", columns, key=(columns[0].name,))


def checked(table: Table, **columns: list[Any]) -> Verdict:
    """The verdict on rows of a table, numbered in order."""
    rows = table.rows(columns)
    numbers = pa.array(range(rows.num_rows), pa.int64())
    return validate({table: rows.append_column(CANDIDATE, numbers)})


def judged(kind: pa.DataType, rule: Rule, *values: Any) -> list[bool]:
    """Whether each value is rejected by the rule."""
    verdict = checked(table_of(Column("value", kind, "A value.", rules=(rule,))), value=[*values])
    return [place in verdict.rejected for place in range(len(values))]


@pytest.mark.parametrize(
    ("kind", "rule", "good", "bad"),
    [
        (TEXT, Length(least=2, most=3), ["ab", "äöü", "😀😀"], ["a", "abcd", ""]),
        (TEXT, DIGITS, ["2026"], ["202", "20266", "2O26", "\uff12026", ""]),
        (TEXT, NO_CONTROL, ["a\tb", ""], ["a\x00b", "\x08"]),
        (TEXT, OneOf(values=("new", "cross")), ["new", "cross"], ["New", "", "new "]),
        (COUNT, Between(least=1, most=5), [1, 5], [0, 6, -(2**63)]),
        (COUNT, Between(least=1), [1, 2**62], [0]),
        (COUNT, Between(most=5), [5, -1], [6]),
        (TIME, Between(least=DAWN, most=DUSK), [DAWN, DUSK], [datetime(1, 1, 1, tzinfo=UTC)]),
    ],
    ids=lambda value: value.kind if isinstance(value, Rule) else "",
)
def test_a_rule_rejects_what_breaks_it_and_neither_more_nor_null(
    kind: pa.DataType, rule: Rule, good: list[Any], bad: list[Any]
) -> None:
    expected = [False] * (len(good) + 1) + [True] * len(bad)
    assert judged(kind, rule, *good, None, *bad) == expected
    assert judged(kind, rule, None, None) == [False, False]


def test_null_is_rejected_where_a_value_must_be_present() -> None:
    table = table_of(Column("value", COUNT, "A value.", nullable=False, rules=(Between(least=0),)))
    verdict = checked(table, value=[0, None])
    assert verdict.rejected == {1}
    (broken,) = verdict.broken[1]
    assert untold(broken.sentence, "value", "present", "missing") == []


def test_every_rule_a_row_breaks_is_reported_with_the_value_in_words() -> None:
    rules = (Length(least=4, most=9), DIGITS, NO_CONTROL)
    table = table_of(
        Column("word", TEXT, "A word.", rules=rules),
        Column("rank", COUNT, "A rank.", rules=(Between(least=1),)),
    )
    verdict = checked(table, word=["\x00", "2026"], rank=[-1, 1])
    assert {rule.rule_id for rule in verdict.broken[0]} == {
        "core.things.word.length",
        "core.things.word.matches",
        "core.things.word.excludes",
        "core.things.rank.between",
    }
    sentences = {rule.rule_id: rule.sentence for rule in verdict.broken[0]}
    assert untold(sentences["core.things.rank.between"], "rank", "1", "-1") == []
    assert untold(sentences["core.things.word.matches"], "word", "four digits", "'\\x00'") == []
    assert 1 not in verdict.broken


def test_more_bad_rows_than_great_expectations_lists_are_all_reported() -> None:
    assert judged(COUNT, Between(most=0), *range(1, 1_001)) == [True] * 1_000


def test_rows_are_named_by_their_candidate_and_not_by_their_place() -> None:
    table = table_of(Column("value", TEXT, "A value.", rules=(DIGITS,)))
    rows = table.rows({"value": ["x", "2026", "y"]})
    numbered = rows.append_column(CANDIDATE, pa.array([40, 41, 7], pa.int64()))
    assert validate({table: numbered}).rejected == {40, 7}


def test_a_warning_is_reported_and_rejects_nothing() -> None:
    rule = Matches(pattern="^http", meaning="a URL", severity="warn")
    verdict = checked(table_of(Column("value", TEXT, "A value.", rules=(rule,))), value=["x"])
    assert verdict.rejected == set()
    assert verdict.broken[0][0].severity == "warn"
    assert verdict.results[0].n_broken == 1


def test_the_result_of_every_rule_is_reported_also_when_it_is_met() -> None:
    table = table_of(Column("value", TEXT, "A value.", nullable=False, rules=(DIGITS,)))
    results = checked(table, value=["2026", "x", None]).results
    found = {r.rule_id: (r.n_checked, r.n_broken, r.threshold) for r in results}
    assert found == {
        "core.things.value.notnull": (3, 1, "be present"),
        "core.things.value.matches": (3, 1, "be four digits"),
    }


@pytest.mark.parametrize(
    ("kind", "rule", "value"),
    [
        (TEXT, Matches(pattern="(", meaning="never"), "x"),
        (TEXT, Between(least=1), "x"),
    ],
)
def test_a_rule_that_cannot_be_evaluated_is_an_error_and_says_nothing_about_the_data(
    kind: pa.DataType, rule: Rule, value: Any
) -> None:
    with pytest.raises(ExpectationError, match=r"core\.things\.value\.\w+ could not be evaluated"):
        judged(kind, rule, value)


def test_nothing_to_check_is_no_error() -> None:
    empty = {t: t.empty().append_column(CANDIDATE, pa.array([], pa.int64())) for t in CORE}
    assert validate(empty) == Verdict({}, ())
    assert validate({}) == Verdict({}, ())


def test_a_table_without_rules_is_passed() -> None:
    assert checked(table_of(Column("value", TEXT, "A value.")), value=["x"]) == Verdict({}, ())


def test_no_checksum_is_made_of_what_is_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a checksum was made")

    great_expectations()
    monkeypatch.setattr("pandas.util.hash_pandas_object", fail)
    assert judged(TEXT, DIGITS, "2026", "26") == [False, True]
