"""Invented files of a cloud provider's charges, for the tests."""

import csv
import io

from billing.focus import COLUMNS

USUAL = {
    "BillingCurrency": "SEK", "ChargeCategory": "Usage", "ServiceName": "Beräkning",
    "InvoiceId": "F-1", "BilledCost": "0", "BillingPeriodStart": "2026-01-01T00:00:00Z",
    "BillingPeriodEnd": "2026-02-01T00:00:00Z",
}  # fmt: skip


def row(billed: str, *, bearer: str = "", **said: str) -> dict[str, str]:
    """Return a row of a file, with what it differs in from the others."""
    tags = {"Tags": f'{{"kostnadsbarare": "{bearer}"}}'} if bearer else {}
    return USUAL | {"BilledCost": billed} | tags | said


def file(*rows: dict[str, str]) -> bytes:
    """Return a file with charges."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [*COLUMNS, "InvoiceId", "Tags"], restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


JANUARY = file(
    row("1000.005", bearer="lank"),
    row("500.005", bearer="lank"),
    row("250", ServiceName="Lagring"),
    row("-40", bearer="lank", ChargeClass="Correction"),
    row("100", InvoiceId="F-2", ServiceName="Lagring"),
)
INVOICED = {"F-1": 1_710_01, "F-2": 100_00}
