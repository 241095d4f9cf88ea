"""An invoice or credit note: what is owed for which lines, with VAT, and what is to be paid.

The terms BT and BG are those of EN 16931, the European standard for electronic invoices, which
lag (2018:1277) 4 § names. What must stand on an invoice is in mervärdesskattelagen (2023:200),
17 kap. 24 §. Amounts are int, in öre. Every check is made when the invoice is made, so that there
is none that a file could not hold.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from billing import amounts
from billing.allocation import half_up
from billing.invoices.parties import Buyer, Seller
from billing.invoices.texts import CannotInvoice, refuse_unfit
from billing.periods import Period

# Peppol knows no other rate of a Swedish seller (SE-R-006).
PERCENTS = frozenset({6, 12, 25})


class VatCategory(StrEnum):
    """Momskategori (BT-118, BT-151): codes of UNCL5305, of which the agreement names one."""

    STANDARD = "S"
    EXEMPT = "E"
    OUTSIDE_SCOPE = "O"


class Rounding(StrEnum):
    """Öresavrundning (BT-114): to the öre as it is, or whole kronor by lag (1970:1029) 2 §."""

    ORE = "ore"
    KRONA = "krona"


@dataclass(frozen=True)
class Vat:
    """Moms: a category, its rate in per cent, and why there is none, where there is none.

    Whether a cost that is passed on carries VAT is the parties' question: the agreement says it.
    """

    category: VatCategory
    percent: int = 0
    reason: str = ""

    def __post_init__(self) -> None:
        if self.category is VatCategory.STANDARD:
            if self.percent not in PERCENTS:
                raise CannotInvoice(
                    f"Momssatsen {self.percent} % finns inte. Ange 6, 12 eller 25, eller en annan "
                    f"momskategori."
                )
            if self.reason:
                raise CannotInvoice(
                    "En rad med moms har inget skäl till att den är utan. Ta bort skälet eller "
                    "byt momskategori."
                )
            return
        if self.percent:
            raise CannotInvoice(
                f"Momskategorin {self.category} är utan moms, men satsen är {self.percent} %. "
                f"Ange 0 eller kategorin S."
            )
        refuse_unfit(self.reason, "Skälet till att fakturan är utan moms")


@dataclass(frozen=True)
class InvoiceLine:
    """Fakturarad (BG-25): what is charged (BT-153), öre without VAT (BT-131), and its VAT."""

    text: str
    amount_ore: int
    vat: Vat

    def __post_init__(self) -> None:
        refuse_unfit(self.text, "Texten på fakturaraden")
        if not isinstance(self.amount_ore, int):
            raise CannotInvoice(f"Beloppet {self.amount_ore} är inte hela ören. Ange hela ören.")


@dataclass(frozen=True)
class VatBreakdown:
    """Momsspecifikation (BG-23): what one category is charged on, and its VAT, in öre."""

    vat: Vat
    taxable_ore: int
    vat_ore: int


@dataclass(frozen=True)
class Credited:
    """Krediterad faktura (BG-3): number and day of the invoice that a credit note takes back."""

    number: str
    issued_on: date

    def __post_init__(self) -> None:
        refuse_unfit(self.number, "Numret på den faktura som krediteras")


@dataclass(frozen=True)
class Invoice:
    """Faktura (380), or kreditfaktura (381) where it credits another one.

    The lines of a credit note are what is taken back, as positive amounts. `contract` is the
    agreement (BT-12), `run_id` the allocation that the lines come from (BT-122), `decision` the
    board's, such as Nämnden 2026-12-11 § 41 (BT-22).

    :raises CannotInvoice: if something lacks or cannot be, with what to do in Swedish
    """

    number: str
    issued_on: date
    due_on: date
    period: Period
    seller: Seller
    buyer: Buyer
    lines: tuple[InvoiceLine, ...]
    contract: str
    run_id: str
    decision: str
    rounding: Rounding
    credits: Credited | None = None

    def __post_init__(self) -> None:
        for text, what in (
            (self.number, "Fakturanumret"),
            (self.contract, "Avtalets beteckning"),
            (self.run_id, "Fördelningens beteckning"),
            (self.decision, "Beslutet"),
        ):
            refuse_unfit(text, what)
        self._refuse_wrong_parties_and_days()
        self._refuse_wrong_lines()

    @property
    def net_ore(self) -> int:
        """Return the sum of the lines without VAT (BT-106, BT-109)."""
        return sum(line.amount_ore for line in self.lines)

    @property
    def breakdowns(self) -> tuple[VatBreakdown, ...]:
        """Return the VAT of each category and rate, of the sum of its lines (BG-23).

        VAT is rounded once for each, half an öre up, never line by line: rule BR-CO-17.
        """
        return tuple(_breakdown(vat, self.lines) for vat in _kinds(self.lines))

    @property
    def vat_ore(self) -> int:
        """Return the VAT of all categories (BT-110)."""
        return sum(it.vat_ore for it in self.breakdowns)

    @property
    def gross_ore(self) -> int:
        """Return the sum with VAT, before it is rounded (BT-112)."""
        return self.net_ore + self.vat_ore

    @property
    def rounding_ore(self) -> int:
        """Return what whole kronor add, from -49 to 50 öre (BT-114)."""
        if self.rounding is Rounding.ORE:
            return 0
        return (self.gross_ore + 50) // 100 * 100 - self.gross_ore

    @property
    def payable_ore(self) -> int:
        """Return what is to be paid, or got back by a credit note (BT-115)."""
        return self.gross_ore + self.rounding_ore

    def _refuse_wrong_parties_and_days(self) -> None:
        if self.seller.organisation_number == self.buyer.organisation_number:
            raise CannotInvoice(
                f"{self.seller.name} kan inte fakturera sig själv. Ange en annan köpare."
            )
        if self.due_on < self.issued_on:
            raise CannotInvoice(
                f"Förfallodagen {self.due_on} är före fakturadagen {self.issued_on}. Ange en "
                f"senare dag."
            )
        if self.credits and self.credits.number == self.number:
            raise CannotInvoice(
                f"Kreditfakturan har samma nummer, {self.number}, som fakturan. Ta nästa nummer i "
                f"serien."
            )

    def _refuse_wrong_lines(self) -> None:
        if not self.lines:
            raise CannotInvoice(
                f"Fakturan {self.number} till {self.buyer.name} har inga rader. Skicka ingen "
                f"faktura, eller lägg till det som ska betalas."
            )
        kinds = _kinds(self.lines)
        if len(kinds) > 1 and any(it.category is VatCategory.OUTSIDE_SCOPE for it in kinds):
            raise CannotInvoice(
                "Rader utanför momsens område kan inte stå på samma faktura som andra. Gör två "
                "fakturor."
            )
        if len({(it.category, it.percent) for it in kinds}) < len(kinds):
            raise CannotInvoice(
                "Två rader är undantagna från moms av olika skäl. Skriv samma skäl, eller gör två "
                "fakturor."
            )
        if self.gross_ore < 0:
            raise CannotInvoice(
                f"{self.buyer.name} ska få tillbaka {amounts.kronor(-self.gross_ore)} kr. Gör en "
                f"kreditfaktura med positiva belopp och ange vilken faktura den krediterar."
            )


def _kinds(lines: Iterable[InvoiceLine]) -> list[Vat]:
    """Return the kinds of VAT of some lines, in an order that is always the same."""
    return sorted({it.vat for it in lines}, key=lambda vat: (vat.category, vat.percent, vat.reason))


def _breakdown(vat: Vat, lines: Iterable[InvoiceLine]) -> VatBreakdown:
    taxable_ore = sum(line.amount_ore for line in lines if line.vat == vat)
    return VatBreakdown(vat, taxable_ore, half_up(Fraction(taxable_ore * vat.percent, 100)))
