"""The rights matrix as a page for people, made from the same tables that the product is held to."""

import csv
from collections.abc import Iterator

from isolation.matrix import rights_oracle
from isolation.matrix.rights_oracle import RELATIONS, ROLES, TABLES, Page

from care.identity.permissions import ROLE_LABELS, Role

HEAD = """\
# Vem får göra vad

Den här sidan är gjord ur tabellerna i `tests/isolation/matrix/`, som produkten prövas mot ruta \
för ruta. Ändra tabellerna, aldrig sidan: `python -m isolation.matrix.paper` i `tests/` skriver den.

**Roller.** En roll räcker aldrig för att se ett ärende: enheten måste också delta i det (R9). Det \
som inte har en prick är nekat.
"""
PLACES = {
    "own_unit": "egen enhet i ärendet",
    "other_unit": "annan enhet hos samma huvudman, utanför ärendet",
    "other_huvudman": "annan huvudman i ärendet",
    "outside": "huvudman utanför ärendet",
    "agreement_expired": "överenskommelsen har löpt ut",
    "agreement_revoked": "överenskommelsen är uppsagd",
    "consent_withdrawn": "samtycket är återtaget",
    "protected_person": "personen har skyddade personuppgifter",
    "closed_case": "ärendet är avslutat",
}
SAID = {
    "open": "ja", "closed": "nekas", "unseen": "finns inte", "not_now": "inte i det läget",
    "shown": "ser", "hidden": "ser inte",
}  # fmt: skip


def text() -> str:
    """Return the page."""
    return "\n".join([HEAD, *_by_role(), "", *_by_relation(), ""])


def _by_role() -> Iterator[str]:
    yield "| | " + " | ".join(str(ROLE_LABELS[Role(it)]) for it in ROLES) + " |"
    yield "|---|" + ":-:|" * len(ROLES)
    for group, what in _groups().items():
        page = _one(group)
        if page.is_look:
            continue
        yes = [
            any(rights_oracle.expected(page, it, where) == "open" for where in RELATIONS)
            for it in ROLES
        ]
        yield f"| {what} | " + " | ".join("●" if it else "" for it in yes) + " |"


def _by_relation() -> Iterator[str]:
    yield "**Ärendet och den som frågar.** För en roll som läser ärenden, när enheten står så här:"
    yield ""
    shown = ("case", "act:send-general-message", "take_message", *(
        it for it in _groups() if it.startswith("look:")
    ))  # fmt: skip
    yield "| | " + " | ".join(_groups()[it] for it in shown) + " |"
    yield "|---|" + "---|" * len(shown)
    for relation in RELATIONS:
        told = [rights_oracle.expected(_one(it), "ward_nurse", relation) for it in shown]
        yield f"| {PLACES[relation]} | " + " | ".join(SAID[it] for it in told) + " |"


def _one(group: str) -> Page:
    """Return a page of a group, about something that there is."""
    return Page(group, "LOOK" if group.startswith("look:") else "GET", group, "")


def _groups() -> dict[str, str]:
    with (TABLES / "groups.csv").open(encoding="utf-8", newline="") as file:
        return {it["group"]: it["what"] for it in csv.DictReader(file, delimiter=";")}


if __name__ == "__main__":
    (TABLES.parents[2] / "docs" / "law" / "rights.md").write_text(text(), "utf-8")
