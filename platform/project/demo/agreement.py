"""The demo's cost agreement: two versions, of which the second is for the year to come.

Decisions are invented; so are the values of the index.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from billing import agreeing
from billing.agreement import AgreedSharing, IndexTerms
from billing.indexation import IndexClause
from billing.operations import Doer
from billing.periods import DateRule
from project.demo.county import REGION, SECRETARY
from tenants.context import acting_as

BY = Doer(SECRETARY.name, SECRETARY.title)


def fill(now: datetime) -> None:
    """Write a version for the project of 2018, and one with an index for next year."""
    first = AgreedSharing(
        contract="GNS-2018-01",
        valid_from=date(2018, 9, 1),
        decision="Samverkansnämnden 2018-06-11 § 19",
        date_rule=DateRule.BEFORE_AGREEMENT_YEAR,
    )
    last = now.year
    second = replace(
        first,
        valid_from=date(last + 1, 1, 1),
        decision=f"Gemensamma nämnden {last}-06-15 § 22, dnr GN {last}/61",
        index=IndexTerms(
            "PKV (påhittade värden)",
            IndexClause(last, lag_years=2, rounding_ore=100),
            {last - 2: "100", last - 1: "103.4", last: "106"},
        ),
        exit_terms="Tolv månaders uppsägning. Den som lämnar betalar sin del till årets slut.",
    )
    with acting_as(REGION.schema):
        agreeing.write_agreement(first, by=BY, at=now - timedelta(days=410))
        agreeing.write_agreement(second, by=BY, at=now - timedelta(days=21))
