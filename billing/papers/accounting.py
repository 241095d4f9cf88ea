"""The accounting basis on paper: every voucher with its coding strings, who attested, and sums.

It says what the file for a spreadsheet says. The file goes to others and names nobody; the paper is
kept with the books and says whose attests they are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from billing import allocation
from billing.invoices import accounting
from billing.invoices.accounting import Attest, Entry, Voucher
from billing.invoices.texts import CannotInvoice
from billing.papers import swedish
from billing.papers.pdf import pdf

Content = dict[str, Any]


@dataclass(frozen=True)
class SignedAttest:
    """Undertecknad attest: an attest, and whose it is."""

    attest: Attest
    name: str


@dataclass(frozen=True)
class AccountingBasis:
    """Bokföringsunderlag: the vouchers of a basis, who attested it, and what it was made from."""

    number: int
    owner: str  # whose books it is for
    title: str  # of the allocation
    decision: str
    run_hash: str
    basis_hash: str
    vouchers: tuple[Voucher, ...]
    signed: tuple[SignedAttest, ...]

    def __post_init__(self) -> None:
        accounting.refuse_unattested(self.attests)
        if not self.vouchers:
            raise CannotInvoice(
                f"Underlag {self.number} har inga fakturor ännu. Ställ ut dem, och hämta"
                f" bokföringsunderlaget sedan."
            )

    @property
    def attests(self) -> tuple[Attest, ...]:
        """Return the attests without names, as a file has them."""
        return tuple(it.attest for it in self.signed)


def accounting_paper(of: AccountingBasis) -> bytes:
    """Return an accounting basis as a PDF of A4 pages, made on its last voucher's day."""
    on = max(it.on for it in of.vouchers)
    hashes = {"run_hash": of.run_hash, "basis_hash": of.basis_hash}
    return pdf("accounting.typ", _texts(of) | {"on": on.isoformat()}, verbatim=hashes, on=on)


def _texts(of: AccountingBasis) -> Content:
    return {
        "heading": f"Bokföringsunderlag {of.number}",
        "owner": of.owner,
        "title": of.title,
        "decision": of.decision,
        "attests": [
            [str(number), it.name, it.attest.role, _moment(it.attest.at)]
            for number, it in enumerate(of.signed, 1)
        ],
        "vouchers": [_voucher(it) for it in of.vouchers],
        "accounts": _accounts(of.vouchers),
    }


def _moment(at: datetime) -> str:
    return f"{swedish.day(at.date())} kl. {at:%H.%M}"


def _voucher(of: Voucher) -> Content:
    return {
        "heading": of.text,
        "on": swedish.day(of.on),
        "rows": [[*astuple(it.coding), it.text, *_sides(it.amount_ore)] for it in of.entries],
        "sums": _sums(of.entries),
    }


def _accounts(vouchers: Iterable[Voucher]) -> Content:
    """Return what all vouchers enter on each account."""
    entries = [it for voucher in vouchers for it in voucher.entries]
    debit = allocation.add(*({it.coding.account: max(it.amount_ore, 0)} for it in entries))
    credit = allocation.add(*({it.coding.account: min(it.amount_ore, 0)} for it in entries))
    return {
        "rows": [
            [account, swedish.kronor(debit[account]), swedish.kronor(-credit[account])]
            for account in sorted(debit)
        ],
        "sums": _sums(entries),
    }


def _sums(entries: Sequence[Entry]) -> list[str]:
    debit = sum(max(it.amount_ore, 0) for it in entries)
    credit = sum(min(it.amount_ore, 0) for it in entries)
    return [swedish.kronor(debit), swedish.kronor(-credit)]


def _sides(amount_ore: int) -> tuple[str, str]:
    """Return an amount as debit or as credit."""
    text = swedish.kronor(abs(amount_ore))
    return (text, "") if amount_ore > 0 else ("", text)
