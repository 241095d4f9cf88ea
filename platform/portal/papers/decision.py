"""The decision pack as one PDF, tagged and for the archive: what a huvudman decides by.

It is Swedish in every language of the pages.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import translation

from billing.papers.pdf import pdf
from care.inbox.readiness import UnitReady
from care.law import calendar
from portal import cells, decision, technical
from portal.decision import CostShown, Line
from portal.papers.marks import mark
from tenants.checks import CheckMade
from tenants.decision import Pack, Part
from tenants.pack import Done

TITLE = "Beslutsunderlag"
Checked = Sequence[tuple[UnitReady, CheckMade | None]]


def paper(
    own: Pack,
    *,
    owner: str,
    offered: Sequence[CostShown],
    units: Checked,
    done: Done,
    at: datetime,
) -> bytes:
    """Return a pack as a PDF: the chain, benefits beside costs, risks, powers, technical checks."""
    with translation.override("sv"):
        found = {it.part: it for it in decision.sections(own, at=at, say=date.isoformat)}
        content = {
            "title": TITLE,
            "owner": owner,
            "on": calendar.written(calendar.local_date(at)),
            "state": _state(done),
            "chain": [_chain(it) for it in found[Part.RECOMMENDATION].lines],
            "benefits": [[it.title, *_values(it)] for it in found[Part.BENEFIT].lines],
            "offers": [
                {
                    "name": it.offer,
                    "answer": f"Ert besked: {it.answer}. Dagens system: {it.present} kr per år.",
                    "rows": [list(row) for row in it.rows],
                }
                for it in offered
            ],
            "matrix": [
                {
                    "label": label,
                    "squares": [{"level": it.level, "numbers": it.numbers} for it in of],
                }
                for label, of in decision.matrix(own)
            ],
            "severities": [str(it) for it in decision.SEVERITIES.values()],
            "risks": [_risk(it) for it in found[Part.RISK].lines],
            "powers": [_power(it) for it in found[Part.POWER_OF_ATTORNEY].lines],
            "checks": [_check(it, made, at=at) for it, made in units],
        }
    return pdf(
        "decision.typ",
        content,
        verbatim={},
        on=calendar.local_date(at),
        folder="portal.papers",
        mark=mark(),
    )


def _state(done: Done) -> str:
    if done.done_on is None:
        return "Underlaget är inte antecknat som klart."
    return f"Antecknat som klart {calendar.written(done.done_on)} av {done.by}."


def _values(line: Line) -> list[str]:
    return [value for _, value in line.facts]


def _chain(line: Line) -> dict[str, Any]:
    on, paragraph, number = _values(line)
    return {"heading": f"{line.title}: {line.tag.lower()}", "facts": [on, paragraph, number],
            "text": line.text}  # fmt: skip


def _risk(line: Line) -> dict[str, Any]:
    severity, likelihood, measure, responsible, follow_up, status = _values(line)
    return {
        "heading": line.title,
        "text": line.text,
        "facts": [
            ["Konsekvens och sannolikhet", f"{severity}, {likelihood}. {line.tag}"],
            ["Åtgärd", measure],
            ["Ansvarig", responsible],
            ["Följs upp", f"{follow_up}. {line.flag}." if line.flag else follow_up],
            ["Läge", status],
        ],
    }


def _power(line: Line) -> dict[str, Any]:
    facts = [[label, value] for label, value in line.facts]
    return {"heading": line.title, "facts": [*facts, ["Läge", line.tag]]}


def _check(unit: UnitReady, made: CheckMade | None, *, at: datetime) -> list[str]:
    cell = cells.check(unit, at=at)
    told = technical.made(made, at=at)
    if made is None or told is None:
        return [unit.name, cell.state, "", ""]
    where = ", ".join(it for it in (told.place, told.browser) if it)
    found = "; ".join(
        f"{it.label.lower()}: {it.outcome.lower()}" + (f", {it.measured}" if it.measured else "")
        for it in told.items
    )
    return [
        unit.name,
        cell.state,
        f"{where}. {made.by}, {made.title}, {calendar.local_date(made.at)}",
        found,
    ]
