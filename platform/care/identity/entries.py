"""What the entry of a unit or an assignment must be like before it is written. Pure.

Every refusal names the field and says in Swedish what to do; forms and imported files share them.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from care.identity.permissions import ROLE_LABELS, Role
from care.identity.units import DAYS
from care.law import calendar
from tenants import apart, identifiers
from tenants.models import Unit

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
PHONE = re.compile(r"\+?[0-9][0-9 ()/-]{3,28}")
DAY_NAMES = dict(
    zip(DAYS, ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"), strict=True)
)


@dataclass
class BadEntry(Exception):
    """An entry that cannot be written; the text is Swedish and says what to do."""

    field: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class UnitEntry:
    """Enhet, as its owner enters it in the address book."""

    hsa_id: str
    name: str
    kind: str
    branch: str
    phone: str
    opening_hours: Mapping[str, Sequence[str]]  # {"mon": ["08:00", "16:30"]}
    watches_red_days: bool = False
    successor: str = ""
    is_default: bool = False


@dataclass(frozen=True)
class AssignmentEntry:
    """Uppdrag, as it is entered: who, where, as what, and when."""

    hsa_id: str  # of the person
    name: str
    unit_id: str
    role: str
    title: str
    valid_from: datetime
    valid_until: datetime | None = None


def check_unit(
    entry: UnitEntry, *, own: Collection[str], elsewhere: Collection[str], tenant: str
) -> None:
    """Let only an entry through that can stand in the address book.

    :param own: HSA-ids of the huvudman's units that are not archived
    :param elsewhere: HSA-ids that belong to other huvudmän
    :param tenant: schema of the huvudman; a training one numbers its units otherwise
    :raises BadEntry: naming the field
    """
    _check_hsa_id("hsa_id", entry.hsa_id)
    if apart.is_training(tenant) != entry.hsa_id.startswith(apart.UNIT_PREFIX):
        raise BadEntry(
            "hsa_id",
            f"HSA-id för enheter i en övningsmiljö börjar med {apart.UNIT_PREFIX}, och inga andras"
            " gör det. Skriv om numret.",
        )
    if entry.hsa_id in elsewhere:
        raise BadEntry(
            "hsa_id",
            f"HSA-id {entry.hsa_id} hör till en annan huvudman. Kontrollera HSA-id.",
        )
    _check_text("name", entry.name, 100, "Enheten saknar namn. Skriv enhetens namn.")
    if entry.kind not in Unit.Kind.values:
        raise BadEntry("kind", _one_of("Typen", entry.kind, Unit.Kind.labels))
    if entry.branch not in Unit.Branch.values:
        raise BadEntry("branch", _one_of("Verksamhetsgrenen", entry.branch, Unit.Branch.labels))
    if not PHONE.fullmatch(entry.phone):
        raise BadEntry(
            "phone",
            f"Telefonnumret ”{entry.phone}” går inte att ringa. Skriv siffror och bindestreck, till"
            " exempel 063-14 75 00.",
        )
    check_opening_hours(entry.opening_hours)
    if entry.successor and (entry.successor not in own or entry.successor == entry.hsa_id):
        raise BadEntry(
            "successor",
            f"{entry.successor} kan inte ta över. Välj en annan av huvudmannens egna enheter som"
            " inte är avslutad.",
        )
    if not entry.opening_hours and not entry.successor:
        raise BadEntry(
            "opening_hours",
            "Ingen skulle bevaka enhetens inkorg. Ange öppettider, eller en enhet som tar över.",
        )


def check_opening_hours(hours: Mapping[str, Any]) -> None:
    """Let only opening hours through that can be read as times of a day.

    :raises BadEntry: naming the day
    """
    for day, times in hours.items():
        if day not in DAYS:
            raise BadEntry("opening_hours", f"Dagen ”{day}” finns inte. Välj en veckodag.")
        if not _is_open_day(times):
            raise BadEntry(
                "opening_hours",
                f"Öppettiden för {DAY_NAMES[day]} går inte att läsa. Skriv när enheten öppnar och"
                " stänger samma dygn, till exempel 08:00-16:30 eller 00:00-24:00.",
            )


def check_assignment(entry: AssignmentEntry, *, own: Collection[str]) -> None:
    """Let only an assignment through that somebody could act in.

    :param own: HSA-ids of the huvudman's units that are not archived
    :raises BadEntry: naming the field
    """
    _check_hsa_id("hsa_id", entry.hsa_id)
    _check_text("name", entry.name, 100, "Personen saknar namn. Skriv förnamn och efternamn.")
    if entry.unit_id not in own:
        raise BadEntry(
            "unit_id",
            f"Enheten ”{entry.unit_id}” finns inte hos huvudmannen, eller är avslutad. Lägg först"
            " upp enheten, eller rätta HSA-id.",
        )
    if entry.role not in set(Role):
        raise BadEntry("role", _one_of("Rollen", entry.role, ROLE_LABELS.values()))
    _check_text(
        "title", entry.title, 60, "Uppdraget saknar befattning. Skriv till exempel Kurator."
    )
    if entry.valid_until is not None and entry.valid_until <= entry.valid_from:
        raise BadEntry(
            "valid_until", "Uppdraget slutar innan det börjar. Ange en senare sista dag."
        )


def limited(entry: AssignmentEntry) -> AssignmentEntry:
    """Return a local assignment with its end: at most twelve months after its first day.

    :raises BadEntry: if it is to last longer
    """
    latest = latest_end(entry.valid_from)
    if entry.valid_until is None:
        return replace(entry, valid_until=latest)
    if entry.valid_until > latest:
        raise BadEntry(
            "valid_until",
            "Ett lokalt uppdrag gäller i högst tolv månader. Ange en sista dag till och med"
            f" {calendar.local_date(latest) - timedelta(days=1)}. Det kan förlängas sedan.",
        )
    return entry


def latest_end(begins: datetime) -> datetime:
    """Return the latest end of a local assignment: the same day of the next year."""
    day = calendar.local_date(begins)
    last = date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
    return calendar.start_of_local_day(last)


def _check_hsa_id(field: str, text: str) -> None:
    try:
        identifiers.hsa_id(text)
    except identifiers.BadIdentifier as error:
        raise BadEntry(field, str(error)) from None


def _check_text(field: str, text: str, longest: int, missing: str) -> None:
    if not text.strip():
        raise BadEntry(field, missing)
    if len(text) > longest:
        raise BadEntry(field, f"Texten är för lång. Korta den till {longest} tecken.")


def _is_open_day(times: object) -> bool:
    if not isinstance(times, Sequence) or isinstance(times, str) or len(times) != 2:
        return False
    opens, closes = times
    if not isinstance(opens, str) or not isinstance(closes, str):
        return False
    if not CLOCK.fullmatch(opens):
        return False
    if not CLOCK.fullmatch(closes) and closes != "24:00":
        return False
    return opens < closes


def _one_of(what: str, text: str, names: Collection[Any]) -> str:
    return f"{what} ”{text}” finns inte. Välj en av: {', '.join(str(it) for it in names)}."
