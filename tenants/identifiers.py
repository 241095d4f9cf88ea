"""Numbers of organisations and units, checked before anything is written."""

import re

from stdnum.exceptions import ValidationError
from stdnum.se import orgnr

HSA_ID = re.compile(r"SE\d{10}(\d{2})?-[A-Za-z0-9]{1,18}")


class BadIdentifier(Exception):
    """A number that cannot be right; the text is Swedish and says what to do."""


def organisation_number(text: str) -> str:
    """Return an organisation number as ten digits.

    :raises BadIdentifier: if its check digit is wrong
    """
    try:
        return str(orgnr.validate(text))
    except ValidationError:
        raise BadIdentifier(
            f"Organisationsnumret {text} stämmer inte. Kontrollera de tio siffrorna, till exempel"
            " 232100-0214, och försök igen."
        ) from None


def hsa_id(text: str) -> str:
    """Return an HSA-id as received (Inera: at most 32 characters).

    :raises BadIdentifier: if it does not have the form of one
    """
    if len(text) > 32 or not HSA_ID.fullmatch(text):
        raise BadIdentifier(
            f"HSA-id {text} har fel form. Det skrivs SE, organisationsnummer, bindestreck och"
            " upp till 18 bokstäver eller siffror, till exempel SE2321000214-1001."
        )
    return text
