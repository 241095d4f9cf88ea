"""An invoice as Peppol BIS Billing 3: a file of UBL 2.1 in UTF-8, invoice or credit note.

The order of the elements is that of the schema of UBL 2.1, which refuses every other. Nothing here
decides or computes: the amounts are the invoice's own.
"""

# The standard library writes the file: nothing is read here, and an installation that sends
# invoices needs no further package. Names are given with their usual prefixes, declared at the
# root, since ElementTree can write the namespace of the root only with a prefix of its own.
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from billing import amounts
from billing.invoices.model import Invoice, InvoiceLine, Vat, VatCategory
from billing.invoices.parties import COUNTRY, SCHEME, Buyer, Party, Seller

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CUSTOMIZATION = (
    "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"  # BT-24
)
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"  # BT-23
CURRENCY = "SEK"
INVOICE, CREDIT_NOTE = "380", "381"  # BT-3, UNTDID 1001
CREDIT_TRANSFER = "30"  # BT-81, UNCL4461: what a bankgiro is between Swedish parties (SE-R-011)
PIECE = "C62"  # BT-130, UNECE Recommendation 20: one


def ubl(invoice: Invoice) -> bytes:
    """Return the file of an invoice, or of a credit note if it credits another invoice.

    It passes the schema of UBL 2.1 and the rules of EN 16931 and Peppol BIS Billing 3.
    """
    kind = "CreditNote" if invoice.credits else "Invoice"
    root = ET.Element(
        kind,
        {
            "xmlns": f"{UBL}{kind}-2",
            "xmlns:cac": f"{UBL}CommonAggregateComponents-2",
            "xmlns:cbc": f"{UBL}CommonBasicComponents-2",
        },
    )
    _head(root, invoice)
    _references(root, invoice)
    _seller(root, invoice.seller, charges_vat=_is_within_vat(invoice))
    _buyer(root, invoice.buyer)
    _payment(root, invoice)
    _totals(root, invoice)
    for number, line in enumerate(invoice.lines, start=1):
        _line(root, number, line, is_credit=invoice.credits is not None)
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return content


def _head(root: Element, invoice: Invoice) -> None:
    _add(root, "cbc:CustomizationID", CUSTOMIZATION)
    _add(root, "cbc:ProfileID", PROFILE)
    _add(root, "cbc:ID", invoice.number)
    _add(root, "cbc:IssueDate", invoice.issued_on.isoformat())
    if invoice.credits:
        _add(root, "cbc:CreditNoteTypeCode", CREDIT_NOTE)
    else:
        _add(root, "cbc:DueDate", invoice.due_on.isoformat())
        _add(root, "cbc:InvoiceTypeCode", INVOICE)
    _add(root, "cbc:Note", f"Beslut: {invoice.decision}")
    _add(root, "cbc:DocumentCurrencyCode", CURRENCY)
    if invoice.buyer.reference:
        _add(root, "cbc:BuyerReference", invoice.buyer.reference)


def _references(root: Element, invoice: Invoice) -> None:
    period = _add(root, "cac:InvoicePeriod")
    _add(period, "cbc:StartDate", invoice.period.first_on.isoformat())
    _add(period, "cbc:EndDate", invoice.period.last_on.isoformat())
    if invoice.buyer.order_reference:
        _add(_add(root, "cac:OrderReference"), "cbc:ID", invoice.buyer.order_reference)
    if invoice.credits:
        credited = _add(_add(root, "cac:BillingReference"), "cac:InvoiceDocumentReference")
        _add(credited, "cbc:ID", invoice.credits.number)
        _add(credited, "cbc:IssueDate", invoice.credits.issued_on.isoformat())
    _add(_add(root, "cac:ContractDocumentReference"), "cbc:ID", invoice.contract)
    basis = _add(root, "cac:AdditionalDocumentReference")
    _add(basis, "cbc:ID", invoice.run_id)
    _add(basis, "cbc:DocumentDescription", "Beräkningsunderlag")


def _seller(root: Element, seller: Seller, *, charges_vat: bool) -> None:
    party = _party(root, "cac:AccountingSupplierParty", seller)
    if charges_vat:
        scheme = _add(party, "cac:PartyTaxScheme")
        _add(scheme, "cbc:CompanyID", seller.vat_number)
        _tax_scheme(scheme)
    _legal_entity(party, seller)


def _buyer(root: Element, buyer: Buyer) -> None:
    _legal_entity(_party(root, "cac:AccountingCustomerParty", buyer), buyer)


