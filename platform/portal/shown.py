"""How a case is shown: the answers of the queries turned into words, once, before the template.

Nothing is decided here. What stands on the page is what `care.discharge.queries` answered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from care.cases.queries import Due, Happening
from care.discharge.queries import CasePage, Check, NextStep, Reckoning
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.identity.units import Watch
from care.inbox.queries import Receipt, Sent
from care.individuals.queries import BlockShown, ConsentShown
from care.law import calendar
from care.law.duties import COMPLIANCE_LABELS, Compliance
from care.sharing.access import GroundKind, Hidden, Reason, Seen
from care.sharing.emergencies import EmergencyShown, Sight
from care.sharing.policy import HEALTH_CARE
from portal import idempotent, labels, parties, places, times
from portal.times import Limit, When
from tenants.agreements import InfoClass
from tenants.context import acting_for

REPLACE = "replace_message"


# ---- messages ----


@dataclass(frozen=True)
class DeliveryShown:
    """Mottagare: who has the message, and what has become of it there."""

    unit: str
    state: str  # delivered, opened, acknowledged, answered, rejected
    word: str
    when: str
    who: str
    note: str
    is_overdue: bool


@dataclass(frozen=True)
class MessageShown:
    """Meddelande, with what it holds and who has seen it."""

    id: UUID
    act: str  # of a correction: the act that it corrects
    title: str
    state: str  # "", replaced
    is_correction: bool
    sender: str
    sender_unit: str
    kind: str
    sent: When
    content: tuple[tuple[str, str], ...]
    ground: str
    statute: str
    summary: str  # "1 av 2 har kvitterat"
    outcome: str  # of the summary: waiting, acknowledged, rejected
    deliveries: tuple[DeliveryShown, ...]
    acknowledged_by_us: bool
    waits_for_us: bool
    url: str


def messages(
    sent: Sequence[Sent], *, actor: Actor, names: Mapping[str, str], at: datetime
) -> tuple[MessageShown, ...]:
    """Return messages as they are shown, the newest first."""
    by_id = {it.id: it for it in sent}
    return tuple(_message(it, by_id, actor, names, at) for it in sent)


def act_of(message: Sent, by_id: Mapping[UUID, Sent]) -> str:
    """Return the act that a message carries: a correction carries that of the first message."""
    while message.replaces and message.replaces in by_id:
        message = by_id[message.replaces]
    return message.act if message.act != REPLACE else str(message.core.get("corrects", REPLACE))


def _message(
    it: Sent, by_id: Mapping[UUID, Sent], actor: Actor, names: Mapping[str, str], at: datetime
) -> MessageShown:
    act = act_of(it, by_id)
    held = {**it.core, **it.extension}
    ours = [receipt for receipt in it.receipts if receipt.unit_id == actor.unit_id]
    outcome, summary = _summary(it.receipts, is_sender=actor.tenant == it.sender)
    return MessageShown(
        id=it.id,
        act=act,
        title=labels.act(act),
        state="replaced" if it.replaced_by else "",
        is_correction=it.act == REPLACE,
        sender=f"{it.sender_name}, {it.sender_title}" if it.sender_title else it.sender_name,
        sender_unit=f"{it.sender_unit_name}, {parties.name(_whose(it))}",
        kind=it.sender_unit_kind,
        sent=times.when(it.sent_at, at=at),
        content=labels.content(held, places=places.municipalities(), at=at),
        ground=str(labels.GROUNDS.get(it.secrecy_ground, it.secrecy_ground)),
        statute="" if it.statute == "rutin" else it.statute,
        summary=summary if it.is_receipted and it.receipts else "",
        outcome=outcome,
        deliveries=tuple(_delivery(receipt, names, it.is_receipted, at) for receipt in it.receipts),
        acknowledged_by_us=any(receipt.acknowledged_at for receipt in ours),
        waits_for_us=it.waits_for(actor.unit_id),
        url=reverse("portal:message", args=[it.id]),
    )


def _whose(it: Sent) -> str:
    """Return the huvudman that has acted: what comes from an old system the lead has told."""
    return str(it.core.get("acted_for", it.sender)) if "taken_over" in it.core else it.sender


def _summary(receipts: Sequence[Receipt], *, is_sender: bool) -> tuple[str, str]:
    """Return how a message stands, as a word for its colour and in words.

    Whoever has forwarded it is counted no more: the unit that got it is. The sender alone is told
    how it goes elsewhere; a receiver knows of its own units.
    """
    counted = [it for it in receipts if not it.forwarded_at]
    if any(it.rejected_at for it in counted):
        return "rejected", gettext("Returnerat")
    some, everybody = sum(1 for it in counted if it.acknowledged_at), len(counted)
    if counted and some == everybody:
        return "acknowledged", (
            gettext("Kvitterat av alla") if is_sender else gettext("Kvitterat hos er")
        )
    if everybody < 2:
        return "waiting", gettext("Inte kvitterat") if is_sender else gettext(
            "Inte kvitterat hos er"
        )
    words = (
        gettext("{some} av {all} har kvitterat")
        if is_sender
        else gettext("{some} av {all} hos er har kvitterat")
    )
    return "waiting", words.format(some=some, all=everybody)


def _delivery(
    it: Receipt, names: Mapping[str, str], is_receipted: bool, at: datetime
) -> DeliveryShown:
    state, word, moment, who = _receipt(it, names)
    is_overdue = bool(it.receipt_due_at and it.is_waiting and it.receipt_due_at < at)
    note = ""
    if is_overdue and it.receipt_due_at:
        limit = times.absolute(it.receipt_due_at, at=at)
        note = gettext("Skulle ha kvitterats senast {limit}.").format(limit=limit)
    elif it.is_waiting and it.receipt_due_at:
        limit = times.absolute(it.receipt_due_at, at=at)
        note = gettext("Ska kvitteras senast {limit}.").format(limit=limit)
    elif it.assigned_to and it.assigned_to != it.acknowledged_by:
        note = gettext("Fördelat till {name}.").format(name=it.assigned_to)
    return DeliveryShown(
        unit=f"{it.unit_name}, {parties.name(it.tenant)}",
        state=state,
        word=word,
        when=times.absolute(moment, at=at) if moment else "",
        who=who,
        note=note if is_receipted else "",
        is_overdue=is_overdue and is_receipted,
    )


def _receipt(it: Receipt, names: Mapping[str, str]) -> tuple[str, str, datetime | None, str]:
    """Return the last thing that happened to a delivery: its state, word, time and who."""
    by = f"{it.acknowledged_by}, {it.acknowledged_title}".strip(", ")
    if it.rejected_at:
        reason = str(labels.REJECTION_REASONS.get(it.rejected_because, it.rejected_because))
        return "rejected", gettext("Returnerat:"), it.rejected_at, reason
    if it.forwarded_at:
        to = names.get(it.forwarded_to, it.forwarded_to)
        who = it.forwarded_by or gettext("ingen hade kvitterat i tid")
        return "forwarded", gettext("Vidaresänt till {unit}:").format(unit=to), it.forwarded_at, who
    if it.answered_at:
        return "answered", gettext("Besvarat:"), it.answered_at, by
    if it.acknowledged_at:
        return "acknowledged", gettext("Kvitterat:"), it.acknowledged_at, by
    if it.opened_at:
        return "opened", gettext("Öppnat, inte kvitterat:"), it.opened_at, ""
    if it.delivered_at:
        return "delivered", gettext("Levererat, inte öppnat:"), it.delivered_at, ""
    return "sent", gettext("På väg till:"), None, ""


# ---- lanes ----


@dataclass(frozen=True)
class Note:
    """Underlag: what a unit has written for the common view, and why it is shown."""

    title: str
    info_class: str
    text: str
    author: str
    unit: str
    at: When
    why: tuple[str, ...]  # empty: our own


@dataclass(frozen=True)
class Lane:
    """One branch's part of a case."""

    kind: str
    title: str
    tenant: str
    units: str
    position: str
    messages: tuple[MessageShown, ...]
    notes: tuple[Note, ...]
    hidden: tuple[str, ...]


