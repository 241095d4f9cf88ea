"""The cards of the demo's people: what a simulated identity provider says of each of them."""

import unicodedata

from integrations.keycloak.simulated import Person
from project.demo import county


def people() -> tuple[Person, ...]:
    """Return everybody whom a visitor can be, as a simulated identity provider knows them."""
    names = {it.hsa_id: it.name for it in county.units()}
    return tuple(_person(it, names) for it in county.NAMED)


def username(name: str) -> str:
    """Return what somebody writes to sign in: given.family in the letters of ASCII."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return plain.replace(" ", ".")


def _person(it: county.Medarbetare, names: dict[str, str]) -> Person:
    given, _, family = it.name.partition(" ")
    return Person(
        username=username(it.name),
        given_name=given,
        family_name=family,
        hsa_ids=(it.hsa_id,),
        commissions=tuple(
            _commission(it, unit, names[county.hsa_id(it.huvudman, unit)])
            for unit, _ in it.assignments
        ),
    )


def _commission(it: county.Medarbetare, unit: str, name: str) -> dict[str, str]:
    return {
        "employeeHsaId": it.hsa_id,
        "commissionHsaId": county.hsa_id(it.huvudman, f"U{unit}"),
        "commissionName": name,
        "commissionPurpose": "Vård och behandling",
        "healthCareUnitHsaId": county.hsa_id(it.huvudman, unit),
        "healthCareUnitName": name,
        "healthCareProviderHsaId": county.hsa_id(it.huvudman, "VG"),
        "healthCareProviderName": it.huvudman.name,
    }
