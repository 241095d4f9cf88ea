"""A huvudman joins, once or twice, and what is wrong is refused in Swedish."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from cast import MUNICIPALITY, REGION, TENANTS

from tenants import catalogue, joining, migrating
from tenants.context import acting_as
from tenants.home.models import Answer
from tenants.identifiers import BadIdentifier
from tenants.joining import Newcomer
from tenants.models import Domain, Tenant

NEWCOMER = {
    "schema_name": "test_newcomer",
    "name": "Ödeshögs kommun",
    "kind": "municipality",
    "organisation_number": "299999-9200",
    "county_code": "23",
    "municipality_code": "2397",
    "domain": "newcomer.localhost",
}


@pytest.fixture
def newcomer(migrator: None, dba: psycopg.Connection[Any]) -> Iterator[Tenant]:
    """Let a huvudman join, and leave again after the test."""
    yield joining.join(Newcomer(**NEWCOMER))
    dba.rollback()
    dba.execute("DROP SCHEMA IF EXISTS test_newcomer CASCADE")
    dba.execute("DROP ROLE IF EXISTS test_newcomer")
    dba.execute("DELETE FROM tenants_domain WHERE domain LIKE 'newcomer%'")
    dba.execute("DELETE FROM tenants_tenant WHERE schema_name = 'test_newcomer'")
    dba.commit()


def test_who_joins_has_tables_a_role_and_a_host_and_the_catalogue_has_no_fault(
    newcomer: Tenant,
) -> None:
    assert newcomer.organisation_number == "2999999200"
    assert newcomer.fingerprint == migrating.fingerprint()
    assert list(newcomer.domains.values_list("domain", flat=True)) == ["newcomer.localhost"]
    assert catalogue.faults() == []
    with acting_as("test_newcomer"):
        assert Answer.objects.count() == 0


def test_the_same_call_twice_changes_nothing(
    newcomer: Tenant, dba: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = registry()
    monkeypatch.setattr(migrating, "migrate_one", pytest.fail)

    again = joining.join(Newcomer(**NEWCOMER))

    assert again == newcomer
    assert registry() == before


def registry() -> tuple[list[dict[str, Any]], ...]:
    """Return the rows of the registry, by their keys: a row that is written moves in its table."""
    return tuple(list(it.objects.order_by("pk").values()) for it in (Tenant, Domain))


def test_a_huvudman_is_in_the_registry_only_when_everything_is_there(
    newcomer: Tenant, dba: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    dba.execute("DELETE FROM tenants_domain WHERE domain = 'newcomer.localhost'")
    dba.execute("DELETE FROM tenants_tenant WHERE schema_name = 'test_newcomer'")
    dba.execute("DROP SCHEMA test_newcomer CASCADE")  # the role stays, as after an interruption
    dba.commit()

    with monkeypatch.context() as broken:
        broken.setattr(migrating.isolation, "apply", _fail)
        with pytest.raises(OSError):  # noqa: PT011 - ours
            joining.join(Newcomer(**NEWCOMER))
    assert not Tenant.objects.filter(schema_name="test_newcomer").exists()
    assert not Domain.objects.filter(domain="newcomer.localhost").exists()

    joining.join(Newcomer(**NEWCOMER))
    assert catalogue.faults() == []


def test_another_host_name_is_added_and_becomes_the_first(newcomer: Tenant) -> None:
    joining.join(Newcomer(**NEWCOMER | {"domain": "newcomer.example"}))
    assert set(newcomer.domains.values_list("domain", "is_primary")) == {
        ("newcomer.localhost", False),
        ("newcomer.example", True),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "advice"),
    [
        ({"schema_name": "T-Krokom"}, "Skriv små bokstäver"),
        ({"schema_name": "public"}, "går inte att använda"),
        ({"schema_name": "sp_migrator"}, "får inte börja med"),
        ({"schema_name": "login_test_region"}, "får inte börja med"),
        ({"schema_name": "pg_catalog"}, "får inte börja med"),
        ({"name": " "}, "Namnet saknas"),
        ({"domain": "http://newcomer.localhost"}, "utan http://"),
        ({"domain": "Newcomer.localhost"}, "små bokstäver"),
        ({"kind": "county"}, "Välj en av: region, municipality, both"),
        ({"county_code": "3"}, "två siffror"),
        ({"municipality_code": ""}, "fyra siffror"),
        ({"municipality_code": "239"}, "fyra siffror"),
        ({"municipality_code": "2280"}, "börjar med länskoden"),
        ({"kind": "region"}, "En region har ingen kommunkod"),
        ({"organisation_number": "2999999119"}, "hör redan till en annan huvudman"),
        ({"municipality_code": "2399"}, "är redan ansluten"),
        ({"domain": "region.localhost"}, "används av en annan huvudman"),
    ],
)
def test_what_is_wrong_is_refused_in_swedish_and_nothing_is_made(
    changed: dict[str, str], advice: str
) -> None:
    with pytest.raises(joining.CannotJoin, match=advice):
        joining.join(Newcomer(**NEWCOMER | changed))
    assert Tenant.objects.count() == len(TENANTS)


@pytest.mark.django_db
def test_a_wrong_organisation_number_is_refused_in_swedish() -> None:
    with pytest.raises(BadIdentifier, match="Kontrollera de tio siffrorna"):
        joining.join(Newcomer(**NEWCOMER | {"organisation_number": "2999999201"}))


def test_the_cast_joins_again_without_a_change(migrator: None) -> None:
    before = list(Tenant.objects.order_by("pk").values())
    for tenant in TENANTS:
        joining.join(Newcomer(**tenant))
    assert list(Tenant.objects.order_by("pk").values()) == before
    assert {REGION, MUNICIPALITY} < {row["schema_name"] for row in before}


def _fail(*_: object) -> None:
    raise OSError
