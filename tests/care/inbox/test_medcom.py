"""MedCom's example messages of hospital stays, replayed in any order, as acts of ours."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cast import AT, REGION
from django.db import transaction
from people import BERIT, NURSE, WARD, write_units

from care.cases import operations as cases
from care.cases.models import Case, Event
from care.individuals import operations as individuals
from care.law import discharge, history
from care.law.discharge import Act, State
from care.law.history import Fact
from tenants.context import acting_as

EXAMPLES = Path(__file__).parents[3] / ".." / "shared" / "data" / "medcom"

# STIN start of a stay, STAA start of an acute contact, STOR and SLOR start and end of a leave,
# SLHJ discharged to the home, MORS deceased.
ACTS = {
    "STIN": Act.NOTIFY_ADMISSION,
    "STAA": Act.SEND_GENERAL_MESSAGE,
    "STOR": Act.SEND_GENERAL_MESSAGE,
    "SLOR": Act.SEND_GENERAL_MESSAGE,
    "SLHJ": Act.RECORD_DISCHARGE,
    "MORS": Act.ABORT_CASE,
}


@dataclass(frozen=True)
class Notification:
    """One message: of which stay, which event, when."""

    stay: str
    event: str
    at: datetime

    def fact(self) -> Fact:
        body: dict[str, object] = {"event": self.event}
        if self.event == "SLHJ":
            body["discharged_at"] = self.at.isoformat()
        if self.event == "MORS":
            body |= {"reason": "deceased", "occurred_at": self.at.isoformat()}
        return Fact(ACTS[self.event], self.at, body)


def stays() -> dict[str, list[Notification]]:
    """Return the messages by stay, in order of time."""
    if not EXAMPLES.exists():
        reason = f"MedCom's examples are not at {EXAMPLES.resolve()}: nothing is replayed"
        print(reason)
        pytest.skip(reason)
    found: dict[str, list[Notification]] = defaultdict(list)
    for place in sorted(EXAMPLES.glob("HospitalNotification_*.json")):
        resources = [it["resource"] for it in json.loads(place.read_text())["entry"]]
        stay = _of(resources, "Encounter")[0]["episodeOfCare"][0]["identifier"]["value"]
        occurred = [
            datetime.fromisoformat(it["occurredDateTime"]) for it in _of(resources, "Provenance")
        ]
        event = place.stem.split("_")[2]
        found[stay].append(Notification(stay, event, max(occurred)))
    return {stay: sorted(them, key=lambda it: (it.at, it.event)) for stay, them in found.items()}


def _of(resources: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [it for it in resources if it["resourceType"] == kind]


def ends(events: set[str]) -> State:
    if "MORS" in events:
        return State.ABORTED
    if "SLHJ" in events:
        return State.DISCHARGED
    return State.ADMITTED if "STIN" in events else State.DRAFT


def test_the_examples_are_those_we_know() -> None:
    assert sum(map(len, stays().values())) == 28
    assert {it.event for them in stays().values() for it in them} == set(ACTS)


def test_every_order_of_arrival_ends_in_the_same_state() -> None:
    for them in stays().values():
        for order in permutations(them[:6]):
            facts = [it.fact() for it in order]
            assert history.state(facts) == ends({it.event for it in order})


def test_a_table_that_is_read_in_the_order_of_arrival_never_refuses() -> None:
    for them in stays().values():
        for order in permutations(them[:6]):
            state = discharge.PROCESS.start
            for it in order:
                state, _ = discharge.PROCESS.follow(state, ACTS[it.event], it.fact().body)


def test_a_death_ends_every_ready_period() -> None:
    for them in stays().values():
        facts = [it.fact() for it in them]
        ready = Fact(Act.NOTIFY_READY, them[0].at + timedelta(minutes=1))
        periods = history.ready_periods([*facts, ready])
        if "MORS" in {it.event for it in them} and len(them) > 1:
            assert all(it.ends_at for it in periods)


@pytest.fixture
def home(db: None) -> None:
    write_units()


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("seed", range(3))
def test_letters_in_disorder_are_all_kept_and_end_right(seed: int) -> None:
    random = Random(seed)
    with acting_as(REGION), transaction.atomic():
        person = individuals.know(BERIT)
        for them in stays().values():
            arrived = random.sample(them, len(them))
            case = _case(person, at=min(it.at for it in them))

            for it in arrived:
                fact = it.fact()
                cases.record(
                    case, act=fact.act, by=cases.Doer(REGION, WARD, NURSE.name, NURSE.title),
                    at=fact.at, body=fact.body, is_letter=True,
                )  # fmt: skip

            assert case.state == ends({it.event for it in them})
            assert Event.objects.filter(common_id=case.common_id).count() == len(them)
            assert case.is_open == (case.state != State.ABORTED)


@pytest.mark.usefixtures("home")
def test_an_admission_after_the_discharge_is_flagged_and_leaves_discharged() -> None:
    both = [them for them in stays().values() if {it.event for it in them} == {"STIN", "SLHJ"}]
    with acting_as(REGION), transaction.atomic():
        person = individuals.know(BERIT)
        for them in both:
            case = _case(person, at=them[0].at)
            for it in sorted(them, key=lambda it: it.event):  # SLHJ first
                fact = it.fact()
                cases.record(case, act=fact.act, by=cases.Doer(REGION), at=fact.at,
                             body=fact.body, is_letter=True)  # fmt: skip

            late = Event.objects.get(common_id=case.common_id, act=Act.NOTIFY_ADMISSION)
            assert (case.state, late.is_flagged) == ("discharged", True)
    assert both


def _case(person: Any, *, at: datetime) -> Case:
    return Case.objects.create(
        lead=REGION, individual=person, sending_unit_id=WARD, state_at=at, opened_at=min(at, AT)
    )
