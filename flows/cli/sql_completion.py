"""Completion of SQL: names from the published file, and keywords."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import duckdb
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

_WORD = re.compile(r"[\w.]+")
_KEYWORDS = """
SELECT upper(keyword_name) FROM duckdb_keywords() WHERE keyword_category != 'unreserved' ORDER BY 1
"""
_COLUMNS = """
SELECT schema_name || '.' || table_name, list(column_name ORDER BY column_index)
FROM duckdb_columns() WHERE NOT internal GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class Words:
    """What can be completed: `columns` by the full name of their table or view."""

    columns: Mapping[str, list[str]]
    keywords: list[str]
    commands: tuple[str, ...] = ()


def words_of(connection: duckdb.DuckDBPyConnection, commands: tuple[str, ...]) -> Words:
    """The words of a database."""
    columns = dict(connection.execute(_COLUMNS).fetchall())
    return Words(columns, [word for (word,) in connection.execute(_KEYWORDS).fetchall()], commands)


def suggest(words: Words, text: str, word: str) -> list[str]:
    """Completions for `word`, the last word of `text` so far, the likeliest first.

    Columns are those of the tables that the text names, or of all tables while it names none.
    """
    if text.startswith("."):
        pool: Iterable[str] = words.columns if " " in text else words.commands
    else:
        of_table = "." in word
        pool = (*_columns_of(words, text, of_table), *words.columns, *words.keywords)
    start = word.casefold()
    return list(dict.fromkeys(found for found in pool if _begins(found, start)))


def _begins(found: str, start: str) -> bool:
    """Whether a name begins with `start`, with its schema or without."""
    return found.casefold().startswith(start) or found.partition(".")[2].startswith(start or "?")


def _columns_of(words: Words, text: str, of_table: bool) -> Iterator[str]:
    """Columns, with their table's name before them if the word so far has a dot."""
    typed = set(_WORD.findall(text))
    named = {table for table in words.columns if table in typed}
    for table, columns in words.columns.items():
        if named and table not in named:
            continue
        opening = f"{table.partition('.')[2]}." if of_table else ""
        yield from (f"{opening}{column}" for column in columns)


class Names(Completer):
    """The completer of the prompt."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - the base class names it
    ) -> Iterator[Completion]:
        """The suggestions for the word before the cursor."""
        text = document.text_before_cursor.lstrip()
        pattern = re.compile(r"\S+") if text.startswith(".") else _WORD
        word = document.get_word_before_cursor(pattern=pattern)
        for found in suggest(self._words, document.text.lstrip(), word):
            yield Completion(found, start_position=-len(word))
