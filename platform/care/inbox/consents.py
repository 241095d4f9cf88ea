"""Consents: taken here, told to every huvudman in the case, and stamped on the rows at once."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from care.cases import operations as cases
from care.cases import queries
from care.cases.operations import Doer
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.inbox import letters, projections
from care.inbox.models import Outbox
from care.individuals import operations as individuals
from care.individuals.operations import Consent
from care.sharing import access, rls
from care.sharing.access import Case
from tenants.context import acting_for


@transaction.atomic
def record_consent(
    *,
    actor: Actor,
    case_id: UUID,
    type_: str,
    value: str,
    info_classes: Sequence[str],
    given_how: str,
    expires_at: datetime,
    recipients: Collection[str] | None = None,
    is_clarified: bool = False,
    purpose: str = "",
    at: datetime,
) -> None:
    """Record the person's answer about one kind of consent, for the huvudmän in the case.

    :param recipients: which of them it is for; all where nothing is said
    :param is_clarified: of who cannot decide: her attitude has been cleared up as far as possible,
        and there is no reason to assume that she would have objected
    :raises access.NotVisible: if the actor may not see the case
    :raises access.NotAllowed: if the role does not record consent
    """
    case = access.case_for_writing(
        actor=actor, case_id=case_id, permission=Permission.RECORD_CONSENT, at=at
    )
    taking_part = {part.tenant for part in queries.parts(case)} | {acting_for()}
    chosen = taking_part if recipients is None else taking_part & {*recipients, acting_for()}
    superseded = _withdrawn(case, type_, at=at)
    consent = individuals.record_consent(
        individual=case.individual,
        common_id=case.common_id,
        type_=type_,
        value=value,
        info_classes=info_classes,
        recipients=sorted(chosen),
        given_how=given_how,
        expires_at=expires_at,
        is_clarified=is_clarified,
        purpose=purpose,
        actor=actor,
        at=at,
    )
    cases.record(
        case,
        act="record_consent",
        by=Doer.from_actor(actor),
        at=at,
        body={
            "type": type_,
            "value": value,
            "info_classes": sorted(info_classes),
            "expires_at": expires_at.isoformat(),
        },
    )
    _tell(case, [*superseded, consent], at=at)


@transaction.atomic
def withdraw_consent(*, actor: Actor, case_id: UUID, type_: str, at: datetime) -> None:
    """Withdraw consent: what it opened at home is closed in the same transaction.

    :raises access.NotVisible: if the actor may not see the case
    :raises access.NotAllowed: if the role does not record consent
    """
    case = access.case_for_writing(
        actor=actor, case_id=case_id, permission=Permission.WITHDRAW_CONSENT, at=at
    )
    withdrawn = _withdrawn(case, type_, at=at)
    cases.record(
        case,
        act="withdraw_consent",
        by=Doer.from_actor(actor),
        at=at,
        body={"type": type_},
    )
    _tell(case, withdrawn, at=at)


def tell_known(case: Case, *, at: datetime) -> None:
    """Tell the huvudmän in a case what the person has consented to, for those who have joined."""
    _tell(case, list(case.individual.consents.filter(common_id=case.common_id)), at=at)


def tell_blocks(case: Case, *, at: datetime) -> None:
    """Bring the stamps of a case in line with the blocks here, and tell others that there are."""
    _tell(case, (), at=at)


def pass_on(case: Case, *, besides: Collection[str], at: datetime) -> None:
    """Stamp what a letter has told of consents, and tell it to whom its writer does not know of."""
    rls.restamp(case, at=at)
    known = list(case.individual.consents.filter(common_id=case.common_id))
    _post(case, known, besides=besides, at=at)


def _withdrawn(case: Case, type_: str, *, at: datetime) -> list[Consent]:
    withdrawn = individuals.withdraw_consent(common_id=case.common_id, type_=type_, at=at)
    for consent in withdrawn:
        consent.withdrawn_at = at
    return withdrawn


def _tell(case: Case, told: Sequence[Consent], *, at: datetime) -> None:
    rls.restamp(case, at=at)
    _post(case, told, besides=(), at=at)
    projections.refresh(case, at=at)


def _post(case: Case, told: Sequence[Consent], *, besides: Collection[str], at: datetime) -> None:
    body = {
        "consents": [individuals.consent_letter(consent) for consent in told],
        "blocks": _notices(case),
    }
    if not any(body.values()):
        return
    taking_part = {part.tenant for part in queries.parts(case)}
    # Who has left still holds rows that a withdrawal must close. Who takes part gets the core of
    # the case too: the letter may come before the message that makes the case known.
    for tenant in sorted(queries.tenants(case) - {acting_for(), *besides}):
        core = {"case": letters.case_core(case)} if tenant in taking_part else {}
        letters.post(case.common_id, tenant, Outbox.Kind.CONSENT, {**body, **core}, at=at)


def _notices(case: Case) -> list[dict[str, Any]]:
    """Return what is told of blocks: of our own, and at the lead of what others have told."""
    own = individuals.block_notice(case.individual, owner=acting_for())
    known = individuals.notices_known(case.common_id) if case.lead == acting_for() else []
    return [own, *known] if own else known
