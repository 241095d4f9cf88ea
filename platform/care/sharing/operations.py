"""Acts that open and close rows to others, and that add rows for the common view."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from care.cases.models import Case, Contribution
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.sharing import access, rls
from tenants import agreements


def contribute(
    case: Case, *, actor: Actor, kind: str, info_class: str, text: str, at: datetime
) -> Contribution:
    """Add what a unit writes for the common view; the row is born with the stamp that applies.

    The caller holds the lock of the case (a door for writing): see rls.restamp.
    """
    return Contribution.objects.create(
        common_id=case.common_id,
        info_class=info_class,
        branch=actor.branch,
        unit_id=actor.unit_id,
        unit_name=actor.unit_name,
        kind=kind,
        text=text,
        author=actor.name_abroad,
        author_title=actor.title,
        at=at,
        open_to=rls.stamp(case.common_id, info_class, actor.branch, at=at),
    )


@transaction.atomic
def end_agreement(*, actor: Actor, agreement: UUID, reason: str, at: datetime) -> None:
    """End an agreement and close, in the same transaction, whatever it opened here.

    What another agreement still allows is opened again within seconds (`rls.follow_agreements`).

    :raises access.NotAllowed: if the role does not end agreements
    :raises agreements.NotAParty: if the huvudman is not named
    :raises agreements.AlreadyEnded: if somebody has ended it before
    """
    access.refuse_unless(actor, Permission.END_AGREEMENT)
    in_force = agreements.in_force(actor.tenant, at=at)
    parties = {party for it in in_force if it.id == agreement for party in it.parties}
    agreements.end(agreement=agreement, reason=reason, name=actor.name_abroad, at=at)
    rls.close_to(sorted(parties - {actor.tenant}))


@transaction.atomic
def sign_agreement(
    *, actor: Actor, agreement: UUID, text_hash: str, at: datetime
) -> agreements.Agreement:
    """Sign the text that was read, for the huvudman of the actor.

    Once every party has signed, the stamps follow within seconds (`rls.follow_agreements`).

    :raises access.NotAllowed: if the role does not sign agreements
    :raises agreements.NotAParty: if the huvudman is not named
    :raises agreements.AlreadySigned: if it has signed this version
    """
    access.refuse_unless(actor, Permission.SIGN_AGREEMENT)
    return agreements.sign(
        agreement=agreement, text_hash=text_hash, name=actor.name_abroad, title=actor.title, at=at
    )
