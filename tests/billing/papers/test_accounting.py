"""The accounting basis on paper: the figures of the file and of the invoices, for everybody."""

import csv
import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from billing.invoices import accounting
from billing.invoices.accounting import Attest
from billing.invoices.allocated import credit_note
from billing.invoices.model import Invoice
from billing.invoices.texts import CannotInvoice
from billing.papers import swedish
from billing.papers.accounting import AccountingBasis, SignedAttest, accounting_paper
from tests.billing.invoicing import DECISION, DUE_ON, ISSUED_ON, TEMPLATE, invoice, of_the_county
from tests.billing.papers import printed

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SIGNED = (
    SignedAttest(Attest("Ekonom", datetime(2018, 10, 30, 10, 15, tzinfo=STOCKHOLM)), "Eva Ek"),
    SignedAttest(
        Attest("Nämndsekreterare", datetime(2018, 10, 31, 15, 2, tzinfo=STOCKHOLM)), "Gunilla Ås"
    ),
)
COUNTY = of_the_county()


def basis(*invoices: Invoice, **other: Any) -> AccountingBasis:
    """Return the accounting basis of invoices."""
    said: dict[str, Any] = {
        "number": 7,
        "owner": "Region Jämtland Härjedalen",
        "title": "Införandet av LINK2",
        "decision": DECISION,
        "run_hash": "a1" * 32,
        "basis_hash": "b2" * 32,
        "vouchers": tuple(accounting.voucher_of(it, TEMPLATE) for it in invoices),
        "signed": SIGNED,
    }
    return AccountingBasis(**(said | other))


def words(amount_ore: int) -> str:
    """Return an amount as it is printed, every kind of space as one space."""
    return " ".join(swedish.kronor(amount_ore).split())


def test_it_says_who_attested_when_and_what_it_was_made_from() -> None:
    text = printed.text_of(accounting_paper(basis(*COUNTY)))

    assert "Region Jämtland Härjedalen Bokföringsunderlag 7 Fakturadag 2018-11-01" in text
    assert f"Avser Införandet av LINK2 Beslut {DECISION}" in text
    assert "1 Eva Ek Ekonom 30 oktober 2018 kl. 10.15" in text
    assert "2 Gunilla Ås Nämndsekreterare 31 oktober 2018 kl. 15.02" in text
    assert "Beräkningen " + "a1" * 32 in text
    assert "Fakturaunderlaget " + "b2" * 32 in text


def test_every_row_of_the_file_stands_on_paper_with_its_coding_string() -> None:
    of = basis(*COUNTY)
    text = printed.text_of(accounting_paper(of))
    file = accounting.basis(of.vouchers, of.attests).decode("utf-8-sig")

    for row in csv.DictReader(io.StringIO(file), delimiter=";"):
        codes = [row[it] for it in accounting.COLUMNS[2:8] if row[it]]
        amount = words(int(row["belopp"].replace(",", "").lstrip("-")))
        assert " ".join([*codes, row["text"], amount]) in text


def test_the_sums_are_those_of_the_invoices() -> None:
    text = printed.text_of(accounting_paper(basis(*COUNTY)))
    payable = sum(it.payable_ore for it in COUNTY)
    net = sum(it.net_ore for it in COUNTY)

    assert f"1510 {words(payable)} 0,00" in text
    assert f"3590 0,00 {words(net)}" in text
    for it in COUNTY:
        assert f"Faktura {it.number} {it.buyer.name}" in text
        assert words(it.payable_ore) in text


def test_a_credit_note_stands_on_the_other_side() -> None:
    note = credit_note(invoice(), number="2018-0009", issued_on=ISSUED_ON, due_on=DUE_ON)
    text = printed.text_of(accounting_paper(basis(note)))

    assert "Kreditfaktura 2018-0009 Ragunda kommun" in text
    assert "1510 0,00 154 321,00" in text
    assert "3590 123 456,78 0,00" in text


def test_it_is_tagged_in_swedish_and_fit_for_the_archive() -> None:
    reader = printed.reader_of(accounting_paper(basis(*COUNTY)))
    root: Any = reader.trailer["/Root"]
    told = root["/Metadata"].get_data()

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "sv-SE"
    assert reader.metadata is not None
    assert reader.metadata.title == "Bokföringsunderlag 7"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in told
    assert b"<pdfaid:part>2</pdfaid:part>" in told


def test_every_page_says_which_it_is_of_how_many() -> None:
    pages = printed.pages_of(accounting_paper(basis(*COUNTY)))

    for number, page in enumerate(pages, 1):
        assert page.endswith(f"Sida {number} ({len(pages)})")
    assert all("Bokföringsunderlag 7, Region" in page for page in pages[1:])


def test_the_same_basis_gives_the_same_bytes() -> None:
    of = basis(*COUNTY)

    assert accounting_paper(of) == accounting_paper(of)


@pytest.mark.parametrize(
    ("other", "advice"),
    [({"signed": SIGNED[:1]}, "har 1 attester"), ({"vouchers": ()}, "inga fakturor ännu")],
)
def test_what_is_not_attested_or_not_issued_has_no_paper(
    other: dict[str, Any], advice: str
) -> None:
    with pytest.raises(CannotInvoice, match=advice):
        basis(*COUNTY, **other)
