"""What the board's secretary does when the outcome is known: follow a budget, carry a balance."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from billing import balances, decisions, operations, queries
from billing.models import CostRow, CostTable
from billing.operations import Doer, Refused
from billing.periods import Period
from billing.runs import Kind

OF_AGREEMENT = {"index", "gap"}  # what the agreement adds to a row's rule, and adds anew


@transaction.atomic
def follow(*, run_id: UUID, by: Doer, at: datetime) -> UUID:
    """Make the table of a decided run's outcome: its rows, whose amounts are to be written.

    :raises queries.NoSuchRun: if there is no such run here
    :raises Refused: if it is not decided, is an outcome itself, or has its table
    """
    operations.refuse_unless_host()
    run = queries.run(run_id, at=at)
    asked = run.record["asked"]
    if run.standing.state not in decisions.DECIDED or "follows" in asked:
        raise Refused("Utfall skrivs för en budget som nämnden har beslutat och som gäller.")
    try:
        with transaction.atomic():
            made = CostTable.objects.create(
                title=f"Utfall {run.title}"[:200],
                first_on=Period.of(asked["period"]).first_on,
                last_on=Period.of(asked["period"]).last_on,
                follows=run_id,
                made_by=by.name,
                at=at,
            )
    except IntegrityError:
        raise Refused("Utfallet har redan en tabell. Öppna den från fördelningens sida.") from None
    CostRow.objects.bulk_create(
        CostRow(
            table=made,
            position=number,
            activity=it["activity"],
            kind=it["kind"] if it["kind"] == Kind.TEXT_ONLY else Kind.MONEY,
            category=it["category"],
            note=it["note"],
            method_id=it["method"],
            parameters=it["parameters"],
            rule={
                key: value for key, value in it.get("rule", {}).items() if key not in OF_AGREEMENT
            },
        )
        for number, it in enumerate(asked["lines"], start=1)
    )
    return made.pk


@transaction.atomic
def carry(*, table_id: UUID, run_id: UUID | None, at: datetime) -> None:
    """Let a table carry the balance of a decided outcome, or none.

    :raises queries.NoSuchTable: if there is no such table here
    :raises Refused: if that balance cannot be carried, or the table is an outcome itself
    """
    operations.refuse_unless_host()
    table = CostTable.objects.select_for_update().filter(pk=table_id).first()
    if table is None:
        raise queries.NoSuchTable
    open_ones = {it.id for it in balances.to_carry(table_id, at=at)}
    if table.follows is not None or (run_id is not None and run_id not in open_ones):
        raise Refused(
            "Avstämningen kan inte föras över hit. Välj ett beslutat utfall som varken är"
            " fakturerat eller överfört till en annan tabell."
        )
    table.carries = run_id
    try:
        with transaction.atomic():
            table.save(update_fields=["carries"])
    except IntegrityError:  # two at once
        raise Refused(
            "Avstämningen fördes just över till en annan tabell. Läs sidan igen."
        ) from None
