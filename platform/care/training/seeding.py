"""What waits for whoever practises: cases that the region's wards have told of, in several stages.

Everything is done by the product's own operations, at a training region. Its letters travel as
letters do; the municipalities fetch them within seconds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from care.discharge import operations as discharge
from care.identity import units
from care.identity.actors import Actor
from care.identity.permissions import Role
from care.identity.units import Address
from care.inbox import consents
from care.individuals.operations import Person
from care.training import people
from tenants import registry
from tenants.context import acting_for
from tenants.models import Tenant, Unit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_OF_EACH = 12  # cases for one municipality
AT_EACH_CENTRE = 4  # each stage once at each health centre, where there are so many
MOST_CENTRES = 6  # that are told of one case
NOBODY = UUID(int=0)
PHYSICIAN, NURSE = "Doktor Övning", "Syster Övning"
MUNICIPAL = (Unit.Kind.SOCIAL_SERVICES, Unit.Kind.MUNICIPAL_HEALTH_CARE)
CLASSES = ("planning", "health_care", "social_care")


@dataclass(frozen=True)
class Told:
    """One case: about whom, from which ward to which units, and how far it has come."""

    person: Person
    ward: Address
    receivers: Sequence[Address]
    stage: Sequence[Callable[..., None]]


def seed(*, at: datetime) -> int:
    """Fill a training region that is empty; return how many cases there are. Others are left."""
    home = registry.kin().get(schema_name=acting_for())
    if home.kind == Tenant.Kind.MUNICIPALITY:
        return 0
    waiting = cases(home, _municipalities(home))
    for told in waiting:
        _tell(told, at=at)
    return len(waiting)


def cases(home: Tenant, homes: Sequence[Tenant]) -> list[Told]:
    """Return the cases of a region: as many for each municipality, each stage at each ward."""
    wards = units.receiving(owners=[home.schema_name], kinds=[Unit.Kind.WARD])
    centres = units.receiving(owners=[home.schema_name], kinds=[Unit.Kind.PRIMARY_CARE])
    rounds = [(number, it) for number in range(MOST_OF_EACH) for it in homes]
    # Fewer cases where there are more municipalities than people; the first ones have them.
    given = list(zip(people.seeded(), rounds, strict=False)) if wards else []
    to_each = ceil(AT_EACH_CENTRE * len(centres) / len(given)) if given else 0
    return [
        Told(
            person=people.person(identity, municipality.municipality_code),
            ward=wards[number // len(STAGES) % len(wards)],
            receivers=[
                *_theirs(municipality, number),
                *_turn(centres, case * to_each, min(to_each, MOST_CENTRES, len(centres))),
            ],
            stage=STAGES[number % len(STAGES)],
        )
        for case, (identity, (number, municipality)) in enumerate(given)
    ]


def _municipalities(home: Tenant) -> list[Tenant]:
    rows = registry.kin().filter(county_code=home.county_code).exclude(municipality_code="")
    return list(rows.order_by("municipality_code"))


def _theirs(municipality: Tenant, number: int) -> list[Address]:
    """Return whom of a municipality a case is told: the default units, and the others in turn."""
    units_of = units.receiving(owners=[municipality.schema_name], kinds=MUNICIPAL)
    others = [it for it in units_of if not it.is_default]
    return [*(it for it in units_of if it.is_default), *_turn(others, number, bool(others))]


def _turn(of: Sequence[Address], first: int, many: int) -> list[Address]:
    return [of[(first + it) % len(of)] for it in range(many)]


def _tell(told: Told, *, at: datetime) -> None:
    """Let a ward tell of a person, and bring the case to its stage."""
    ward, receivers = _ward(told.ward), told.receivers
    begun = at - DAY * (1 + len(told.stage))
    case_id = discharge.open_case(
        actor=ward,
        person=told.person,
        variant="somatic",
        admitted_at=begun - HOUR,
        need_assessed_at=None,
        at=begun,
    )
    if not receivers:
        return
    discharge.notify_admission(
        actor=ward,
        case_id=case_id,
        recipients=[it.hsa_id for it in receivers],
        admitted_at=begun - HOUR,
        need_assessed_at=None,
        physician=PHYSICIAN,
        expected_discharge_at=at + DAY,
        needs=["social_services", "municipal_health_care", "outpatient_care"],
        reason="Övningsärende: fall i hemmet.",
        ground="consent",
        at=begun,
    )
    consents.record_consent(
        actor=ward,
        case_id=case_id,
        type_="coordinated_record",
        value="yes",
        info_classes=CLASSES,
        given_how="oral",
        expires_at=at + 30 * DAY,
        at=begun,
    )
    for step, act in enumerate(told.stage, start=1):
        act(actor=ward, case_id=case_id, at=begun + step * DAY)


def _ready(*, actor: Actor, case_id: UUID, at: datetime) -> None:
    discharge.notify_ready(
        actor=actor, case_id=case_id, physician=PHYSICIAN, assessed_at=at - HOUR, at=at
    )


def _home(*, actor: Actor, case_id: UUID, at: datetime) -> None:
    discharge.record_discharge(
        actor=actor, case_id=case_id, discharged_at=at, destination="home", at=at
    )


STAGES: tuple[tuple[Callable[..., None], ...], ...] = ((), (_ready,), (), (_ready, _home))


def _ward(unit: Address) -> Actor:
    """Return somebody at a ward who is nobody."""
    return Actor(
        tenant=unit.owner,
        staff_id=NOBODY,
        name=NURSE,
        assignment_id=NOBODY,
        role=Role.WARD_NURSE,
        title="Sjuksköterska",
        purpose="care",
        unit_id=unit.hsa_id,
        unit_name=unit.name,
        unit_kind=unit.kind,
        branch=unit.branch,
    )
