"""Which role an assignment in HSA gives here: tables that are data, `roles.csv`, `titles.csv`."""

import csv
from functools import cache
from pathlib import Path

from care.identity.hsa.reading import Credential
from care.identity.permissions import ROLE_LABELS, Role

HERE = Path(__file__).parent
PURPOSE = "Vård och behandling"
READING = "Läsa"
SYSTEM = "SAMPLAN"  # systemId of our system roles
ANY = "*"
# Nobody becomes an operator by a directory of care: the operator runs the platform (R11).
FORBIDDEN = frozenset({Role.OPERATOR})


def of_commission(person: Credential, unit_kind: str) -> Role | None:
    """Return the role that a commission gives at a kind of unit; None: the table has none."""
    for licence in person.licences:
        if role := _roles().get(("commission", licence.casefold(), unit_kind)):
            return role
    return None


def of_system_role(name: str, unit_kind: str) -> Role | None:
    """Return the role that a system role gives at a kind of unit; None: the table has none."""
    for kind in (unit_kind, ANY):
        if role := _roles().get(("system_role", name.casefold(), kind)):
            return role
    return None


def title(person: Credential, role: Role) -> str:
    """Return the befattning: by its code, else the licence, else what the role is called."""
    for code in person.title_codes:
        if code in _titles():
            return _titles()[code]
    return (person.licences[0] if person.licences else ROLE_LABELS[role])[:60]


@cache
def _roles() -> dict[tuple[str, str, str], Role]:
    rows = _rows("roles.csv")
    found = {(it["kind"], it["value"].casefold(), it["unit_kind"]): Role(it["role"]) for it in rows}
    return {key: role for key, role in found.items() if role not in FORBIDDEN}


@cache
def _titles() -> dict[str, str]:
    return {it["code"]: it["title"][:60] for it in _rows("titles.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))
