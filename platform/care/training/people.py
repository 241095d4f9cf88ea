"""Övningspersoner: who is nobody, with the published test numbers and made-up names."""

from django.conf import settings

from care.individuals import trial_identities
from care.individuals.operations import Person, identity_number

# The rest are left for those who practise admitting.
MOST_SEEDED = 36
WOMEN = ("Britta", "Aina", "Maj", "Siv", "Ingegerd", "Gudrun", "Elsa", "Rut", "Karin", "Ulla")
MEN = ("Arne", "Bror", "Erik", "Gunnar", "Helge", "Ivar", "Lage", "Nils", "Sture", "Åke")
FAMILIES = ("Provberg", "Testlund", "Övning", "Exempel", "Prövare", "Försök", "Repet")
STREET = "Övningsvägen"


def seeded() -> tuple[str, ...]:
    """Return the identities of those about whom a reset tells; a county may name more."""
    return (*trial_identities.NUMBERS[:MOST_SEEDED], *settings.TEST_IDENTITIES)


def person(identity: str, municipality_code: str) -> Person:
    """Return somebody who is nobody, and lives in a municipality."""
    kind, number = identity_number(identity)
    names = MEN if int(number[10]) % 2 else WOMEN
    which = int(number[7:11])
    return Person(
        kind=kind,
        number=number,
        given_name=names[which % len(names)],
        family_name=FAMILIES[which % len(FAMILIES)],
        registered_municipality=municipality_code,
        registered_address=f"{STREET} {which % 90 + 1}",
    )


def free() -> tuple[str, ...]:
    """Return the identities that no reset takes, for those who practise admitting."""
    return tuple(trial_identities.NUMBERS[MOST_SEEDED:])
