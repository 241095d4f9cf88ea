"""The county that is measured: a region, its municipalities, who works there, and their cases."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID, uuid4, uuid5

from huvudman import COUNTY, REGION, joining_values, municipality
from stdnum import luhn

from care.cases.models import Case
from care.discharge import operations as discharge
from care.identity import operations as identity
from care.identity.actors import Actor
from care.identity.models import Assignment, Staff
from care.identity.permissions import Role
from care.inbox import consents, delivery, operations
from care.inbox.models import Delivery, WorklistRow
from care.inbox.projections import RECEIPTED
from care.individuals.models import Individual
from care.individuals.operations import Person
from care.individuals.trial_identities import NUMBERS
from project.demo.seed import CHANNELS, TERMS, TEXT
from tenants import agreements, onboarding, progress
from tenants.context import acting_as
from tenants.models import OnboardingStep, Unit
from tenants.sorting import sort_key

NAMESPACE = UUID("2b8c1f6e-0000-4000-8000-000000000099")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALWAYS = {day: ["00:00", "24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
SENDERS = 5  # municipalities that the inbox has heard from
CASES_OF_A_WARD, OPEN_OF_A_WARD = 400, 100


@dataclass(frozen=True)
class Work:
    """What somebody does at a kind of unit."""

    kind: str
    branch: str
    role: Role
    title: str


WARD = Work(Unit.Kind.WARD, "health_care", Role.WARD_NURSE, "Sjuksköterska")
CENTRE = Work(Unit.Kind.PRIMARY_CARE, "health_care", Role.CARE_COORDINATOR, "Distriktssköterska")
OFFICE = Work(
    Unit.Kind.SOCIAL_SERVICES, "social_care_2022_913", Role.INBOX_COORDINATOR, "Koordinator"
)
HOME_CARE = Work(
    Unit.Kind.MUNICIPAL_HEALTH_CARE, "health_care", Role.MUNICIPAL_NURSE, "Sjuksköterska"
)
WORK = {"INBOX": WARD, "AVD": WARD, "HC": CENTRE, "BIST": OFFICE, "HSL": HOME_CARE}


def unit_id(schema: str, local_id: str) -> str:
    """Return the HSA-id of a unit."""
    number = int(schema.removeprefix("b_m")) if schema != REGION else 0
    return f"SE{joining_values(number)['organisation_number']}-{local_id}"


def at_unit(schema: str, hsa_id: str) -> Actor:
    """Return somebody who works at a unit."""
    work = WORK[hsa_id.partition("-")[2].rstrip("0123456789")]
    return Actor(
        tenant=schema,
        staff_id=uuid5(NAMESPACE, hsa_id),
        name="Sara Lindmark",
        assignment_id=uuid5(NAMESPACE, f"{hsa_id} assignment"),
        role=work.role,
        title=work.title,
        purpose="care",
        unit_id=hsa_id,
        unit_name=_name(hsa_id),
        unit_kind=work.kind,
        branch=work.branch,
    )


def _name(hsa_id: str) -> str:
    number, _, local_id = hsa_id.partition("-")
    names = {"INBOX": "Avdelning 1", "HC": "Hälsocentralen", "HSL": "Kommunal hemsjukvård"}
    if local_id == "BIST":
        return f"Biståndsenheten {number[8:11]}"
    return names.get(local_id, f"Avdelning {local_id.removeprefix('AVD')}")


at_home = partial(at_unit, REGION)
NURSE = at_home(unit_id(REGION, "INBOX"))
COORDINATOR = at_home(unit_id(REGION, "HC"))


def officer(number: int) -> Actor:
    """Return somebody at the office of a municipality."""
    schema = municipality(number)
    return at_unit(schema, unit_id(schema, "BIST"))


def home_nurse(number: int) -> Actor:
    """Return somebody in the home care of a municipality."""
    schema = municipality(number)
    return at_unit(schema, unit_id(schema, "HSL"))


def write_units(local_ids: Iterable[str], *, municipalities: Iterable[int]) -> None:
    """Enter units in the address book: those named of the region, two of each municipality."""
    _enter(REGION, local_ids)
    for number in municipalities:
        _enter(municipality(number), ["BIST", "HSL"])


def _enter(schema: str, local_ids: Iterable[str]) -> None:
    with acting_as(schema):
        for local_id in local_ids:
            actor = at_unit(schema, unit_id(schema, local_id))
            Unit.objects.create(
                hsa_id=actor.unit_id,
                owner=schema,
                name=actor.unit_name,
                name_sort=sort_key(actor.unit_name),
                kind=actor.unit_kind,
                branch=actor.branch,
                phone="063-00 00 00",
                opening_hours=ALWAYS,
                watches_red_days=True,
                is_default=True,
            )


def agree(*, municipalities: Iterable[int], at: datetime) -> None:
    """Let the region and each municipality sign an agreement that opens everything."""
    for number in municipalities:
        other, today = municipality(number), at.date()
        with acting_as(REGION):
            drafted = agreements.draft(
                title=f"Överenskommelse om samverkan vid utskrivning, Kommun {number}",
                text=TEXT,
                parties=[REGION, other],
                valid_from=today - 700 * DAY,
                valid_until=today + 1100 * DAY,
                channels=CHANNELS,
                terms=TERMS,
                at=at - 710 * DAY,
            )
        for party in (REGION, other):
            with acting_as(party):
                agreements.sign(
                    agreement=drafted.id, text_hash=drafted.text_hash, name="Ingrid Forsell",
                    title="Direktör", at=at - 705 * DAY,
                )  # fmt: skip


def sign_in(actor: Actor, *, at: datetime) -> str:
    """Hire somebody and begin a session; return its token."""
    with acting_as(actor.tenant):
        Staff.objects.create(
            id=actor.staff_id, hsa_id=f"{actor.unit_id}-{actor.role}"[:32], name=actor.name,
            name_sort=sort_key(actor.name),
        )  # fmt: skip
        Assignment.objects.create(
            id=actor.assignment_id, staff_id=actor.staff_id, unit_id=actor.unit_id,
            role=actor.role, title=actor.title, purpose=actor.purpose, valid_from=at - 900 * DAY,
        )  # fmt: skip
        return identity.open_session(staff_id=actor.staff_id, at=at)


def tell_steps(*, municipalities: Iterable[int], at: datetime) -> str:
    """Let municipalities join and tell of every step; return the session of an operator."""
    by = progress.By("Driften", "")
    operator = replace(
        NURSE, staff_id=uuid5(NAMESPACE, "operator"), name="Ola Sandberg",
        assignment_id=uuid5(NAMESPACE, "operator's"), role=Role.OPERATOR, title="Driftansvarig",
        purpose="administration",
    )  # fmt: skip
    for number in municipalities:
        schema = municipality(number)
        with acting_as(REGION):
            progress.open_onboarding(
                tenant=schema, delregion=f"Delregion {number % 6}", wanted_start_on=at.date(),
                by=by, at=at,
            )  # fmt: skip
        with acting_as(schema):
            for role in onboarding.REQUIRED:
                progress.name_contact(
                    progress.Contact(role, 0, "Inger Sjölund", "Verksamhetschef"),
                    standing=progress.standing(schema), seen=0, by=by, at=at,
                )  # fmt: skip
            OnboardingStep.objects.bulk_create(
                OnboardingStep(
                    owner=schema, step=step, number=1, state=onboarding.State.DONE,
                    responsible=onboarding.ContactRole.CONTACT_1, due_on=at.date(), people=2,
                    name="Inger Sjölund", title="Verksamhetschef", told_at=at - months * 31 * DAY,
                )
                for months, step in enumerate(reversed(onboarding.Step))
            )  # fmt: skip
    return sign_in(operator, at=at)


class Played:
    """A case that the region leads, played by the product's own operations."""

    def __init__(self, number: str, *others: str) -> None:
        self.number = number
        self.huvudman = (REGION, *others)
        self.common_id: UUID | None = None

    def open(self, *, at: datetime) -> None:
        """Let the ward open the case."""
        with acting_as(REGION):
            case_id = discharge.open_case(
                actor=NURSE, person=_person(self.number, self.huvudman[1]), variant="somatic",
                admitted_at=at - 3 * HOUR, need_assessed_at=None, at=at,
            )  # fmt: skip
            self.common_id = Case.objects.values_list("common_id", flat=True).get(pk=case_id)

    def play(self, actor: Actor, act: Callable[..., object], *, at: datetime, **words: Any) -> None:
        """Let somebody act who has fetched what the others have told."""
        self.hear(actor.tenant, at=at)
        with acting_as(actor.tenant):
            act(actor=actor, case_id=self.case_id(), at=at, **words)

    def acknowledge(self, *actors: Actor, at: datetime) -> None:
        """Let each take on every message that waits at their unit."""
        for actor in actors:
            self.hear(actor.tenant, at=at)
            with acting_as(actor.tenant):
                waiting = Delivery.objects.filter(
                    message__common_id=self.common_id, message__act__in=RECEIPTED,
                    unit_id=actor.unit_id, acknowledged_at=None,
                )  # fmt: skip
                for message_id in list(waiting.values_list("message_id", flat=True)):
                    operations.acknowledge_message(actor=actor, message_id=message_id, at=at)

    def hear(self, schema: str, *, at: datetime) -> None:
        """Let a huvudman fetch what the others have written."""
        with acting_as(schema):
            for sender in self.huvudman:
                if sender != schema:
                    delivery.fetch(sender=sender, at=at)

    def case_id(self) -> UUID:
        """Return the id that the case has for whom we act."""
        case_id: UUID = Case.objects.values_list("pk", flat=True).get(common_id=self.common_id)
        return case_id


