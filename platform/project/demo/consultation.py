"""The demo's texts on their way: an agreement out on referral, a routine and a guideline.

All is done by the product's own operations, at its own time; people and dates are invented.
"""

from datetime import date, datetime, timedelta

from django.utils import timezone

from care.sharing import consultation
from project.demo.county import (
    ADMINISTRATOR,
    HUVUDMAN,
    KROKOM,
    MUNICIPALITIES,
    OPERATOR,
    REGION,
    REGION_SIGNATORY,
    Medarbetare,
)
from project.demo.stage import actor
from tenants import agreements, rounds
from tenants.agreements import Agreement
from tenants.context import acting_as
from tenants.decisions import Decision
from tenants.onboarding import Step
from tenants.rounds import Asked, Kind, Remark, Round, Verdict
from tenants.routines import RoutineKind, Version, Wording

OSTERSUND = MUNICIPALITIES[-1]
TITLE = "Länsgemensam överenskommelse om samverkan vid utskrivning"
FIRST = """Parterna samverkar enligt lag (2017:612) om samverkan vid utskrivning.

1. Underrättelse om utskrivningsklar kvitteras samma dag.
2. Hemtagning kan ske alla dagar i veckan.
3. Planering läses direkt hos den som skrivit när den enskilde har samtyckt, enligt lag (2022:913).
4. Följsamheten redovisas varje kvartal för länsledningen.
"""
SECOND = """Parterna samverkar enligt lag (2017:612) om samverkan vid utskrivning.

1. Underrättelse om utskrivningsklar kvitteras inom två timmar, dygnet runt.
2. Hemtagning kan ske alla dagar i veckan före klockan 16.
3. Planering, hälso- och sjukvård samt omsorg läses direkt hos den som skrivit när den enskilde har
   samtyckt, enligt lag (2022:913).
4. Följsamheten redovisas varje månad för länsledningen.
5. Överenskommelsen följs upp tillsammans med pensionärsråd och funktionsrättsråd.
"""
# Who, for which body, on what, the comment, the proposal, the answer and why.
REMARKS = (
    (
        ADMINISTRATOR, "Hemsjukvården", "Punkt 1", "Samma dag räcker inte en fredag eftermiddag.",
        "Kvitteras inom två timmar, dygnet runt.", Verdict.ACCEPTED, "",
    ),
    (
        ADMINISTRATOR, "Vård- och omsorgsnämnden", "Punkt 2",
        "Vi klarar inte att ta emot någon sent på kvällen.",
        "Hemtagning sker vardagar före klockan 15.", Verdict.PARTLY,
        "Alla dagar står kvar, men före klockan 16.",
    ),
    (
        REGION_SIGNATORY, "Pensionärsrådet", "Punkt 4", "Vi vill vara med när det följs upp.", "",
        Verdict.ACCEPTED, "Ny punkt 5.",
    ),
)  # fmt: skip
ROUTINE = """Den enhet som får en underrättelse om utskrivningsklar kvitterar den i inkorgen.

Kvittera inom två timmar. Hinner ni inte, ring avsändaren.

När ingen bevakar inkorgen går meddelandet till den enhet som tar över. Lokal administratör ser till
att någon alltid tar över.
"""
GUIDELINE = """Hemgången planeras från inskrivningen, tillsammans med den enskilde och närstående.

Fast vårdkontakt i öppenvården utses innan den enskilde skrivs ut.

Kallelsen till samordnad individuell planering skickas inom tre dagar från underrättelsen.
"""


def fill(now: datetime) -> None:
    """Let an agreement be out on referral, and write a routine and a guideline."""
    first = _draft(FIRST, ("planning",), None, now - timedelta(days=60))
    _preview(first, now)
    second = _draft(
        SECOND, ("planning", "health_care", "social_care"), first, now - timedelta(days=20)
    )
    _refer(second, now)
    _routine(now)
    _guideline(now)


