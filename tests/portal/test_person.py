"""Whom a case is about: nothing is too long for its row, and every municipality can be given."""

from datetime import timedelta
from typing import Any

import pytest
from cast import MUNICIPALITY, REGION
from django import forms
from django.db import models
from hired import Hired, hire
from people import CASE_OFFICERS, HEALTH_CENTRE, WARD
from visits import browser, sent

from care.cases.models import Case
from care.identity.models import Assignment, Staff
from care.identity.permissions import Role
from care.inbox.models import Message
from care.individuals.models import Individual
from care.law.calendar import STOCKHOLM
from portal.forms.agreements import Draft, End
from portal.forms.cases import PersonForm
from portal.forms.units import AssignmentForm, UnitForm
from tenants import clock
from tenants.context import acting_as
from tenants.models import AgreementText, Termination, Unit


@pytest.fixture
def nurse(units: None) -> Hired:
    return hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))


def person(**changes: Any) -> dict[str, Any]:
    """Return what the first step of a new case sends, of somebody from elsewhere."""
    told = {
        "step": "person",
        "number": "19400405-7032",
        "given_name": "Berit",
        "family_name": "Åkerlund",
        "registered_municipality": "other",
        "other_municipality": "0180",
    }
    return told | changes


def admission(**changes: Any) -> dict[str, Any]:
    """Return what the second step sends."""
    now = clock.moment().astimezone(STOCKHOLM)
    told = {
        "step": "admission",
        "variant": "somatic",
        "admitted_at": f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "physician": "Jonas Ek",
        "expected_discharge_at": f"{now + timedelta(days=3):%Y-%m-%dT%H:%M}",
        "needs": ["social_services"],
        "recipients": [HEALTH_CENTRE],
    }
    return person(**told) | changes


ROWS: tuple[tuple[type[forms.Form], tuple[type[models.Model], ...]], ...] = (
    (PersonForm, (Individual,)),
    (UnitForm, (Unit,)),
    (AssignmentForm, (Staff, Assignment)),
    (Draft, (AgreementText,)),
    (End, (Termination,)),
)
CHECKED_OTHERWISE = {"number", "hsa_id", "phone"}  # each by its pattern


@pytest.mark.parametrize(("form", "rows"), ROWS, ids=[it[0].__name__ for it in ROWS])
def test_a_form_takes_no_more_than_its_row_holds(
    form: type[forms.Form], rows: tuple[type[models.Model], ...]
) -> None:
    columns = {it.name: it for row in rows for it in row._meta.get_fields()}
    written = {
        name: field
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField) and name not in CHECKED_OTHERWISE
    }

    for name, field in written.items():
        room = getattr(columns.get(name), "max_length", None)
        assert room is None or (field.max_length or room + 1) <= room, name


def test_a_name_that_is_too_long_is_asked_for_again(nurse: Hired) -> None:
    answer = browser(nurse).post("/cases/new", sent(nurse, **person(family_name="Å" * 61)))

    assert answer.status_code == 422
    assert "Korta den till högst 60 tecken." in answer.content.decode()


class TestSomebodyFromAMunicipalityThatHasNotJoined:
    def test_is_admitted_with_its_code(self, nurse: Hired) -> None:
        client = browser(nurse)

        step = client.post("/cases/new", sent(nurse, **person())).content.decode()
        done = client.post("/cases/new", sent(nurse, **admission()), follow=True)

        assert "Ingen enhet i kommun 0180 tar emot." in step
        assert 'name="other_municipality" value="0180"' in step
        assert "Inskrivningsmeddelandet är skickat." in done.content.decode()
        assert "kommun 0180" in done.content.decode()
        with acting_as(REGION):
            assert Case.objects.get().individual.registered_municipality == "0180"
            assert Message.objects.get().core["liable_municipality"] == "0180"
        with acting_as(MUNICIPALITY):
            assert not Case.objects.exists()

    @pytest.mark.parametrize("code", ["", "180", "01800", "018O", "٠١٨٠", "ABCD"])
    def test_is_asked_for_the_four_digits(self, nurse: Hired, code: str) -> None:
        form = person(other_municipality=code)

        answer = browser(nurse).post("/cases/new", sent(nurse, **form))

        assert answer.status_code == 422
        assert 'href="#id_other_municipality"' in answer.content.decode()

    def test_is_told_what_to_write(self, nurse: Hired) -> None:
        answer = browser(nurse).post("/cases/new", sent(nurse, **person(other_municipality="")))

        assert "Skriv kommunens kod med fyra siffror" in answer.content.decode()

    def test_the_code_means_nothing_where_another_is_chosen(self, nurse: Hired) -> None:
        told = admission(
            registered_municipality="2399",
            other_municipality="0180",
            recipients=[CASE_OFFICERS],
        )

        browser(nurse).post("/cases/new", sent(nurse, **told))

        with acting_as(REGION):
            assert Case.objects.get().individual.registered_municipality == "2399"