# In which lanes a huvudman's classes of information would stand.
PLACES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "region": {
        InfoClass.PLANNING: ("inpatient_care", "outpatient_care"),
        InfoClass.HEALTH_CARE: ("inpatient_care", "outpatient_care"),
    },
    "municipality": {
        InfoClass.PLANNING: ("social_services", "municipal_health_care"),
        InfoClass.SOCIAL_CARE: ("social_services",),
        InfoClass.HEALTH_CARE: ("municipal_health_care",),
    },
}


def lanes(page: CasePage, shown: Sequence[MessageShown], *, at: datetime) -> tuple[Lane, ...]:
    """Return the four lanes with the newest message of each act from each unit."""
    kinds = {part.unit_id: part.kind for part in page.parts}
    kinds |= {it.sender_unit: it.sender_unit_kind for it in page.messages}
    newest = _newest(shown)
    hidden = _hidden(page)
    return tuple(
        Lane(
            kind=lane,
            title=str(title),
            tenant=labels.listed(
                dict.fromkeys(
                    parties.name(it.tenant)
                    for it in page.parts
                    if labels.LANE_OF_KIND.get(it.kind) == lane
                )
            ),
            units=", ".join(
                it.name for it in page.parts if labels.LANE_OF_KIND.get(it.kind) == lane
            ),
            position=gettext("{number} av 4").format(number=number),
            messages=tuple(it for it in newest if labels.LANE_OF_KIND.get(it.kind) == lane),
            notes=tuple(
                note(it, at=at)
                for it in reversed(page.contributions)
                if labels.LANE_OF_KIND.get(kinds.get(it.unit_id, "")) == lane
            ),
            hidden=tuple(hidden.get(lane, ())),
        )
        for number, (lane, title) in enumerate(labels.LANES.items(), start=1)
    )


