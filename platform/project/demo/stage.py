"""Setting the stage: who acts where, and what is carried from one huvudman to another meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from care.cases.models import Case
from care.discharge import operations as discharge
from care.identity.actors import Actor
from care.inbox import delivery, operations, tasks
from care.inbox.models import Delivery
from care.inbox.projections import RECEIPTED
from project.demo.county import NAMESPACE, REGION, Huvudman, Medarbetare, staff, units
from tenants.context import acting_as

UNITS = {unit.hsa_id: unit for unit in units()}
STAFF = staff()
NOT_OPEN = UUID(int=0)  # the identity of a case that nobody has opened yet


def actor(person: Medarbetare, number: int = 0) -> Actor:
    """Return somebody of the county in one of their assignments."""
    local_id, role = person.assignments[number]
    unit = next(
        it for it in UNITS.values() if (it.huvudman, it.local_id) == (person.huvudman, local_id)
    )
    return Actor(
        tenant=person.huvudman.schema,
        staff_id=person.id,
        name=person.name,
        assignment_id=assignment_id(person, local_id),
        role=role,
        title=person.title,
        purpose="care",
        unit_id=unit.hsa_id,
        unit_name=unit.name,
        unit_kind=unit.kind,
        branch=unit.branch,
    )


def assignment_id(person: Medarbetare, local_id: str) -> UUID:
    """Return the same identity of an assignment at each seeding."""
    return uuid5(NAMESPACE, f"{person.hsa_id} {local_id}")


def at_unit(huvudman: Huvudman, local_id: str) -> Actor:
    """Return somebody who works at a unit."""
    for person in STAFF:
        for number, (unit, _) in enumerate(person.assignments):
            if person.huvudman == huvudman and unit == local_id:
                return actor(person, number)
    raise LookupError(local_id)


@dataclass
class Stage:
    """One case, played by its people at their times.

    Letters travel when the other huvudman's people act next, and at the end: `settle`.
    """

    municipality: Huvudman
    common_id: UUID = NOT_OPEN
    written: tuple[str, datetime] | None = None  # by whom, and when, letters wait to be fetched

    def open(self, who: Actor, at: datetime, **words: Any) -> None:
        """Let somebody open the case."""
        with acting_as(who.tenant):
            case_id = discharge.open_case(actor=who, at=at, **words)
            self.common_id = Case.objects.values_list("common_id", flat=True).get(pk=case_id)

    def play(self, who: Actor, act: Callable[..., Any], at: datetime, **words: Any) -> None:
        """Let somebody act, at home."""
        self._fetch_before(who)
        with acting_as(who.tenant):
            case_id = Case.objects.values_list("pk", flat=True).get(common_id=self.common_id)
            act(actor=who, case_id=case_id, at=at, **words)
        self.written = (who.tenant, at)

    def acknowledge(self, at: datetime, *receivers: Actor) -> None:
        """Let somebody at each unit take on every message that waits there."""
        for who in receivers:
            self._fetch_before(who)
            with acting_as(who.tenant):
                waiting = Delivery.objects.filter(
                    message__common_id=self.common_id,
                    message__act__in=RECEIPTED,
                    unit_id=who.unit_id,
                    acknowledged_at=None,
                    forwarded_at=None,
                )
                for message_id in list(waiting.values_list("message_id", flat=True)):
                    operations.acknowledge_message(actor=who, message_id=message_id, at=at)
            self.written = (who.tenant, at)

    def wait_until(self, at: datetime) -> None:
        """Let time pass: deadlines that run out until then are acted on."""
        self.settle()
        for schema in (REGION.schema, self.municipality.schema):
            with acting_as(schema):
                tasks.act_on_due(at=at)
            self.written = (schema, at)
            self.settle()

    def settle(self) -> None:
        """Let both huvudmän fetch what the other has sent, in turn, until nothing is left."""
        if self.written is None:
            return
        writer, at = self.written
        reader = next(it for it in (REGION.schema, self.municipality.schema) if it != writer)
        in_vain = 0
        while in_vain < 2:
            in_vain = 0 if _fetch(reader, writer, at) else in_vain + 1
            reader, writer = writer, reader
        self.written = None

    def _fetch_before(self, who: Actor) -> None:
        if self.written and self.written[0] != who.tenant:
            self.settle()


def _fetch(recipient: str, sender: str, at: datetime) -> int:
    with acting_as(recipient):
        return delivery.fetch(sender=sender, at=at)
