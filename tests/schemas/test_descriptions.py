"""Every table description is coherent: what one part of it says, the others do not contradict."""

import re
from collections import Counter
from collections.abc import Callable

import pyarrow as pa
import pytest

from schemas import CORE, LEDGER, OPS, TABLES, Column, Table, by_name, rule_id
from schemas.core import ARXIV_ID, LINEAGE, PAPER_AUTHORS, PAPER_VERSIONS
from schemas.describe import describe
from schemas.rules import Absent, Between, Excludes, Length, Matches, NotNull, OneOf, Rule
from schemas.table import COUNT, DATE, FLAG, NUMBER, TEXT, TIME

EVERY_TABLE = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]
TYPE_BY_ENDING = {"_at": TIME, "_on": DATE, "_sha256": TEXT, "_id": TEXT, "_month": TEXT}
TYPE_BY_OPENING = {"n_": COUNT, "is_": FLAG, "has_": FLAG}
NAMES_BY_TYPE: dict[pa.DataType, str] = {TIME: r".+_at|as_of|valid_(from|to)", FLAG: "(is|has)_.+"}
NAMES_BY_TYPE[DATE] = r".+_on"
TYPES_BY_RULE: dict[type[Rule], tuple[pa.DataType, ...]] = {
    NotNull: (TEXT, COUNT, NUMBER, TIME, DATE, FLAG),
    Length: (TEXT,),
    Matches: (TEXT,),
    Excludes: (TEXT,),
    OneOf: (TEXT,),
    Between: (COUNT, NUMBER, TIME),
    Absent: (TEXT,),
}


def named(is_wrong: Callable[[Column], bool]) -> list[str]:
    """The columns a predicate is true of."""
    return [f"{table.full_name}.{column.name}" for table, column in COLUMNS if is_wrong(column)]


def column_of(table: Table, name: str) -> Column:
    return next(column for column in table.columns if column.name == name)


@EVERY_TABLE
def test_the_key_of_a_table_is_made_of_columns_that_are_never_null(table: Table) -> None:
    assert table.key
    nullable = {name for name in table.key if column_of(table, name).nullable}
    older = {"source", "witness"} if table in (PAPER_VERSIONS, PAPER_AUTHORS) else set()
    assert nullable == older, "only where rows of an older version have none"


@EVERY_TABLE
def test_a_partition_is_a_text_that_is_never_null(table: Table) -> None:
    if table.partition:
        assert column_of(table, table.partition).type == TEXT
        assert not column_of(table, table.partition).nullable


@pytest.mark.parametrize("table", CORE, ids=lambda table: table.full_name)
def test_every_core_row_ends_with_its_lineage(table: Table) -> None:
    assert LINEAGE == ("run_id", "payload_sha256", "record_index", "parser_version", "loaded_at")
    assert table.column_names[-len(LINEAGE) :] == LINEAGE


def test_a_name_that_promises_a_type_has_it() -> None:
    def promised(name: str) -> set[pa.DataType]:
        by_ending = {t for ending, t in TYPE_BY_ENDING.items() if name.endswith(ending)}
        return by_ending | {t for op, t in TYPE_BY_OPENING.items() if name.startswith(op)}

    assert named(lambda column: not promised(column.name) <= {column.type}) == []


def test_a_time_date_or_flag_says_so_in_its_name() -> None:
    assert named(lambda c: not re.fullmatch(NAMES_BY_TYPE.get(c.type, ".*"), c.name)) == []


def test_a_count_of_things_says_of_what_and_its_comment_repeats_it() -> None:
    assert named(lambda column: column.name.startswith("n_") and not column.unit) == []
    assert named(lambda column: (column.unit or "") not in column.comment) == []


def test_a_name_is_plain_lower_case() -> None:
    assert named(lambda c: not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", c.name)) == []


def test_every_column_is_explained_in_a_sentence() -> None:
    assert named(lambda column: not re.fullmatch(r"\S.{6,}[.…]", column.prose)) == []


@EVERY_TABLE
def test_every_table_is_explained_in_a_sentence(table: Table) -> None:
    assert len(table.prose) > 20
    assert table.prose.endswith(".")


@EVERY_TABLE
def test_no_column_stands_twice_in_a_table(table: Table) -> None:
    assert [name for name, n in Counter(table.column_names).items() if n > 1] == []


def test_the_same_name_has_the_same_type_everywhere() -> None:
    types: dict[str, set[str]] = {}
    for _, column in COLUMNS:
        types.setdefault(column.name, set()).add(str(column.type))
    twofold = {name for name, found in types.items() if len(found) > 1}
    assert twofold == {"status"}  # of an author, in the digest's words, and of an HTTP answer


def test_no_two_rules_have_the_same_id() -> None:
    ids = Counter(rule_id(t, column, rule) for t, column in COLUMNS for rule in column.checks)
    assert [name for name, n in ids.items() if n > 1] == []
    assert "core.listings.rank.between" in ids


def test_a_rule_stands_only_on_columns_it_can_judge() -> None:
    assert named(lambda c: any(c.type not in TYPES_BY_RULE[type(r)] for r in c.checks)) == []


def test_a_rule_says_in_words_what_it_asks() -> None:
    assert named(lambda column: not all(rule.sentence() for rule in column.checks)) == []


def test_a_pattern_is_a_regular_expression() -> None:
    for _, column in COLUMNS:
        for rule in column.rules:
            if isinstance(rule, Matches | Excludes):
                re.compile(rule.pattern)


def test_presence_is_checked_exactly_where_null_is_not_allowed() -> None:
    assert named(lambda c: [type(r) for r in c.checks].count(NotNull) != (not c.nullable)) == []
    assert named(lambda c: NotNull in map(type, c.rules)) == []


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2503.02130", True),
        ("0704.0001", True),
        ("hep-th/9901001", True),
        ("math.GT/0309136", True),
        ("2503.02130v2", False),
        ("250.02130", False),
        ("\uff12503.02130", False),
        ("title:0123456789abcdef", False),
    ],
)
def test_an_arxiv_id_is_of_one_of_two_forms_in_plain_digits(text: str, is_one: bool) -> None:
    assert bool(re.search(ARXIV_ID, text)) == is_one


@EVERY_TABLE
def test_a_description_for_people_names_every_column_with_its_type_and_rules(table: Table) -> None:
    text = describe(table)
    assert text.startswith(table.full_name)
    assert table.prose in text
    for column in table.columns:
        null = "" if column.nullable else " NOT NULL"
        pattern = rf"^  {column.name} +{re.escape(column.duckdb_type)}{null}$"
        assert re.search(pattern, text, re.MULTILINE), column.name
        assert column.comment in text
        assert all(f"must {rule.sentence()}, else" in text for rule in column.rules)


def test_a_key_that_is_no_column_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match=r"core\.things.*nothing"):
        Table("core", "things", "Things.", (Column("a", TEXT, "A."),), key=("nothing",))


def test_a_partition_that_is_no_column_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match=r"core\.things.*month"):
        Table("core", "things", "Things.", (Column("a", TEXT, "A."),), ("a",), partition="month")


def test_two_tables_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"two tables are called core\.issues"):
        by_name([*CORE, TABLES["core.issues"]])


def test_every_table_is_found_by_its_full_name_and_nowhere_twice() -> None:
    assert [TABLES[table.full_name] for table in (*CORE, *OPS)] == [*CORE, *OPS]
    assert set(LEDGER) <= set(OPS)
