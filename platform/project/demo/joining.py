"""The demo's joining: the county's municipalities stand in different steps, one stopped, one late.

What each has told is told by the product's own operations; people and dates are invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from care.discharge import operations as discharge
from care.inbox import readiness
from care.individuals import trial_identities
from care.individuals.operations import Person, identity_number
from project.demo import before
from project.demo.county import ADMINISTRATOR, KROKOM, MUNICIPALITIES, OPERATOR, REGION, Huvudman
from project.demo.stage import UNITS, Stage, at_unit
from tenants import progress
from tenants.context import acting_as
from tenants.onboarding import ContactRole, Entry, State, Step
from tenants.progress import Activity, By, Contact

TESTED = list(Step).index(Step.TEST_MESSAGE) + 1  # so many steps are done when that one is
EVIDENCE = {
    Step.ROUTINES: "Lokal rutin fastställd av vård- och omsorgsnämnden.",
    Step.TRAINING: "Alla koordinatorer och handläggare har gått utbildningen.",
}
LEADS = ("Inger Sjölund", "Mattias Grönvall", "Sofie Lindahl", "Urban Edlund", "Kerstin Östman",
         "Gun Wikström", "Pär Nordin", "Maja Eklöf")  # fmt: skip
ADMINISTRATORS = (
    "Lotta Hemmingsson", "Hans Åkesson", ADMINISTRATOR.name, "Rolf Sundin", "Eva-Lena Broman",
    "Jörgen Palm", "Ritva Niemi", "Sara Tallberg",
)  # fmt: skip


@dataclass(frozen=True)
class Course:
    """How far a municipality has come, and what it says of the step it is at."""

    delregion: str
    done: int  # steps
    due: int = 0  # days from now until the step it is at should be done
    reason: str = ""  # why that one is stopped


# What, who, with whom, where, the wanted day and the day it was done, counted from now.
PLAN = (
    ("Bestäm vem som kvitterar på helger", "Sofie Lindahl", "Socialjouren", "Ledningsgrupp", -24,
     -26),
    ("Gå igenom kvittensrutinen med nattpersonalen", "Karin Nyström", "Hemsjukvården",
     "Arbetsplatsträff", -3, 0),
    ("Provkör Teams-rummet för samordnad planering", "Anna Bergström", "Hälsocentralen Älven", "",
     10, 0),
)  # fmt: skip
WEST, SOUTH, EAST = "Västra Jämtland", "Södra Jämtland och Härjedalen", "Östra Jämtland"
COURSES: Mapping[str, Course] = {
    "ostersund": Course(EAST, 8),
    "krokom": Course(WEST, 5, 12),
    "are": Course(WEST, 7, 21),
    "stromsund": Course(EAST, 6, -6),
    "ragunda": Course(EAST, 3, 9),
    "bracke": Course(EAST, 4, 3, "Rutinen väntar på nämndens beslut den 3 nästa månad."),
    "berg": Course(SOUTH, 2, 16),
    # It has not signed the agreement, so it cannot come further.
    "harjedalen": Course(SOUTH, 1, -2),
}


def fill(now: datetime) -> None:
    """Let every municipality begin, name its contacts and tell how far it has come."""
    test_persons = iter(trial_identities.FOR_TRIALS)
    for huvudman in MUNICIPALITIES:
        course = COURSES[huvudman.slug]
        with acting_as(REGION.schema):
            progress.open_onboarding(
                tenant=huvudman.schema,
                delregion=course.delregion,
                wanted_start_on=timezone.localdate(now + timedelta(days=10 * (9 - course.done))),
                by=By(OPERATOR.name, OPERATOR.title),
                at=now - timedelta(days=90),
            )
        if course.done >= TESTED:
            _try_out(huvudman, next(test_persons), now - timedelta(days=45))
        with acting_as(huvudman.schema):
            _name(huvudman, now)
            _tell(huvudman, course, now)
            if huvudman == KROKOM:
                _plan(huvudman, now)
    before.fill(now)


def _try_out(huvudman: Huvudman, number: str, at: datetime) -> None:
    """Send a message about a test person to every unit that receives, and let each take it on."""
    ward = at_unit(REGION, "AVD202")
    receivers = [
        at_unit(huvudman, it.local_id)
        for it in UNITS.values()
        if it.huvudman == huvudman and it.kind in readiness.RECEIVING
    ]
    kind, twelve = identity_number(number)
    person = Person(kind, twelve, "Test", "Testsson", huvudman.municipality_code)
    stage = Stage(huvudman)
    stage.open(ward, at, person=person, variant="somatic", admitted_at=at, need_assessed_at=None)
    stage.play(
        ward, discharge.notify_admission, at, recipients=[it.unit_id for it in receivers],
        admitted_at=at, need_assessed_at=None, physician="Jonas Ek",
        expected_discharge_at=at + timedelta(days=2), needs=["social_services"],
        reason="Prov inför start", ground="consent",
    )  # fmt: skip
    stage.acknowledge(at + timedelta(hours=1), *receivers)
    stage.play(ward, discharge.abort_case, at + timedelta(hours=2), reason="misregistered")
    stage.acknowledge(at + timedelta(hours=3), *receivers)
    stage.settle()


def _name(huvudman: Huvudman, now: datetime) -> None:
    number = MUNICIPALITIES.index(huvudman)
    named = (
        (ContactRole.CONTACT_1, LEADS[number], "Verksamhetschef"),
        (ContactRole.CONTACT_2, ADMINISTRATORS[number], ADMINISTRATOR.title),
        (ContactRole.CONTROLLER, "Vård- och omsorgsnämnden", "Nämndens ordförande"),
        (ContactRole.PRIVACY_OFFICER, "Dataskyddsombudet", "Kommunjurist"),
    )
    for role, name, title in named:
        contact = Contact(
            role, 0, name, title, f"anslutning@{huvudman.slug}.example", "063-00 00 00"
        )
        progress.name_contact(
            contact,
            standing=progress.standing(huvudman.schema),
            seen=0,
            by=_by(huvudman),
            at=now - timedelta(days=85),
        )


def _tell(huvudman: Huvudman, course: Course, now: datetime) -> None:
    steps = list(Step)
    for number, step in enumerate(steps[: course.done]):
        at = now - timedelta(days=75 - 9 * number + MUNICIPALITIES.index(huvudman) % 4)
        _record(huvudman, step, State.ONGOING, at - timedelta(days=4), at)
        _record(huvudman, step, State.DONE, at, at)
    if course.done < len(steps):
        state = State.STOPPED if course.reason else State.ONGOING
        due = now + timedelta(days=course.due)
        _record(huvudman, steps[course.done], state, now - timedelta(days=8), due, course.reason)


def _plan(huvudman: Huvudman, now: datetime) -> None:
    today = timezone.localdate(now)
    for what, responsible, with_whom, forum, wanted, done in PLAN:
        activity = Activity(
            what,
            responsible,
            with_whom,
            forum,
            today + timedelta(days=wanted),
            today + timedelta(days=done) if done else None,
        )
        progress.plan_activity(activity, seen=0, by=_by(huvudman), at=now - timedelta(days=40))


def _record(
    huvudman: Huvudman, step: Step, state: State, at: datetime, due: datetime, reason: str = ""
) -> None:
    standing = progress.standing(huvudman.schema)
    role = ContactRole.CONTACT_2 if step in (Step.UNITS, Step.ROLES) else ContactRole.CONTACT_1
    progress.record_step(
        Entry(
            step=step,
            state=state,
            responsible=role,
            due_on=timezone.localdate(due),
            reason=reason,
            evidence=EVIDENCE.get(step, "") if state is State.DONE else "",
        ),
        standing=standing,
        found=readiness.found_at_home(standing, at=at),
        seen=standing.seen(step),
        by=_by(huvudman),
        at=at,
    )


def _by(huvudman: Huvudman) -> By:
    return By(ADMINISTRATORS[MUNICIPALITIES.index(huvudman)], ADMINISTRATOR.title)