def play_across_three(*, at: datetime) -> UUID:
    """Play a case of the region and two municipalities until it is ready; return its id there.

    Both municipalities have written for the common view, and what they wrote is open to the region.
    """
    case = Played(NUMBERS[0], municipality(1), municipality(2))
    receivers = (COORDINATOR, officer(1), home_nurse(1), officer(2))
    begun = at - 4 * DAY
    case.open(at=begun)
    _consent(case, "information_transfer", at=begun)
    case.play(
        NURSE, discharge.notify_admission, at=begun, recipients=[it.unit_id for it in receivers],
        admitted_at=begun - 3 * HOUR, need_assessed_at=None, physician="Jonas Ek",
        expected_discharge_at=at + DAY, needs=["social_services", "outpatient_care"],
        reason="Fall i hemmet, höftsmärta.", ground="consent",
    )  # fmt: skip
    _consent(case, "coordinated_record", at=begun + HOUR)
    case.acknowledge(*receivers, at=begun + 2 * HOUR)
    case.play(
        officer(1), discharge.answer_admission, at=begun + 3 * HOUR, answer="known",
        contact="Karin Nyström", current_interventions="Trygghetslarm.", ground="consent",
    )  # fmt: skip
    case.play(
        COORDINATOR, discharge.name_care_contact, at=begun + 4 * HOUR, name="Lena Uusitalo",
        title="Distriktssköterska", phone="063-00 11 22",
    )  # fmt: skip
    for number in (1, 2):
        case.play(
            officer(number), discharge.start_planning, at=begun + (4 + number) * HOUR,
            contact="Mikael Hedlund", text="Hemtjänst morgon och kväll. Nyckel hämtas.",
        )  # fmt: skip
    case.play(
        home_nurse(1), discharge.submit_planning_basis, at=begun + 7 * HOUR,
        info_class="health_care", text="Såromläggning varannan dag.",
    )  # fmt: skip
    case.play(
        officer(2), discharge.submit_planning_basis, at=begun + 8 * HOUR,
        info_class="social_care", text="Korttidsplats kan ordnas.",
    )  # fmt: skip
    case.play(
        COORDINATOR, discharge.state_availability, at=begun + 9 * HOUR, status="available",
        is_cause=False,
    )  # fmt: skip
    case.play(
        NURSE, discharge.notify_ready, at=at - DAY, physician="Jonas Ek", assessed_at=at - DAY,
        note="Medicinskt färdigbehandlad.", ground="consent",
    )  # fmt: skip
    case.acknowledge(COORDINATOR, officer(1), at=at - 23 * HOUR)
    case.hear(REGION, at=at)
    with acting_as(REGION):
        return case.case_id()


