"""Invoices as vouchers, and the accounting basis: what the bookkeeper enters, as a table.

An amount is int, in öre: debit is positive and credit negative, as in the files of SIE. Every
voucher sums to zero. What a voucher must hold is in lag (2018:597) om kommunal bokföring och
redovisning. Whose attest it is says a role: no file names a person.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime

from billing import amounts
from billing.invoices.model import Invoice
from billing.invoices.texts import CannotInvoice, refuse_no_code, refuse_unfit

ATTESTS = 2  # one who knows the cost and one who decides; never the same person
COLUMNS = (
    "nummer", "datum", "konto", "ansvar", "verksamhet", "aktivitet", "projekt", "motpart",
    "belopp", "text", "attest 1", "attest 1 tid", "attest 2", "attest 2 tid",
)  # fmt: skip
# A spreadsheet computes what begins like this instead of showing it.
FORMULA = re.compile(r"[=+\-@]")


@dataclass(frozen=True)
class CodingString:
    """Kodsträng: the account, and the codes that the seller books by; empty where it has none."""

    account: str  # konto
    responsibility: str = ""  # ansvar
    operation: str = ""  # verksamhet
    activity: str = ""  # aktivitet
    project: str = ""  # projekt
    counterparty: str = ""  # motpart

    def __post_init__(self) -> None:
        if not (self.account.isascii() and self.account.isdigit()):
            raise CannotInvoice(f"Kontot ”{self.account}” är inget konto. Skriv bara siffror.")
        for code, what in zip(astuple(self)[1:], COLUMNS[3:8], strict=True):
            if code:
                refuse_no_code(code, f"Koden för {what}")


@dataclass(frozen=True)
class Entry:
    """Kontering: an amount in öre on a coding string; debit is positive, credit negative."""

    coding: CodingString
    amount_ore: int
    text: str

    def __post_init__(self) -> None:
        refuse_unfit(self.text, "Texten på konteringen")


@dataclass(frozen=True)
class Voucher:
    """Verifikation: what is entered together on a day; its amounts sum to zero.

    `number` is the invoice's: the ledger gives the voucher a number of its own.
    """

    number: str
    on: date
    text: str
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        refuse_unfit(self.number, "Verifikationens nummer")
        refuse_unfit(self.text, "Verifikationens text")
        if not self.entries:
            raise CannotInvoice(f"Verifikationen {self.number} har inga rader. Lägg till dem.")
        if difference := sum(entry.amount_ore for entry in self.entries):
            raise CannotInvoice(
                f"Verifikationen {self.number} balanserar inte: debet och kredit skiljer "
                f"{amounts.kronor(abs(difference))} kr. Rätta konteringen."
            )


@dataclass(frozen=True)
class PostingTemplate:
    """Konteringsmall: where the seller books what it is owed, its revenue, VAT and rounding."""

    receivable: CodingString
    revenue: CodingString
    vat: CodingString
    rounding: CodingString


@dataclass(frozen=True)
class Attest:
    """Attest: in which role somebody has attested, and when, as it was recorded."""

    role: str
    at: datetime

    def __post_init__(self) -> None:
        refuse_unfit(self.role, "Rollen för attesten")


def voucher_of(invoice: Invoice, template: PostingTemplate) -> Voucher:
    """Return the voucher of an invoice: owed in debit; lines, VAT and rounding in credit.

    A credit note is the mirror image. The buyer's counterparty stands on what is owed and on the
    revenue; what is zero is left out.
    """
    sign = -1 if invoice.credits else 1
    counterparty = invoice.buyer.counterparty
    receivable = replace(template.receivable, counterparty=counterparty)
    revenue = replace(template.revenue, counterparty=counterparty)
    text = f"{'Kreditfaktura' if invoice.credits else 'Faktura'} {invoice.number}"
    entries = [
        Entry(receivable, invoice.payable_ore, f"{text} {invoice.buyer.name}"),
        *(Entry(revenue, -line.amount_ore, line.text) for line in invoice.lines),
        *(
            Entry(template.vat, -it.vat_ore, f"Utgående moms {it.vat.percent} %")
            for it in invoice.breakdowns
        ),
        Entry(template.rounding, -invoice.rounding_ore, "Öresavrundning"),
    ]
    signed = (replace(it, amount_ore=sign * it.amount_ore) for it in entries if it.amount_ore)
    return Voucher(invoice.number, invoice.issued_on, f"{text} {invoice.buyer.name}", tuple(signed))


def basis(vouchers: Iterable[Voucher], attests: Sequence[Attest]) -> bytes:
    """Return the accounting basis as CSV: a row for each entry, with the attests on all of them.

    UTF-8 with a byte order mark, semicolons and a decimal comma, as a Swedish spreadsheet opens
    it. Times stand as they are given, in ISO 8601.

    :raises CannotInvoice: if there are not exactly two attests
    """
    refuse_unattested(attests)
    attested = [cell for it in attests for cell in (_cell(it.role), it.at.isoformat())]
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";")
    writer.writerow(COLUMNS)
    for voucher in vouchers:
        head = (_cell(voucher.number), voucher.on.isoformat())
        for it in voucher.entries:
            amount = amounts.plain(it.amount_ore).replace(".", ",")
            writer.writerow((*head, *astuple(it.coding), amount, _cell(it.text), *attested))
    return file.getvalue().encode("utf-8-sig")


def refuse_unattested(attests: Sequence[Attest]) -> None:
    """Refuse what has not been attested by as many as it takes.

    :raises CannotInvoice: with what to do
    """
    if len(attests) != ATTESTS:
        raise CannotInvoice(
            f"Underlaget har {len(attests)} attester men ska ha {ATTESTS}, av olika personer. "
            f"Låt det attesteras först."
        )


def _cell(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) else text