def _newest(shown: Sequence[MessageShown]) -> list[MessageShown]:
    found: dict[tuple[str, str], MessageShown] = {}
    for it in shown:  # the newest first
        if it.state != "replaced":
            found.setdefault((it.act, it.sender_unit), it)
    return list(found.values())


def note(it: Seen, *, at: datetime) -> Note:
    """Return a contribution as it is shown, with the reason why we see it."""
    return Note(
        title=labels.act(it.kind),
        info_class=labels.info_classes([it.info_class]),
        text=it.text,
        author=f"{it.author}, {it.author_title}",
        unit=f"{it.unit_name}, {parties.name(it.owner)}",
        at=times.when(it.at, at=at),
        why=tuple(line for line in _why(it, at=at) if line),
    )


def _why(it: Seen, *, at: datetime) -> tuple[str, ...]:
    if it.agreement is None:
        return _why_our_own(it, at=at)
    until = times.day(it.agreement.valid_until, at=at)
    return (
        gettext("Er enhet deltar i ärendet."),
        gettext(
            "Överenskommelsen ”{title}”, version {version}, låter er läsa {kind} hos {owner} till"
            " {until}."
        ).format(
            title=it.agreement.title,
            version=it.agreement.version,
            kind=labels.info_classes([it.info_class]),
            owner=parties.name(it.owner),
            until=until,
        ),
        str(GROUND_TEXTS[it.ground.kind]) if it.ground else "",
        gettext("Texten visas till {when}, om ingenting ändras.").format(
            when=times.absolute(it.closes_at, at=at)
        )
        if it.closes_at
        else "",
        gettext("Att ni har läst det står i åtkomstloggen hos er och är synligt för dem."),
    )


GROUND_TEXTS = {
    GroundKind.CONSENT: _(
        "Personen har samtyckt till det (lag 2022:913 om sammanhållen vård- och"
        " omsorgsdokumentation, 3 kap. 1–2 §§)."
    ),
    GroundKind.UNABLE: _(
        "Personen kan inte ta ställning. Inställningen är utredd så långt det går, och inget talar"
        " för att personen skulle ha sagt nej (lag 2022:913 2 kap. 6 § och 3 kap. 3–4 §§)."
    ),
    GroundKind.EMERGENCY: _(
        "Er enhet har nödöppnat: fara för livet eller allvarlig risk för hälsan, och personen kan"
        " inte tillfrågas (lag 2022:913 3 kap. 6 §). Nödöppningen följs upp hos er och hos dem."
    ),
}


def _why_our_own(it: Seen, *, at: datetime) -> tuple[str, ...]:
    """Return why we see what a unit of ours has blocked; of what is simply ours nothing is said."""
    if not (it.ground and it.closes_at):
        return ()
    return (
        gettext(
            "Personen har spärrat det mot andra enheter hos er. Er enhet har nödöppnat till {when}"
            " (PDL 4 kap. 5 §). Nödöppningen följs upp."
        ).format(when=times.absolute(it.closes_at, at=at)),
    )


def _hidden(page: CasePage) -> dict[str, list[str]]:
    """Return, for each lane, what stands there and is not shown, and what one can do."""
    kinds = {part.tenant: _party(part.kind) for part in page.parts}
    found: dict[str, list[str]] = {}
    by_lane: list[tuple[str, Hidden]] = [
        (lane, it)
        for it in page.hidden
        if it.reason is not Reason.INNER_BLOCK  # which lane it stands in is not told either
        for lane in PLACES.get(kinds.get(it.owner, ""), {}).get(InfoClass(it.info_class), ())
        if _has_unit(page, it.owner, lane)
    ]
    order = sorted(by_lane, key=lambda it: (it[0], it[1].owner, it[1].reason))
    for (lane, owner, reason), group in groupby(
        order, key=lambda it: (it[0], it[1].owner, it[1].reason)
    ):
        what = labels.info_classes({it.info_class for _, it in group})
        found.setdefault(lane, []).append(
            gettext("Du ser inte vad {owner} har skrivit om {what}.").format(
                owner=parties.name(owner), what=what
            )
            + f" {labels.HIDDEN.get(reason, '')}"
        )
    return found


def hidden_texts(page: CasePage) -> tuple[str, ...]:
    """Return what is not shown in a case, why not, and what to do; each thing once."""
    found = [line for lines in _hidden(page).values() for line in lines]
    return tuple(dict.fromkeys([*found, *own_hidden(page)]))


