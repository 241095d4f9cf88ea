"""Six scripted stories, each showing one thing that the pilots failed on or that the law asks for.

Times are relative to `now`, moved to working hours, so that the countdowns look alive.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from care.discharge import operations as discharge
from care.inbox import consents
from care.individuals.operations import Person
from care.law import calendar
from project.demo.county import KROKOM, NURSE, REGION
from project.demo.stage import Stage, actor, at_unit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WARD = actor(NURSE)
HEALTH_CENTRE = at_unit(REGION, "HC2309")
OFFICE = at_unit(KROKOM, "BIST")
HOME_CARE = at_unit(KROKOM, "HSL")
RECEIVERS = (HEALTH_CENTRE, OFFICE, HOME_CARE)
NEEDS = ["social_services", "municipal_health_care", "outpatient_care"]
MATTERS = ("planning", "health_care", "social_care")


def morning(now: datetime, *, days: int, clock: time = time(9, 15)) -> datetime:
    """Return a time of day on the working day that lies so many days back, or before it."""
    day = calendar.local_date(now) - timedelta(days=days)
    while not calendar.is_working_day(day):
        day -= DAY
    return datetime.combine(day, clock, calendar.STOCKHOLM)


def admit(person: Person, admitted_at: datetime, *, expected: datetime, reason: str) -> Stage:
    """Let the ward admit a person of Krokom, with consent, and tell the three units."""
    stage, at = Stage(KROKOM), admitted_at + 3 * HOUR
    stage.open(
        WARD, at, person=person, variant="somatic", admitted_at=admitted_at, need_assessed_at=None
    )
    for type_ in ("information_transfer", "coordinated_record", "planning"):
        consent(stage, type_, at)
    stage.play(
        WARD, discharge.notify_admission, at,
        recipients=[it.unit_id for it in RECEIVERS], admitted_at=admitted_at,
        need_assessed_at=None, physician="Jonas Ek", expected_discharge_at=expected, needs=NEEDS,
        reason=reason, ground="consent",
    )  # fmt: skip
    # Once more, now that it is known for whom: the huvudmän that take part.
    consent(stage, "coordinated_record", at)
    return stage


def consent(stage: Stage, type_: str, at: datetime) -> None:
    """Let the ward record a yes to one kind of consent, for everything, for half a year."""
    stage.play(
        WARD, consents.record_consent, at, type_=type_, value="yes", info_classes=MATTERS,
        given_how="oral", expires_at=at + 180 * DAY,
    )  # fmt: skip


def plan(stage: Stage, at: datetime) -> None:
    """Let the three units take the case on and begin to plan."""
    stage.acknowledge(at, *RECEIVERS)
    stage.play(
        OFFICE, discharge.answer_admission, at + HOUR, answer="known", contact="Karin Nyström",
        current_interventions="Hemtjänst två gånger om dagen och trygghetslarm.",
        ground="consent",
    )  # fmt: skip
    stage.play(
        HEALTH_CENTRE, discharge.name_care_contact, at + 2 * HOUR, name="Lena Uusitalo",
        title="Distriktssköterska", phone="063-00 11 22",
    )  # fmt: skip
    stage.play(
        OFFICE, discharge.start_planning, at + 3 * HOUR, contact="Mikael Hedlund",
        text="Utökad hemtjänst, morgon och kväll. Nyckel hämtas av nattpatrullen.",
    )  # fmt: skip
    stage.play(
        HOME_CARE, discharge.submit_planning_basis, at + 4 * HOUR, info_class="health_care",
        text="Såromläggning varannan dag. Läkemedel delas i dosett av hemsjukvården.",
    )  # fmt: skip
    stage.play(
        HEALTH_CENTRE, discharge.state_availability, at + 5 * HOUR, status="available",
        is_cause=False,
    )  # fmt: skip


def ready(stage: Stage, at: datetime) -> None:
    """Let the ward notify that the person is ready for discharge."""
    stage.play(
        WARD, discharge.notify_ready, at, physician="Jonas Ek", assessed_at=at - HOUR / 2,
        note="Medicinskt färdigbehandlad, går med rollator.", ground="consent",
    )  # fmt: skip


def call(stage: Stage, at: datetime, meeting_at: datetime) -> None:
    """Let the care contact call to the planning meeting."""
    stage.play(
        HEALTH_CENTRE, discharge.call_to_planning, at, meeting_at=meeting_at, form="home",
        question="Hur klarar vi nätterna?", ground="consent",
    )  # fmt: skip


def newly_admitted(person: Person, now: datetime) -> Stage:
    """Story 1: admitted this morning; the municipality has not acknowledged yet."""
    return admit(
        person, min(morning(now, days=0, clock=time(6, 30)), now - 4 * HOUR),
        expected=now + 4 * DAY, reason="Fall i hemmet, höftsmärta. Röntgen utan fraktur.",
    )  # fmt: skip


def ready_since_today(person: Person, now: datetime) -> Stage:
    """Story 2: ready for discharge since this morning; nobody has answered."""
    stage = admit(person, morning(now, days=4), expected=now + DAY, reason="Hjärtsvikt, försämrad.")
    plan(stage, morning(now, days=3))
    ready(stage, now - HOUR)
    return stage


def withdrawn_and_ready_anew(person: Person, now: datetime) -> Stage:
    """Story 3: ready, worse again, withdrawn, ready anew: the second period counts."""
    stage = admit(person, morning(now, days=9), expected=now, reason="Lunginflammation.")
    plan(stage, morning(now, days=8))
    first = morning(now, days=5, clock=time(10, 40))
    ready(stage, first)
    stage.acknowledge(first + HOUR, *RECEIVERS)
    stage.play(
        WARD, discharge.withdraw_ready, first + 20 * HOUR, reason="Feber på nytt",
        occurred_at=first + 19 * HOUR,
    )  # fmt: skip
    ready(stage, morning(now, days=1, clock=time(13, 20)))
    call(stage, morning(now, days=1, clock=time(15, 5)), now + 3 * DAY)
    return stage


def sent_on_a_red_day(person: Person, now: datetime) -> Stage:
    """Story 4: sent when the office was closed; Socialjouren took over, and the ward saw it."""
    red = calendar.local_date(now) - DAY
    while not calendar.is_red_day(red):
        red -= DAY
    noon = datetime.combine(red, time(11, 10), calendar.STOCKHOLM)
    stage = admit(person, noon - 5 * DAY, expected=noon, reason="Stroke, lindrig.")
    plan(stage, morning(noon, days=3))
    ready(stage, noon)
    stage.wait_until(noon + HOUR / 60)
    stage.acknowledge(noon + HOUR / 3, at_unit(KROKOM, "JOUR"))
    stage.play(
        at_unit(KROKOM, "JOUR"), discharge.state_reception, noon + HOUR, can_receive=True,
        from_at=noon + DAY,
    )  # fmt: skip
    return stage


def home_since_yesterday(person: Person, now: datetime) -> Stage:
    """Story 5: at home since yesterday, met by the home care; the information came on the day."""
    stage = admit(person, morning(now, days=8), expected=now - DAY, reason="Urosepsis.")
    plan(stage, morning(now, days=7))
    notified = morning(now, days=3)
    ready(stage, notified)
    stage.acknowledge(notified + HOUR, *RECEIVERS)
    call(stage, notified + 2 * HOUR, now + 4 * DAY)
    stage.play(OFFICE, discharge.answer_call, notified + 3 * HOUR, answer="accept")
    stage.play(
        OFFICE, discharge.state_reception, notified + 4 * HOUR, can_receive=True,
        from_at=notified + DAY,
    )  # fmt: skip
    left = morning(now, days=1, clock=time(10, 0))
    stage.play(
        WARD, discharge.transfer_information, left, ground="consent",
        content={"summary": "Behandlad med antibiotika, feberfri sedan två dygn.",
                 "medication": "Ny läkemedelslista bifogad, dosett delas av hemsjukvården.",
                 "follow_up": "Provtagning på hälsocentralen om en vecka."},
    )  # fmt: skip
    stage.play(WARD, discharge.inform_individual, left + HOUR / 4, how="written")
    stage.play(
        WARD, discharge.record_discharge, left + HOUR / 2, discharged_at=left + HOUR / 2,
        destination="home",
    )  # fmt: skip
    stage.play(
        OFFICE, discharge.confirm_homecoming, left + 3 * HOUR, home_at=left + 2 * HOUR,
        note="Mötte upp i hemmet, allt på plats.", ground="consent",
    )  # fmt: skip
    return stage


def outpatient_not_clarified(person: Person, now: datetime) -> Stage:
    """Story 6: the outpatient services are not clarified, so no liability; consent withdrawn."""
    stage = admit(person, morning(now, days=10), expected=now - 2 * DAY, reason="Sepsis.")
    plan(stage, morning(now, days=9))
    notified = morning(now, days=6)
    ready(stage, notified)
    stage.acknowledge(notified + HOUR, *RECEIVERS)
    stage.play(
        HEALTH_CENTRE, discharge.state_availability, notified + 2 * HOUR, status="not_clarified",
        is_cause=True, starts_at=notified, reason="Syrgas i hemmet är inte ordnad.",
        ground="consent",
    )  # fmt: skip
    call(stage, notified + 3 * HOUR, now + DAY)
    stage.play(WARD, consents.withdraw_consent, morning(now, days=2), type_="coordinated_record")
    return stage


STORIES: Sequence[Any] = (
    newly_admitted,
    ready_since_today,
    withdrawn_and_ready_anew,
    sent_on_a_red_day,
    home_since_yesterday,
    outpatient_not_clarified,
)
