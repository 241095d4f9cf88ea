"""The open cases here, as a file of the old system would say them: what it is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care.cases import queries
from care.discharge.models import TakenOverCase
from care.discharge.takeover.deeds import DATED
from care.discharge.takeover.entries import OPEN
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.inbox.takeovers import TAKEN_OVER
from care.law import history
from care.law.discharge import Act, State
from care.law.history import Fact
from care.sharing import access
from care.sharing.access import Case


@dataclass(frozen=True)
class Here:
    """Ärende här: its row, what it says by column, and the newest act of each kind."""

    case: Case
    values: Mapping[str, object]
    facts: tuple[Fact, ...]
    latest: Mapping[Act, datetime]
    by_hand: frozenset[Act]  # acts whose newest was done here, and did not come from the file

    @property
    def has_left(self) -> bool:
        """Tell whether the person has left the hospital, so that a new stay is a new case."""
        return self.case.state == State.DISCHARGED

    @property
    def is_estimated_there(self) -> bool:
        """Tell whether the estimate of the discharge that holds came from the old system."""
        revised = Act.REVISE_EXPECTED_DISCHARGE
        stated = revised if revised in self.latest else Act.NOTIFY_ADMISSION
        return stated in self.latest and stated not in self.by_hand

    def differs_from(self, there: Mapping[str, object]) -> tuple[str, ...]:
        """Return the columns in which the old system says something else."""
        return tuple(column for column, value in there.items() if not self._agrees(column, value))

    def _agrees(self, column: str, there: object) -> bool:
        here = self.values[column]
        if column == "mottagande_enheter":
            # Whoever has joined here since takes part too; nobody who was told there is missing.
            assert isinstance(there, frozenset)
            assert isinstance(here, frozenset)
            return there <= here
        return here == there


@dataclass(frozen=True)
class Home:
    """Läget här: the open cases that we lead by identity, and what the old numbers are."""

    open_cases: Mapping[UUID, Here]
    references: Mapping[str, TakenOverCase]

    def of(self, reference: str) -> Here | None:
        """Return the open case that an old number is, or None where there is none."""
        taken = self.references.get(reference)
        return self.open_cases.get(taken.common_id) if taken else None

    def staying(self) -> dict[str, Here]:
        """Return by personal number the cases of people who have not left the hospital."""
        return {it.case.individual.number: it for it in self.open_cases.values() if not it.has_left}


def look(*, actor: Actor, permission: Permission, system: str, at: datetime) -> Home:
    """Return the open cases here; the read is logged.

    :raises access.NotAllowed: if the role does not carry the right
    """
    found = access.led_cases(actor=actor, permission=permission, at=at)
    return Home(
        {it.common_id: _here(it) for it in found},
        {row.reference: row for row in TakenOverCase.objects.filter(system=system)},
    )


def _here(case: Case) -> Here:
    kinds = queries.unit_kinds(case)
    done = [it for it in queries.happenings(case) if it.act in set(Act)]
    facts = queries.facts_of(done, kinds=kinds)
    # In order of time, so that the last of each act is the newest.
    newest = {fact.act: (fact, it.unit_id) for it, fact in zip(done, facts, strict=True)}
    return Here(
        case=case,
        values=_values(case, facts, newest, frozenset(kinds)),
        facts=facts,
        latest={act: fact.at for act, (fact, _) in newest.items()},
        by_hand=frozenset(act for act, (fact, _) in newest.items() if TAKEN_OVER not in fact.body),
    )


def _values(
    case: Case,
    facts: tuple[Fact, ...],
    newest: Mapping[Act, tuple[Fact, str]],
    units: frozenset[str],
) -> dict[str, object]:
    estimates = history.expected_discharges(facts)
    dated = {column: newest[act][0].at if act in newest else None for act, column in DATED.items()}
    ready_at, withdrawn_at = dated["utskrivningsklar"], dated["klar_återtagen"]
    if ready_at and withdrawn_at and withdrawn_at < ready_at:
        withdrawn_at = None  # it ended the period before this one
    call, caller = newest.get(Act.CALL_TO_PLANNING, (None, None))
    contact = newest.get(Act.NAME_CARE_CONTACT, (None, ""))[0]
    ready = newest.get(Act.NOTIFY_READY, (None, ""))[0]
    return {
        "status": OPEN,
        "personnummer": case.individual.number,
        "förnamn": case.individual.given_name,
        "efternamn": case.individual.family_name,
        "folkbokföringskommun": case.individual.registered_municipality,
        "avdelning": case.sending_unit_id,
        "mottagande_enheter": units,
        **dated,
        "klar_återtagen": withdrawn_at,
        "inskriven": history.stated_time(facts, "admitted_at"),
        "beräknad_utskrivning": estimates[-1].expected_at if estimates else None,
        "utskriven": history.discharged_at(facts),
        "vårdkontakt": contact.text("name") if contact else None,
        "kallelse_enhet": caller,
        "möte": call.moment("meeting_at") if call else None,
        "mötesplats": call.text("place") if call else None,
        "deltagare": call.text("participants") if call else None,
        "klar_läkare": ready.text("physician") if ready else None,
    }
