"""Migrations have a name, one successor and a way back, and do not hang on the product's code."""

import ast
import re

import pytest
from architecture import house
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader

NAME = re.compile(r"\d{4}_(?!auto_|initial$)[a-z][a-z0-9_]*[a-z0-9]")
# Written by Django: a function that the database calls by default, and the first value of a state.
KNOWN_IMPORTS = {
    "platform/care/inbox/migrations/0001_the_first_tables.py": {"care.inbox.models"},
    "platform/care/cases/migrations/0001_the_first_tables.py": {"care.law.discharge"},
    "platform/care/cases/migrations/0003_number_the_transaction_of_each_event.py": {"tenants.rows"},
    "platform/care/sharing/migrations/0005_log_what_storelog_asks.py": {"tenants.rows"},
}

FILES = [
    path
    for path in house.sources(migrations=True)
    if path.parent.name == "migrations" and path.name != "__init__.py"
]
LOADER = MigrationLoader(None)
OURS = {
    key: migration
    for key, migration in LOADER.disk_migrations.items()
    if type(migration).__module__.split(".")[0] in {"care", "billing", "tenants"}
}


def ways_back(migration: Migration) -> list[str]:
    """Return the operations of a migration that cannot be undone."""
    return [
        str(it)
        for it in migration.operations
        if not it.reversible
        or (isinstance(it, RunPython) and it.reverse_code is None)
        or (isinstance(it, RunSQL) and it.reverse_sql is None)
    ]


def imported(source: str) -> set[str]:
    """Return what a source imports of the product."""
    tree = ast.parse(source)
    names = {
        it.name for node in ast.walk(tree) if isinstance(node, ast.Import) for it in node.names
    }
    names |= {it.module or "" for it in ast.walk(tree) if isinstance(it, ast.ImportFrom)}
    return {
        name for name in names if name.split(".")[0] in {"care", "portal", "project", "tenants"}
    }


def test_there_are_migrations_to_look_at() -> None:
    assert len(FILES) == len(OURS) > 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_a_migration_says_what_it_does(path: object) -> None:
    assert NAME.fullmatch(getattr(path, "stem", ""))


def test_names_that_say_nothing_would_be_found() -> None:
    names = ["0001_initial", "0002_auto_20261124_1801", "0003", "0004_say_what"]

    assert [name for name in names if NAME.fullmatch(name)] == ["0004_say_what"]


def test_every_app_has_one_last_migration() -> None:
    leaves = [app for app, _ in LOADER.graph.leaf_nodes()]

    assert len(leaves) == len(set(leaves))


@pytest.mark.parametrize("key", sorted(OURS), ids=lambda key: f"{key[0]}-{key[1][:4]}")
def test_a_migration_can_be_undone(key: tuple[str, str]) -> None:
    assert ways_back(OURS[key]) == []


def test_one_that_cannot_be_undone_would_be_found() -> None:
    class Lossy(Migration):
        operations = [RunPython(lambda apps, editor: None)]

    assert len(ways_back(Lossy("0009_lossy", "cases"))) == 1


def test_a_migration_imports_nothing_of_the_product() -> None:
    found = {
        str(path.relative_to(house.ROOT)): it
        for path in FILES
        if (it := imported(house.text_of(path)))
    }

    assert found == KNOWN_IMPORTS
