"""The versions of the cost agreement, as every party of the board reads them."""

from dataclasses import dataclass
from datetime import date, datetime

from billing import agreement, parties
from billing.agreement import NOTHING_AGREED, AgreedSharing
from billing.models import CostAgreement
from billing.parties import books_of


class NoSuchVersion(Exception):
    """There is no such version of the cost agreement."""


@dataclass(frozen=True)
class AgreementShown:
    """Kostnadsavtal, en version, with who wrote it and its hash."""

    version: int
    agreed: AgreedSharing
    hash: str
    made_by: str
    at: datetime


def versions() -> tuple[AgreementShown, ...]:
    """Return every version of the agreement, the newest first."""
    with books_of(parties.board().host):
        rows = list(
            CostAgreement.objects.order_by("-version").values_list(
                "version", "content", "hash", "made_by", "at"
            )
        )
    return tuple(
        AgreementShown(number, agreement.read(content), digest, made_by, at)
        for number, content, digest, made_by, at in rows
    )


def sharing(number: int) -> AgreedSharing:
    """Return what a version says; of version 0, before the first one, nothing.

    :raises NoSuchVersion: if there is none of that number
    """
    return version(number).agreed if number else NOTHING_AGREED


def version(number: int) -> AgreementShown:
    """Return a version.

    :raises NoSuchVersion: if there is none of that number
    """
    found = next((it for it in versions() if it.version == number), None)
    if found is None:
        raise NoSuchVersion
    return found


def in_force(on: date) -> AgreementShown | None:
    """Return the newest version that holds on a day, None before the first."""
    return next((it for it in versions() if it.agreed.valid_from <= on), None)
