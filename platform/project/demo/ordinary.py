"""Ordinary cases in every state around now: one open case for a person, earlier ones closed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from care.discharge import operations as discharge
from care.identity.actors import Actor
from care.inbox import consents
from care.law import calendar
from project.demo.county import MUNICIPALITIES, REGION, WARDS
from project.demo.people import Invented
from project.demo.stage import Stage, at_unit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REASONS = (
    "Fall i hemmet.", "Hjärtsvikt.", "Lunginflammation.", "KOL, försämrad.", "Höftfraktur.",
    "Stroke.", "Urinvägsinfektion.", "Nedsatt allmäntillstånd.", "Diabetes, svårinställd.",
)  # fmt: skip
PLANS = (
    "Hemtjänst morgon och kväll, trygghetslarm.",
    "Korttidsplats två veckor, därefter hemgång.",
    "Hemtjänst oförändrad, inköp tillkommer.",
    "Anhörig hjälper första veckan, uppföljning därefter.",
)
# How far the open cases have come, and how common that is.
REACHED = {
    "draft": 2, "admitted": 7, "planning": 12, "ready": 10, "discharged": 7, "returned": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Company:
    """Who takes part in an ordinary case."""

    ward: Actor
    centre: Actor
    office: Actor
    home_care: Actor | None  # not everybody needs it

    @property
    def receivers(self) -> tuple[Actor, ...]:
        """Return those who receive what the ward sends."""
        return (self.centre, self.office, *([self.home_care] if self.home_care else []))


def play(
    invented: Invented, *, reached: str, now: datetime, ended: datetime, random: Random
) -> None:
    """Play one case until it has reached a state.

    :param ended: when its last act is to have happened, roughly
    """
    municipality = next(
        it for it in MUNICIPALITIES if it.municipality_code == invented.municipality_code
    )
    who = Company(
        ward=at_unit(REGION, random.choice(WARDS[:3])[0]),
        centre=at_unit(REGION, f"HC{invented.municipality_code}"),
        office=at_unit(municipality, "BIST"),
        home_care=at_unit(municipality, "HSL") if random.random() < 0.4 else None,
    )
    stage = Stage(municipality)
    clock = _Clock(ended, now, random, days=LENGTH[reached])
    _admit(stage, who, invented, clock, random, told=reached != "draft")
    steps = {
        "returned": (_return,),
        "planning": (_plan,),
        "ready": (_plan, _ready),
        "discharged": (_plan, _ready, _discharge),
        "closed": (_plan, _ready, _discharge, _close),
        "aborted": (_plan, _abort),
    }
    for step in steps.get(reached, ()):
        step(stage, who, clock, random)
    stage.settle()


# How many days back a case began that has come so far.
LENGTH = {
    "draft": 0.3, "admitted": 0.6, "returned": 1, "planning": 3, "ready": 6, "discharged": 8,
    "closed": 14, "aborted": 5,
}  # fmt: skip


class _Clock:
    """The times of one case: each step a while after the last, in the daytime, never after now."""

    def __init__(self, ended: datetime, now: datetime, random: Random, *, days: float) -> None:
        self.at = ended - timedelta(days=days * random.uniform(0.8, 1.2))
        self.now, self.random = now, random

    def later(self, low: float, high: float) -> datetime:
        """Return a time some hours later, between eight and sixteen."""
        self.at += timedelta(hours=self.random.uniform(low, high))
        local = self.at.astimezone(calendar.STOCKHOLM)
        if not 8 <= local.hour < 16:
            ahead = local.date() + (DAY if local.hour >= 16 else timedelta())
            opening = time(8, self.random.randrange(60))
            self.at = datetime.combine(ahead, opening, calendar.STOCKHOLM)
        self.at = min(self.at, self.now - timedelta(minutes=self.random.randint(2, 50)))
        return self.at


def _admit(
    stage: Stage, who: Company, invented: Invented, clock: _Clock, random: Random, *, told: bool
) -> None:
    admitted_at = clock.at
    at = clock.later(1, 20)
    stage.open(
        who.ward, at, person=invented.person, variant="somatic", admitted_at=admitted_at,
        need_assessed_at=None,
    )  # fmt: skip
    if not told:
        return
    stage.play(
        who.ward, discharge.notify_admission, at,
        recipients=[it.unit_id for it in who.receivers], admitted_at=admitted_at,
        need_assessed_at=None, physician="Jonas Ek",
        expected_discharge_at=at + timedelta(days=random.randint(2, 6)),
        needs=["social_services", "outpatient_care"]
        + (["municipal_health_care"] if who.home_care else []),
        reason=random.choice(REASONS), ground="consent",
    )  # fmt: skip
    if random.random() < 0.85:
        for type_ in ("information_transfer", "coordinated_record", "planning"):
            stage.play(
                who.ward, consents.record_consent, at, type_=type_, value="yes",
                info_classes=("planning", "health_care", "social_care"), given_how="oral",
                expires_at=clock.now + 180 * DAY,
            )  # fmt: skip


def _return(stage: Stage, who: Company, clock: _Clock, random: Random) -> None:
    for receiver in who.receivers:
        stage.play(
            receiver, discharge.answer_admission, clock.later(1, 3), answer="rejected",
            contact=receiver.name,
        )  # fmt: skip


def _plan(stage: Stage, who: Company, clock: _Clock, random: Random) -> None:
    stage.acknowledge(clock.later(1, 8), *who.receivers)
    stage.play(
        who.centre, discharge.name_care_contact, clock.later(1, 6), name=who.centre.name,
        title=who.centre.title, phone="063-00 00 00",
    )  # fmt: skip
    stage.play(
        who.office, discharge.start_planning, clock.later(1, 6), contact=who.office.name,
        text=random.choice(PLANS),
    )  # fmt: skip
    if random.random() < 0.5:
        stage.play(
            who.centre, discharge.state_availability, clock.later(1, 4), status="available",
            is_cause=False,
        )  # fmt: skip


def _ready(stage: Stage, who: Company, clock: _Clock, random: Random) -> None:
    at = clock.later(12, 48)
    stage.play(who.ward, discharge.notify_ready, at, physician="Jonas Ek", assessed_at=at - HOUR)
    if random.random() < 0.75:
        stage.acknowledge(clock.later(0.3, 1.5), *who.receivers)
        if random.random() < 0.8:
            stage.play(
                who.centre, discharge.call_to_planning, clock.later(1, 24), form="home",
                meeting_at=clock.at + 5 * DAY,
            )  # fmt: skip


def _discharge(stage: Stage, who: Company, clock: _Clock, random: Random) -> None:
    at = clock.later(4, 48)
    stage.play(
        who.ward, discharge.transfer_information, at, ground="consent",
        content={"summary": "Färdigbehandlad, lugnt förlopp.",
                 "medication": "Läkemedelslistan är uppdaterad."},
    )  # fmt: skip
    stage.play(who.ward, discharge.inform_individual, at, how="written")
    stage.play(who.ward, discharge.record_discharge, at, discharged_at=at, destination="home")
    if random.random() < 0.7:
        stage.acknowledge(clock.later(0.2, 2), *who.receivers)
        stage.play(who.office, discharge.confirm_homecoming, clock.later(0.2, 3), home_at=clock.at)


def _close(stage: Stage, who: Company, clock: _Clock, random: Random) -> None:
    at = clock.later(24, 96)
    stage.acknowledge(at, *who.receivers)
    stage.play(who.ward, discharge.close_case, at, planning="done", note="Uppföljd.")


def _abort(stage: Stage, who: Company, clock: _Clock, random: Random) -> None:
    reason = random.choice(["other_hospital", "no_need"])
    stage.play(who.ward, discharge.abort_case, clock.later(4, 40), reason=reason)
    stage.acknowledge(clock.later(1, 4), *who.receivers)
