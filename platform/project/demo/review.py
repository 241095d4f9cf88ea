"""A round of log review at the region and in Krokom: some rows are judged, the others wait."""

from datetime import datetime, timedelta

from care.law import calendar
from care.review import operations
from care.review.models import ReviewItem
from project.demo.county import REGION_REVIEWERS, REVIEWER
from project.demo.stage import actor
from tenants.context import acting_as

SEED = "demolänet"
JUDGED = 3


def fill(now: datetime) -> None:
    """Draw a round of the last thirty days, and judge the first rows drawn at random."""
    yesterday = calendar.local_date(now) - timedelta(days=1)
    for person in (REVIEWER, REGION_REVIEWERS[0]):
        who = actor(person)
        with acting_as(who.tenant):
            round_id = operations.draw_round(
                actor=who, from_on=yesterday - timedelta(days=29), until_on=yesterday, size=20,
                seed=SEED, at=now - timedelta(hours=3),
            )  # fmt: skip
            drawn = ReviewItem.objects.filter(round=round_id, is_sampled=True).order_by("number")
            for item_id in list(drawn.values_list("pk", flat=True)[:JUDGED]):
                operations.decide_item(
                    actor=who, item_id=item_id, verdict=operations.Verdict.IN_ORDER,
                    comment="Deltog i ärendet och arbetade den dagen.", at=now - timedelta(hours=2),
                )  # fmt: skip
