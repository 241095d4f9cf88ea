"""What the pages ask of a table's cloud costs: the files, where each charge goes, what is open.

A table cannot be shared while a charge belongs to no row, a currency has no rate, or an invoice is
not what the provider has sent.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from billing import allocation, amounts, focus, queries
from billing.files import BadFile
from billing.focus import UNMAPPED, Charge, ChargeGroup, CloudImport, MappingRule
from billing.models import CloudFile, CloudInvoice, CloudRate, CloudRow, CloudRule, CostRow
from billing.queries import TableShown
from billing.runs import Kind

WHERE = "på sidan Molnkostnader"


@dataclass(frozen=True)
class CloudFileShown:
    """Inläst fil med molnkostnader, in a list."""

    id: UUID
    name: str
    sha256: str
    first_on: date | None
    last_on: date | None
    rows: int
    imported_by: str
    at: datetime


@dataclass(frozen=True)
class GroupShown:
    """Grupp av debiteringar: what they come to, and which row they go to; None: to none."""

    group: ChargeGroup
    rows: int
    ore: int
    corrections_ore: int
    row_id: int | None


@dataclass(frozen=True)
class InvoiceTied:
    """Avstämd leverantörsfaktura: what the files and the invoice itself say; None: nothing."""

    number: str
    ore: int | None
    invoiced_ore: int | None

    @property
    def is_tied(self) -> bool:
        """Tell whether both say the same."""
        return self.ore == self.invoiced_ore


@dataclass(frozen=True)
class RowFed:
    """Rad som får sitt belopp ur molnkostnader: the region's share, and what it gets."""

    row_id: int
    activity: str
    region_share: Fraction
    ore: int
    corrections_ore: int


@dataclass(frozen=True)
class CloudShown:
    """Molnkostnader i en kostnadstabell."""

    table: TableShown
    files: tuple[CloudFileShown, ...]
    groups: tuple[GroupShown, ...]
    invoices: tuple[InvoiceTied, ...]
    fed: tuple[RowFed, ...]
    targets: Mapping[int, str]  # rows that may be fed
    rates: Mapping[str, Fraction | None]  # of each currency besides SEK
    found: CloudImport
    obstacles: tuple[str, ...]  # why the table cannot be shared, and what to do

    @property
    def unmapped(self) -> tuple[GroupShown, ...]:
        """Return the groups that go to no row."""
        return tuple(it for it in self.groups if it.row_id is None)

    @property
    def is_used(self) -> bool:
        """Tell whether the table has any cloud cost."""
        return bool(self.files or self.fed or self.invoices)


def cloud_cost(table_id: UUID) -> CloudShown:
    """Return the cloud costs of a table.

    :raises queries.NoSuchTable: if there is no such table here
    """
    table = queries.table(table_id)
    files = list(CloudFile.objects.filter(table=table_id).order_by("at").defer("raw"))
    charges = [_charge(it) for file in files for it in file.charges]
    rates, rules = _rates(table_id, charges), _rules(table_id)
    found = focus.imported(
        [it for it in charges if rates.get(it.currency, Fraction(1)) is not None],
        rules,
        rates={currency: rate for currency, rate in rates.items() if rate is not None},
    )
    groups = _groups(rules, charges, found)
    invoiced = dict(
        CloudInvoice.objects.filter(table=table_id).order_by("number").values_list("number", "ore")
    )
    return CloudShown(
        table=table,
        files=tuple(_file(it) for it in files),
        groups=groups,
        invoices=tuple(
            InvoiceTied(number, found.invoices_ore.get(number), invoiced.get(number))
            for number in sorted({*(it.invoice for it in charges), *invoiced})
        ),
        fed=_fed(table_id, found),
        targets=_targets(table_id),
        rates=rates,
        found=found,
        obstacles=_obstacles(groups, rates, found, invoiced, has_files=bool(files)),
    )


def plain(charge: Charge) -> dict[str, Any]:
    """Return a charge of `focus.summed` as JSON has it."""
    return {
        "line": charge.line,
        "invoice": charge.invoice,
        "service": charge.service,
        "is_correction": charge.is_correction,
        "billed": str(Fraction(charge.billed)),
        "currency": charge.currency,
        "tags": dict(charge.tags),
        "rows": charge.rows,
    }


def _charge(content: Mapping[str, Any]) -> Charge:
    billed = Fraction(content["billed"])
    return Charge(**{**content, "billed": billed, "description": "", "category": ""})


