"""Protected identity that is learnt, or ends, while cases run: at home at once, told by letter.

It is the person's, and so holds in every case of hers here. A mark goes on to the other huvudmän
and holds there too; that it is lifted is told to them, and each lifts its own (ADR 34).

Raised by all: access.NotVisible (also to whoever is not on the list), access.NotAllowed.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from care.cases import operations as cases
from care.cases import queries
from care.cases.operations import Doer
from care.cases.queries import Happening
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.inbox import letters, projections
from care.inbox.models import Outbox
from care.individuals import operations as individuals
from care.sharing import access, readers
from care.sharing.access import Case
from tenants.context import acting_for

MARK, LIFT = "mark_protected", "lift_protection"

Told = dict[str, Any]


class NothingToLift(Exception):
    """The person has no protected identity here."""


class NotChecked(Exception):
    """The population register has not been asked, or it is not said why the protection ends."""


@transaction.atomic
def mark_protected(*, actor: Actor, case_id: UUID, protection: str, at: datetime) -> None:
    """Mark the person as protected in every case of hers; whoever does is on the unit's list.

    Who is marked as that, or more strictly, stays as she is. Where others have told that it is
    lifted, she is marked anew, and they are told.
    """
    case = access.case_for_writing(
        actor=actor, case_id=case_id, permission=Permission.MARK_PROTECTED, at=at
    )
    is_anew = lift_told(case, queries.happenings(case)) is not None
    if not individuals.mark_protected(case.individual, protection, is_anew=is_anew, at=at):
        return
    readers.begin_list(case, actor=actor, at=at)
    _follow(case, MARK, {"protection": protection}, actor=actor, at=at)


@transaction.atomic
def lift_protection(
    *, actor: Actor, case_id: UUID, reason: str, is_checked: bool, at: datetime
) -> None:
    """Lift what is marked here, with the reason; the others are told, and keep theirs.

    :param is_checked: that the population register has been asked
    :raises NothingToLift: if the person has no protected identity here
    :raises NotChecked: if the register has not been asked, or no reason is given
    """
    case = access.case_for_writing(
        actor=actor, case_id=case_id, permission=Permission.LIFT_PROTECTION, at=at
    )
    if not is_checked or not reason.strip():
        raise NotChecked
    if not individuals.lift_protection(case.individual, at=at):
        raise NothingToLift
    readers.end_lists(case.individual, actor=actor, at=at)
    _follow(case, LIFT, {}, reason=reason.strip(), actor=actor, at=at)


def lift_told(case: Case, happenings: Iterable[Happening]) -> Happening | None:
    """Return where another huvudman has told that the protection is lifted, if we still keep it.

    :param happenings: the history of the case
    """
    individual = case.individual
    if not individual.protection:
        return None
    told = [
        it
        for it in happenings
        if it.act == LIFT
        and it.origin != acting_for()
        and (individual.protected_at is None or it.at > individual.protected_at)
    ]
    return told[-1] if told else None


def receive(case: Case, told: Told, *, at: datetime) -> None:
    """Keep what another huvudman tells: a mark holds here too, that it is lifted is noted."""
    if told["act"] not in (MARK, LIFT):
        return  # no other act comes this way
    moment = datetime.fromisoformat(told["at"])
    if told["act"] == MARK:
        person = individuals.person(case.individual)
        marked = replace(person, protection=told["body"]["protection"], protected_at=told["at"])
        individuals.protect(case.individual, marked)
    by = Doer(told["origin"], told["unit_id"], told["name"], told["title"],
              unit_kind=told["unit_kind"])  # fmt: skip
    cases.record(case, act=told["act"], by=by, at=moment, body=told["body"])
    projections.refresh(case, at=at)


def tell(case: Case, told: Told, *, besides: Collection[str] = (), at: datetime) -> None:
    """Post to the huvudmän in a case what has been done about protection."""
    taking_part = {part.tenant for part in queries.parts(case)}
    # Who has left still holds rows of her. Who takes part gets the core of the case too: the letter
    # may come before the message that makes the case known.
    for tenant in sorted(queries.tenants(case) - {acting_for(), told["origin"], *besides}):
        core = {"case": letters.case_core(case)} if tenant in taking_part else {}
        letters.post(case.common_id, tenant, Outbox.Kind.PROTECTION, {"told": told, **core}, at=at)


def _follow(
    case: Case, act: str, body: Mapping[str, str], *, reason: str = "", actor: Actor, at: datetime
) -> None:
    """Record and tell it in the case, and in the others of hers that are open.

    Where in care she is now is told to nobody who takes part in another case only: there the
    huvudman alone is named, and the reason is left out. It is told to no other huvudman at all.
    """
    for each in access.cases_of(case.individual_id):
        is_here = each.pk == case.pk
        if not (each.is_open or is_here):
            continue
        by = Doer.from_actor(actor) if is_here else Doer(acting_for())
        kept = {"reason": reason} if is_here and reason else {}
        cases.record(each, act=act, by=by, at=at, body={**body, **kept})
        told = {
            "act": act,
            "at": at.isoformat(),
            "origin": by.origin,
            "unit_id": by.unit_id,
            "unit_kind": by.unit_kind,
            "name": by.name_abroad,
            "title": by.title,
            "body": dict(body),
        }
        tell(each, told, at=at)
        projections.refresh(each, at=at)
