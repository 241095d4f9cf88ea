"""Who sends an invoice and who pays it: organisations, never persons."""

from dataclasses import dataclass

from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.se import orgnr

from billing.invoices.texts import CannotInvoice, refuse_no_code, refuse_unfit

# ISO 6523: Swedish organisation numbers, which are addresses in Peppol too (BT-34, BT-49).
SCHEME = "0007"
COUNTRY = "SE"


@dataclass(frozen=True)
class Address:
    """Adress (BG-5, BG-8): street or box, postal code and city in Sweden."""

    street: str
    postal_code: str
    city: str

    def __post_init__(self) -> None:
        refuse_unfit(self.street, "Gatan eller boxen")
        refuse_unfit(self.city, "Orten")
        if not (self.postal_code.isascii() and self.postal_code.isdigit()) or (
            len(self.postal_code) != 5
        ):
            raise CannotInvoice(
                f"Postnumret ”{self.postal_code}” är inget postnummer. Skriv fem siffror utan "
                f"mellanslag."
            )


@dataclass(frozen=True)
class Party:
    """Part: an organisation with its number of ten digits, whose last one is checked (Luhn)."""

    name: str
    organisation_number: str
    address: Address

    def __post_init__(self) -> None:
        refuse_unfit(self.name, "Namnet på parten")
        number = self.organisation_number
        try:
            compact = orgnr.validate(number)
        except ValidationError:
            raise CannotInvoice(
                f"Organisationsnumret {number} för {self.name} är fel: det ska ha tio siffror, och "
                f"kontrollsiffran ska stämma. Rätta det."
            ) from None
        if compact != number:
            raise CannotInvoice(
                f"Organisationsnumret {number} för {self.name} ska skrivas med bara siffror: "
                f"{compact}."
            )
        # The third digit of an organisation is 2 or more; below that it is the month of a birth.
        if number[2] < "2":
            raise CannotInvoice(
                f"Numret för {self.name} är ett personnummer. Ange organisationens nummer: en "
                f"faktura har aldrig uppgifter om en person."
            )

    @property
    def endpoint(self) -> str:
        """Return the address in Peppol (BT-34, BT-49), such as 0007:2999999218."""
        return f"{SCHEME}:{self.organisation_number}"

    @property
    def vat_number(self) -> str:
        """Return the VAT identifier (BT-31): SE, the organisation number, 01."""
        return f"{COUNTRY}{self.organisation_number}01"


@dataclass(frozen=True)
class Seller(Party):
    """Säljare (BG-4): the party that has paid for all, and the bankgiro it is paid to (BT-84)."""

    bankgiro: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.bankgiro:
            raise CannotInvoice(
                f"Bankgirot saknas för {self.name}. Fyll i det: köparen behöver veta vart pengarna "
                f"ska."
            )
        if len(self.bankgiro) not in {7, 8} or not luhn.is_valid(self.bankgiro):
            raise CannotInvoice(
                f"Bankgirot {self.bankgiro} för {self.name} är fel: det ska ha sju eller åtta "
                f"siffror utan bindestreck, och kontrollsiffran ska stämma. Rätta det."
            )


@dataclass(frozen=True)
class Buyer(Party):
    """Köpare (BG-7): the party that pays, and what it asks to find on an invoice.

    `reference` is its code for who receives the invoice (BT-10), `order_reference` the number of
    its order (BT-13); one of them is required. `counterparty` is its code in the seller's books.
    """

    reference: str = ""
    order_reference: str = ""
    counterparty: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.reference and not self.order_reference:
            raise CannotInvoice(
                f"{self.name} har varken referenskod eller ordernummer. Fyll i en av dem: utan "
                f"den tar köparen inte emot en e-faktura."
            )
        for code, what in (
            (self.reference, "Referenskoden"),
            (self.order_reference, "Ordernumret"),
            (self.counterparty, "Motparten"),
        ):
            if code:
                refuse_no_code(code, what)
