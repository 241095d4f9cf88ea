"""The accounting basis on paper: every voucher with its coding strings, who attested, and sums.

It says what the file for a spreadsheet says, and whose attests they are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import Any

from billing import allocation
from billing.invoices.accounting import AccountingBasis, Entry, Voucher
from billing.papers import swedish
from billing.papers.pdf import pdf

Content = dict[str, Any]


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
            [str(number), it.name, it.role, f"{swedish.day(it.at.date())} kl. {it.at:%H.%M}"]
            for number, it in enumerate(of.attests, 1)
        ],
        "vouchers": [_voucher(it) for it in of.vouchers],
        "accounts": _accounts(of.vouchers),
    }


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