def own_hidden(page: CasePage) -> tuple[str, ...]:
    """Return that another unit of ours has written what the person has blocked to us."""
    return tuple(
        gettext("En annan enhet hos er har skrivit om {what}.").format(
            what=labels.info_classes([it.info_class])
        )
        + f" {labels.HIDDEN.get(it.reason, '')}"
        for it in page.hidden
        if it.reason is Reason.INNER_BLOCK
    )


def may_open_emergency(actor: Actor) -> bool:
    """Tell whether somebody is offered an emergency access at all."""
    return actor.may(Permission.OPEN_EMERGENCY_ACCESS) and actor.branch == HEALTH_CARE


def _party(kind: str) -> str:
    return "region" if kind in ("ward", "primary_care") else "municipality"


def _has_unit(page: CasePage, owner: str, lane: str) -> bool:
    return any(
        part.tenant == owner and labels.LANE_OF_KIND.get(part.kind) == lane for part in page.parts
    )


# ---- deadlines, what remains, how time is counted ----


@dataclass(frozen=True)
class DueShown:
    """Tidsfrist at a unit here."""

    what: str
    unit: str
    limit: Limit
    statute: str
    is_reached: bool  # a moment that comes, rather than something to be done by then

    @property
    def left(self) -> str:
        """Return how long is left of it in words, or how long ago it passed."""
        return labels.left(self.limit, is_reached=self.is_reached)


def dues(page: CasePage, *, names: Mapping[str, str], at: datetime) -> tuple[DueShown, ...]:
    """Return the deadlines that are neither met nor cancelled, the next one first."""
    running = [it for it in page.dues if not it.is_cancelled and it.met_at is None]
    return tuple(_due(it, names, at) for it in running)


def _due(it: Due, names: Mapping[str, str], at: datetime) -> DueShown:
    return DueShown(
        what=labels.due(it.rule),
        unit=names.get(it.unit_id, ""),
        limit=times.limit(it.due_at, at=at, met_at=it.met_at),
        statute=it.statute,
        is_reached=it.rule in labels.REACHED,
    )


@dataclass(frozen=True)
class Remaining:
    """Kvarstår före hemgång: one thing, and whose it is."""

    what: str
    party: str
    is_done: bool
    statute: str


def checks(found: Iterable[Check]) -> tuple[Remaining, ...]:
    """Return what remains before somebody goes home."""
    return tuple(
        Remaining(
            labels.act(it.act),
            str(labels.PARTIES[it.party]),
            it.is_done,
            "" if it.statute == "rutin" else it.statute,
        )
        for it in found
    )


@dataclass(frozen=True)
class ReckoningShown:
    """Så räknas tiden."""

    period: str
    since: str
    liable_from: str
    call_due_on: str
    status: str
    color: str
    reasons: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, str], ...]
    days: str


def reckoning(found: Reckoning | None, *, at: datetime) -> ReckoningShown | None:
    """Return the newest ready period and what follows from it, each line with its paragraph."""
    if found is None:
        return None
    period, status = found.period, labels.LIABILITY[found.assessment.status]
    ends_at = period.ends_at or at
    days = len(found.assessment.days)
    liable_from = found.assessment.liable_from or found.explanation.liable_from
    return ReckoningShown(
        period=times.absolute(period.starts_at, at=at),
        since=times.span(ends_at - period.starts_at),
        liable_from=times.day(liable_from, at=at),
        call_due_on=times.day(found.explanation.call_due_on, at=at),
        status=str(status[0]),
        color=status[1],
        reasons=tuple((it.text_sv, it.statute) for it in found.assessment.reasons),
        lines=tuple((it.text_sv, it.statute) for it in found.explanation.lines),
        days=ngettext("{number} dag", "{number} dagar", days).format(number=days),
    )


@dataclass(frozen=True)
class FindingShown:
    """Efterlevnad: one duty of the Act and how the case has complied with it."""

    status: str
    color: str
    text: str
    statute: str


def findings(page: CasePage) -> tuple[FindingShown, ...]:
    """Return the duties that apply to the case, what is missing first."""
    order = (Compliance.MISSING, Compliance.LATE, Compliance.PENDING, Compliance.ON_TIME)
    found = [it for it in page.findings if it.status in order]
    return tuple(
        FindingShown(
            status=gettext(COMPLIANCE_LABELS[it.status]),
            color=labels.COMPLIANCE_COLORS[it.status],
            text=it.text_sv.removeprefix(f"{COMPLIANCE_LABELS[it.status]}: "),
            statute=it.statute,
        )
        for it in sorted(found, key=lambda it: order.index(it.status))
    )


# ---- the next step and the acts ----


@dataclass(frozen=True)
class ActLink:
    """An act that the role may do now."""

    label: str
    url: str
    act: str


