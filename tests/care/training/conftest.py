"""The cast's training huvudmän: a region and a municipality that practise together."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import visits
from cast import AT, MUNICIPALITY, REGION
from conftest import DATABASE, empty, log_in
from django.db import connection
from hired import Hired, hire
from people import CASE_OFFICERS, HEALTH_CENTRE, MUNICIPAL_NURSES, WARD, write_units
from pytest_django import Settings

from care.identity import mirroring as staff
from care.identity.models import Staff
from care.identity.permissions import Role
from care.identity.queries import candidates
from care.training import resetting, seeding
from portal import parties
from tenants import clock, mirroring
from tenants.context import acting_as

TRAINING_REGION, TRAINING_MUNICIPALITY = f"training_{REGION}", f"training_{MUNICIPALITY}"
PAIR = (TRAINING_REGION, TRAINING_MUNICIPALITY)
visits.HOSTS.update({
    TRAINING_REGION: "ovning-region.localhost",
    TRAINING_MUNICIPALITY: "ovning-municipality.localhost",
})  # fmt: skip


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    monkeypatch.setattr(clock, "moment", lambda: AT)
    # Fewer than in the product, each stage once: a test waits for every case.
    monkeypatch.setattr(seeding, "MOST_OF_EACH", len(seeding.STAGES))
    parties._names.cache_clear()
    settings.STATIC_ROOT = tmp_path
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}


@pytest.fixture(scope="module")
def pair(cluster: dict[str, str], django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let the two join, once for a module, and leave again after it."""
    with django_db_blocker.unblock():
        log_in(cluster["sp_migrator"], assume_role=False)
        mirroring.mirror(of=MUNICIPALITY, at=AT)
        log_in(cluster["sp_app"], assume_role=True)
        connection.close()
    with psycopg.connect(cluster["superuser"], dbname=DATABASE) as dba:
        empty(dba)
    yield
    with psycopg.connect(cluster["superuser"], dbname=DATABASE, autocommit=True) as dba:
        dba.execute("DELETE FROM tenants_domain WHERE domain LIKE 'ovning-%'")
        dba.execute("DELETE FROM tenants_tenant WHERE training_for <> ''")
        dba.execute("DELETE FROM tenants_unit WHERE owner LIKE 'training%'")
        for name in PAIR:
            dba.execute(f"DROP SCHEMA {name} CASCADE")
            dba.execute(f"DROP ROLE {name}")


@pytest.fixture
def nurse(committed: None) -> Hired:
    write_units()
    return hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))


@pytest.fixture
def practising(pair: None, nurse: Hired, cluster: dict[str, str]) -> None:
    """Let the staff of the real ones practise, with units like theirs."""
    hire(REGION, "Lena Uusitalo", "SE2999999119-P002", (HEALTH_CENTRE, Role.CARE_COORDINATOR))
    hire(MUNICIPALITY, "Karin Nyström", "SE2999999127-P001",
         (CASE_OFFICERS, Role.INBOX_COORDINATOR))  # fmt: skip
    hire(MUNICIPALITY, "Mikael Hedlund", "SE2999999127-P002", (CASE_OFFICERS, Role.CASE_OFFICER))
    hire(MUNICIPALITY, "Eva Sandin", "SE2999999127-P003",
         (MUNICIPAL_NURSES, Role.MUNICIPAL_NURSE))  # fmt: skip
    mirrored(cluster)


@pytest.fixture
def filled(practising: None) -> None:
    """Let cases wait for those who practise."""
    resetting.reset(at=AT)


def mirrored(cluster: dict[str, str]) -> tuple[mirroring.Mirrored, ...]:
    """Bring the training huvudmän in line with the real ones, as `samplan tenant add` does."""
    log_in(cluster["sp_migrator"], assume_role=False)
    made = mirroring.mirror(of=MUNICIPALITY, at=AT)
    for it in made:
        staff.copy_staff(real=it.real, training=it.tenant.schema_name)
    log_in(cluster["sp_app"], assume_role=True)
    return made


def learner(name: str, tenant: str) -> Hired:
    """Return somebody who works at a real huvudman as they may practise at its training one."""
    with acting_as(tenant):
        row = Staff.objects.get(name=name)
        held = candidates(staff_id=row.pk, at=AT)
    return Hired(tenant, row.pk, row.hsa_id, name, tuple(it.assignment_id for it in held))