def play_inbox(*, at: datetime) -> None:
    """Fill the ward's worklist: fifty cases, the last word in each from one of five municipalities.

    Every second message from there has been taken on.
    """
    for place, number in enumerate(NUMBERS[1:51]):
        other = officer(place % SENDERS + 1)
        case, begun = Played(number, other.tenant), at - (20 + place) * HOUR
        case.open(at=begun)
        case.play(
            NURSE, discharge.notify_admission, at=begun, recipients=[other.unit_id],
            admitted_at=begun - HOUR, need_assessed_at=None, physician="Jonas Ek",
            expected_discharge_at=at + (place - 10) * 3 * HOUR, needs=["social_services"],
        )  # fmt: skip
        case.play(
            other, discharge.send_general_message, at=begun + 2 * HOUR, subject="Hjälpmedel",
            text="Rullstol är beställd.", ground="consent", recipients=[NURSE.unit_id],
        )  # fmt: skip
        case.hear(REGION, at=begun + 2 * HOUR)
        if place % 2:
            case.acknowledge(NURSE, at=begun + 3 * HOUR)


def write_many(*, wards: Sequence[int], municipalities: Sequence[int], at: datetime) -> None:
    """Write the cases of some wards, shared out among municipalities, as rows.

    Rows of the person, the case and the worklist at the region and at one municipality each; a
    quarter of the cases is open. Their people have local reserve numbers.
    """
    homes: dict[str, list[_Row]] = {municipality(it): [] for it in municipalities}
    for ward in wards:
        rows = [_row(ward, place, at) for place in range(CASES_OF_A_WARD)]
        _write(REGION, unit_id(REGION, f"AVD{ward}"), rows)
        for place, row in enumerate(rows):
            homes[municipality(municipalities[place % len(municipalities)])].append(row)
    for schema, rows in homes.items():
        _write(schema, unit_id(schema, "BIST"), rows)


