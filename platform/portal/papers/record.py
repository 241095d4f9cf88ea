"""A case as a document to keep: a tagged PDF/A with everything that its huvudman holds of it.

It is Swedish in every language of the pages, and every moment has its year.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils import translation

from billing.papers.pdf import pdf
from care.cases.queries import Due, Happening, Taken
from care.discharge.record import Record
from care.inbox.queries import Receipt, Sent
from care.individuals.queries import BlockShown, ConsentShown, written
from care.law import calendar
from care.sharing.access import Seen
from care.sharing.emergencies import EmergencyShown
from portal import labels, parties, places, shown, times

# Seen from another century every moment has its year.
FAR_AWAY = datetime(1900, 1, 1, tzinfo=UTC)
Pairs = list[list[str]]


def paper(record: Record, *, owner: str, at: datetime) -> bytes:
    """Return a case as a PDF.

    :param owner: the name of the huvudman whose record it is
    """
    with translation.override("sv"):
        content = _content(record, owner, at)
    on = calendar.local_date(at)
    return pdf("record.typ", content, verbatim={}, on=on, folder="portal.papers")


def _content(it: Record, owner: str, at: datetime) -> dict[str, Any]:
    names = {part.unit_id: part.name for part in it.parts}
    for message in it.messages:
        names[message.sender_unit] = message.sender_unit_name
        names |= {receipt.unit_id: receipt.unit_name for receipt in message.receipts}
    by_id = {message.id: message for message in it.messages}
    return {
        "title": f"Utskrivning från {it.sending_unit}",
        "owner": owner,
        "on": calendar.written(calendar.local_date(at)),
        "about": _about(it),
        "parts": [_part(part) for part in it.parts],
        "messages": [
            _message(message, shown.act_of(message, by_id), names) for message in it.messages
        ],
        "notes": [_note(note) for note in it.contributions],
        "consents": [_consent(consent) for consent in it.consents],
        "blocks": [_block(block, names) for block in it.blocks],
        "emergencies": [_emergency(emergency) for emergency in it.emergencies],
        "dues": [_due(due, names) for due in it.dues],
        "happenings": [_happening(happening, names) for happening in it.happenings],
    }


def _about(it: Record) -> Pairs:
    person = it.person
    told = {
        "Namn": f"{person.given_name} {person.family_name}",
        "Personnummer eller reservnummer": written(person.number),
        "Skydd": str(labels.PROTECTIONS.get(person.protection, "")) if person.protection else "",
        "Folkbokförd": places.name(person.registered_municipality)
        if person.registered_municipality
        else "",
        "Adress": person.registered_address,
        "Tolk": person.interpreter,
        "Variant": str(labels.VARIANTS.get(it.variant, it.variant)),
        "Läge": f"{labels.state(it.state)}, {_moment(it.state_at)}",
        "Leds av": parties.name(it.lead),
        "Öppnat": _moment(it.opened_at),
        "Beräknad utskrivning": _moment(it.expected_discharge_at),
        "Ärendets id": str(it.common_id),
    }
    return [[name, text] for name, text in told.items() if text]


def _part(it: Taken) -> list[str]:
    return [it.name, parties.name(it.tenant), _moment(it.from_at), _moment(it.until_at)]


def _message(it: Sent, act: str, names: Mapping[str, str]) -> dict[str, Any]:
    by = ", ".join(word for word in (it.sender_name, it.sender_title) if word)
    content = _pairs({**it.core, **it.extension})
    if it.secrecy_ground:
        ground = str(labels.GROUNDS.get(it.secrecy_ground, it.secrecy_ground))
        content.append(["Sekretessgrund", ground])
    return {
        "title": f"{labels.act(act)} (rättelse)" if it.replaces else labels.act(act),
        "sent": f"{_moment(it.sent_at)}. {by}. {it.sender_unit_name}, {parties.name(it.sender)}.",
        "is_replaced": it.replaced_by is not None,
        "content": content,
        "receipts": [_receipt(receipt, names) for receipt in it.receipts],
    }


def _receipt(it: Receipt, names: Mapping[str, str]) -> list[str]:
    by = ", ".join(word for word in (it.acknowledged_by, it.acknowledged_title) if word)
    forwarded = f"till {names.get(it.forwarded_to, it.forwarded_to)}"
    reason = str(labels.REJECTION_REASONS.get(it.rejected_because, it.rejected_because))
    facts = (
        ("Levererat", it.delivered_at, ""),
        ("Öppnat", it.opened_at, ""),
        ("Kvitterat", it.acknowledged_at, by),
        ("Besvarat", it.answered_at, ""),
        ("Vidaresänt", it.forwarded_at, forwarded),
        ("Returnerat", it.rejected_at, reason),
    )
    lines = [f"{word} {_moment(when)} {more}".strip() for word, when, more in facts if when]
    return [f"{it.unit_name}, {parties.name(it.tenant)}", "; ".join(lines) or "På väg"]


def _note(it: Seen) -> dict[str, str]:
    who = ", ".join(word for word in (it.author, it.author_title, it.unit_name) if word)
    return {
        "title": f"{labels.act(it.kind)} ({labels.info_classes([it.info_class])})",
        "by": f"{_moment(it.at)}. {who}.",
        "text": it.text,
    }


def _consent(it: ConsentShown) -> list[str]:
    what = str(labels.CONSENT_TYPES.get(it.type, it.type))
    classes = labels.info_classes(it.info_classes) if it.info_classes else ""
    until = f"återtaget {_moment(it.withdrawn_at)}" if it.withdrawn_at else _moment(it.expires_at)
    return [
        f"{what}: {classes}" if classes else what,
        ". ".join(
            word
            for word in (str(labels.CONSENT_VALUES.get(it.value, it.value)), it.purpose)
            if word
        ),
        ", ".join(word for word in (parties.name(it.taken_by), it.documented_by) if word),
        f"{_moment(it.valid_from)} till {until}",
    ]


def _block(it: BlockShown, names: Mapping[str, str]) -> list[str]:
    lifted = f"hävd {_moment(it.lifted_at)}, {it.lifted_by}" if it.lifted_at else "gäller"
    where = names.get(it.unit_id, it.unit_id)
    return [
        f"{labels.BLOCK_TYPES[it.type]} ({where})" if where else str(labels.BLOCK_TYPES[it.type]),
        labels.info_classes(it.info_classes) if it.info_classes else "allt",
        f"{_moment(it.placed_at)}, {it.placed_by}, {it.placed_title}",
        lifted,
    ]


def _emergency(it: EmergencyShown) -> list[str]:
    who = f"{it.staff_name}, {it.title}, {it.unit_name}, {parties.name(it.reader)}"
    period = (
        f"{_moment(it.opened_at)} till {_moment(it.closes_at)}" if it.opened_at else "inte öppnad"
    )
    found = str(labels.EMERGENCY_OUTCOMES.get(it.outcome, "inte uppföljd"))
    return [who, f"{labels.EMERGENCY_GROUNDS[it.ground]}: {it.reason}", period, found]


def _due(it: Due, names: Mapping[str, str]) -> list[str]:
    met = "avbruten" if it.is_cancelled else _moment(it.met_at) or "inte uppfylld"
    return [labels.due(it.rule), names.get(it.unit_id, ""), _moment(it.due_at), met, it.statute]


def _happening(it: Happening, names: Mapping[str, str]) -> list[str]:
    by = ", ".join(word for word in (it.actor_name, it.actor_title) if word) or "Samplan"
    where = ", ".join(word for word in (names.get(it.unit_id, ""), parties.name(it.origin)) if word)
    more = (
        "; ".join(f"{name}: {text}" for name, text in _pairs(it.body)) if not it.message_id else ""
    )
    said = labels.happened(it.act)
    return [_moment(it.at), f"{said} {more}".strip(), f"{by}, {where}"]


def _pairs(held: Mapping[str, Any]) -> Pairs:
    told = labels.content(held, places=places.municipalities(), at=FAR_AWAY)
    return [[name, text] for name, text in told]


def _moment(moment: datetime | None) -> str:
    return times.absolute(moment, at=FAR_AWAY) if moment else ""
