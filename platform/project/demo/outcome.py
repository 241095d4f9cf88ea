"""The demo's outcome of the budget that was invoiced: decided, and not yet settled.

What each activity came to is invented.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from billing import operations, outcomes, queries
from billing.decisions import Act
from billing.operations import Doer, Line
from project.demo.county import ECONOMIST, HUVUDMAN, REGION, SECRETARY
from tenants.context import acting_as

BY = Doer(SECRETARY.name, SECRETARY.title)
# Of region and municipalities, in öre, in the order of the budget's rows.
CAME_TO = (
    (386_400_00, 0),
    (0, 372_500_00),
    (18_240_50, 18_240_50),
    (81_300_00, 81_300_00),
    (46_000_00, 46_000_00),
    (1_400_000_00, 0),
    (280_000_00, 0),
)


def fill(run_id: UUID, now: datetime) -> None:
    """Write what a budget came to, and let the board decide on its outcome."""
    with acting_as(REGION.schema):
        at = now - timedelta(days=31)
        table = outcomes.follow(run_id=run_id, by=BY, at=at)
        amounts = iter(CAME_TO)
        for row in queries.table(table).rows:
            if row.kind == "money":
                region_ore, municipalities_ore = next(amounts)
                line = Line(
                    row.activity, row.kind, row.category, row.note, region_ore,
                    municipalities_ore, row.method_id, row.rule,
                )  # fmt: skip
                operations.write_line(line, table_id=table, row_id=row.id)
        run = operations.allocate(table_id=table, by=BY, at=at).pk
        for act, on in (
            (Act.PROPOSE, date(2019, 8, 19)),
            (Act.DECIDE, date(2019, 9, 2)),
            (Act.ADJUST, date(2019, 9, 9)),
        ):
            operations.record_step(
                act, run_id=run, on=on, paragraph="38" if act is Act.DECIDE else "",
                diary_number="GN 2018/12" if act is Act.PROPOSE else "", by=BY, at=at,
            )  # fmt: skip
    for huvudman in HUVUDMAN:
        with acting_as(huvudman.schema):
            operations.announce(
                run_id=run,
                on=date(2019, 9, 11),
                by=Doer(ECONOMIST.name, ECONOMIST.title),
                at=now - timedelta(days=30),
            )
