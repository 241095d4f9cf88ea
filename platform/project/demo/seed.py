"""Filling the demo: huvudmän's units and people, signed agreements, six stories, ordinary cases.

Everything in a case is done by the product's own operations, at its own time. The same seed gives
the same people, cases and acts, relative to the moment it was run.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from random import Random
from uuid import UUID

from care.identity.models import Assignment, Staff
from care.identity.permissions import CARE_ROLES, Role
from project.commands import setup
from project.demo import (
    board,
    consultation,
    joining,
    machines,
    ordinary,
    people,
    review,
    stories,
    training,
)
from project.demo.county import HUVUDMAN, MUNICIPALITIES, REGION, Huvudman
from project.demo.stage import STAFF, UNITS, assignment_id
from tenants import agreements
from tenants.agreements import Agreement
from tenants.context import acting_as
from tenants.models import Unit
from tenants.sorting import sort_key

Tell = Callable[[str], object]
CHANNELS = {name: ["A", "B"] for name in ("planning", "health_care", "social_care")}
TERMS = {
    "receipt_times": {"notify_admission": {"working_days": 1}, "notify_ready": {"hours": 2}},
}
TEXT = """Parterna samverkar vid utskrivning från sluten hälso- och sjukvård enligt lag (2017:612).

1. Inskrivningsmeddelande kvitteras inom en arbetsdag, underrättelse om utskrivningsklar inom två
   timmar. Bevakas mottagarens inkorg inte går meddelandet genast till den som tar över.
2. Betalningsansvaret följer lagens tider.
3. Meddelanden lämnas ut (kanal A). Planering, hälso- och sjukvård samt omsorg läses direkt hos
   den som skrivit (kanal B) när den enskilde har samtyckt, enligt lag (2022:913).
4. Var part är personuppgiftsansvarig för sina egna uppgifter och sin egen läsning.
"""


def is_filled() -> bool:
    """Tell whether the county is there already."""
    with acting_as(REGION.schema):
        return Unit.objects.exists()


def fill(*, seed: int, people_count: int, now: datetime, tell: Tell = lambda _: None) -> None:
    """Fill an empty demo database.

    :param seed: the same seed, the same county
    :param people_count: how many of the published numbers, at least those of the stories
    :param tell: called with a Swedish line before each part
    """
    random = Random(seed)  # noqa: S311 - a demo must be reproducible, not unpredictable
    tell("Enheter och medarbetare")
    for huvudman in HUVUDMAN:
        with acting_as(huvudman.schema):
            _write_units(huvudman)
            _write_staff(huvudman, now)
            machines.write(huvudman, now)
    tell("Överenskommelser")
    for huvudman in MUNICIPALITIES:
        _agree(huvudman, now)
    consultation.fill(now)
    tell("Gemensamma nämnden")
    board.fill(now)
    tell("Anslutning")
    joining.fill(now)
    tell("Utbildning")
    training.fill(now)
    invented = people.people(random)[: max(people_count, people.IN_STORIES)]
    told, others = invented[: people.IN_STORIES], invented[people.IN_STORIES :]
    for story, who in zip(stories.STORIES, told, strict=True):
        tell(f"Berättelse: {story.__doc__.split(':', 1)[1].split('.')[0].strip()}")
        story(who.person, now).settle()
    # Two processes: a case is one person's, so no two of them write the same rows.
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=setup.django) as pool:
        played = pool.map(
            _ordinary, others, [now] * len(others), [f"{seed} {it.person.number}" for it in others]
        )
        for number, _ in enumerate(played, start=1):
            tell(f"Ärenden: {number} av {len(others)} personer")
    tell("Logggranskning")
    review.fill(now)


def _ordinary(who: people.Invented, now: datetime, seed: str) -> None:
    random = Random(seed)  # noqa: S311 - a demo must be reproducible, not unpredictable
    back = now - timedelta(days=random.randint(20, 40))
    for _ in range(random.choice((0, 1, 1, 2))):
        reached = random.choice(("closed", "closed", "closed", "aborted"))
        ordinary.play(who, reached=reached, now=back, ended=back, random=random)
        back -= timedelta(days=random.randint(25, 60))
    reached = random.choices(list(ordinary.REACHED), list(ordinary.REACHED.values()))[0]
    ordinary.play(who, reached=reached, now=now, ended=now, random=random)


def _write_units(huvudman: Huvudman) -> None:
    Unit.objects.bulk_create(
        Unit(
            hsa_id=unit.hsa_id,
            owner=huvudman.schema,
            name=unit.name,
            name_sort=sort_key(unit.name),
            kind=unit.kind,
            branch=unit.branch,
            phone="063-00 00 00",
            opening_hours=unit.hours,
            watches_red_days=unit.watches_red_days,
            successor=unit.successor,
            is_default=unit.is_default,
        )
        for unit in UNITS.values()
        if unit.huvudman == huvudman
    )


def _write_staff(huvudman: Huvudman, now: datetime) -> None:
    for person in STAFF:
        if person.huvudman != huvudman:
            continue
        Staff.objects.create(
            id=person.id, hsa_id=person.hsa_id, name=person.name, name_sort=sort_key(person.name)
        )
        for local_id, role in person.assignments:
            hsa_id = next(
                it.hsa_id
                for it in UNITS.values()
                if (it.huvudman, it.local_id) == (huvudman, local_id)
            )
            Assignment.objects.create(
                id=assignment_id(person, local_id),
                staff_id=person.id,
                unit_id=hsa_id,
                role=role,
                title=person.title,
                purpose="administration" if role not in CARE_ROLES else "care",
                valid_from=now - timedelta(days=900),
            )


def _agree(huvudman: Huvudman, now: datetime) -> None:
    """Sign an agreement between the region and a municipality; Härjedalen has not signed yet."""
    today = now.date()
    with acting_as(REGION.schema):
        drafted = agreements.draft(
            title=f"Överenskommelse om samverkan vid utskrivning, {huvudman.name}",
            text=TEXT,
            parties=[REGION.schema, huvudman.schema],
            valid_from=today - timedelta(days=700),
            valid_until=today + timedelta(days=1100),
            channels=CHANNELS,
            terms=TERMS,
            at=now - timedelta(days=710),
        )
        _sign(drafted, "Ingrid Forsell", "Regiondirektör", now)
    if huvudman.slug != "harjedalen":
        with acting_as(huvudman.schema):
            signatory = next(
                it
                for it in STAFF
                if it.huvudman == huvudman and it.assignments[0][1] == Role.SIGNATORY
            )
            _sign(drafted, signatory.name, signatory.title, now)


def _sign(drafted: Agreement, name: str, title: str, now: datetime) -> None:
    agreement: UUID = drafted.id
    agreements.sign(
        agreement=agreement,
        text_hash=drafted.text_hash,
        name=name,
        title=title,
        at=now - timedelta(days=705),
    )