@dataclass(frozen=True)
class Step:
    """Ditt nästa steg."""

    title: str
    urgency: str
    limit: DueShown | None
    act: ActLink | None
    message: MessageShown | None  # to acknowledge
    more: tuple[MessageShown, ...]  # further ones to acknowledge


def acts(page: CasePage) -> tuple[ActLink, ...]:
    """Return the acts that the role may do now, as links to their forms."""
    return tuple(act_link(page.case_id, it) for it in page.acts)


def act_link(case_id: UUID, act: str) -> ActLink:
    """Return the link to the form of an act."""
    url = reverse("portal:act", args=[case_id, act.replace("_", "-")])
    return ActLink(str(labels.DO.get(act, act)), url, act)  # type: ignore[call-overload]


def next_step(
    page: CasePage,
    shown: Sequence[MessageShown],
    *,
    names: Mapping[str, str],
    at: datetime,
) -> Step | None:
    """Return what is expected of the actor's unit."""
    step = page.next_step
    if step is None:
        return None
    limit = _due(step.due, names, at) if step.due else None
    message = next((it for it in shown if step.message and it.id == step.message.id), None)
    return Step(
        title=_title(step, message),
        urgency=limit.limit.state if limit else "later",
        limit=limit,
        act=None if message else act_link(page.case_id, step.act),
        message=message,
        more=tuple(it for it in shown if message and it.waits_for_us and it.id != message.id),
    )


def _title(step: NextStep, message: MessageShown | None) -> str:
    if message is None:
        return str(labels.DO.get(step.act, step.act))  # type: ignore[call-overload]
    return gettext("Kvittera: {title}").format(title=message.title)


@dataclass(frozen=True)
class StageShown:
    """Ett steg på vägen hem."""

    label: str
    status: str
    when: str


def stages(page: CasePage, *, at: datetime) -> tuple[StageShown, ...]:
    """Return how far the case has come."""
    return tuple(
        StageShown(str(labels.STAGES[it.name]), it.status, _stage_when(it.status, it.at, at))
        for it in page.stages
    )


def _stage_when(status: str, moment: datetime | None, at: datetime) -> str:
    if moment is None:
        return ""
    words = times.absolute(moment, at=at)
    return gettext("beräknat {when}").format(when=words) if status == "next" else words


# ---- who watches ----


@dataclass(frozen=True)
class WatchShown:
    """Bevakning of a receiving unit, said before anything is sent."""

    unit: str
    is_watched: bool
    text: str
    phone: str


def watch(found: Watch, *, at: datetime) -> WatchShown:
    """Return whether anybody watches a unit's inbox, until when, and who does otherwise."""
    return WatchShown(
        unit=f"{found.unit.name}, {parties.name(found.unit.owner)}",
        is_watched=found.is_watched,
        text=watch_text(found, at=at),
        phone="" if found.is_watched else found.unit.phone,
    )


def watch_text(found: Watch, *, at: datetime) -> str:
    """Return the sentences after the name of a unit."""
    if found.is_watched and found.closes_at:
        if found.closes_at == calendar.start_of_local_day(calendar.local_date(found.closes_at)):
            return gettext("Hela dygnet.")
        return gettext("Till {clock}.").format(clock=times.clock(found.closes_at))
    words = []
    if found.red_day:
        words.append(gettext("I dag är det {day}.").format(day=found.red_day.lower()))
    if found.opens_at:
        opens = times.absolute(found.opens_at, at=at)
        words.append(gettext("Öppnar {opens}.").format(opens=opens))
    if found.takes_over:
        words.append(gettext("{unit} tar över.").format(unit=found.takes_over.name))
    return " ".join(words)


# ---- history, consents ----


@dataclass(frozen=True)
class HappeningShown:
    """En rad i tidslinjen."""

    text: str
    who: str
    at: When
    content: tuple[tuple[str, str], ...]
    is_flagged: bool
    url: str


def timeline(
    page: CasePage, *, names: Mapping[str, str], at: datetime
) -> tuple[HappeningShown, ...]:
    """Return what has happened in plain words, the newest first."""
    here = {it.id for it in page.messages}
    return tuple(_happening(it, names, here, at) for it in reversed(page.happenings))


def _happening(
    it: Happening, names: Mapping[str, str], here: set[UUID], at: datetime
) -> HappeningShown:
    by = ", ".join(word for word in (it.actor_name, it.actor_title) if word)
    where = ", ".join(word for word in (names.get(it.unit_id, ""), parties.name(it.origin)) if word)
    if it.body.get("type") == "inner_block":  # which unit's is told in an emergency only
        by, where = parties.name(it.origin), ""
    return HappeningShown(
        text=_sentence(it, names),
        who=" · ".join(word for word in (by or gettext("Samplan"), where) if word),
        at=times.when(it.at, at=at),
        content=labels.content(it.body, places=places.municipalities(), at=at)
        if it.message_id is None
        else (),
        is_flagged=it.is_flagged,
        url=reverse("portal:message", args=[it.message_id]) if it.message_id in here else "",
    )


