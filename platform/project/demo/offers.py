"""The demo's offer: an option in two versions, with more time, that some have decided on.

The course is that of a real one, in Västra Götaland 2019–2020: the price came down, a price cap was
asked for, and the last day was moved. Amounts, decisions and people are invented.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils import timezone

from billing import options, queries
from billing.calloff import Answer, Price
from billing.operations import Doer
from billing.options import OfferContent
from care.identity.permissions import Role
from project.demo.county import REGION, SECRETARY, staff
from tenants.context import acting_as

BY = Doer(SECRETARY.name, SECRETARY.title)
FIRST = Price(1_250_000_00, 400_000_00, "population", present_ore=980_000_00)
SECOND = replace(FIRST, yearly_ore=1_125_000_00, cap_ore=10_00)
# Krokom has not answered: there somebody can.
DECIDED = (
    ("ostersund", 14, Answer.CALL_OFF, "112", ""),
    ("bracke", 11, Answer.DEFER, "64", "Väntar på besked om pristak"),
    ("bracke", 4, Answer.CALL_OFF, "71", ""),
    ("are", 3, Answer.CALL_OFF, "88", ""),
    ("berg", 3, Answer.DECLINE, "52", "Vi behåller dagens system till avtalet går ut"),
)


def fill(now: datetime) -> None:
    """Let the host offer, revise and give more time, and some municipalities decide."""
    with acting_as(REGION.schema):
        content = OfferContent(
            "Option 1: Informationsutbyte mellan vårdgivare",
            "Samordnad planering vid utskrivning och samordnad individuell plan (SIP), med drift,"
            " support och förvaltning.",
            FIRST,
            queries.populations()[0].id,
            _day(now + timedelta(days=7)),
        )
        option = options.offer_option(content, by=BY, at=now - timedelta(days=18)).option
        options.revise_offer(
            replace(content, price=SECOND),
            option=option,
            reason="Priset är sänkt med tio procent, och ett pristak är infört",
            by=BY,
            at=now - timedelta(days=9),
        )
        options.extend_deadline(
            option=option,
            last_on=_day(now + timedelta(days=28)),
            reason="Tidplanen är framflyttad, och flera nämnder sammanträder först nästa månad",
            by=BY,
            at=now - timedelta(days=2),
        )
    signatories = {it.huvudman.slug: it for it in staff() if it.assignments[0][1] == Role.SIGNATORY}
    for slug, days, answer, paragraph, note in DECIDED:
        at = now - timedelta(days=days)
        who = signatories[slug]
        with acting_as(who.huvudman.schema):
            options.decide_option(
                answer,
                option=option,
                on=_day(at),
                paragraph=paragraph,
                note=note,
                by=Doer(who.name, who.title),
                at=at,
            )


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)
