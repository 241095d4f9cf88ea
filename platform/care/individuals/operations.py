"""The person becomes known here, and consents."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from stdnum.exceptions import ValidationError
from stdnum.luhn import is_valid as luhn_holds
from stdnum.se import personnummer

from care.identity.actors import Actor
from care.individuals.models import Block as Block
from care.individuals.models import BlockNotice, Identity, Individual
from care.individuals.models import Consent as Consent
from tenants.sorting import sort_key


class BadIdentity(Exception):
    """The number cannot be anybody's; the text is Swedish and says what to do."""


@dataclass(frozen=True)
class Person:
    """The core of a person, as it travels in a letter and is entered in a form."""

    kind: str
    number: str  # twelve characters
    given_name: str
    family_name: str
    registered_municipality: str
    registered_address: str = ""
    interpreter: str = ""
    protection: str = ""
    protected_at: str = ""  # when that was last marked; empty: not known


def identity_number(text: str) -> tuple[str, str]:
    """Return the kind and the twelve characters of a personnummer, samordnings- or reserve number.

    :raises BadIdentity: if it has the wrong form or check digit
    """
    number = "".join(text.split()).replace("-", "").replace("+", "")
    if len(number) != 12 or not number.isdigit():
        raise BadIdentity(
            "Personnumret ska ha tolv siffror, ÅÅÅÅMMDD-NNNN. Skriv också århundradet, till"
            " exempel 19400107-9120."
        )
    if number.startswith("99") and luhn_holds(number[4:]):
        return Identity.Kind.RESERVE_NUMBER, number
    day = int(number[6:8])
    kind = Identity.Kind.SAMORDNINGSNUMMER if day > 60 else Identity.Kind.PERSONNUMMER
    plain = f"{number[:6]}{day - 60:02d}{number[8:]}" if day > 60 else number
    try:
        if not luhn_holds(number[2:]):
            raise ValidationError
        personnummer.get_birth_date(f"{plain[:8]}-{plain[8:]}")
    except ValidationError:
        raise BadIdentity(
            "Personnumret stämmer inte: kontrollsiffran eller datumet är fel. Kontrollera numret"
            " mot legitimationen eller journalen och skriv det igen."
        ) from None
    return kind, number


@transaction.atomic
def know(person: Person) -> Individual:
    """Return our own row of a person, made or brought up to date, locked like one that is written.

    Of two that meet a person at once, the second waits and goes on from what the first has written.
    Protection is never lowered: an empty form, a weaker kind or an older letter takes nothing away.
    """
    individual = _known(person)
    if individual is None:
        try:
            with transaction.atomic():
                individual = _written(Individual(), person)
                Identity.objects.create(
                    individual=individual, kind=person.kind, value=person.number
                )
                return individual
        except IntegrityError:
            individual = _known(person)
            assert individual is not None  # somebody else has met her in the same moment
    return _written(individual, person)


def completed(person: Person) -> Person:
    """Return a person with what is known here of address and interpreter, where nothing is said."""
    individual = _known(person)
    if individual is None:
        return person
    return replace(
        person,
        registered_address=person.registered_address or individual.registered_address,
        interpreter=person.interpreter or individual.interpreter,
    )


def _known(person: Person) -> Individual | None:
    return (
        Individual.objects.select_for_update(of=("self",))
        .filter(identities__kind=person.kind, identities__value=person.number)
        .first()
    )


def _written(individual: Individual, person: Person) -> Individual:
    individual.given_name = person.given_name
    individual.family_name = person.family_name
    individual.name_sort = sort_key(f"{person.family_name} {person.given_name}")
    individual.registered_municipality = person.registered_municipality
    _raise_protection(individual, person.protection, _moment(person.protected_at))
    individual.registered_address = "" if individual.protection else person.registered_address
    individual.interpreter = person.interpreter
    individual.number = person.number
    individual.save()
    return individual


def protect(individual: Individual, person: Person) -> None:
    """Keep what a letter tells of protected identity (OSL 21 kap. 3, 3 a §§, 22 kap. 2 §)."""
    if person.protection:
        _locked(individual)
        _raise_protection(individual, person.protection, _moment(person.protected_at))
        individual.save(update_fields=PROTECTED)


