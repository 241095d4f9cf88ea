"""A column that comes later to a sealed log changes none of its sealed rows."""

from typing import Any

import pytest
from django.db import models
from django.db.models import NOT_PROVIDED

from care.sharing import sealing
from tenants.sealing.sealer import Log

# Columns that hold something in the rows that were sealed first. The list never changes: a leaf is
# the row without its empty columns, so whatever comes later must be empty in every row there is,
# and what is here may not be renamed or removed. Neither 0 nor false is empty.
FILLED = {
    "access": {
        "id", "owner", "activity", "common_ids", "staff_id", "staff_name", "assignment_id",
        "title", "unit_id", "unit_name", "purpose", "channel", "ground", "reason", "rows", "at",
        "recorded_at", "transaction",
    },
    "event": {
        "id", "common_id", "act", "at", "recorded_at", "origin", "unit_id", "actor_name",
        "actor_title", "body", "is_flagged", "transaction",
    },
}  # fmt: skip


def is_empty_before(field: "models.Field[Any, Any]") -> bool:
    """Tell whether a row that was there before the column gets nothing in it."""
    default: object = field.db_default
    if field.null:
        return default is NOT_PROVIDED and not field.has_default()
    return default == ""


@pytest.mark.parametrize("log", sealing.LOGS, ids=lambda it: it.name)
def test_a_column_that_comes_later_is_empty_in_the_rows_before_it(log: Log) -> None:
    fields = {it.column: it for it in log.model._meta.concrete_fields}

    assert fields.keys() >= FILLED[log.name]
    later = [it for name, it in fields.items() if name not in FILLED[log.name]]
    assert [it.column for it in later if not is_empty_before(it)] == []


def test_a_column_that_would_change_them_is_found() -> None:
    assert is_empty_before(models.CharField(db_default=""))
    assert is_empty_before(models.IntegerField(null=True))
    for it in (
        models.CharField(db_default="own"),
        models.CharField(default=""),  # written by the migration, and not by an older process
        models.BooleanField(db_default=False),
        models.IntegerField(db_default=0),
        models.IntegerField(null=True, db_default=0),
        models.IntegerField(null=True, default=0),
    ):
        assert not is_empty_before(it)