@dataclass(frozen=True)
class _Row:
    """A case of many."""

    common_id: UUID
    ward: str
    number: str
    is_open: bool
    at: datetime
    due_at: datetime | None


def _row(ward: int, place: int, at: datetime) -> _Row:
    random = Random(ward * CASES_OF_A_WARD + place)
    is_open = place < OPEN_OF_A_WARD
    seven = f"{ward * CASES_OF_A_WARD + place:07d}"
    return _Row(
        common_id=uuid4(),
        ward=unit_id(REGION, f"AVD{ward}"),
        number=f"9920{seven}{luhn.calc_check_digit(seven)}",
        is_open=is_open,
        at=at - random.uniform(0, 4 if is_open else 700) * DAY,
        due_at=at + random.uniform(-1, 4) * DAY if is_open else None,
    )


def _write(schema: str, unit: str, rows: Sequence[_Row]) -> None:
    with acting_as(schema):
        people = Individual.objects.bulk_create(
            Individual(
                given_name="Berit", family_name="Åkerlund", name_sort=sort_key("Åkerlund Berit"),
                number=row.number, registered_municipality="9901",
            )
            for row in rows
        )  # fmt: skip
        cases = Case.objects.bulk_create(
            Case(
                common_id=row.common_id, lead=REGION, individual=person,
                sending_unit_id=row.ward, state="planning" if row.is_open else "closed",
                state_at=row.at, opened_at=row.at, is_open=row.is_open,
            )
            for row, person in zip(rows, people, strict=True)
        )  # fmt: skip
        WorklistRow.objects.bulk_create(
            WorklistRow(
                unit_id=unit, case=case, state=case.state, is_open=row.is_open, due_at=row.due_at,
                due_rule="expected_discharge_passed" if row.due_at else "",
                latest_act="start_planning", latest_at=row.at, latest_unit="Biståndsenheten",
            )
            for row, case in zip(rows, cases, strict=True)
        )  # fmt: skip


def _consent(case: Played, type_: str, *, at: datetime) -> None:
    case.play(
        NURSE, consents.record_consent, at=at, type_=type_, value="yes",
        info_classes=("planning", "health_care", "social_care"), given_how="oral",
        expires_at=at + 180 * DAY,
    )  # fmt: skip


def _person(number: str, home: str) -> Person:
    return Person(
        kind="personnummer",
        number=number,
        given_name="Berit",
        family_name="Åkerlund",
        registered_municipality=f"{COUNTY}{home.removeprefix('b_m')}",
        registered_address="Storgatan 1, 999 99 Testköping",
    )