def _sentence(it: Happening, names: Mapping[str, str]) -> str:
    words = labels.happened(it.act)
    if it.act == "forward_message":
        return gettext("Ett meddelande sändes vidare till {unit}.").format(
            unit=it.body.get("to_unit_name", "")
        )
    if it.act == "assign_message":
        return gettext("Ett meddelande fördelades till {name}.").format(
            name=it.body.get("assigned_to", "")
        )
    if it.act == "lift_protection" and it.origin != acting_for():
        return gettext("{name} uppger att skyddet är hävt.").format(name=parties.name(it.origin))
    if it.act == "deadline_passed":
        what = labels.due(str(it.body.get("rule", "")))
        unit = names.get(str(it.body.get("unit_id", "")), "")
        return gettext("Tidsfristen gick ut: {what} ({unit}).").format(what=what, unit=unit)
    if it.act == "tenant_left":
        return gettext("{name} lämnade Samplan. Dess del i ärendet är slut.").format(
            name=parties.name(str(it.body.get("tenant", "")))
        )
    if it.body.get("of"):
        return f"{words.rstrip('.')}: {labels.act(str(it.body['of'])).lower()}."
    return words


GIVEN = ("yes", "partial")  # answers that are a consent


@dataclass(frozen=True)
class ConsentLine:
    """Samtycke: to what, the answer, until when."""

    type: str
    what: str
    classes: str
    answer: str
    taken_by: str
    period: str
    is_running: bool
    can_withdraw: bool
    key: str  # of the form that withdraws it
    recipients: str
    how: str
    by: str
    purpose: str
    opens: str


def consents(page: CasePage, *, actor: Actor, at: datetime) -> tuple[ConsentLine, ...]:
    """Return what the person has answered, never as a yes to everything."""
    may = actor.may(Permission.WITHDRAW_CONSENT)
    return tuple(_consent(it, may, at) for it in page.consents)


def _consent(it: ConsentShown, may: bool, at: datetime) -> ConsentLine:
    running = it.is_running(at=at)
    period = gettext("{since} till {until}").format(
        since=times.day(it.valid_from, at=at), until=times.day(it.expires_at, at=at)
    )
    if it.withdrawn_at:
        period = gettext("återtaget {when}").format(when=times.absolute(it.withdrawn_at, at=at))
    return ConsentLine(
        type=it.type,
        what=str(labels.CONSENT_TYPES.get(it.type, it.type)),
        classes=labels.info_classes(it.info_classes) if it.info_classes else "",
        answer=str(labels.CONSENT_VALUES.get(it.value, it.value)),
        taken_by=parties.name(it.taken_by),
        period=period,
        is_running=running,
        can_withdraw=may and running and it.value not in ("no", ""),
        key=idempotent.new_key(),
        recipients=labels.listed(parties.name(name) for name in it.recipients),
        how=str(labels.GIVEN_HOW.get(it.given_how, it.given_how)),
        by=", ".join(word for word in (it.documented_by, it.documented_title) if word),
        purpose=it.purpose,
        opens=_opens(it),
    )


def _opens(it: ConsentShown) -> str:
    """Return what an answer opens, and what it does not."""
    if it.type != "coordinated_record":
        return gettext("Öppnar ingen text för läsning hos en annan huvudman.")
    if it.value in GIVEN:
        return gettext(
            "Öppnar det som en överenskommelse låter dem läsa och som inte är spärrat. Resten går"
            " i meddelanden."
        )
    if it.value == "unable" and it.is_clarified:
        return gettext(
            "Vårdgivare får läsa det som behövs för nödvändig vård. Omsorgsgivare får läsa hos"
            " andra omsorgsgivare, men inte i vården."
        )
    if it.value == "unable":
        return gettext("Öppnar ingenting förrän personens inställning är utredd så långt det går.")
    return gettext("Öppnar ingenting. Lagens meddelanden går ändå.")


@dataclass(frozen=True)
class BlockLine:
    """Spärr: what it closes, since when, and whether it is lifted."""

    id: UUID
    what: str
    classes: str
    since: str
    by: str
    lifted: str
    can_lift: bool
    key: str


def blocks(page: CasePage, *, actor: Actor, at: datetime) -> tuple[BlockLine, ...]:
    """Return what the person has blocked here, as far as the actor's unit may know."""
    may = actor.may(Permission.LIFT_BLOCK)
    return tuple(_block(it, actor, may, at) for it in page.blocks)


