"""Reading a batch of answers of GetCredentialsForPersonIncludingProtectedPerson 2.2.

The root says when the batch was made; below it stands each answer as HSA has given it. Elements are
told by their local name: the service contract and its wrappers stand in namespaces of their own.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from care.identity.importing import BadFile
from care.law.calendar import STOCKHOLM
from tenants import identifiers

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST = 200_000_000  # bytes: every person of the largest region
ROOT, PERSON = "hsaBatch", "credentialInformation"


@dataclass(frozen=True)
class Place:
    """Vårdenhet or vårdgivare, as a commission names it."""

    hsa_id: str
    name: str
    begins: datetime | None
    ends: datetime | None
    is_feigned: bool
    is_archived: bool


@dataclass(frozen=True)
class Commission:
    """Vårdmedarbetaruppdrag; without a unit it lies directly under the provider."""

    hsa_id: str
    name: str
    purpose: str
    rights: tuple[str, ...]  # activity;information class;scope
    unit: Place | None
    provider: Place
    is_feigned: bool


@dataclass(frozen=True)
class SystemRole:
    """Individuell egenskap för it-tjänst: which system, and the role in it."""

    system: str
    role: str


@dataclass(frozen=True)
class Credential:
    """Behörighetsegenskaper of one employeeHsaId."""

    hsa_id: str
    name: str
    licences: tuple[str, ...]
    title_codes: tuple[str, ...]
    is_protected: bool
    is_feigned: bool
    system_roles: tuple[SystemRole, ...]
    commissions: tuple[Commission, ...]


@dataclass(frozen=True)
class Batch:
    """What was read: when HSA has answered, and everybody."""

    made_at: datetime
    credentials: tuple[Credential, ...]

    @property
    def version(self) -> str:
        """Return by what the batch is told from others."""
        return self.made_at.isoformat()


def read(content: bytes) -> Batch:
    """Read a batch file.

    :raises BadFile: if it cannot be read; the text is Swedish and says what to do
    """
    if len(content) > LARGEST:
        raise BadFile("Filen är för stor. Dela inte upp den: be om ett uttag för er huvudman.")
    try:
        return _batch(content)
    except ParseError as error:
        raise BadFile(
            f"Filen är inte hel XML: rad {error.position[0]}. Hämta uttaget igen."
        ) from None
    except DefusedXmlException:
        raise BadFile(
            "Filen har en dokumenttyp eller egna entiteter, och läses därför inte. Hämta uttaget"
            " igen, utan dem."
        ) from None


def _batch(content: bytes) -> Batch:
    made_at: datetime | None = None
    found: dict[str, Credential] = {}
    events = iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True)
    for number, (event, element) in enumerate(events):
        if number == 0:
            made_at = _made_at(element)
        elif event == "end" and _local(element) == PERSON:
            person = _credential(element)
            if person.hsa_id in found:
                raise BadFile(
                    f"{person.hsa_id} står två gånger i filen. Hämta uttaget igen, med var och en"
                    " en gång."
                )
            found[person.hsa_id] = person
            element.clear()  # a region has tens of thousands of people
    if made_at is None:
        raise BadFile("Filen är tom. Hämta uttaget igen.")
    return Batch(made_at, tuple(found.values()))


def _made_at(root: "Element") -> datetime:
    text = root.get("made", "")
    if _local(root) != ROOT or not text:
        raise BadFile(
            f"Filen är inget uttag ur HSA. Det yttersta elementet ska heta {ROOT} och ha attributet"
            " made med tiden för uttaget."
        )
    made = _moment(text)
    if made is None:
        raise BadFile(f"Tiden för uttaget kan inte vara ”{text}”. Skriv 2026-11-30T02:00:00+01:00.")
    return made


def _credential(element: "Element") -> Credential:
    hsa_id = _text(element, "personHsaId")
    try:
        identifiers.hsa_id(hsa_id)
    except identifiers.BadIdentifier as error:
        raise BadFile(f"En person har fel HSA-id. {error}") from None
    given, family = _text(element, "givenName"), _text(element, "middleAndSurName")
    return Credential(
        hsa_id=hsa_id,
        name=f"{given} {family}".strip()[:100],
        licences=_texts(element, "healthCareProfessionalLicence"),
        title_codes=_texts(element, "paTitleCode"),
        is_protected=_flag(element, "protectedPerson"),
        is_feigned=_flag(element, "feignedPerson"),
        system_roles=tuple(
            SystemRole(_text(it, "systemId"), _text(it, "role"))
            for it in _all(element, "hsaSystemRole")
        ),
        commissions=tuple(_commission(it) for it in _all(element, "commission")),
    )


def _commission(element: "Element") -> Commission:
    unit_id = _text(element, "healthCareUnitHsaId")
    return Commission(
        hsa_id=_text(element, "commissionHsaId"),
        name=_text(element, "commissionName"),
        purpose=_text(element, "commissionPurpose"),
        rights=tuple(
            ";".join(_text(it, name) for name in ("activity", "informationClass", "scope"))
            for it in _all(element, "commissionRight")
        ),
        unit=_place(element, "healthCareUnit", "HealthCareUnit") if unit_id else None,
        provider=_place(element, "healthCareProvider", "HealthCareProvider"),
        is_feigned=_flag(element, "feignedCommission"),
    )


def _place(element: "Element", name: str, flagged: str) -> Place:
    return Place(
        hsa_id=_text(element, f"{name}HsaId"),
        name=_text(element, f"{name}Name")[:100],
        begins=_moment(_text(element, f"{name}StartDate")),
        ends=_moment(_text(element, f"{name}EndDate")),
        is_feigned=_flag(element, f"feigned{flagged}"),
        is_archived=_flag(element, f"archived{flagged}"),
    )


def _local(element: "Element") -> str:
    return element.tag.rpartition("}")[2]


def _all(element: "Element", name: str) -> Iterator["Element"]:
    return (it for it in element if _local(it) == name)


def _texts(element: "Element", name: str) -> tuple[str, ...]:
    return tuple((it.text or "").strip() for it in _all(element, name))


def _text(element: "Element", name: str) -> str:
    return next(iter(_texts(element, name)), "")


def _flag(element: "Element", name: str) -> bool:
    return _text(element, name).lower() in ("true", "1")


def _moment(text: str) -> datetime | None:
    """Return a moment of XML Schema; without an offset it is Swedish time, as HSA means it."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadFile(f"Tiden ”{text}” går inte att läsa. Hämta uttaget igen.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM)
