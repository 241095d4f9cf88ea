"""The demo's payment liability: a month that is listed, disputed, and in part settled.

It was listed so long ago that the time to object has passed. What is disputed is each time the
first that the lists have; the stays are invented (project.demo.liability).
"""

from datetime import datetime, timedelta

from django.utils import timezone

from billing import issuing, months
from billing.liability import operations, queries
from billing.liability.course import ObjectionReason, Verdict
from billing.operations import Doer
from project.demo.county import (
    ECONOMISTS,
    KROKOM,
    MUNICIPALITIES,
    REGION,
    REGION_ECONOMIST,
    SECRETARY,
    Huvudman,
)
from tenants.context import acting_as

BY = Doer(REGION_ECONOMIST.name, REGION_ECONOMIST.title, REGION_ECONOMIST.id)
SECOND = Doer(SECRETARY.name, SECRETARY.title, SECRETARY.id)
OF = {it.slug: it for it in MUNICIPALITIES}
COLLECTED, OBJECTED, ANSWERED, SETTLED = (timedelta(days=it) for it in (24, 19, 4, 3))


def fill(now: datetime) -> None:
    """List a month; Krokom and Åre object, and the region settles with Östersund."""
    with acting_as(REGION.schema):
        collected_at = now - COLLECTED
        month = months.of(timezone.localdate(collected_at)).before
        operations.collect(month, by=BY, at=collected_at)
        lists = {it.code: it.id for it in queries.month(month).lists}

    def object_to(huvudman: Huvudman, number: int, reason: ObjectionReason, text: str) -> None:
        economist = next(it for it in ECONOMISTS if it.huvudman == huvudman)
        with acting_as(huvudman.schema):
            operations.object_to_item(
                reason, list_id=lists[huvudman.municipality_code], number=number, text=text,
                by=Doer(economist.name, economist.title), at=now - OBJECTED,
            )  # fmt: skip

    def answer(huvudman: Huvudman, number: int, verdict: Verdict, text: str) -> None:
        with acting_as(REGION.schema):
            operations.answer_item(
                verdict, list_id=lists[huvudman.municipality_code], number=number, days=None,
                text=text, by=BY, at=now - ANSWERED,
            )  # fmt: skip

    object_to(
        KROKOM, 1, ObjectionReason.NOTICE_MISSING_OR_LATE,
        "Underrättelsen kom 14.15, så dygnen börjar räknas en dag senare.",
    )  # fmt: skip
    object_to(
        KROKOM, 2, ObjectionReason.NO_CALL_TO_PLANNING,
        "Vi har inte fått någon kallelse från den fasta vårdkontakten.",
    )  # fmt: skip
    object_to(OF["are"], 1, ObjectionReason.REGION_EFFORT_MISSING, "Hemtjänsten väntade på er.")
    answer(KROKOM, 1, Verdict.REJECTED, "Underrättelsen är kvitterad 10.30 samma dag.")
    answer(OF["are"], 1, Verdict.ACCEPTED, "Öppenvårdens insats startade först den dagen.")
    with acting_as(REGION.schema):
        at = now - SETTLED
        settlement = operations.settle(
            list_id=lists[OF["ostersund"].municipality_code], by=BY, at=at
        )
        basis = operations.make_basis(settlement_id=settlement, by=BY, at=at)
        for it in (BY, SECOND):
            issuing.attest(basis_id=basis, by=it, at=at)
        issuing.issue(basis_id=basis, by=BY, at=at)