def _block(it: BlockShown, actor: Actor, may: bool, at: datetime) -> BlockLine:
    is_other = it.type == "inner_block" and it.unit_id != actor.unit_id
    by = gettext("en annan enhet hos er") if is_other else f"{it.placed_by}, {it.placed_title}"
    lifted = ""
    if it.lifted_at:
        lifted = gettext("hävd {when}").format(when=times.absolute(it.lifted_at, at=at))
    return BlockLine(
        id=it.id,
        what=str(labels.BLOCK_TYPES[it.type]),
        classes=labels.info_classes(it.info_classes) if it.info_classes else gettext("allt"),
        since=times.absolute(it.placed_at, at=at),
        by=by,
        lifted=lifted,
        can_lift=may and it.lifted_at is None,
        key=idempotent.new_key(),
    )


def unanswered(page: CasePage, *, at: datetime) -> tuple[str, ...]:
    """Return the questions that have no running answer in a case."""
    answered = {it.type for it in page.consents if it.is_running(at=at)}
    return tuple(str(name) for it, name in labels.CONSENT_TYPES.items() if it not in answered)


@dataclass(frozen=True)
class SightLine:
    """What one vårdgivare has answered in an emergency."""

    owner: str
    name: str
    answer: str
    can_read: bool
    can_ask: bool
    key: str


@dataclass(frozen=True)
class EmergencyLine:
    """Nödöppning, in words."""

    id: UUID
    who: str
    ground: str
    reason: str
    period: str
    follow_up: str
    is_running: bool
    is_ours: bool  # of the actor's own unit
    waits_for_second: bool
    may_second: bool
    closes: str
    sights: tuple[SightLine, ...]
    can_read: bool
    asks_us: bool  # to lift a block
    answered: str
    key: str


def emergencies(page: CasePage, *, actor: Actor, at: datetime) -> tuple[EmergencyLine, ...]:
    """Return every emergency access in a case; what others hold only to the unit that asked."""
    return tuple(_emergency(it, actor, at) for it in page.emergencies)


def running_emergency(page: CasePage, *, actor: Actor, at: datetime) -> EmergencyLine | None:
    """Return what the actor's unit has open, or what waits for a second person."""
    for it in page.emergencies:
        is_ours = it.reader == actor.tenant and it.unit_id == actor.unit_id
        if is_ours and (it.is_running(at=at) or it.is_waiting(at=at)):
            return _emergency(it, actor, at)
    return None


def _emergency(it: EmergencyShown, actor: Actor, at: datetime) -> EmergencyLine:
    is_ours = it.reader == actor.tenant and it.unit_id == actor.unit_id
    running = it.is_running(at=at)
    asked = [one for one in it.sights if one.owner == actor.tenant and one.lift_asked_at]
    waits = it.is_waiting(at=at)
    period = gettext("väntar på en andra person") if waits else gettext("öppnades aldrig")
    if it.opened_at and it.closes_at:
        period = gettext("{since} till {until}").format(
            since=times.absolute(it.opened_at, at=at), until=times.absolute(it.closes_at, at=at)
        )
    return EmergencyLine(
        id=it.id,
        who=f"{it.staff_name}, {it.title}, {it.unit_name}, {parties.name(it.reader)}",
        ground=str(labels.EMERGENCY_GROUNDS.get(it.ground, it.ground)),
        reason=it.reason,
        period=period,
        follow_up=_follow_up(it, at=at),
        is_running=running,
        is_ours=is_ours,
        waits_for_second=waits,
        may_second=waits and it.staff_id != actor.staff_id,
        closes=times.absolute(it.closes_at, at=at) if it.closes_at else "",
        sights=tuple(_sight(one, actor, running=running) for one in it.sights) if is_ours else (),
        can_read=any(_readable(one, actor) and not one.read_at for one in it.sights),
        asks_us=bool(asked and not asked[0].lift_answer and it.reader != actor.tenant)
        and actor.may(Permission.LIFT_BLOCK),
        answered=str(labels.LIFT_ANSWERS.get(asked[0].lift_answer, "")) if asked else "",
        key=idempotent.new_key(),
    )


def _follow_up(it: EmergencyShown, *, at: datetime) -> str:
    if it.followed_up_at:
        return str(labels.EMERGENCY_OUTCOMES.get(it.outcome, it.outcome))
    if it.is_overdue:
        return gettext("Inte uppföljd i tid. Verksamhetschefen ska följa upp den.")
    due = times.day(it.follow_up_due_at, at=at)
    return gettext("Ska följas upp senast {day}.").format(day=due)


def _readable(it: Sight, actor: Actor) -> bool:
    return bool(it.has_unblocked or (it.has_blocked and it.owner == actor.tenant))


