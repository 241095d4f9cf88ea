"""Invoices and their terms as plain JSON, and back: what the books keep of them."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from billing.invoices.accounting import CodingString, PostingTemplate
from billing.invoices.allocated import Terms
from billing.invoices.drafts import AgreedTerms, Drafts
from billing.invoices.model import Credited, Invoice, InvoiceLine, Rounding, Vat, VatCategory
from billing.invoices.parties import Address, Buyer, Seller
from billing.periods import Period

Content = Mapping[str, Any]


def plain(of: Invoice | Drafts | AgreedTerms) -> dict[str, Any]:
    """Return a value as JSON has it: days as text, amounts in öre."""
    content: dict[str, Any] = json.loads(json.dumps(asdict(of), default=date.isoformat))
    return content


def invoice(content: Content) -> Invoice:
    """Return the invoice that `plain` has written."""
    credited = content["credits"]
    return Invoice(
        number=content["number"],
        issued_on=_day(content["issued_on"]),
        due_on=_day(content["due_on"]),
        period=Period(_day(content["period"]["first_on"]), _day(content["period"]["last_on"])),
        seller=Seller(**_addressed(content["seller"])),
        buyer=Buyer(**_addressed(content["buyer"])),
        lines=tuple(
            InvoiceLine(it["text"], it["amount_ore"], _vat(it["vat"])) for it in content["lines"]
        ),
        contract=content["contract"],
        run_id=content["run_id"],
        decision=content["decision"],
        rounding=Rounding(content["rounding"]),
        credits=Credited(credited["number"], _day(credited["issued_on"])) if credited else None,
    )


def drafts(content: Content) -> Drafts:
    """Return the drafts that `plain` has written."""
    found = {code: invoice(it) for code, it in sorted(content["invoices"].items())}
    return Drafts(found, content["days_to_pay"], _posting(content["posting"]))


def agreed_terms(content: Content) -> AgreedTerms:
    """Return the terms that `plain` has written."""
    terms = content["terms"]
    return AgreedTerms(
        terms=Terms(terms["contract"], _vat(terms["vat"]), Rounding(terms["rounding"])),
        days_to_pay=content["days_to_pay"],
        bankgiro=content["bankgiro"],
        address=Address(**content["address"]),
        posting=_posting(content["posting"]),
    )


def _addressed(party: Content) -> dict[str, Any]:
    return {**party, "address": Address(**party["address"])}


def _vat(content: Content) -> Vat:
    return Vat(VatCategory(content["category"]), content["percent"], content["reason"])


def _posting(content: Content) -> PostingTemplate:
    return PostingTemplate(**{name: CodingString(**it) for name, it in content.items()})


def _day(text: str) -> date:
    return date.fromisoformat(text)
