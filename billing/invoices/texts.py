"""What the texts of an invoice may hold: what every file can carry, and nothing of a person.

An invoice travels to operators and archives that nobody here chooses. So it has no field for a
person, and a text in which somebody has written a personal number is refused.
"""

import re

from stdnum import luhn

# XML 1.0 and SIE have no way to write them; a line break would end a line of the SIE file.
UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
CODE = re.compile(r"[0-9A-Za-zÅÄÖåäö][0-9A-Za-zÅÄÖåäö./_-]*")
PERSONAL = re.compile(r"(?<!\w)(?:18|19|20)?([0-9]{6})[-+ ]?([0-9]{4})(?!\w)")


class CannotInvoice(Exception):
    """What cannot be invoiced or booked as asked; the message says in Swedish what to do."""


def refuse_unfit(text: str, what: str) -> None:
    """Raise CannotInvoice for a text that is empty, cannot be written, or names a person.

    `what` is the Swedish name of the field, in the definite form, for the message.
    """
    if not text.strip():
        raise CannotInvoice(f"{what} saknas. Fyll i uppgiften.")
    if UNWRITABLE.search(text):
        raise CannotInvoice(
            f"{what} har en radbrytning eller ett tecken som inte går att skriva i en faktura. "
            f"Skriv texten på en rad."
        )
    if holds_personal_number(text):
        raise CannotInvoice(
            f"{what} ser ut att innehålla ett personnummer eller samordningsnummer. Ta bort det: "
            f"en faktura har aldrig uppgifter om en person. Ett datum skrivs som 2026-12-31."
        )


def refuse_no_code(text: str, what: str) -> None:
    """Raise CannotInvoice for a reference that is no code: one word, and so nobody's full name."""
    refuse_unfit(text, what)
    if not CODE.fullmatch(text):
        raise CannotInvoice(
            f"{what} ”{text}” är ingen kod. Skriv den referenskod som köparen har gett, utan "
            f"mellanslag och utan någons namn."
        )


def holds_personal_number(text: str) -> bool:
    """Tell whether a text holds ten or twelve digits that may be a personal number.

    It knows the shape, the day and the check digit, and asks no calendar: a clock would be needed
    to tell the century of ten digits.
    """
    return any(luhn.is_valid(day + tail) and _is_a_day(day) for day, tail in PERSONAL.findall(text))


def _is_a_day(digits: str) -> bool:
    month, day = int(digits[2:4]), int(digits[4:6])
    # A samordningsnummer adds sixty to the day.
    return 1 <= month <= 12 and 1 <= day % 60 <= 31 and day <= 91
