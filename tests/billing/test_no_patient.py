"""The joint board's cost module cannot see a patient: not by import, not by table, not by right."""

import re
from dataclasses import fields

import psycopg
import pytest
from cast import REGION
from django.apps import apps

from billing.liability.course import ItemCourse
from billing.liability.disputes import ItemObjected
from billing.liability.port import DayRate, LiabilityItem

BOOKS = list(apps.get_app_config("billing").get_models())
# What would tell of somebody in care. The people of the books are officers, by name.
OF_A_PATIENT = re.compile(
    r"individual|patient|person|case|common_id|personnummer|identity|protection|contribution"
    r"|message|consent|ward|hsa"
)


@pytest.mark.parametrize("model", BOOKS, ids=lambda it: it.__name__)
def test_no_table_has_a_column_of_a_patient(model: type) -> None:
    named = [field.name for field in model._meta.get_fields()]  # type: ignore[attr-defined]
    assert [it for it in named if OF_A_PATIENT.search(it)] == []


@pytest.mark.parametrize("model", BOOKS, ids=lambda it: it.__name__)
def test_no_table_refers_to_one_outside_the_books(model: type) -> None:
    referred = {
        field.related_model._meta.app_label
        for field in model._meta.get_fields()  # type: ignore[attr-defined]
        if field.is_relation and field.related_model is not None
    }
    assert referred <= {"billing"}


@pytest.mark.parametrize("handed", [LiabilityItem, DayRate, ItemCourse, ItemObjected])
def test_what_is_handed_over_and_said_of_a_stay_has_no_place_for_a_patient(handed: type) -> None:
    named = [it.name for it in fields(handed)]
    assert [it for it in named if OF_A_PATIENT.search(it)] == []


def test_payment_liability_is_among_the_books() -> None:
    assert {it.__name__ for it in BOOKS if it.__name__.startswith("Liability")} == {
        "LiabilityList", "LiabilityObjection", "LiabilityReply", "LiabilityEscalation",
        "LiabilityDecision", "LiabilitySettlement",
    }  # fmt: skip


def test_in_the_database_neither(dba: psycopg.Connection[tuple[str, str]]) -> None:
    found = dba.execute(
        "SELECT c.conrelid::regclass::text, c.confrelid::regclass::text FROM pg_constraint c"
        " JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
        " WHERE c.contype = 'f' AND n.nspname = %s AND t.relname LIKE 'billing%%'",
        [REGION],
    ).fetchall()
    assert found
    assert all("billing_" in referred for _, referred in found)
