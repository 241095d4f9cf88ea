"""What the provider says of a person, in our words: all of it, and nothing of what is not text."""

from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.oidc import mapping
from integrations.oidc.mapping import Asserted

SAID: dict[str, Any] = {
    "sub": "f:staff:sara",
    "sid": "a session",
    "name": "Sara Lindmark",
    "employee_hsa_id": "SE2999999119-P001",
    "all_employee_hsa_ids": ["SE2999999119-P002", "SE2999999119-P001"],
    "identity_provider": "siths",
    "acr": "http://id.sambi.se/loa/loa3",
    "amr": ["urn:siths"],
    "auth_time": 1_800_000_000,
}


def test_everything_is_told_and_the_person_that_was_chosen_stands_first() -> None:
    assert mapping.asserted(SAID) == Asserted(
        subject="f:staff:sara",
        sid="a session",
        name="Sara Lindmark",
        hsa_ids=("SE2999999119-P001", "SE2999999119-P002"),
        identity_provider="siths",
        acr="http://id.sambi.se/loa/loa3",
        amr=("urn:siths",),
        authenticated_at=datetime.fromtimestamp(1_800_000_000, UTC),
    )


def test_the_moment_is_in_universal_time() -> None:
    moment = mapping.asserted(SAID).authenticated_at

    assert moment is not None
    assert moment.tzinfo is UTC


@pytest.mark.parametrize("value", [None, 7, True, {"a": "b"}, ["", 7, None]], ids=str)
def test_what_is_missing_or_of_another_type_says_nothing(value: object) -> None:
    told = mapping.asserted({it: value for it in SAID if it != "auth_time"})

    assert told == Asserted("", "", "", (), "", "", (), None)
    assert mapping.asserted({}) == told


@pytest.mark.parametrize("value", ["now", None, [1]])
def test_a_moment_that_is_no_number_is_none(value: object) -> None:
    assert mapping.asserted(SAID | {"auth_time": value}).authenticated_at is None


@pytest.mark.parametrize("claim", ["employee_hsa_id", "all_employee_hsa_ids"])
def test_a_person_is_named_by_either_claim(claim: str) -> None:
    assert mapping.has_person({claim: "SE2999999119-P001"})
    assert not mapping.has_person({claim: ""})
    assert not mapping.has_person({"sub": "f:staff:sara"})
