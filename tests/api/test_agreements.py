"""Agreements as a system of a party has them: the text, who has signed it, what it opens."""

from datetime import date
from typing import Any

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from machines import Machine, installed
from people import CASE_OFFICERS, ELSEWHERE, WARD

from care.identity.permissions import Role
from care.identity.scopes import Scope
from tenants import agreements
from tenants.agreements import Agreement
from tenants.context import acting_as
from tests.api.test_the_door import type_of


@pytest.fixture
def region(units: None) -> Machine:
    return installed(REGION, "Avtalen", "SE2999999119-F002", (WARD, Role.LOCAL_ADMINISTRATOR))


@pytest.fixture
def counterpart(units: None) -> Machine:
    return installed(MUNICIPALITY, "Diariet", "SE2999999127-F002", (CASE_OFFICERS, Role.SIGNATORY))


@pytest.fixture
def outsider(units: None) -> Machine:
    return installed(STRANGER, "Diariet", "SE2999999135-F002", (ELSEWHERE, Role.SIGNATORY))


def drafted(**changes: Any) -> Agreement:
    given: dict[str, Any] = {
        "title": "Samverkan vid utskrivning",
        "text": "Parterna samverkar.",
        "parties": [REGION, MUNICIPALITY],
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2090, 1, 1),
        "channels": {"planning": ["A", "B"]},
        "terms": {},
    }
    with acting_as(REGION):
        return agreements.draft(**given | changes, at=AT)


def sign(of: Agreement, *tenants: str) -> None:
    for tenant in tenants:
        with acting_as(tenant):
            agreements.sign(
                agreement=of.id, text_hash=of.text_hash, name="Eva Ros", title="Direktör", at=AT
            )


def test_the_list_tells_where_each_stands_and_who_has_yet_to_sign(
    region: Machine, counterpart: Machine
) -> None:
    sign(drafted(), REGION)

    (told,) = region.get("/agreements").json()["items"]

    assert told == counterpart.get("/agreements").json()["items"][0]
    assert (told["state"], told["missing"]) == ("signing", [MUNICIPALITY])
    assert told["parties"] == [
        {"tenant": MUNICIPALITY, "name": "Testkommun", "signed_by": "", "signed_title": "",
         "signed_at": None},
        {"tenant": REGION, "name": "Region Test", "signed_by": "Eva Ros",
         "signed_title": "Direktör", "signed_at": "2026-03-02T08:00:00Z"},
    ]  # fmt: skip


def test_one_tells_the_text_that_is_signed_and_what_it_opens(counterpart: Machine) -> None:
    written = drafted()
    sign(written, REGION, MUNICIPALITY)

    told = counterpart.get(f"/agreements/{written.id}").json()

    assert (told["state"], told["missing"]) == ("in_force", [])
    assert (told["text"], told["text_hash"]) == ("Parterna samverkar.", written.text_hash)
    assert (told["valid_from"], told["valid_until"]) == ("2026-01-01", "2090-01-01")
    assert told["channels"] == [
        {"info_class": "planning", "channels": ["A", "B"]},
        {"info_class": "health_care", "channels": []},
        {"info_class": "social_care", "channels": []},
    ]


def test_an_earlier_version_is_there_beside_the_newest(region: Machine) -> None:
    first = drafted()
    sign(first, REGION, MUNICIPALITY)
    drafted(agreement=first.id, text="Parterna samverkar mer.")
    place = f"/agreements/{first.id}"

    newest, before = region.get(place).json(), region.get(f"{place}?version=1").json()

    assert (newest["version"], newest["state"], newest["versions"]) == (2, "draft", [1, 2])
    assert (before["version"], before["state"], before["versions"]) == (1, "in_force", [1, 2])
    for wrong in ("0", "3", "x", ""):
        assert type_of(region.get(f"{place}?version={wrong}")) == "invalid"


def test_one_that_has_been_ended_says_by_whom_and_why(region: Machine) -> None:
    written = drafted()
    sign(written, REGION, MUNICIPALITY)
    with acting_as(MUNICIPALITY):
        agreements.end(agreement=written.id, reason="Ny lag", name="Olof Sund", at=AT)

    told = region.get(f"/agreements/{written.id}").json()

    assert (told["state"], told["ended_by"], told["ended_because"]) == (
        "ended", MUNICIPALITY, "Ny lag"
    )  # fmt: skip


def test_who_is_no_party_sees_nothing(outsider: Machine) -> None:
    written = drafted()

    assert outsider.get("/agreements").json()["items"] == []
    assert type_of(outsider.get(f"/agreements/{written.id}")) == "not-found"
    nothing = "00000000-0000-4000-8000-000000000000"
    assert type_of(outsider.get(f"/agreements/{nothing}")) == "not-found"


def test_role_and_scope_are_both_asked_for(region: Machine, ward: Machine) -> None:
    place = f"/agreements/{drafted().id}"

    for path in ("/agreements", place):
        assert type_of(ward.get(path)) == "not-allowed"
        assert type_of(region.within(Scope.COST_READ).get(path)) == "not-allowed"
        assert region.within(Scope.AGREEMENT_READ).get(path).status_code == 200


def test_the_list_comes_in_pages(region: Machine) -> None:
    for title in ("Ä", "A", "Å"):
        drafted(title=title)

    first = region.get("/agreements?limit=2").json()
    last = region.get("/agreements?limit=2&page=2").json()

    assert [it["title"] for it in first["items"]] == ["A", "Å"]
    assert ([it["title"] for it in last["items"]], last["has_more"]) == (["Ä"], False)
    assert first["has_more"]
    assert type_of(region.get("/agreements?limit=101")) == "invalid"