def _rates(table_id: UUID, charges: Sequence[Charge]) -> dict[str, Fraction | None]:
    settled = {
        currency: Fraction(kronor)
        for currency, kronor in CloudRate.objects.filter(table=table_id).values_list(
            "currency", "kronor"
        )
    }
    return {it: settled.get(it) for it in sorted({it.currency for it in charges} - {"SEK"})}


def _rules(table_id: UUID) -> list[MappingRule]:
    rows = CloudRule.objects.filter(table=table_id).order_by("position")
    return [
        MappingRule(str(row), service, tag, value)
        for row, service, tag, value in rows.values_list("row__row", "service", "tag", "value")
    ]


def _groups(
    rules: Sequence[MappingRule], charges: Sequence[Charge], found: CloudImport
) -> tuple[GroupShown, ...]:
    """Return the groups of the files, and those that only a rule remembers; unmapped ones first."""
    remembered = {
        ChargeGroup(rule.service, rule.value) for rule in rules if rule.tag == focus.BEARER
    }
    rows = Counter[ChargeGroup]()
    for it in charges:
        rows[it.group] += it.rows
    ore, corrections = Counter[ChargeGroup](), Counter[ChargeGroup]()
    for cost in found.costs:
        (corrections if cost.is_correction else ore)[cost.group] += cost.ore
    shown = []
    for group in sorted({*rows, *remembered}):
        tags = {focus.BEARER: group.bearer} if group.bearer else {}
        stands_for = Charge(0, "", group.service, "", "", False, Fraction(0), "SEK", tags)
        row = next((rule.activity for rule in rules if rule.takes(stands_for)), UNMAPPED)
        shown.append(
            GroupShown(
                group=group,
                rows=rows[group],
                ore=ore[group],
                corrections_ore=corrections[group],
                row_id=int(row) if row else None,
            )
        )
    return tuple(sorted(shown, key=lambda it: (it.row_id is not None, it.group)))


def _fed(table_id: UUID, found: CloudImport) -> tuple[RowFed, ...]:
    rows = CloudRow.objects.filter(row__table=table_id, corrects=None).select_related("row")
    return tuple(
        RowFed(
            it.row_id,
            it.row.activity,
            Fraction(it.region_share),
            found.lines_ore.get(str(it.row_id), 0),
            found.corrections_ore.get(str(it.row_id), 0),
        )
        for it in rows.order_by("row__position", "row__id")
    )


def _targets(table_id: UUID) -> dict[int, str]:
    rows = (
        CostRow.objects.filter(table=table_id)
        .exclude(kind=Kind.TEXT_ONLY)
        .exclude(cloud__corrects__isnull=False)
    )
    return dict(rows.order_by("position", "id").values_list("id", "activity"))


def _file(row: CloudFile) -> CloudFileShown:
    return CloudFileShown(
        row.id,
        row.name,
        row.sha256,
        row.first_on,
        row.last_on,
        sum(it["rows"] for it in row.charges),
        row.imported_by,
        row.at,
    )


def _obstacles(
    groups: Sequence[GroupShown],
    rates: Mapping[str, Fraction | None],
    found: CloudImport,
    invoiced_ore: Mapping[str, int],
    *,
    has_files: bool,
) -> tuple[str, ...]:
    told = [
        f"Molnkostnaderna har belopp i {currency}. Ange växelkursen {WHERE}."
        for currency, rate in rates.items()
        if rate is None
    ]
    if groups and not has_files:
        told.append(
            "Rader får sitt belopp ur molnkostnader, men ingen fil är inläst. Läs in en fil, eller"
            f" koppla loss raderna {WHERE}."
        )
    unmapped = [it for it in groups if it.row_id is None]
    if unmapped:
        ore = sum(it.ore + it.corrections_ore for it in unmapped)
        told.append(
            f"{sum(it.rows for it in unmapped)} debiteringar, tillsammans {amounts.kronor(ore)} kr,"
            f" hör inte till någon rad. Välj en rad för dem {WHERE}."
        )
    try:
        focus.refuse_untied(found, invoiced_ore)
    except BadFile as bad:
        told.append(str(bad))
    return tuple(told)


def share_of(row: CostRow) -> Fraction:
    """Return the region's part of a row as it stands; nothing, where it has no amount."""
    total = row.region_ore + row.municipalities_ore
    return Fraction(row.region_ore, total) if total else Fraction(0)


def split(ore: int, region_share: Fraction) -> tuple[int, int]:
    """Return what the region and the municipalities pay of an amount; together the amount."""
    region_ore = allocation.half_up(ore * region_share)
    return region_ore, ore - region_ore