def mark_protected(
    individual: Individual, protection: str, *, is_anew: bool = False, at: datetime
) -> bool:
    """Mark a person as protected, or more strictly so; return whether anything was changed.

    :param is_anew: mark a person again who is marked as that: others have told that it is lifted
    """
    _locked(individual)
    stricter = STRICTNESS.index(protection) - STRICTNESS.index(individual.protection)
    if stricter < 0 or (stricter == 0 and not is_anew):
        return False
    individual.protection, individual.protected_at = protection, at
    individual.registered_address = ""
    individual.save(update_fields=PROTECTED)
    return True


def lift_protection(individual: Individual, *, at: datetime) -> bool:
    """Take protection off a person; return whether there was any. The address stays unknown."""
    _locked(individual)
    if not individual.protection:
        return False
    individual.protection, individual.protected_at = "", None
    individual.protection_lifted_at = at
    individual.save(update_fields=PROTECTED)
    return True


PROTECTED = ("protection", "protected_at", "protection_lifted_at", "registered_address")
STRICTNESS = Individual.Protection.values


def _raise_protection(individual: Individual, protection: str, marked_at: datetime | None) -> None:
    """Take over what is told of protection, if it is stricter and has not been lifted here since.

    That somebody was marked at an unknown time was so before it was lifted.
    """
    lifted_at = individual.protection_lifted_at
    if not protection or (lifted_at and (marked_at is None or marked_at <= lifted_at)):
        return
    individual.protection = max(protection, individual.protection, key=STRICTNESS.index)
    moments = [it for it in (individual.protected_at, marked_at) if it]
    individual.protected_at = max(moments, default=None)
    individual.registered_address = ""


def _locked(individual: Individual) -> None:
    """Read a row again, and let nobody else write it until the transaction ends."""
    individual.refresh_from_db(from_queryset=Individual.objects.select_for_update())


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def person(individual: Individual) -> Person:
    """Return the core of a person, as it travels in a letter."""
    identity = individual.identities.order_by("id").last()
    assert identity is not None
    return Person(
        kind=identity.kind,
        number=identity.value,
        given_name=individual.given_name,
        family_name=individual.family_name,
        registered_municipality=individual.registered_municipality,
        registered_address=individual.registered_address,
        interpreter=individual.interpreter,
        protection=individual.protection,
        protected_at=individual.protected_at.isoformat() if individual.protected_at else "",
    )


def record_consent(
    *,
    individual: Individual,
    common_id: UUID,
    type_: str,
    value: str,
    info_classes: Sequence[str],
    recipients: Sequence[str],
    given_how: str,
    expires_at: datetime,
    is_clarified: bool = False,
    purpose: str = "",
    actor: Actor,
    at: datetime,
) -> Consent:
    """Record what the person has answered: never general, always with an end."""
    return Consent.objects.create(
        individual=individual,
        common_id=common_id,
        type=type_,
        value=value,
        info_classes=sorted(info_classes),
        recipients=sorted(recipients),
        given_how=given_how,
        is_clarified=is_clarified,
        purpose=purpose,
        taken_by=actor.tenant,
        taken_by_unit=actor.unit_id,
        documented_by=actor.name_abroad,  # the others get a copy
        documented_title=actor.title,
        valid_from=at,
        expires_at=expires_at,
    )


def withdraw_consent(*, common_id: UUID, type_: str, at: datetime) -> list[Consent]:
    """Withdraw every running consent of a type in a case; return those that were.

    What stands for a consent of somebody who cannot decide is withdrawn like one.
    """
    running = list(
        Consent.objects.filter(
            common_id=common_id, type=type_, value__in=OPENING, withdrawn_at=None
        )
    )
    Consent.objects.filter(pk__in=[it.pk for it in running]).update(withdrawn_at=at)
    return running


# Answers on which something may be shown or done, and which therefore can be withdrawn.
OPENING = (
    Consent.Value.YES,
    Consent.Value.PARTIAL,
    Consent.Value.UNABLE,
    Consent.Value.COMPULSORY_CARE,
)


