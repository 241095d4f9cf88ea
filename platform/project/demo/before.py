"""The demo before the decision: experts, a pilot, a decision pack and technical checks.

A little of each, so that every page has something to show. Bodies, days and numbers are invented.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from project.demo.county import ADMINISTRATOR, KROKOM, OPERATOR, REGION, hsa_id
from tenants import checks, decision, experts, pack, starts
from tenants.context import acting_as
from tenants.decision import (
    Benefit,
    Content,
    Part,
    PowerOfAttorney,
    Recommendation,
    Risk,
    RiskStatus,
    Stance,
)
from tenants.experts import Answered, Asked, Field, Reply
from tenants.progress import By
from tenants.technical import Measured, Outcome

OLA = By(OPERATOR.name, OPERATOR.title)
ANNA = By(ADMINISTRATOR.name, ADMINISTRATOR.title)
GROUP = "Arbetsgruppen för rutiner och begrepp, två dagar i månaden"
PARTS: Mapping[type[Content], Part] = {
    Recommendation: Part.RECOMMENDATION,
    Benefit: Part.BENEFIT,
    Risk: Part.RISK,
    PowerOfAttorney: Part.POWER_OF_ATTORNEY,
}
# The first ward and health centre that start; the region's others have no day yet.
PILOT = ("AVD202", "HC2309")


def fill(now: datetime) -> None:
    """Let the region ask for experts and plan its pilot, and Krokom answer and prepare."""
    today = timezone.localdate(now)
    with acting_as(REGION.schema):
        for schema, field in (
            (KROKOM.schema, Field.MUNICIPAL_HEALTH_CARE),
            (KROKOM.schema, Field.IT),
            ("t_are", Field.SOCIAL_SERVICES),
        ):
            asked = Asked(field, _day(today, -30), GROUP, answer_by=_day(today, -2))
            experts.ask(asked, tenant=schema, seen=0, by=OLA, at=now - timedelta(days=30))
        start = _day(today, 40)
        days = {hsa_id(REGION, it): start for it in PILOT}
        starts.plan(days, seen=0, by=OLA, at=now - timedelta(days=20))
    with acting_as(KROKOM.schema):
        answered = Answered(
            Field.MUNICIPAL_HEALTH_CARE, Reply.TAKES_PART, "", "Distriktssköterska",
            _day(today, -10),
        )  # fmt: skip
        experts.answer(answered, seen=0, by=ANNA, at=now - timedelta(days=12))
        later = {hsa_id(KROKOM, "JOUR"): _day(today, 90)}
        starts.plan(later, seen=0, by=ANNA, at=now - timedelta(days=11))
        for number, content in enumerate(_contents(today)):
            entry = uuid5(NAMESPACE_URL, f"demo:pack:{number}")
            part, at = PARTS[type(content)], now - timedelta(days=9, minutes=-number)
            decision.check(content)
            pack.write(content, part=part, entry=entry, seen=0, struck=False, by=ANNA, at=at)
        measured = Measured(
            lacks=(), clock_seconds=1, trips_ms=(38, 41, 45), printing=Outcome.WORKS,
            card=Outcome.WORKS,
        )  # fmt: skip
        checks.record(
            measured, unit_id=hsa_id(KROKOM, "BIST"), place="Expeditionen, dator 2",
            browser="Edge 141", by=ANNA, at=now - timedelta(days=5),
        )  # fmt: skip


def _contents(today: date) -> tuple[Content, ...]:
    return (
        Recommendation(
            "Länets samverkansorgan för socialtjänst och vård", Stance.RECOMMENDS,
            _day(today, -120), "15", "2026-00338",
            "Rekommenderar kommunerna att besluta om gemensamt stöd för utskrivning och SIP.",
        ),
        Recommendation(
            "Vård- och omsorgsnämnden", Stance.RECOMMENDS, _day(today, -50), "41", "VON 2026:87",
            "Föreslår kommunstyrelsen att ansluta kommunen.",
        ),
        Benefit(
            "Färre dygn på sjukhus efter utskrivningsklar", "Den enskilde",
            "Dygn från utskrivningsklar till utskriven, medelvärde", "3,1", "1,5",
            _day(today, 200),
        ),
        Benefit(
            "Mindre dubbeldokumentation", "Hemsjukvården", "Minuter per inskrivning, tidmätning",
            "25", "10", _day(today, 200),
        ),
        Risk(
            "Ingen bevakar inkorgen en helg", "Den enskilde kommer hem utan insats", 4, 2,
            "Socialjouren tar över när enheten är stängd", "Enhetschefen", _day(today, 30),
            RiskStatus.ONGOING,
        ),
        Risk(
            "Vikarier saknar uppdrag i sommar", "Meddelanden kvitteras sent", 3, 3, "",
            "Verksamhetschefen", _day(today, 60), RiskStatus.OPEN,
        ),
        PowerOfAttorney(
            "Kommunstyrelsen", REGION.name, "Att teckna avtal om drift för kommunens räkning",
            _day(today, -60), _day(today, 300), _day(today, -58), "KS 2026:114",
        ),
    )  # fmt: skip


def _day(today: date, days: int) -> date:
    return today + timedelta(days=days)
