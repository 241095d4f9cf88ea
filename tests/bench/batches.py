"""A region's units, and a batch of HSA about the people who work there. Nobody of them exists."""

from datetime import datetime

import county

from care.identity.hsa.reading import ROOT
from tenants.context import acting_for
from tenants.models import Unit

PER_PERSON = 4  # assignments, so that a batch has people with several


def write_units(count: int) -> None:
    """Enter many units in the address book."""
    Unit.objects.bulk_create(
        [
            Unit(
                hsa_id=county.unit_id(county.REGION, f"U{number}"), owner=acting_for(),
                name=f"Enhet {number}", name_sort=f"{number:06d}", kind="primary_care",
                branch="health_care", phone="063-00 00 00",
            )
            for number in range(count)
        ],
        batch_size=1000,
    )  # fmt: skip


def batch(units: int, assignments: int, *, at: datetime) -> bytes:
    """Return a batch in which every assignment is at another unit or of another person."""
    people = "".join(_person(number, units) for number in range(assignments // PER_PERSON))
    return f'<{ROOT} made="{at.isoformat()}">{people}</{ROOT}>'.encode()


def _person(number: int, units: int) -> str:
    held = "".join(
        _commission(number, (number * PER_PERSON + it) % units) for it in range(PER_PERSON)
    )
    return (
        f"<credentialInformation><givenName>Kim</givenName>"
        f"<middleAndSurName>Person {number}</middleAndSurName>"
        f"<personHsaId>{county.unit_id(county.REGION, f'H{number}')}</personHsaId>"
        "<healthCareProfessionalLicence>Sjuksköterska</healthCareProfessionalLicence>"
        f"{held}</credentialInformation>"
    )


def _commission(person: int, unit: int) -> str:
    hsa_id = county.unit_id(county.REGION, f"U{unit}")
    return (
        f"<commission><commissionName>VoB {unit}</commissionName>"
        f"<commissionHsaId>C{person}-{unit}</commissionHsaId>"
        "<commissionPurpose>Vård och behandling</commissionPurpose>"
        "<commissionRight><activity>Läsa</activity><informationClass>alla</informationClass>"
        "<scope>VE</scope></commissionRight>"
        f"<healthCareUnitHsaId>{hsa_id}</healthCareUnitHsaId>"
        f"<healthCareUnitName>Enhet {unit}</healthCareUnitName>"
        f"<healthCareProviderHsaId>{county.unit_id(county.REGION, 'VG')}</healthCareProviderHsaId>"
        "<healthCareProviderName>Region</healthCareProviderName></commission>"
    )