def _sight(it: Sight, actor: Actor, *, running: bool) -> SightLine:
    is_own = it.owner == actor.tenant
    return SightLine(
        owner=it.owner,
        name=gettext("Andra enheter hos er") if is_own else parties.name(it.owner),
        answer=_holds(it, is_own=is_own),
        can_read=running and _readable(it, actor) and not it.read_at,
        can_ask=running and bool(it.has_blocked) and not is_own
        and (it.lift_asked_at is None or bool(it.lift_answer)),
        key=idempotent.new_key(),
    )  # fmt: skip


def _holds(it: Sight, *, is_own: bool) -> str:
    if it.has_blocked is None:
        return gettext("Har inte svarat ännu. Läs in sidan igen om några sekunder.")
    if is_own:
        said = gettext("Har spärrade uppgifter.") if it.has_blocked else gettext("Inget spärrat.")
    elif it.has_unblocked and it.has_blocked:
        said = gettext("Har uppgifter som inte är spärrade, och spärrade uppgifter.")
    elif it.has_unblocked:
        said = gettext("Har uppgifter som inte är spärrade.")
    elif it.has_blocked:
        said = gettext("Har bara spärrade uppgifter. Bara de själva kan häva spärren.")
    else:
        said = gettext("Har inga uppgifter i ärendet.")
    if it.read_at:
        said += " " + gettext("Öppnat för er.")
    if it.lift_answer:
        answer = labels.LIFT_ANSWERS[it.lift_answer]
        said += f" {answer} ({it.lift_answered_by})."
    elif it.lift_asked_at:
        said += " " + gettext("Ni har bett dem häva spärren.")
    return said


@dataclass(frozen=True)
class ReadingShown:
    """En rad i åtkomstloggen."""

    when: str
    who: str
    what: str
    channel: str


def readings(page: CasePage, *, at: datetime) -> tuple[ReadingShown, ...]:
    """Return who has read or written in the case here, the newest first."""
    return tuple(
        ReadingShown(
            when=times.absolute(it.at, at=at),
            who=f"{it.staff_name}, {it.title}, {it.unit_name}",
            what=str(labels.READ_HOW.get(it.activity, it.activity)),
            channel=gettext("direkt hos en annan huvudman") if it.channel == "B" else "",
        )
        for it in page.readings
    )


# ---- what every page about a case has ----


@dataclass(frozen=True)
class About:
    """Whom a page is about, and where it leads back."""

    name: str
    number: str
    age: str
    protection: str  # which kind, in words; empty: none
    protection_means: str
    lift_told: str  # that another huvudman has lifted it, in words
    facts: tuple[str, ...]
    title: str
    state: str
    state_word: str
    color: str
    url: str
    expected: str

    @property
    def is_protected(self) -> bool:
        """Tell whether the person has protected identity."""
        return bool(self.protection)


def names_of(page: CasePage) -> dict[str, str]:
    """Return the name of every unit that the page knows, by HSA-id."""
    names = {it.sender_unit: it.sender_unit_name for it in page.messages}
    for message in page.messages:
        names |= {receipt.unit_id: receipt.unit_name for receipt in message.receipts}
    return names | {part.unit_id: part.name for part in page.parts}


def about(page: CasePage, *, at: datetime) -> About:
    """Return the person of a case in words."""
    person = page.individual
    running = [it for it in page.consents if it.value in GIVEN and it.is_running(at=at)]
    facts = [
        places.name(person.registered_municipality) if person.registered_municipality else "",
        gettext("Tolk: {language}").format(language=person.interpreter)
        if person.interpreter
        else "",
        _consent_fact(running),
        gettext("Fast vårdkontakt: {name}").format(name=page.care_contact.name)
        if page.care_contact and page.care_contact.name
        else "",
    ]
    expected = page.expected_discharge_at
    return About(
        name=person.name,
        number=person.number,
        age=labels.years(person.age),
        protection=str(labels.PROTECTIONS.get(person.protection, "")),
        protection_means=str(labels.PROTECTION_MEANS.get(person.protection, "")),
        lift_told=_sentence(page.lift_told, {}) if page.lift_told else "",
        facts=tuple(it for it in facts if it),
        title=gettext("Utskrivning från {unit}").format(unit=page.sending_unit),
        state=page.state,
        state_word=labels.state(page.state),
        color=labels.state_color(page.state),
        url=reverse("portal:case", args=[page.case_id]),
        expected=times.absolute(expected, at=at) if expected else "",
    )


def _consent_fact(running: Sequence[ConsentShown]) -> str:
    opened = [it for it in running if it.type == "coordinated_record" and it.value != "unable"]
    if not opened:
        return gettext("Inget samtycke till att läsa hos varandra")
    classes = {name for it in opened for name in it.info_classes}
    what = labels.info_classes(classes)
    return gettext("Samtycke till att läsa hos varandra: {what}").format(what=what)
