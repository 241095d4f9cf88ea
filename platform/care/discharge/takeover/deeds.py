"""What was done in the old system, as the acts of the Act with their own times."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from care.discharge.takeover.entries import OPEN, Entry
from care.discharge.takeover.reading import COLUMNS, Row
from care.identity.units import Address
from care.inbox.takeovers import TAKEN_OVER, Told
from care.law import history
from care.law.discharge import Act
from care.law.history import Fact


@dataclass(frozen=True)
class Source:
    """Varifrån: the old system, and the huvudmän's municipality codes, for the notices."""

    system: str
    codes: Mapping[str, str]  # by schema
    at: datetime


@dataclass(frozen=True)
class Kind:
    """Slag av händelse: one row of how an act stands in the file.

    :ivar dated: the column with its time; empty, and it has not been done
    :ivar unit: the column of the unit that did it; empty: the ward
    :ivar receipt: the column that says when everybody had receipted it
    :ivar name: the column of who did it; empty: only the system is known
    :ivar tells: the columns that it accounts for, when it has been done since
    """

    act: Act
    dated: str
    core: Callable[[Entry, Source], Mapping[str, Any]]
    unit: str = ""
    receipt: str = ""
    name: str = ""
    tells: tuple[str, ...] = ()


def _admission(entry: Entry, source: Source) -> dict[str, Any]:
    return {
        "admitted_at": entry.times["inskriven"].isoformat(),
        "physician": entry.texts.get("inskrivande_läkare"),
        "expected_discharge_at": entry.times["beräknad_utskrivning"].isoformat(),
        "needs": list(entry.needs),
        "liable_municipality": entry.person.registered_municipality,
        "variant": entry.variant,
        "municipalities": _codes(entry.receivers, source),
    }


def _nothing(entry: Entry, source: Source) -> dict[str, Any]:
    return {}


def _contact(entry: Entry, source: Source) -> dict[str, Any]:
    return {"name": entry.texts["vårdkontakt"]}


def _call(entry: Entry, source: Source) -> dict[str, Any]:
    return {
        "meeting_at": entry.times["möte"].isoformat(),
        "place": entry.texts.get("mötesplats"),
        "participants": entry.texts.get("deltagare"),
    }


def _ready(entry: Entry, source: Source) -> dict[str, Any]:
    assessed_at = entry.times.get("klar_bedömd")
    return {
        "physician": entry.texts["klar_läkare"],
        "assessed_at": assessed_at.isoformat() if assessed_at else None,
        "municipalities": _codes(tuple(_everybody(entry).values()), source),
    }


def _discharge(entry: Entry, source: Source) -> dict[str, Any]:
    return {
        "discharged_at": entry.times["utskriven"].isoformat(),
        "destination": entry.destination,
    }


KINDS: tuple[Kind, ...] = (
    Kind(
        Act.NOTIFY_ADMISSION, "inskrivningsmeddelande", _admission,
        receipt="inskrivning_kvitterad",
        tells=("inskrivningsmeddelande", "mottagande_enheter"),
    ),
    Kind(Act.ANSWER_ADMISSION, "besvarad", _nothing, unit="besvarad_av", tells=("besvarad",)),
    Kind(
        Act.NAME_CARE_CONTACT, "vårdkontakt_utsedd", _contact, unit="vårdkontakt_enhet",
        tells=("vårdkontakt_utsedd", "vårdkontakt"),
    ),
    Kind(
        Act.CALL_TO_PLANNING, "kallelse_skickad", _call, unit="kallelse_enhet",
        receipt="kallelse_kvitterad", name="kallelse_av",
        tells=("kallelse_skickad", "kallelse_enhet", "möte", "mötesplats", "deltagare"),
    ),
    Kind(
        Act.NOTIFY_READY, "utskrivningsklar", _ready, receipt="klar_kvitterad",
        # A new period also ends what the withdrawal of the one before it said.
        tells=("utskrivningsklar", "klar_läkare", "klar_återtagen"),
    ),
    Kind(
        Act.WITHDRAW_READY, "klar_återtagen", _nothing, receipt="återtagande_kvitterat",
        tells=("klar_återtagen",),
    ),
    Kind(
        Act.RECORD_DISCHARGE, "utskriven", _discharge, receipt="utskrivning_kvitterad",
        tells=("utskriven",),
    ),
)  # fmt: skip
DATED: Mapping[Act, str] = {it.act: it.dated for it in KINDS}
TELLS: Mapping[Act, tuple[str, ...]] = {
    **{it.act: it.tells for it in KINDS},
    Act.REVISE_EXPECTED_DISCHARGE: ("beräknad_utskrivning",),
}


def deeds_of(entry: Entry, source: Source) -> tuple[Told, ...]:
    """Return what was sent there, in order of time."""
    made = [_told(kind, entry, source) for kind in KINDS if kind.dated in entry.times]
    order = list(Act)
    return tuple(sorted(made, key=lambda it: (it.sent_at, order.index(it.act))))


