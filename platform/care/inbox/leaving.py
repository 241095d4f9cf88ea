"""A huvudman leaves: what runs at it, what is on its way, how its part in cases ends or goes on.

Each huvudman writes at home only. Who leaves tells by letter who takes over; the others end its
part themselves, when the registry says that it has left.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from care.cases import operations as cases
from care.cases import queries
from care.cases.operations import Doer
from care.cases.queries import Part
from care.identity import units
from care.identity.actors import Actor
from care.identity.permissions import Role
from care.identity.units import Address
from care.inbox import operations
from care.inbox.models import Delivery
from care.law.discharge import Act
from care.sharing import access
from care.sharing.access import Case, Running
from tenants.context import acting_for
from tenants.models import Departed

SUBJECT = "Ny kommun i ärendet"
BY, TITLE = "Driften", "samplan tenant remove"


class CannotHandOver(Exception):
    """A case cannot be handed over so; the text is Swedish and says what to do."""


@dataclass(frozen=True)
class Standing:
    """What runs at a huvudman: the cases that it leads, and those in which it takes part."""

    led: tuple[Running, ...]
    joined: tuple[Running, ...]


def standing() -> Standing:
    """Return the open cases of the huvudman for whom we act."""
    here = acting_for()
    running = access.running_with(here)
    return Standing(
        led=tuple(it for it in running if it.lead == here),
        joined=tuple(it for it in running if it.lead != here),
    )


def heirs(kinds: Iterable[str], *, to: str, name: str) -> dict[str, Address]:
    """Return by kind of unit the default unit of a huvudman that takes over.

    :param name: of that huvudman
    :raises CannotHandOver: if it has no unit of one of the kinds
    """
    found: dict[str, Address] = {}
    for it in units.receiving(owners=[to], kinds=sorted(set(kinds))):
        found.setdefault(it.kind, it)
    if missing := sorted({*kinds} - {*found}):
        raise CannotHandOver(
            f"{name} har ingen enhet av slaget {', '.join(missing)} som kan ta över. Lägg upp"
            " enheten först, under Enheter hos den huvudmannen."
        )
    return found


def kinds_here(running: Iterable[Running]) -> frozenset[str]:
    """Return the kinds of our units that take part in some open cases."""
    parts = (it for row in running for it in _own_parts(_case(row.common_id)))
    return frozenset(it.kind for it in parts)


@transaction.atomic
def hand_over(row: Running, *, to: Mapping[str, Address], text: str, at: datetime) -> None:
    """Tell everybody in a case that another huvudman's units take over; by that they join it.

    The message says who takes over and nothing of the person. The case's core goes with it, so it
    is for the huvudman that by law or decision takes over what ours has done.

    :param to: by kind of unit the one that takes over
    :raises CannotHandOver: if no unit of ours takes part any more
    """
    case = _case(row.common_id)
    mine = _own_parts(case)
    if not mine:
        raise CannotHandOver("Ärendet har avslutats under tiden. Försök igen.")
    others = [it.unit_id for it in queries.parts(case) if it.tenant != acting_for()]
    taking = {to[it.kind].hsa_id for it in mine}
    if taking <= {*others}:
        return  # handed over before, by a command that was cut short
    actor = _system(mine[0])
    access.log(actor=actor, owner=actor.tenant, activity="write", common_ids=[case.common_id],
               rows=1, at=at)  # fmt: skip
    operations.send(
        case,
        Act.SEND_GENERAL_MESSAGE,
        actor=actor,
        core={"subject": SUBJECT, "text": text},
        recipients=sorted({*others, *taking}),
        at=at,
    )


@dataclass(frozen=True)
class Elsewhere:
    """What another huvudman has got of ours: which message, which unit, when; not what it says."""

    message_id: UUID
    common_id: UUID
    act: str
    sent_at: datetime
    tenant: str
    unit_id: str
    unit_name: str
    delivered_at: datetime | None


def elsewhere() -> Iterator[Elsewhere]:
    """Yield what others have got of our messages, in the order in which it was sent."""
    sent = Delivery.objects.filter(message__sender=acting_for()).exclude(tenant=acting_for())
    rows = sent.order_by("message__sent_at", "message_id", "unit_id").values_list(
        "message_id", "message__common_id", "message__act", "message__sent_at", "tenant",
        "unit_id", "unit_name", "delivered_at",
    )  # fmt: skip
    return (Elsewhere(*row) for row in rows.iterator())


def departed() -> frozenset[str]:
    """Return the schemas of the huvudmän that have left."""
    return frozenset(Departed.objects.values_list("schema_name", flat=True))


def end_part(*, of: str, at: datetime) -> int:
    """Let the part of a huvudman that has left end in every open case here; return in how many.

    What it has written and got stays in the case. Each case is a transaction of its own.
    """
    done = 0
    for row in access.running_with(of):
        with transaction.atomic():
            case = _case(row.common_id)
            left = [it for it in queries.parts(case) if it.tenant == of]
            for part in left:
                cases.leave(case, unit_id=part.unit_id, at=at)
            if left:
                system = Doer(acting_for())
                cases.record(case, act="tenant_left", by=system, at=at, body={"tenant": of})
                done += 1
    return done


def _case(common_id: UUID) -> Case:
    case = access.own_case(common_id)
    assert case is not None, "an open case is never removed"
    return case


def _own_parts(case: Case) -> Sequence[Part]:
    return [it for it in queries.parts(case) if it.tenant == acting_for()]


def _system(part: Part) -> Actor:
    """Return who acts: the operator by the command line, at a unit that takes part."""
    return Actor(
        tenant=part.tenant,
        staff_id=UUID(int=0),
        name=BY,
        assignment_id=UUID(int=0),
        role=Role.INBOX_COORDINATOR,
        title=TITLE,
        purpose="administration",
        unit_id=part.unit_id,
        unit_name=part.name,
        unit_kind=part.kind,
        branch=part.branch,
    )
