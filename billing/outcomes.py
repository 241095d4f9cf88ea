"""What the board's secretary does when the outcome is known: follow a budget, carry a balance."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from billing import balances, decisions, issuing, operations, queries
from billing.issuing import Series
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
    period = Period.of(asked["period"])
    try:
        with transaction.atomic():
            made = CostTable.objects.create(
                title=f"Utfall {run.title}"[:200],
                first_on=period.first_on,
                last_on=period.last_on,
                follows=run.table,
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
            rule={key: of for key, of in it.get("rule", {}).items() if key not in OF_AGREEMENT},
        )
        for number, it in enumerate(asked["lines"], start=1)
    )
    return made.pk


@transaction.atomic
def carry(*, table_id: UUID, outcome: UUID | None, at: datetime) -> None:
    """Let a table carry the balance of a decided outcome's table, or none.

    Once the board has decided on a run of the table, the choice is what was decided.

    :raises queries.NoSuchTable: if there is no such table here
    :raises Refused: if that balance cannot be carried, the table is an outcome itself, or decided
    """
    operations.refuse_unless_host()
    # Invoices are written under this lock, so none of what is carried is written meanwhile.
    issuing.locked(Series.INVOICE)
    table = CostTable.objects.select_for_update().filter(pk=table_id).first()
    if table is None:
        raise queries.NoSuchTable
    if balances.is_decided(table_id, at=at):
        raise Refused(
            "Nämnden har beslutat om tabellen, och där ingår vad som förs över. Rätta skillnaden i"
            " utfallet."
        )
    open_ones = {it.table for it in balances.to_carry(table_id, at=at)}
    if table.follows is not None or (outcome is not None and outcome not in open_ones):
        raise Refused(
            "Avstämningen kan inte föras över hit. Välj ett beslutat utfall som varken är"
            " fakturerat eller överfört till en annan tabell."
        )
    table.carries = outcome
    table.save(update_fields=["carries"])
