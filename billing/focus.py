"""Cloud costs out of a FOCUS 1.2 file: read, mapped to cost lines, and tied to the invoices.

FOCUS (FinOps Open Cost and Usage Specification, version 1.2, CC BY 4.0) is how cloud providers hand
out what they charge: CSV with commas, one row for each charge. Amounts have any number of decimals
and stay exact until the end; there each invoice becomes whole öre, and its lines are together the
invoice. A row that no rule maps belongs to no line, so the books cannot be closed with it.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import floor

from billing import allocation, amounts
from billing.files import BadFile

COLUMNS = (
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd",
    "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd",
    "ChargePeriodStart", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost",
    "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "ServiceCategory",
    "ServiceName",
)  # fmt: skip
CATEGORIES = frozenset({"Adjustment", "Credit", "Purchase", "Tax", "Usage"})
CORRECTION = "Correction"
CURRENCY = re.compile(r"[A-Z]{3}")
LARGEST = 100_000_000  # bytes: a year of a region's cloud
LONGEST = 200  # signs of a name
MOST_SIGNS = 60  # of an amount
NAMED = 3  # of the columns that are missing
UNMAPPED = ""
BEARER = "kostnadsbarare"  # the tag by which hosting says who bears a cost


@dataclass(frozen=True, order=True)
class ChargeGroup:
    """Grupp av debiteringar: those of a service that are labelled alike."""

    service: str
    bearer: str  # the label's value, empty without one


@dataclass(frozen=True)
class Charge:
    """Debitering: a row of the file, or several that are alike, in their own currency."""

    line: int
    invoice: str
    service: str
    description: str
    category: str
    is_correction: bool
    billed: Decimal | Fraction
    currency: str
    tags: Mapping[str, str] = field(default_factory=dict)
    rows: int = 1
    first_on: date | None = None  # of the billing period
    last_on: date | None = None

    @property
    def group(self) -> ChargeGroup:
        """Return its service with its label."""
        return ChargeGroup(self.service, self.tags.get(BEARER, ""))


Key = tuple[ChargeGroup, str, bool]


@dataclass(frozen=True)
class MappingRule:
    """Mappningsregel: which charges belong to a cost line, by a tag, by a service, or by both.

    A tag without a value takes the charges that lack it.
    """

    activity: str
    service: str = ""
    tag: str = ""
    value: str = ""

    def __post_init__(self) -> None:
        if not self.activity or not (self.service or self.tag):
            raise BadFile(
                "En mappningsregel behöver en kostnadsrad, och en tjänst eller en etikett. Fyll i"
                " det som saknas."
            )

    def takes(self, charge: Charge) -> bool:
        """Tell whether a charge belongs to the line."""
        is_tagged = not self.tag or charge.tags.get(self.tag, "") == self.value
        return is_tagged and self.service in {"", charge.service}


@dataclass(frozen=True)
class CloudCost:
    """Molnkostnad: what an invoice charges of a group for a cost line, in whole öre.

    A correction changes a period that has been invoiced already: it goes to the true-up.
    """

    invoice: str
    activity: str  # UNMAPPED: of no line
    is_correction: bool
    ore: int
    group: ChargeGroup


@dataclass(frozen=True)
class CloudImport:
    """Import av molnkostnader: what became of every row of a file."""

    costs: tuple[CloudCost, ...]
    unmapped: tuple[Charge, ...]

    @property
    def may_close(self) -> bool:
        """Tell whether every row belongs to a line."""
        return not self.unmapped

    @property
    def lines_ore(self) -> dict[str, int]:
        """Return what each cost line gets of the period."""
        return self._of("activity", is_correction=False)

    @property
    def corrections_ore(self) -> dict[str, int]:
        """Return what each cost line gets of earlier periods."""
        return self._of("activity", is_correction=True)

    @property
    def invoices_ore(self) -> dict[str, int]:
        """Return the sum of each invoice."""
        return allocation.add(*({it.invoice: it.ore} for it in self.costs))

    def _of(self, name: str, *, is_correction: bool) -> dict[str, int]:
        return allocation.add(
            *(
                {getattr(it, name): it.ore}
                for it in self.costs
                if it.is_correction is is_correction and it.activity != UNMAPPED
            )
        )


def read(content: bytes) -> tuple[Charge, ...]:
    """Return the charges of a FOCUS 1.2 file; columns beside the mandatory ones may be there.

    :raises BadFile: if a mandatory column is missing, a value cannot be, or there is no charge
    """
    charges = tuple(_charge(line, cells) for line, cells in _rows(content))
    if not charges:
        raise BadFile("Filen har inga debiteringar under rubriken. Hämta den för en annan period.")
    return charges


def summed(charges: Sequence[Charge]) -> tuple[Charge, ...]:
    """Return one charge for all that differ in nothing that costs are shared by; sums are exact.

    Of the tags only the bearer stays.
    """
    found: dict[tuple[str, ChargeGroup, str, bool], Charge] = {}
    for it in charges:
        key = (it.invoice, it.group, it.currency, it.is_correction)
        kept = found.get(key)
        tags = {BEARER: it.group.bearer} if it.group.bearer else {}
        found[key] = replace(
            kept or replace(it, description="", category="", tags=tags, rows=0),
            billed=Fraction(kept.billed if kept else 0) + Fraction(it.billed),
            rows=(kept.rows if kept else 0) + it.rows,
        )
    return tuple(found[key] for key in sorted(found))


def imported(
    charges: Sequence[Charge],
    rules: Sequence[MappingRule],
    *,
    rates: Mapping[str, Fraction] | None = None,
) -> CloudImport:
    """Return the costs of charges by the first rule that takes each, and what none takes.

    The costs of each invoice are together its sum, to the öre.

    :param rates: kronor for one of each currency other than SEK, as the parties have settled it
    :raises BadFile: if a charge is in a currency without a rate
    """
    known = {**(rates or {}), "SEK": Fraction(1)}
    exact: dict[str, dict[Key, Fraction]] = {}
    unmapped = []
    for it in charges:
        if it.currency not in known:
            raise BadFile(
                f"beloppet är i {it.currency}. Ange en växelkurs, kronor för 1 {it.currency}.",
                line=it.line,
            )
        activity = next((rule.activity for rule in rules if rule.takes(it)), UNMAPPED)
        if activity == UNMAPPED:
            unmapped.append(it)
        ore = Fraction(it.billed) * known[it.currency] * 100
        of_invoice = exact.setdefault(it.invoice, {})
        key = (it.group, activity, it.is_correction)
        of_invoice[key] = of_invoice.get(key, Fraction(0)) + ore
    return CloudImport(
        tuple(
            CloudCost(invoice, activity, is_correction, ore, group)
            for invoice, parts in sorted(exact.items())
            for (group, activity, is_correction), ore in whole_ore(parts).items()
        ),
        tuple(unmapped),
    )


def whole_ore(exact: Mapping[Key, Fraction]) -> dict[Key, int]:
    """Return exact amounts in whole öre; their sum is the sum of the exact ones, a half up.

    As when a cost is allocated, the largest remainders get the odd öre; amounts may be negative.
    """
    total = allocation.half_up(sum(exact.values(), Fraction(0)))
    whole = {key: floor(ore) for key, ore in sorted(exact.items())}
    odd_ore = total - sum(whole.values())
    for key in sorted(whole, key=lambda it: (whole[it] - exact[it], it))[:odd_ore]:
        whole[key] += 1
    return whole


def refuse_untied(found: CloudImport, invoiced_ore: Mapping[str, int]) -> None:
    """Refuse an import whose invoices are not those that have come, each with its sum.

    :param invoiced_ore: what each invoice says, without VAT
    :raises BadFile: with the first invoice that differs
    """
    summed = found.invoices_ore
    for invoice in sorted({*summed, *invoiced_ore}):
        here, there = summed.get(invoice), invoiced_ore.get(invoice)
        if here != there:
            raise BadFile(
                f"Fakturan {invoice or 'utan nummer'} är {_or_missing(here)} i filen och"
                f" {_or_missing(there)} enligt fakturan. Hämta filen på nytt, eller rätta beloppet."
            )


def _or_missing(ore: int | None) -> str:
    return "inte med" if ore is None else f"{amounts.kronor(ore)} kr"


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    if len(content) > LARGEST:
        raise BadFile(f"Filen är större än {LARGEST // 1_000_000} MB. Dela den efter månad.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile("Filen är inte i UTF-8. Hämta den som CSV i UTF-8.") from None
    if "\0" in text:
        raise BadFile("Filen är ingen text. Hämta den som CSV i UTF-8.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [cell.strip() for cell in next(reader, [])]
        _refuse_other_head(head)
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) != len(head):
                raise BadFile(
                    f"raden har {len(cells)} fält, men rubriken {len(head)}. Hämta filen på nytt.",
                    line=reader.line_num,
                )
            yield reader.line_num, dict(zip(head, (it.strip() for it in cells), strict=True))
    except csv.Error:
        raise BadFile(
            "raden går inte att dela i fält. Hämta filen på nytt.", line=reader.line_num
        ) from None


def _refuse_other_head(head: Sequence[str]) -> None:
    missing = [column for column in COLUMNS if column not in head]
    if missing:
        others = f" och {len(missing) - NAMED} till" if len(missing) > NAMED else ""
        raise BadFile(
            f"Filen är ingen FOCUS 1.2: {', '.join(missing[:NAMED])}{others} saknas i"
            " rubriken. Välj FOCUS 1.2 som format hos leverantören, med komma mellan fälten."
        )
    if len(set(head)) < len(head):
        raise BadFile("En rubrik står två gånger i filen. Ta bort den ena kolumnen.")


def _charge(line: int, cells: Mapping[str, str]) -> Charge:
    if CURRENCY.fullmatch(cells["BillingCurrency"]) is None:
        raise _wrong(line, cells, "BillingCurrency", "en valuta som SEK")
    if cells["ChargeCategory"] not in CATEGORIES:
        raise _wrong(line, cells, "ChargeCategory", f"en av {', '.join(sorted(CATEGORIES))}")
    if cells["ChargeClass"] not in {"", CORRECTION}:
        raise _wrong(line, cells, "ChargeClass", f"{CORRECTION} eller tomt")
    tags = _tags(line, cells)
    named = {"InvoiceId": cells.get("InvoiceId", ""), "ServiceName": cells["ServiceName"]}
    for column, name in (*named.items(), ("Tags", tags.get(BEARER, ""))):
        if len(name) > LONGEST or "\0" in name:
            raise _wrong(line, cells, column, f"text av högst {LONGEST} tecken")
    return Charge(
        line=line,
        invoice=cells.get("InvoiceId", ""),
        service=cells["ServiceName"],
        description=cells["ChargeDescription"],
        category=cells["ChargeCategory"],
        is_correction=cells["ChargeClass"] == CORRECTION,
        billed=_decimal(line, cells, "BilledCost"),
        currency=cells["BillingCurrency"],
        tags=tags,
        first_on=_day(line, cells, "BillingPeriodStart"),
        last_on=_day_before(_day(line, cells, "BillingPeriodEnd")),
    )


def _day(line: int, cells: Mapping[str, str], column: str) -> date | None:
    if not cells[column]:
        return None
    try:
        return date.fromisoformat(cells[column][:10])
    except ValueError:
        raise _wrong(line, cells, column, "en dag som 2027-01-01") from None


def _day_before(on: date | None) -> date | None:
    # FOCUS counts a period to the day after it.
    return on - timedelta(days=1) if on and on > date.min else on


def _decimal(line: int, cells: Mapping[str, str], column: str) -> Decimal:
    try:
        amount = Decimal(cells[column])
    except InvalidOperation:
        amount = Decimal("NaN")
    # A number beyond all invoices is one that no table holds.
    is_held = len(cells[column]) <= MOST_SIGNS and amount.is_finite()
    if not is_held or not -30 <= amount.adjusted() <= 12:
        raise _wrong(line, cells, column, "ett tal som 1234.5678")
    return amount


def _tags(line: int, cells: Mapping[str, str]) -> dict[str, str]:
    text = cells.get("Tags", "")
    if not text:
        return {}
    try:
        tags = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        tags = None
    if not isinstance(tags, dict):
        raise _wrong(line, cells, "Tags", 'JSON som {"kostnadsbarare": "gemensam"}')
    return {key: str(value) for key, value in tags.items()}


def _wrong(line: int, cells: Mapping[str, str], column: str, right: str) -> BadFile:
    return BadFile(
        f"{column} är ”{cells[column]}” men ska vara {right}. Hämta filen på nytt.", line=line
    )