def _draft(
    text: str, classes: tuple[str, ...], earlier: Agreement | None, at: datetime
) -> Agreement:
    year = at.year + 1
    with acting_as(REGION.schema):
        return agreements.draft(
            agreement=earlier.id if earlier else None,
            title=TITLE,
            text=text,
            parties=[it.schema for it in HUVUDMAN],
            valid_from=date(year, 7, 1),
            valid_until=date(year + 3, 6, 30),
            channels={it: ["A", "B"] for it in classes},
            terms={"receipt_times": {"notify_ready": {"hours": 2}}} if earlier else {},
            at=at,
        )


def _ask(
    kind: Kind, days: tuple[int, int], others: tuple[str, ...], text: Agreement, now: datetime
) -> Round:
    today = timezone.localdate(now)
    asked = Asked(
        kind,
        today + timedelta(days=days[0]),
        today + timedelta(days=days[1]),
        (KROKOM.schema, OSTERSUND.schema)
        if kind is Kind.PREVIEW
        else tuple(it.schema for it in MUNICIPALITIES),
        others,
    )
    with acting_as(REGION.schema):
        return consultation.ask(
            asked,
            actor=actor(REGION_SIGNATORY),
            subject=text.id,
            text_hash=text.text_hash,
            at=now + timedelta(days=days[0]),
        )


def _preview(text: Agreement, now: datetime) -> None:
    known = _ask(Kind.PREVIEW, (-55, -44), ("Pensionärsrådet",), text, now)
    for day, (who, body, section, comment, proposal, _, _) in enumerate(REMARKS):
        # The last one came when the days were over.
        at = now - timedelta(days=50 - 5 * day)
        _say(known, who, Remark(body, section, comment, proposal), at)
    with acting_as(REGION.schema):
        for said, (*_, verdict, reason) in zip(rounds.comments(known), REMARKS, strict=True):
            consultation.answer(
                verdict, reason, actor=actor(REGION_SIGNATORY), known=known, said=said, seen=0,
                at=now - timedelta(days=30),
            )  # fmt: skip


def _refer(text: Agreement, now: datetime) -> None:
    known = _ask(Kind.REFERRAL, (-14, 14), ("Pensionärsrådet", "Funktionsrättsrådet"), text, now)
    remark = Remark(
        "Vård- och omsorgsnämnden", "Punkt 4", "Varje månad är tätt för en liten kommun."
    )
    _say(known, ADMINISTRATOR, remark, now - timedelta(days=3))


def _say(known: Round, who: Medarbetare, remark: Remark, at: datetime) -> None:
    with acting_as(who.huvudman.schema):
        consultation.comment(remark, actor=actor(who), known=known, at=at)


def _routine(now: datetime) -> None:
    wording = Wording(
        RoutineKind.ROUTINE,
        "Kvittera underrättelse om utskrivningsklar",
        ROUTINE,
        timezone.localdate(now) - timedelta(days=300),
        step=Step.ROUTINES,
        act="notify_ready",
    )
    _decide(_write(wording, now - timedelta(days=340)), "31", now - timedelta(days=320))


def _guideline(now: datetime) -> None:
    wording = Wording(
        RoutineKind.GUIDELINE,
        "Trygg hemgång i länet",
        GUIDELINE,
        timezone.localdate(now) - timedelta(days=600),
        act="call_to_planning",
    )
    _decide(_write(wording, now - timedelta(days=640)), "12", now - timedelta(days=620))


def _write(wording: Wording, at: datetime) -> Version:
    with acting_as(REGION.schema):
        return consultation.write_routine(wording, actor=actor(OPERATOR), at=at)


def _decide(version: Version, paragraph: str, at: datetime) -> None:
    decision = Decision(
        board="Länsledningen",
        decided_on=timezone.localdate(at),
        is_approved=True,
        paragraph=paragraph,
        diary_number=f"LL {at.year}/{paragraph}",
    )
    with acting_as(REGION.schema):
        consultation.decide_routine(
            decision, actor=actor(OPERATOR), routine=version.id, text_hash=version.text_hash,
            seen=0, at=at,
        )  # fmt: skip
