"""Payment liability in words: reasons, answers, where an item stands, and what has happened."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.dateformat import format as written
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from billing import issued
from billing.decisions import NotNow
from billing.liability import aggregates, course, queries
from billing.liability.course import ItemState, ObjectionReason, Verdict
from billing.liability.disputes import ItemObjected
from billing.liability.queries import ItemShown, ListShown, MonthShown, SettlementShown
from billing.months import Month
from care.identity.actors import Actor
from care.identity.permissions import Permission
from portal import costs, invoices

REASONS = {
    ObjectionReason.NOT_OUR_RESIDENT: _("Inte folkbokförd hos oss, och inte placerad av oss"),
    ObjectionReason.NOTICE_MISSING_OR_LATE: _("Underrättelsen saknas eller kom för sent"),
    ObjectionReason.NO_CALL_TO_PLANNING: _("Kallelse till samordnad planering saknas"),
    ObjectionReason.REGION_EFFORT_MISSING: _("Regionens insatser var inte klara"),
    ObjectionReason.NOT_READY_AGAIN: _("Inte längre utskrivningsklar"),
    ObjectionReason.WRONG_TIMES: _("Tiderna är fel"),
    ObjectionReason.OTHER: _("Annan orsak"),
}
VERDICTS = {
    Verdict.ACCEPTED: _("Godtas: inga dygn står kvar"),
    Verdict.CORRECTED: _("Rättas: några dygn står kvar"),
    Verdict.REJECTED: _("Godtas inte: alla dygn står kvar"),
}
STATES = {
    ItemState.PRELIMINARY: _("Preliminär"),
    ItemState.OBJECTED: _("Invändning, väntar på svar"),
    ItemState.ACCEPTED: _("Invändningen godtagen"),
    ItemState.REJECTED: _("Invändningen inte godtagen"),
    ItemState.CORRECTED: _("Rättad"),
    ItemState.ESCALATED: _("Hos styrgruppen"),
    ItemState.DECIDED: _("Avgjord av styrgruppen"),
    ItemState.SETTLED: _("Avräknad"),
}
COLORS = {
    ItemState.PRELIMINARY: "neutral",
    ItemState.OBJECTED: "warning",
    ItemState.ACCEPTED: "info",
    ItemState.REJECTED: "info",
    ItemState.CORRECTED: "info",
    ItemState.ESCALATED: "warning",
    ItemState.DECIDED: "accent",
    ItemState.SETTLED: "success",
}
WAITING = (ItemState.OBJECTED, ItemState.ESCALATED)


@dataclass(frozen=True)
class Happened:
    """Something on the timeline of a list."""

    at: datetime
    what: str
    by: str
    lines: tuple[str, ...] = ()


def name(month: Month) -> str:
    """Return a month in words."""
    return capfirst(written(month.period.first_on, "F Y"))


def days(number: int) -> str:
    """Return a number of days of care."""
    return ngettext("{days} dygn", "{days} dygn", number).format(days=costs.number(number))


def left(until: date, *, today: date) -> str:
    """Return until when a municipality can object, or that it no longer can."""
    if today > until:
        return gettext("Tiden att invända gick ut {day}").format(day=costs.day(until))
    return gettext("Invändningar till och med {day}").format(day=costs.day(until))


def of_month(actor: Actor, shown: MonthShown) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return the rows of a month by municipality, and their sums.

    Who reads no items sees counts as the board does.
    """
    counts = shown.counts
    if actor.may(Permission.READ_LIABILITY):
        exact = {it.code: len(it.items) for it in shown.lists}
        counts = aggregates.Counts(exact, sum(exact.values()))
    rows = [_row(actor, it, it.name, counts.by_code[it.code]) for it in shown.lists]
    sums = [it.sums for it in shown.lists]
    return rows, {
        "count": _count(counts.total),
        "days": costs.number(sum(it.handed_over for it in sums)),
        "held": costs.number(sum(it.held for it in sums)),
        "charged": costs.number(sum(it.charged for it in sums)),
        "amount": costs.kronor(sum(it.charged_ore for it in shown.lists)),
    }


