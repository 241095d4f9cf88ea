"""The huvudmän as the operator's system lists them."""

import pytest
from cast import MUNICIPALITY, REGION
from machines import Machine, installed
from people import HEALTH_CENTRE

from care.identity.permissions import Role
from care.identity.scopes import Scope
from care.sharing.models import AccessLog
from tenants.context import acting_as
from tests.api.test_the_door import type_of


@pytest.fixture
def operator(units: None) -> Machine:
    return installed(REGION, "Driften", "SE2999999119-F003", (HEALTH_CENTRE, Role.OPERATOR))


def test_an_operator_lists_everybody_in_swedish_order(operator: Machine) -> None:
    told = operator.get("/tenants").json()

    assert [it["name"] for it in told["items"]] == ["Främlinge kommun", "Region Test", "Testkommun"]
    assert told["items"][-1] == {
        "id": MUNICIPALITY, "name": "Testkommun", "kind": "municipality",
        "organisation_number": "2999999127", "county_code": "23", "municipality_code": "2399",
    }  # fmt: skip
    assert not told["has_more"]
    assert operator.get("/tenants?limit=2").json()["has_more"]
    assert type_of(operator.get("/tenants?page=0")) == "invalid"


def test_no_other_role_does_and_the_refusal_is_logged(ward: Machine) -> None:
    assert type_of(ward.get("/tenants")) == "not-allowed"

    with acting_as(REGION):
        assert AccessLog.objects.latest("id").reason == "not_in_role"


def test_nor_does_a_token_of_another_scope(operator: Machine) -> None:
    assert type_of(operator.within(Scope.AGREEMENT_READ).get("/tenants")) == "not-allowed"
