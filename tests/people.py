"""The people of every test: a ward nurse, a care coordinator, municipal staff, and a stranger."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid5

from cast import MUNICIPALITY, REGION, STRANGER

from care.identity.actors import Actor
from care.identity.permissions import Role
from care.individuals.operations import Person
from tenants.context import acting_as
from tenants.models import Unit
from tenants.sorting import sort_key

NAMESPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
WEEKDAYS = {day: ["08:00", "16:30"] for day in ("mon", "tue", "wed", "thu", "fri")}
ALWAYS = {day: ["00:00", "24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}

WARD = "SE2999999119-AVD1"
HEALTH_CENTRE = "SE2999999119-HC1"
CASE_OFFICERS = "SE2999999127-BIST"
MUNICIPAL_NURSES = "SE2999999127-HSL"
DUTY = "SE2999999127-JOUR"
ELSEWHERE = "SE2999999135-BIST"

UNITS = (
    (WARD, REGION, "Avdelning 1", "ward", "health_care", ALWAYS, True, ""),
    (HEALTH_CENTRE, REGION, "Hälsocentralen Norr", "primary_care", "health_care", WEEKDAYS, False,
     ""),
    (CASE_OFFICERS, MUNICIPALITY, "Biståndsenheten", "social_services", "social_care_2022_913",
     WEEKDAYS, False, DUTY),
    (MUNICIPAL_NURSES, MUNICIPALITY, "Kommunal hemsjukvård", "municipal_health_care",
     "health_care", ALWAYS, True, ""),
    (DUTY, MUNICIPALITY, "Socialjouren", "social_services", "social_care_2022_913", ALWAYS, True,
     ""),
    (ELSEWHERE, STRANGER, "Biståndsenheten", "social_services", "social_care_2022_913", WEEKDAYS,
     False, ""),
)  # fmt: skip

# One of Skatteverket's published test numbers.
BERIT = Person(
    kind="personnummer",
    number="194004057032",
    given_name="Berit",
    family_name="Åkerlund",
    registered_municipality="2399",
    registered_address="Storgatan 1, 999 99 Testköping",
)


def write_units(*, of: Sequence[str] = (REGION, MUNICIPALITY, STRANGER)) -> None:
    """Enter the units in the address book, each by its owner."""
    for hsa_id, owner, name, kind, branch, hours, red_days, successor in UNITS:
        if owner not in of:
            continue
        with acting_as(owner):
            Unit.objects.create(
                hsa_id=hsa_id,
                owner=owner,
                name=name,
                name_sort=sort_key(name),
                kind=kind,
                branch=branch,
                phone="063-00 00 00",
                opening_hours=hours,
                watches_red_days=red_days,
                successor=successor,
                is_default=hsa_id != DUTY,
            )


def actor(name: str, role: Role, title: str, unit_id: str) -> Actor:
    """Return somebody in an assignment at a unit of UNITS."""
    unit = next(unit for unit in UNITS if unit[0] == unit_id)
    return Actor(
        tenant=unit[1],
        staff_id=uuid5(NAMESPACE, name),
        name=name,
        assignment_id=uuid5(NAMESPACE, name + unit_id),
        role=role,
        title=title,
        purpose="care",
        unit_id=unit_id,
        unit_name=unit[2],
        unit_kind=unit[3],
        branch=unit[4],
    )


NURSE = actor("Sara Lindmark", Role.WARD_NURSE, "Sjuksköterska", WARD)
COORDINATOR = actor("Lena Uusitalo", Role.CARE_COORDINATOR, "Distriktssköterska", HEALTH_CENTRE)
OFFICER = actor("Karin Nyström", Role.INBOX_COORDINATOR, "Koordinator", CASE_OFFICERS)
MUNICIPAL_NURSE = actor("Per Ek", Role.MUNICIPAL_NURSE, "Sjuksköterska", MUNICIPAL_NURSES)
ON_DUTY = actor("Ulla Berg", Role.INBOX_COORDINATOR, "Socialsekreterare", DUTY)
STRANGER_OFFICER = actor("Olle Ström", Role.INBOX_COORDINATOR, "Koordinator", ELSEWHERE)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
