"""What the host does with cloud costs: files, rules, rates, and what the invoices say.

After each of them the rows that are fed by cloud costs are computed anew, in the same transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from billing import cloud, focus, queries
from billing.cloud import CloudShown
from billing.focus import ChargeGroup
from billing.models import (
    CloudFile,
    CloudInvoice,
    CloudRate,
    CloudRow,
    CloudRule,
    CostRow,
    CostTable,
)
from billing.operations import Doer, NoSuchRow, Refused, refuse_unless_host
from billing.runs import Kind

CORRECTION = "rättelse av tidigare perioder"
CORRECTION_NOTE = "Rättelse i molnleverantörens fakturor av perioder som redan är fakturerade"
LONGEST = 200


class NoSuchCloudFile(Exception):
    """There is no such file of the table."""


@transaction.atomic
def import_cloud_cost(
    content: bytes, *, table_id: UUID, name: str, by: Doer, at: datetime
) -> CloudFile:
    """Keep a FOCUS file of a table's cloud costs, and let its rows have what it charges.

    :raises BadFile: if it is none, or a value cannot be; nothing is kept
    :raises Refused: if this very file is there already
    :raises queries.NoSuchTable: if there is no such table
    """
    refuse_unless_host()
    table = _locked(table_id)
    charges = focus.read(content)
    first, last = ([getattr(it, name) for it in charges] for name in ("first_on", "last_on"))
    try:
        with transaction.atomic():
            kept = CloudFile.objects.create(
                table=table,
                name=name[-LONGEST:],
                sha256=sha256(content).hexdigest(),
                raw=content,
                charges=[cloud.plain(it) for it in focus.summed(charges)],
                first_on=min((it for it in first if it), default=None),
                last_on=max((it for it in last if it), default=None),
                imported_by=by.name,
                at=at,
            )
    except IntegrityError:
        raise Refused(
            "Filen är redan inläst i den här tabellen. Välj en annan fil, eller ta bort den som är"
            " inläst."
        ) from None
    _feed(table_id)
    return kept


@transaction.atomic
def remove_cloud_file(*, table_id: UUID, file_id: UUID) -> None:
    """Remove a file, as when the provider has sent a better one; runs that are made stay.

    :raises NoSuchCloudFile: if it is not there
    """
    refuse_unless_host()
    _locked(table_id)
    removed, _ = CloudFile.objects.filter(table=table_id, pk=file_id).delete()
    if not removed:
        raise NoSuchCloudFile
    _feed(table_id)


@transaction.atomic
def map_cloud_cost(
    *,
    table_id: UUID,
    targets: Mapping[ChargeGroup, int | None],
    shares: Mapping[int, Fraction],
) -> None:
    """Let groups of charges go to rows; what goes nowhere blocks the table.

    :param targets: the row of each group, None: no row
    :param shares: what the region pays of a row; a row without one keeps its proportion
    :raises NoSuchRow: if a row is not there, or cannot have an amount
    """
    refuse_unless_host()
    table = _locked(table_id)
    fed = {
        pk: _fed_row(table, pk) for pk in sorted({pk for pk in targets.values() if pk is not None})
    }
    for group, pk in targets.items():
        of = {"service": group.service, "tag": focus.BEARER, "value": group.bearer}
        rules = table.cloud_rules.filter(**of)
        if pk is None:
            rules.delete()
        elif not rules.update(row=fed[pk]):
            last = table.cloud_rules.aggregate(last=Max("position"))["last"] or 0
            CloudRule.objects.create(table=table, position=last + 1, row=fed[pk], **of)
    for pk, share in shares.items():
        CloudRow.objects.filter(row__table=table, row=pk).update(region_share=str(share))
    _feed(table_id)


@transaction.atomic
def write_cloud_rate(
    *, table_id: UUID, rates: Mapping[str, Decimal], by: Doer, at: datetime
) -> None:
    """Write the exchange rates of a table: kronor for one of each currency."""
    refuse_unless_host()
    table = _locked(table_id)
    for currency, kronor in rates.items():
        CloudRate.objects.update_or_create(
            table=table,
            currency=currency,
            defaults={"kronor": kronor, "written_by": by.name, "at": at},
        )
    _feed(table_id)


@transaction.atomic
def write_cloud_invoices(
    *, table_id: UUID, invoiced_ore: Mapping[str, int | None], by: Doer, at: datetime
) -> None:
    """Write what each of the provider's invoices says, without VAT; None: nothing is known."""
    refuse_unless_host()
    table = _locked(table_id)
    for number, ore in invoiced_ore.items():
        if ore is None:
            CloudInvoice.objects.filter(table=table, number=number).delete()
        else:
            CloudInvoice.objects.update_or_create(
                table=table,
                number=number,
                defaults={"ore": ore, "written_by": by.name, "at": at},
            )