def own_rows(actor: Actor, lists: tuple[ListShown, ...]) -> list[dict[str, Any]]:
    """Return the rows of a municipality's months."""
    found = []
    for it in lists:
        count: int | None = len(it.items)
        if not actor.may(Permission.READ_LIABILITY):
            count = aggregates.counts({it.code: len(it.items)}).by_code[it.code]
        found.append(_row(actor, it, name(it.month), count))
    return found


def items(actor: Actor, shown: ListShown, *, today: date) -> list[dict[str, Any]]:
    """Return the items of a list, each with what the actor can do with it now."""
    return [
        {
            "it": it,
            "state": STATES[it.course.state],
            "color": COLORS[it.course.state],
            "listed": costs.number(it.course.days),
            "days": costs.number(it.course.standing_days),
            "rate": costs.kronor(it.rate_ore),
            "amount": costs.kronor(it.amount_ore),
            "acts": _acts(actor, shown, it, today=today),
        }
        for it in shown.items
    ]


def disputes(shown: ListShown) -> list[dict[str, Any]]:
    """Return the objections to a list, with what they have led to."""
    return [
        {
            "number": it.number,
            "it": it.objection,
            "reason": REASONS[it.objection.reason],
            "verdict": VERDICTS[it.objection.answer.verdict] if it.objection.answer else "",
            "answered": days(it.objection.answer.days) if it.objection.answer else "",
            "decided": days(it.objection.decision.days) if it.objection.decision else "",
            "decided_on": costs.day(it.objection.decision.on) if it.objection.decision else "",
        }
        for it in shown.items
        if it.objection is not None
    ]


def waiting(actor: Actor, shown: MonthShown) -> list[dict[str, str]]:
    """Return the bases of a month that two have not attested, to who may attest."""
    if not actor.may(Permission.ATTEST):
        return []
    frozen = [it.id for listed in shown.lists for it in listed.settlements]
    return [
        {
            "url": reverse("portal:invoice_basis", args=[it.id]),
            "number": str(it.number),
            "buyer": next(iter(it.drafts.invoices.values())).buyer.name,
            "attests": invoices.attests(it),
        }
        for it in issued.open_bases(frozen)
    ]


def settlements(actor: Actor, shown: ListShown) -> list[dict[str, Any]]:
    """Return the settlements of a list, with their invoices and what can be done."""
    return [_settlement(actor, shown, it) for it in shown.settlements]


def timeline(shown: ListShown) -> list[Happened]:
    """Return what has happened to a list, the oldest first."""
    made = [
        Happened(
            shown.at,
            gettext("Hämtad"),
            shown.made_by,
            (ngettext("{count} post", "{count} poster", len(shown.items)).format(
                count=len(shown.items)
            ),),
        )
    ]  # fmt: skip
    for it in shown.items:
        if it.objection is not None:
            made += _of_dispute(it.number, it.objection)
    made += [
        Happened(
            it.at,
            gettext("Avräkning {number}").format(number=it.number),
            it.made_by,
            (days(it.record["days"]),),
        )
        for it in shown.settlements
    ]
    return sorted(made, key=lambda it: it.at)


def sums(shown: ListShown) -> tuple[dict[str, str], ...]:
    """Return what has become of the days of a list, in pairs."""
    of = shown.sums
    return tuple(
        {"label": str(label), "value": costs.number(number)}
        for label, number in (
            (_("Överlämnade"), of.handed_over),
            (_("Avräknade"), of.charged),
            (_("Strukna"), of.struck),
            (_("Vilande"), of.held),
            (_("Strukna efter avräkningen"), sum(it.course.less_days for it in shown.items)),
        )
    )