def consent_letter(consent: Consent) -> dict[str, Any]:
    """Return a consent as it travels in a letter."""
    return {
        "id": str(consent.id),
        "type": consent.type,
        "value": consent.value,
        "info_classes": consent.info_classes,
        "recipients": consent.recipients,
        "given_how": consent.given_how,
        "is_clarified": consent.is_clarified,
        "purpose": consent.purpose,
        "taken_by": consent.taken_by,
        "taken_by_unit": consent.taken_by_unit,
        "documented_by": consent.documented_by,
        "documented_title": consent.documented_title,
        "valid_from": consent.valid_from.isoformat(),
        "expires_at": consent.expires_at.isoformat(),
        "withdrawn_at": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
    }


def receive_consent(*, individual: Individual, common_id: UUID, letter: dict[str, Any]) -> None:
    """Keep the copy of a consent that a letter carries; no older letter undoes a withdrawal."""
    moments = {name: datetime.fromisoformat(letter[name]) for name in ("valid_from", "expires_at")}
    withdrawn = letter["withdrawn_at"]
    copied = ("type", "value", "info_classes", "recipients", "given_how", "taken_by",
              "taken_by_unit")  # fmt: skip
    # A letter that was written before the register was widened lacks these.
    added = {"is_clarified": False, "purpose": "", "documented_by": "", "documented_title": ""}
    consent, _ = Consent.objects.get_or_create(
        pk=letter["id"],
        defaults={
            "individual": individual,
            "common_id": common_id,
            **{name: letter[name] for name in copied},
            **{name: letter.get(name, default) for name, default in added.items()},
            **moments,
        },
    )
    withdrawn_at = datetime.fromisoformat(withdrawn) if withdrawn else None
    # Withdrawn here by a newer answer, and there by the person since: her last word counts.
    if withdrawn_at and (consent.withdrawn_at is None or consent.withdrawn_at < withdrawn_at):
        Consent.objects.filter(pk=consent.pk).update(withdrawn_at=withdrawn_at)


def place_block(
    *,
    individual: Individual,
    common_id: UUID,
    type_: str,
    unit_id: str,
    info_classes: Sequence[str],
    actor: Actor,
    at: datetime,
) -> Block:
    """Block what is held here of a person: of the actor's branch, or of one unit of it.

    :param unit_id: of an inner block; empty for an outer one
    :param info_classes: empty for all of them
    """
    return Block.objects.create(
        individual=individual,
        common_id=common_id,
        type=type_,
        branch=actor.branch,
        unit_id=unit_id,
        info_classes=sorted(info_classes),
        placed_at=at,
        placed_by=actor.name,
        placed_title=actor.title,
    )


def lift_block(block: Block, *, actor: Actor, at: datetime) -> None:
    """Lift a block; one that somebody has lifted meanwhile stays as it was."""
    Block.objects.filter(pk=block.pk, lifted_at=None).update(
        lifted_at=at, lifted_by=actor.name, lifted_title=actor.title
    )


def block_notice(individual: Individual, *, owner: str) -> dict[str, Any] | None:
    """Return what others are told of the blocks here: that there are any, or are none any more."""
    outer = individual.blocks.filter(type=Block.Type.OUTER_BLOCK)
    moments = [it for row in outer.values_list("placed_at", "lifted_at") for it in row if it]
    if not moments:
        return None
    is_blocked = outer.filter(lifted_at=None).exists()
    return {"owner": owner, "is_blocked": is_blocked, "at": max(moments).isoformat()}


def notices_known(common_id: UUID) -> list[dict[str, Any]]:
    """Return what others have told of their blocks in a case, as it travels on in a letter."""
    known = BlockNotice.objects.filter(common_id=common_id).order_by("owner")
    return [
        {"owner": it.owner, "is_blocked": it.is_blocked, "at": it.at.isoformat()} for it in known
    ]


def receive_notice(*, common_id: UUID, letter: dict[str, Any]) -> None:
    """Keep what a letter tells of blocks elsewhere; no older letter undoes a newer one."""
    at = datetime.fromisoformat(letter["at"])
    notice, is_new = BlockNotice.objects.get_or_create(
        common_id=common_id,
        owner=letter["owner"],
        defaults={"is_blocked": letter["is_blocked"], "at": at},
    )
    if not is_new and notice.at < at:
        BlockNotice.objects.filter(pk=notice.pk).update(is_blocked=letter["is_blocked"], at=at)