def _told(kind: Kind, entry: Entry, source: Source) -> Told:
    unit = entry.units[kind.unit] if kind.unit else entry.ward
    content = kind.core(entry, source)
    return Told(
        act=kind.act,
        sent_at=entry.times[kind.dated],
        unit=unit,
        name=entry.texts.get(kind.name, source.system),
        core={
            **{key: value for key, value in content.items() if value not in (None, "", [])},
            TAKEN_OVER: origin(entry, source),
        },
        recipients=_recipients(kind.act, unit, entry),
        acknowledged_at=entry.times.get(kind.receipt),
        answered=_answered(entry) if kind.act is Act.NOTIFY_ADMISSION else {},
    )


def _recipients(act: Act, unit: Address, entry: Entry) -> tuple[str, ...]:
    """Return whom it went to: the admission to the units named, the rest to all that take part."""
    told = (it.hsa_id for it in entry.receivers)
    to = told if act is Act.NOTIFY_ADMISSION else iter(_everybody(entry))
    return tuple(it for it in to if it != unit.hsa_id)


def _everybody(entry: Entry) -> dict[str, Address]:
    return {it.hsa_id: it for it in (entry.ward, *entry.receivers, *entry.units.values())}


def _answered(entry: Entry) -> dict[str, datetime]:
    if "besvarad" not in entry.times:
        return {}
    return {entry.units["besvarad_av"].hsa_id: entry.times["besvarad"]}


def revision(entry: Entry, source: Source) -> Told:
    """Return that the estimate of the discharge is another one now (2 kap. 4 §).

    The file says what holds and not since when, so it is dated by the import that found it.
    """
    return Told(
        act=Act.REVISE_EXPECTED_DISCHARGE,
        sent_at=source.at,
        unit=entry.ward,
        name=source.system,
        core={
            "expected_discharge_at": entry.times["beräknad_utskrivning"].isoformat(),
            TAKEN_OVER: origin(entry, source),
        },
        recipients=_recipients(Act.REVISE_EXPECTED_DISCHARGE, entry.ward, entry),
    )


def origin(entry: Entry, source: Source) -> str:
    """Return where a case comes from, as its history says it."""
    return f"{source.system}, {entry.reference}"


def fact_of(told: Told) -> Fact:
    """Return what was sent as the law reads it."""
    return Fact(told.act, told.sent_at, told.core, unit_kind=told.unit.kind)


def opened_at(entry: Entry) -> datetime:
    """Return when the case began: nothing in it can have been before that."""
    return min(entry.times["inskriven"], entry.times["inskrivningsmeddelande"])


def values_of(entry: Entry) -> dict[str, object]:
    """Return what is compared with our own rows, by column."""
    times, texts = entry.times, entry.texts
    caller = entry.units.get("kallelse_enhet")
    return {
        "status": OPEN,
        "personnummer": entry.person.number,
        "förnamn": entry.person.given_name,
        "efternamn": entry.person.family_name,
        "folkbokföringskommun": entry.person.registered_municipality,
        "avdelning": entry.ward.hsa_id,
        "mottagande_enheter": frozenset(it.hsa_id for it in entry.receivers),
        **{column: times.get(column) for column in COMPARED_TIMES},
        **{column: texts.get(column) for column in COMPARED_TEXTS},
        "kallelse_enhet": caller.hsa_id if caller else None,
    }


COMPARED_TIMES = (
    "inskriven", "inskrivningsmeddelande", "beräknad_utskrivning", "besvarad",
    "vårdkontakt_utsedd", "kallelse_skickad", "möte", "utskrivningsklar", "klar_återtagen",
    "utskriven",
)  # fmt: skip
COMPARED_TEXTS = ("vårdkontakt", "mötesplats", "deltagare", "klar_läkare")


def is_later(deed: Told, latest: datetime | None) -> bool:
    """Tell whether a deed is one that has come since, and none of those that are here."""
    return latest is None or deed.sent_at > latest


def fits(deed: Told, facts: tuple[Fact, ...]) -> bool:
    """Tell whether the process has a proper place for a deed, after what is here."""
    after = (*facts, fact_of(deed))
    return len(history.flagged(after)) == len(history.flagged(facts))


def row_hash(row: Row) -> str:
    """Return what tells whether a row has changed since it was taken over."""
    written = "\x1f".join(row.cells[column] for column in COLUMNS)
    return hashlib.sha256(written.encode()).hexdigest()


def _codes(units: tuple[Address, ...], source: Source) -> list[str]:
    """Return the municipalities that a notice went to (5 kap. 3 §)."""
    return sorted({source.codes[it.owner] for it in units if source.codes.get(it.owner)})
