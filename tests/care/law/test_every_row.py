"""The proof that no row of the law lacks a test: the rows tested are the rows of the tables.

A test of a row takes it as its first parameter, `row`: the table, the key and the paragraph,
written by hand. This module collects them from the tests themselves.
"""

import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

from care.law.registry import all_rows

Row = tuple[str, str, str]


def rows_tested() -> set[Row]:
    """Return the rows that the tests of this folder are parametrized with."""
    here = Path(__file__)
    modules = [path for path in sorted(here.parent.glob("test_*.py")) if path != here]
    return {row for path in modules for row in rows_of(runpy.run_path(str(path)))}


def rows_of(names: dict[str, object]) -> Iterator[Row]:
    """Yield the values of `row` in the parametrized tests of a module."""
    for name, test in names.items():
        if not name.startswith("test_"):
            continue
        for mark in getattr(test, "pytestmark", []):
            argument, values = mark.args[:2]
            if argument == "row":
                yield from values
            elif argument[0] == "row":
                yield from (value[0] for value in values)


def test_every_row_has_a_test_that_names_its_paragraph() -> None:
    rows = {(row.table, row.key, row.statute) for row in all_rows()}

    tested = rows_tested()

    assert rows - tested == set(), "rows without a test"
    assert tested - rows == set(), "tests of rows that do not stand in the tables"


def test_a_row_has_its_own_key_and_a_paragraph() -> None:
    keys = [(row.table, row.key) for row in all_rows()]

    assert len(keys) == len(set(keys))
    assert all(row.statute for row in all_rows())


@pytest.mark.parametrize(
    "table",
    ["step", "neutral", "guard", "rule", "precondition", "duty", "term", "gate", "caution"],
)
def test_every_table_is_in_the_registry(table: str) -> None:
    assert table in {row.table for row in all_rows()}