def _party(root: Element, role: str, party: Party) -> Element:
    element = _add(_add(root, role), "cac:Party")
    _add(element, "cbc:EndpointID", party.organisation_number, schemeID=SCHEME)
    _add(_add(element, "cac:PartyName"), "cbc:Name", party.name)
    address = _add(element, "cac:PostalAddress")
    _add(address, "cbc:StreetName", party.address.street)
    _add(address, "cbc:CityName", party.address.city)
    _add(address, "cbc:PostalZone", party.address.postal_code)
    _add(_add(address, "cac:Country"), "cbc:IdentificationCode", COUNTRY)
    return element


def _legal_entity(element: Element, party: Party) -> None:
    entity = _add(element, "cac:PartyLegalEntity")
    _add(entity, "cbc:RegistrationName", party.name)
    _add(entity, "cbc:CompanyID", party.organisation_number, schemeID=SCHEME)


def _payment(root: Element, invoice: Invoice) -> None:
    means = _add(root, "cac:PaymentMeans")
    _add(means, "cbc:PaymentMeansCode", CREDIT_TRANSFER)
    if invoice.credits:
        # A credit note of UBL has no DueDate of its own: BT-9 stands here.
        _add(means, "cbc:PaymentDueDate", invoice.due_on.isoformat())
    _add(means, "cbc:PaymentID", invoice.number)
    account = _add(means, "cac:PayeeFinancialAccount")
    _add(account, "cbc:ID", invoice.seller.bankgiro)
    _add(_add(account, "cac:FinancialInstitutionBranch"), "cbc:ID", "SE:BANKGIRO")


def _totals(root: Element, invoice: Invoice) -> None:
    tax = _add(root, "cac:TaxTotal")
    _amount(tax, "cbc:TaxAmount", invoice.vat_ore)
    for it in invoice.breakdowns:
        subtotal = _add(tax, "cac:TaxSubtotal")
        _amount(subtotal, "cbc:TaxableAmount", it.taxable_ore)
        _amount(subtotal, "cbc:TaxAmount", it.vat_ore)
        _tax_category(subtotal, "cac:TaxCategory", it.vat, reason=it.vat.reason)
    total = _add(root, "cac:LegalMonetaryTotal")
    _amount(total, "cbc:LineExtensionAmount", invoice.net_ore)
    _amount(total, "cbc:TaxExclusiveAmount", invoice.net_ore)
    _amount(total, "cbc:TaxInclusiveAmount", invoice.gross_ore)
    if invoice.rounding_ore:
        _amount(total, "cbc:PayableRoundingAmount", invoice.rounding_ore)
    _amount(total, "cbc:PayableAmount", invoice.payable_ore)


def _line(root: Element, number: int, line: InvoiceLine, *, is_credit: bool) -> None:
    element = _add(root, "cac:CreditNoteLine" if is_credit else "cac:InvoiceLine")
    _add(element, "cbc:ID", str(number))
    # A price is never negative (BR-27): a line that reduces the invoice is a negative quantity.
    _add(
        element,
        "cbc:CreditedQuantity" if is_credit else "cbc:InvoicedQuantity",
        "-1" if line.amount_ore < 0 else "1",
        unitCode=PIECE,
    )
    _amount(element, "cbc:LineExtensionAmount", line.amount_ore)
    item = _add(element, "cac:Item")
    _add(item, "cbc:Name", line.text)
    _tax_category(item, "cac:ClassifiedTaxCategory", line.vat)
    _amount(_add(element, "cac:Price"), "cbc:PriceAmount", abs(line.amount_ore))


def _is_within_vat(invoice: Invoice) -> bool:
    """Tell whether the seller's VAT identifier belongs on the invoice (BR-O-02 forbids it)."""
    return all(line.vat.category is not VatCategory.OUTSIDE_SCOPE for line in invoice.lines)


def _tax_category(parent: Element, name: str, vat: Vat, *, reason: str = "") -> None:
    element = _add(parent, name)
    _add(element, "cbc:ID", vat.category)
    if vat.category is not VatCategory.OUTSIDE_SCOPE:
        # What is outside the scope of VAT has no rate, not even zero (BR-O-05).
        _add(element, "cbc:Percent", str(vat.percent))
    if reason:
        _add(element, "cbc:TaxExemptionReason", reason)
    _tax_scheme(element)


def _tax_scheme(parent: Element) -> None:
    _add(_add(parent, "cac:TaxScheme"), "cbc:ID", "VAT")


def _amount(parent: Element, name: str, amount_ore: int) -> None:
    _add(parent, name, amounts.plain(amount_ore), currencyID=CURRENCY)


def _add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    element = ET.SubElement(parent, name, attributes)
    element.text = text or None
    return element