def _locked(table_id: UUID) -> CostTable:
    """Return a table that nobody else can share or feed until we have committed."""
    table = CostTable.objects.select_for_update().filter(pk=table_id).first()
    if table is None:
        raise queries.NoSuchTable
    return table


def _fed_row(table: CostTable, pk: int) -> CloudRow:
    row = table.rows.exclude(kind=Kind.TEXT_ONLY).filter(pk=pk).first()
    if row is None or CloudRow.objects.filter(row=row, corrects__isnull=False).exists():
        raise NoSuchRow
    found, _ = CloudRow.objects.get_or_create(
        row=row,
        defaults={
            "region_share": str(cloud.share_of(row)),
            "typed_kind": row.kind,
            "typed_region_ore": row.region_ore,
            "typed_municipalities_ore": row.municipalities_ore,
        },
    )
    return found


def _feed(table_id: UUID) -> None:
    """Write what the files charge into the rows that their rules name."""
    shown = cloud.cloud_cost(table_id)
    for it in CloudRow.objects.filter(row__table=table_id, corrects=None).select_related("row"):
        if it.rules.exists():
            _write(it.row, shown.found.lines_ore.get(str(it.row_id), 0), it)
            _correct(it, shown)
        else:
            _release(it)


def _write(row: CostRow, ore: int, of: CloudRow) -> None:
    row.kind = Kind.MONEY
    row.region_ore, row.municipalities_ore = cloud.split(ore, Fraction(of.region_share))
    row.save(update_fields=["kind", "region_ore", "municipalities_ore"])


def _correct(of: CloudRow, shown: CloudShown) -> None:
    """Give what is charged for earlier periods a row of its own, beside the row of this one."""
    ore = shown.found.corrections_ore.get(str(of.row_id))
    kept = CostRow.objects.filter(cloud__corrects=of).first()
    if ore is None:
        if kept is not None:
            kept.delete()
        return
    if kept is None:
        last = CostRow.objects.filter(table=of.row.table_id).aggregate(last=Max("position"))["last"]
        kept = CostRow.objects.create(
            table_id=of.row.table_id,
            position=last + 1,
            activity=f"{of.row.activity[: LONGEST - len(CORRECTION) - 2]}, {CORRECTION}",
            kind=Kind.MONEY,
            category=of.row.category,
            note=CORRECTION_NOTE,
            method_id=of.row.method_id,
            parameters=of.row.parameters,
        )
        CloudRow.objects.create(
            row=kept, corrects=of, region_share=of.region_share, typed_kind=Kind.MONEY,
            typed_region_ore=0, typed_municipalities_ore=0,
        )  # fmt: skip
    _write(kept, ore, of)


def _release(of: CloudRow) -> None:
    """Give a row back what was typed in it."""
    CostRow.objects.filter(cloud__corrects=of).delete()
    CostRow.objects.filter(pk=of.row_id).update(
        kind=of.typed_kind,
        region_ore=of.typed_region_ore,
        municipalities_ore=of.typed_municipalities_ore,
    )
    of.delete()
