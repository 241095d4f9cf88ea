"""What was done in the old system, as the acts of the Act with their own times."""

import hashlib
from collections.abc import Mapping
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

# By which column a deed is dated, and what else it says.
DATED: Mapping[Act, str] = {
    Act.NOTIFY_ADMISSION: "inskrivningsmeddelande",
    Act.ANSWER_ADMISSION: "besvarad",
    Act.NAME_CARE_CONTACT: "vårdkontakt_utsedd",
    Act.CALL_TO_PLANNING: "kallelse_skickad",
    Act.NOTIFY_READY: "utskrivningsklar",
    Act.WITHDRAW_READY: "klar_återtagen",
    Act.RECORD_DISCHARGE: "utskriven",
}
TELLS: Mapping[Act, tuple[str, ...]] = {
    Act.REVISE_EXPECTED_DISCHARGE: ("beräknad_utskrivning",),
    Act.ANSWER_ADMISSION: ("besvarad",),
    Act.NAME_CARE_CONTACT: ("vårdkontakt_utsedd", "vårdkontakt"),
    Act.CALL_TO_PLANNING: ("kallelse_skickad", "kallelse_enhet", "möte", "mötesplats", "deltagare"),
    # A new period also ends what the withdrawal of the one before it said.
    Act.NOTIFY_READY: ("utskrivningsklar", "klar_läkare", "klar_återtagen"),
    Act.WITHDRAW_READY: ("klar_återtagen",),
    Act.RECORD_DISCHARGE: ("utskriven",),
}


@dataclass(frozen=True)
class Source:
    """Varifrån: the old system, and the huvudmän's municipality codes, for the notices."""

    system: str
    codes: Mapping[str, str]  # by schema
    at: datetime


def deeds_of(entry: Entry, source: Source) -> tuple[Told, ...]:
    """Return what was sent there, in order of time."""
    times = entry.times
    everybody = {it.hsa_id: it for it in (entry.ward, *entry.receivers, *entry.units.values())}

    def told(act: Act, unit: Address, core: Mapping[str, Any], *, name: str = "",
             receipt: str = "", to: tuple[Address, ...] | None = None,
             answered: Mapping[str, datetime] | None = None) -> Told:  # fmt: skip
        receivers = [it.hsa_id for it in (to if to is not None else everybody.values())]
        return Told(
            act=act,
            sent_at=times[DATED[act]],
            unit=unit,
            name=name or source.system,
            core={
                **{key: value for key, value in core.items() if value not in (None, "", [])},
                TAKEN_OVER: origin(entry, source),
            },
            recipients=tuple(it for it in receivers if it != unit.hsa_id),
            acknowledged_at=times.get(receipt),
            answered=answered or {},
        )

    made = [
        told(
            Act.NOTIFY_ADMISSION,
            entry.ward,
            _admission(entry, source),
            to=entry.receivers,
            receipt="inskrivning_kvitterad",
            answered={entry.units["besvarad_av"].hsa_id: times["besvarad"]}
            if "besvarad" in times
            else None,
        )
    ]
    if "besvarad" in times:
        made.append(told(Act.ANSWER_ADMISSION, entry.units["besvarad_av"], {}))
    if "vårdkontakt_utsedd" in times:
        named = {"name": entry.texts["vårdkontakt"]}
        made.append(told(Act.NAME_CARE_CONTACT, entry.units["vårdkontakt_enhet"], named))
    if "kallelse_skickad" in times:
        made.append(
            told(
                Act.CALL_TO_PLANNING,
                entry.units["kallelse_enhet"],
                _call(entry),
                name=entry.texts.get("kallelse_av", ""),
                receipt="kallelse_kvitterad",
            )
        )
    if "utskrivningsklar" in times:
        made.append(
            told(Act.NOTIFY_READY, entry.ward, _ready(entry, everybody, source),
                 receipt="klar_kvitterad")
        )  # fmt: skip
    if "klar_återtagen" in times:
        made.append(told(Act.WITHDRAW_READY, entry.ward, {}, receipt="återtagande_kvitterat"))
    if "utskriven" in times:
        left = {
            "discharged_at": times["utskriven"].isoformat(),
            "destination": entry.destination,
        }
        made.append(told(Act.RECORD_DISCHARGE, entry.ward, left, receipt="utskrivning_kvitterad"))
    order = list(Act)
    return tuple(sorted(made, key=lambda it: (it.sent_at, order.index(it.act))))


def revision(entry: Entry, source: Source) -> Told:
    """Return that the estimate of the discharge is another one now (2 kap. 4 §).

    The file says what holds and not since when, so it is dated by the import that found it.
    """
    units = {it.hsa_id: it for it in (*entry.receivers, *entry.units.values())}
    return Told(
        act=Act.REVISE_EXPECTED_DISCHARGE,
        sent_at=source.at,
        unit=entry.ward,
        name=source.system,
        core={
            "expected_discharge_at": entry.times["beräknad_utskrivning"].isoformat(),
            TAKEN_OVER: origin(entry, source),
        },
        recipients=tuple(it for it in units if it != entry.ward.hsa_id),
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


def _ready(entry: Entry, everybody: Mapping[str, Address], source: Source) -> dict[str, Any]:
    assessed_at = entry.times.get("klar_bedömd")
    return {
        "physician": entry.texts["klar_läkare"],
        "assessed_at": assessed_at.isoformat() if assessed_at else None,
        "municipalities": _codes(tuple(everybody.values()), source),
    }


def _call(entry: Entry) -> dict[str, Any]:
    return {
        "meeting_at": entry.times["möte"].isoformat(),
        "place": entry.texts.get("mötesplats"),
        "participants": entry.texts.get("deltagare"),
    }


def _codes(units: tuple[Address, ...], source: Source) -> list[str]:
    """Return the municipalities that a notice went to (5 kap. 3 §)."""
    return sorted({source.codes[it.owner] for it in units if source.codes.get(it.owner)})
