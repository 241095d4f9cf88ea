"""A month of payment liability with a source that says what is handed over, to the day."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from cast import AT, MUNICIPALITY, REGION

from billing.liability import operations, queries
from billing.liability.course import ObjectionReason, Verdict
from billing.liability.port import DayRate, LiabilityItem
from billing.liability.queries import ListShown
from billing.months import Month
from billing.operations import Doer
from tenants.context import acting_as
from tests.billing import bills
from tests.billing.bills import KALLE

SOURCE = "tests.billing.liabilities.Source"
FEBRUARY = Month(2026, 2)
RATE = DayRate(2026, 1_000_00, "Överenskommelse, 4 kap. 5 §", "Kalle Ek", date(2026, 1, 7))
DAYS = {"2398": (5,), "2399": (4, 10, 2)}
ECONOMIST = Doer("Bo Ek", "Ekonom")
# Collected on Monday 2 March, so the municipality can object through Monday 16 March.
CLOSED = AT + timedelta(days=15)


class Source:
    """A month that is always the same; before 2026 nobody has verified the rate."""

    name = "Provets källa"

    def hand_over(
        self, month: Month, codes: Collection[str]
    ) -> Mapping[str, tuple[LiabilityItem, ...]]:
        verified_by = RATE.verified_by if month.year >= 2026 else ""
        rate = DayRate(month.year, RATE.ore, RATE.source, verified_by, RATE.verified_on)
        return {
            code: tuple(
                LiabilityItem(number, days, rate, sha256(f"{code} {number}".encode()).hexdigest())
                for number, days in enumerate(DAYS[code], start=1)
            )
            for code in codes
        }


def collect() -> None:
    """Let the region's economist collect February."""
    with acting_as(REGION):
        operations.collect(FEBRUARY, by=KALLE, at=AT)


def of(code: str, *, seen_by: str = REGION) -> ListShown:
    """Return February of a municipality, as a huvudman sees it."""
    with acting_as(seen_by):
        return next(it for it in queries.month(FEBRUARY).lists if it.code == code)


def ours() -> UUID:
    """Return the list of the municipality of the tests."""
    return of("2399").id


def object_to(number: int, text: str = "Ingen kallelse kom", *, at: datetime = AT) -> None:
    """Let the municipality object to an item."""
    with acting_as(MUNICIPALITY):
        operations.object_to_item(
            ObjectionReason.NO_CALL_TO_PLANNING,
            list_id=ours(), number=number, text=text, by=ECONOMIST, at=at,
        )  # fmt: skip


def answer(number: int, verdict: Verdict, days: int | None = None, *, at: datetime = AT) -> None:
    """Let the region answer."""
    with acting_as(REGION):
        operations.answer_item(
            verdict, list_id=ours(), number=number, days=days, text="Se tiderna", by=KALLE, at=at
        )


def escalate(number: int, *, at: datetime = AT) -> None:
    """Let the municipality take an answer to the steering group."""
    with acting_as(MUNICIPALITY):
        operations.escalate_item(
            list_id=ours(), number=number, text="Vi är inte överens", by=ECONOMIST, at=at
        )


def decide(number: int, days: int, *, at: datetime = CLOSED) -> None:
    """Let the region record what the steering group has decided."""
    with acting_as(REGION):
        operations.record_item_decision(
            list_id=ours(), number=number, days=days, on=at.date(), text="Delat", by=KALLE, at=at
        )


def settle(*, at: datetime = CLOSED) -> UUID:
    """Let the region freeze what can be frozen."""
    with acting_as(REGION):
        return operations.settle(list_id=ours(), by=KALLE, at=at)


def invoice(settlement: UUID) -> UUID:
    """Invoice a settlement, once two have attested it."""
    with acting_as(REGION):
        basis = operations.make_basis(settlement_id=settlement, by=KALLE, at=bills.LATER)
    (made,) = bills.issue(basis)
    return made
