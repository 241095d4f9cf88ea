"""The description of the API: the file is what the code says, and a judge agrees."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from cast import REGION
from django.test import Client
from openapi_spec_validator import validate
from visits import HOSTS

from api import problems, schema
from api.operation import Endpoint, Operation
from api.urls import urlpatterns
from api.v1 import acts
from portal import labels

FILE = Path(__file__).resolve().parents[2] / "api" / "openapi.yaml"
ADDRESSES = [it for it in urlpatterns if it.name not in ("docs", "openapi")]
OPERATIONS: list[Operation] = [
    operation
    for it in ADDRESSES
    for operation in it.callback.cls.operations.values()  # type: ignore[attr-defined]
]


def test_the_file_says_what_the_code_does() -> None:
    assert FILE.read_text() == schema.written(), "samplan export openapi --to api/openapi.yaml"


def test_it_is_openapi() -> None:
    validate(yaml.safe_load(FILE.read_text()))


@pytest.mark.parametrize("one", [it for it in OPERATIONS if it.takes], ids=lambda it: it.name)
def test_each_example_is_taken(one: Operation) -> None:
    assert one.takes is not None
    sent = one.takes(data=one.takes.example)

    assert sent.is_valid(), sent.errors


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda it: it.name)
def test_each_operation_says_whom_it_is_for(one: Operation) -> None:
    assert one.is_open or one.scope
    assert one.does.endswith(".")
    assert one.means


def test_every_change_has_a_key() -> None:
    unkeyed = {it.name for it in OPERATIONS if it.method == "POST" and not it.has_key}

    # A search by POST, and an allocation that is computed and never stored.
    assert unkeyed == {"search_individuals", "simulate_allocation"}


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (acts.AbortCase().fields["reason"], labels.ABORT_REASONS),
        (acts.WithdrawReady().fields["reason"], labels.WITHDRAWAL_REASONS),
        (acts.CallToPlanning().fields["form"], labels.MEETING_FORMS),
        (acts.InformIndividual().fields["how"], labels.INFORMED_HOW),
        (acts.RecordDischarge().fields["destination"], labels.DESTINATIONS),
        (acts.CloseCase().fields["planning"], labels.PLANNING_SETTLED),
        (acts.StateAvailability().fields["status"], labels.AVAILABILITY),
        (acts.NotifyAdmission().fields["needs"], labels.NEEDS),
        (acts.RecordConsent().fields["type"], labels.CONSENT_TYPES),
        (acts.RecordConsent().fields["value"], labels.CONSENT_VALUES),
        (acts.RecordConsent().fields["given_how"], labels.GIVEN_HOW),
    ],
)
def test_a_choice_is_among_the_words_of_the_pages(field: Any, words: dict[str, Any]) -> None:
    assert set(field.choices) == {str(it) for it in words}


def test_every_address_is_an_operations_own() -> None:
    kinds = [it.callback.cls for it in ADDRESSES]  # type: ignore[attr-defined]

    assert all(issubclass(it, Endpoint) for it in kinds)


def test_the_page_shows_every_operation_and_problem(units: None) -> None:
    told = Client().get("/api/v1/docs", headers={"host": HOSTS[REGION]}).content.decode()

    assert [it.name for it in OPERATIONS if f'id="{it.name}"' not in told] == []
    assert [it.type for it in problems.ALL if it.type not in told] == []


def test_the_file_is_served(units: None) -> None:
    answer = Client().get("/api/v1/openapi.yaml", headers={"host": HOSTS[REGION]})

    assert answer.content.decode() == FILE.read_text()
