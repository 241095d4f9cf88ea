"""Invented parties and what an agreement says, for the tests of invoices."""

from datetime import date
from functools import cache
from typing import Any

from billing import population, runs, table
from billing.invoices import allocated
from billing.invoices.accounting import CodingString, PostingTemplate
from billing.invoices.allocated import Terms
from billing.invoices.model import Invoice, InvoiceLine, Rounding, Vat, VatCategory
from billing.invoices.parties import Address, Buyer, Seller
from billing.periods import Period
from billing.runs import Funded, Question, Record
from tests.billing.test_table import EXAMPLES, LINK2

STANDARD = Vat(VatCategory.STANDARD, 25)
OUTSIDE = Vat(VatCategory.OUTSIDE_SCOPE, reason="Kostnadsdelning inom en gemensam nämnd")
EXEMPT = Vat(VatCategory.EXEMPT, reason="Undantaget från skatteplikt enligt avtalet")

ISSUED_ON, DUE_ON = date(2018, 11, 1), date(2018, 12, 1)
DECISION = "Nämnden 2018-09-11 § 41"
ADDRESS = Address("Box 1", "83127", "Exempelstad")
SELLER = Seller("Region Jämtland Härjedalen", "2999999218", ADDRESS, "9912346")
ORGANISATION_NUMBERS = {
    "2303": "2999999135", "2305": "2999999143", "2309": "2999999150", "2313": "2999999168",
    "2321": "2999999176", "2326": "2999999184", "2361": "2999999192", "2380": "2999999200",
}  # fmt: skip
BUYER = Buyer("Ragunda kommun", "2999999135", ADDRESS, reference="5400", counterparty="8303")

TEMPLATE = PostingTemplate(
    receivable=CodingString("1510"),
    revenue=CodingString("3590", responsibility="4100", operation="760", project="LINK2"),
    vat=CodingString("2610"),
    rounding=CodingString("3740"),
)


def invoice(*lines: InvoiceLine, **other: Any) -> Invoice:
    fields: dict[str, Any] = {
        "number": "2018-0001",
        "issued_on": ISSUED_ON,
        "due_on": DUE_ON,
        "period": Period(date(2018, 9, 1), date(2019, 6, 30)),
        "seller": SELLER,
        "buyer": BUYER,
        "lines": lines or (InvoiceLine("Kommunikatör 10–25 %", 123_456_78, STANDARD),),
        "contract": "GNS-2018-01",
        "run_id": "FORD-2018-01",
        "decision": DECISION,
        "rounding": Rounding.KRONA,
    }
    return Invoice(**(fields | other))


@cache
def record() -> Record:
    """Return the record of the budget of LINK2, split by the inhabitants of 31 December 2017."""
    inhabitants = (EXAMPLES / "jamtland-2017-12-31.csv").read_bytes()
    snapshot = population.snapshot(inhabitants, on=date(2017, 12, 31), source="SCB")
    return runs.record(
        Question(
            title="LINK2",
            period=Period(date(2018, 9, 1), date(2019, 6, 30)),
            lines=[Funded(it) for it in table.read(LINK2)],
            names={code: snapshot.population.names[code] for code in ORGANISATION_NUMBERS},
            region_name=SELLER.name,
            snapshot=snapshot,
        )
    )


def buyers() -> dict[str, Buyer]:
    names = record()["asked"]["names"]
    return {
        code: Buyer(names[code], number, ADDRESS, reference=f"REF{code}", counterparty=code)
        for code, number in ORGANISATION_NUMBERS.items()
    }


def of_the_county(
    vat: Vat = STANDARD, rounding: Rounding = Rounding.KRONA, **other: Any
) -> list[Invoice]:
    """Return the invoices of LINK2 to the eight municipalities."""
    asked: dict[str, Any] = {
        "run_id": "FORD-2018-01",
        "decision": DECISION,
        "seller": SELLER,
        "buyers": buyers(),
        "numbers": {
            code: f"2018-{number:04}"
            for number, code in enumerate(allocated.payers(record()), start=1)
        },
        "issued_on": ISSUED_ON,
        "due_on": DUE_ON,
    }
    asked |= other
    of = asked.pop("record", record())
    return allocated.invoices_of(of, Terms("GNS-2018-01", vat, rounding), **asked)
