"""What a batch of HSA asks for here, and what of it is left out and why. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from care.identity.hsa import mapping
from care.identity.hsa.reading import Commission, Credential, Place, SystemRole
from care.identity.models import Assignment
from care.identity.permissions import Role
from tenants.models import Unit

Kind = Assignment.Kind


@dataclass(frozen=True)
class Wanted:
    """An assignment as HSA has it."""

    hsa_id: str
    name: str
    is_protected: bool
    unit_id: str
    role: Role
    title: str
    kind: str
    source: str
    provider_id: str
    rights: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        """Return by what an assignment is told from others: person, unit and role."""
        return self.hsa_id, self.unit_id, self.role


@dataclass(frozen=True)
class LeftOut:
    """What HSA has and gives nothing here; the text is Swedish and says why."""

    hsa_id: str
    text: str


def of_person(
    person: Credential, *, own: Mapping[str, Unit], is_test: bool, at: datetime
) -> Iterator[Wanted | LeftOut]:
    """Give what one person's credentials come to.

    :param own: the huvudman's units that are not archived
    :param is_test: whether feigned objects count: at a training huvudman only
    """
    if person.is_feigned and not is_test:
        yield LeftOut(person.hsa_id, f"{person.name} är fingerad i HSA.")
        return
    for commission in person.commissions:
        if text := _against(commission, own=own, is_test=is_test, at=at):
            yield LeftOut(person.hsa_id, f"{person.name}, {commission.name}: {text}")
        elif commission.unit is not None:
            yield _of_commission(person, commission, own[commission.unit.hsa_id])
    for role in person.system_roles:
        if role.system == mapping.SYSTEM:
            yield _of_system_role(person, role, own)


def _of_commission(person: Credential, commission: Commission, unit: Unit) -> Wanted | LeftOut:
    role = mapping.of_commission(person, unit.kind)
    if role is None:
        licences = ", ".join(person.licences) or "utan legitimation"
        return LeftOut(
            person.hsa_id,
            f"{person.name}, {commission.name}: tabellen har ingen roll för {licences} vid en"
            f" enhet av typen {Unit.Kind(unit.kind).label}.",
        )
    return _wanted(
        person, unit, role, Kind.HSA_COMMISSION, commission.hsa_id, commission.provider.hsa_id,
        commission.rights,
    )  # fmt: skip


def _of_system_role(
    person: Credential, told: SystemRole, own: Mapping[str, Unit]
) -> Wanted | LeftOut:
    """Read "koordinator:SE2999999127-BIST": the role, and at which unit."""
    name, _, unit_id = told.role.partition(":")
    unit = own.get(unit_id)
    if unit is None:
        return LeftOut(
            person.hsa_id,
            f"{person.name}, systemrollen {told.role}: enheten finns inte i adressboken.",
        )
    role = mapping.of_system_role(name, unit.kind)
    if role is None:
        return LeftOut(
            person.hsa_id,
            f"{person.name}, systemrollen {told.role}: tabellen har ingen sådan roll vid enheten.",
        )
    source = f"{told.system};{told.role}"[:120]
    return _wanted(person, unit, role, Kind.HSA_SYSTEM_ROLE, source, "", ())


def _wanted(
    person: Credential, unit: Unit, role: Role, kind: str, source: str, provider_id: str,
    rights: tuple[str, ...],
) -> Wanted:  # fmt: skip
    return Wanted(
        hsa_id=person.hsa_id,
        name=person.name,
        is_protected=person.is_protected,
        unit_id=unit.hsa_id,
        role=role,
        title=mapping.title(person, role),
        kind=kind,
        source=source,
        provider_id=provider_id,
        rights=rights,
    )


def _against(it: Commission, *, own: Mapping[str, Unit], is_test: bool, at: datetime) -> str:
    """Return why a commission gives nothing here, or nothing."""
    if it.unit is None:
        return "uppdraget ligger direkt under vårdgivaren, utan enhet."
    if it.unit.hsa_id not in own:
        return f"enheten {it.unit.hsa_id} finns inte i adressboken. Lägg upp den först."
    if it.purpose.casefold() != mapping.PURPOSE.casefold():
        return f"ändamålet är {it.purpose}, inte {mapping.PURPOSE}."
    if not any(_reads(right) for right in it.rights):
        return f"uppdraget saknar rättigheten {mapping.READING}."
    if not is_test and (it.is_feigned or it.unit.is_feigned or it.provider.is_feigned):
        return "uppdraget, enheten eller vårdgivaren är fingerad i HSA."
    return _not_running(it.unit, "enheten", at) or _not_running(it.provider, "vårdgivaren", at)


def _reads(right: str) -> bool:
    return right.partition(";")[0].casefold() == mapping.READING.casefold()


def _not_running(place: Place, what: str, at: datetime) -> str:
    if place.is_archived:
        return f"{what} är arkiverad i HSA."
    if place.begins is not None and at < place.begins:
        return f"{what} har inte börjat enligt HSA."
    if place.ends is not None and place.ends <= at:
        return f"{what} har slutat enligt HSA."
    return ""
