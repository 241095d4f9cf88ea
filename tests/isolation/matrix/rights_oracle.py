"""What each role may reach, from tables that people keep by hand. Nothing of the product is used.

`rules.csv` says for a role and a relation to the case what becomes of a group of pages; `pages.csv`
says which pages are in a group. What no rule names is closed. Of several rules the one that names
more of the cell counts: the role, then the relation, then the group.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLES = Path(__file__).parent
ROLES = (
    "ward_nurse", "treating_physician", "medical_secretary", "care_coordinator",
    "inbox_coordinator", "case_officer", "municipal_nurse", "local_administrator", "signatory",
    "board_secretary", "board_member", "economist", "log_reviewer", "operator",
)  # fmt: skip
RELATIONS = (
    "own_unit", "other_unit", "other_huvudman", "outside", "agreement_expired",
    "agreement_revoked", "consent_withdrawn", "protected_person", "closed_case",
)  # fmt: skip
# What a page may answer, and what a look at a page may find.
OUTCOMES = ("open", "closed", "unseen", "not_now", "shown", "hidden")


@dataclass(frozen=True)
class Page:
    """A page or an act: how it is asked for, its group of rules, and what it is about."""

    name: str
    method: str
    group: str
    object: str

    @property
    def is_look(self) -> bool:
        """Tell whether it is a word that is looked for on a page."""
        return self.method == "LOOK"


@dataclass(frozen=True)
class Rule:
    """A row of the table."""

    role: str
    relations: frozenset[str]
    group: str
    outcome: str

    def weight(self, page: Page, role: str, relation: str) -> int:
        """Return how much of a cell the rule names; 0: it says nothing of it."""
        if self.role not in ("*", role):
            return 0
        if relation not in self.relations and "*" not in self.relations:
            return 0
        if self.group != page.group and not self._holds_for_all(page.group):
            return 0
        return (
            1 + 4 * (self.role != "*") + 2 * ("*" not in self.relations)
            + (self.group == page.group)
        )  # fmt: skip

    def _holds_for_all(self, group: str) -> bool:
        return self.group.endswith(":*") and group.startswith(self.group[:-1])


@dataclass(frozen=True)
class Cell:
    """One question with its right answer."""

    page: Page
    role: str
    relation: str
    outcome: str


@cache
def pages() -> tuple[Page, ...]:
    """Return every page and act that is asked about."""
    return tuple(
        Page(it["page"], it["method"], it["group"], it["object"]) for it in _rows("pages.csv")
    )


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules as they stand in the table."""
    return tuple(
        Rule(it["role"], frozenset(it["relation"].split("|")), it["group"], it["outcome"])
        for it in _rows("rules.csv")
    )


def expected(page: Page, role: str, relation: str) -> str:
    """Return what is to become of a page for a role in a relation."""
    told = [(it.weight(page, role, relation), it.outcome) for it in rules()]
    weight, outcome = max(told)
    if not weight:
        return "hidden" if page.is_look else "closed"
    if outcome == "open" and page.object == "missing":
        return "unseen"  # the role may, and there is no such thing
    return outcome


def cells(relation: str) -> Iterator[Cell]:
    """Give every cell of a relation."""
    for page in pages():
        for role in ROLES:
            yield Cell(page, role, relation, expected(page, role, relation))


def _rows(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))