def _row(actor: Actor, of: ListShown, label: str, count: int | None) -> dict[str, Any]:
    may_read = actor.may(Permission.READ_LIABILITY)
    waiting = sum(it.course.state in WAITING for it in of.items) if may_read else 0
    return {
        "label": label,
        "url": reverse("portal:liability_list", args=[of.id]) if may_read else "",
        "count": _count(count),
        "days": costs.number(of.sums.handed_over),
        "held": costs.number(of.sums.held),
        "charged": costs.number(of.sums.charged),
        "amount": costs.kronor(of.charged_ore),
        "waiting": ngettext("{count} väntar på besked", "{count} väntar på besked", waiting).format(
            count=waiting
        )
        if waiting
        else "",
    }


def _count(number: int | None) -> str:
    """Return a count, or what stands in the place of a small one."""
    return gettext("Visas inte") if number is None else costs.number(number)


def _acts(actor: Actor, shown: ListShown, item: ItemShown, *, today: date) -> list[dict[str, str]]:
    return [
        {"url": reverse(f"portal:{act}", args=[shown.id, item.number]), "label": str(label)}
        for act, label, permission, is_now in (
            ("object_to_item", _("Invänd"), Permission.OBJECT_TO_ITEM,
             shown.is_ours and _is_now(course.refuse_objection, item,
                                       objections_until=shown.objections_until, today=today)),
            ("answer_item", _("Svara"), Permission.ANSWER_ITEM,
             shown.board.is_hosted_here and _is_now(course.refuse_answer, item)),
            ("escalate_item", _("Lyft till styrgruppen"), Permission.ESCALATE_ITEM,
             shown.is_ours and _is_now(course.refuse_escalation, item, today=today)),
            ("record_item_decision", _("Anteckna beslut"), Permission.RECORD_ITEM_DECISION,
             shown.board.is_hosted_here and _is_now(course.refuse_decision, item, days=0)),
        )
        if is_now and actor.may(permission)
    ]  # fmt: skip


def _is_now(refuse: Any, item: ItemShown, **asked: object) -> bool:
    """Tell whether the law of the course lets an act through now."""
    try:
        refuse(item.course, **asked)
    except NotNow:
        return False
    return True


def _of_dispute(number: int, of: ItemObjected) -> list[Happened]:
    about = gettext("Post {number}").format(number=number)
    told: list[tuple[Any, str, tuple[str, ...]]] = [
        (of, gettext("Invändning"), (about, str(REASONS[of.reason])))
    ]
    if of.answer:
        told.append((of.answer, gettext("Svar"), (about, str(VERDICTS[of.answer.verdict]))))
    if of.escalation:
        told.append((of.escalation, gettext("Lyft till styrgruppen"), (about,)))
    if of.decision:
        left = days(of.decision.days)
        told.append((of.decision, gettext("Styrgruppens beslut"), (about, left)))
    return [Happened(it.at, what, it.made_by, lines) for it, what, lines in told]


def _settlement(actor: Actor, shown: ListShown, of: SettlementShown) -> dict[str, Any]:
    made = issued.invoices(of.id)
    found = {
        "it": of,
        "days": days(of.record["days"]),
        "amount": costs.kronor(of.record["amount_ore"]),
        "held": ", ".join(str(it) for it in of.record["held"]),
        "rows": [invoices.row(it) for it in made],
    }
    if not (shown.board.is_hosted_here and actor.may(Permission.ISSUE_INVOICES)):
        return found
    bases = issued.bases(of.id)
    has_open = any(it.is_open for it in bases)
    may_credit = any(queries.to_credit_ore(shown, of.id)) and not has_open
    return found | {
        "may_make": issued.standing_invoice(of.id) is None
        and not has_open
        and bool(of.record["days"]),
        "may_credit": may_credit,
        "may_batch": bool(issued.not_batched(of.id)),
        "open": [{"it": it, "attests": invoices.attests(it)} for it in bases if it.is_open],
        "done": [it for it in bases if it.is_issued],
        "batches": issued.batches(of.id),
    }
