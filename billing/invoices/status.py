"""What happens to an invoice once it is written."""

from enum import StrEnum


class Status(StrEnum):
    """Fakturans läge. Credited says that nothing is left of it; a part leaves it as it was."""

    ISSUED = "issued"
    PAID = "paid"
    CREDITED = "credited"
