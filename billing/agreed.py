"""The versions of the cost agreement, as every party of the board reads them."""

from collections.abc import Iterable
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
    """Return the version that holds on a day, None before the first.

    It is the one that holds from the latest day, and of two from one day the one written last.
    """
    return holding(versions(), on)


def sharing_on(day: date) -> AgreedSharing:
    """Return what holds on a day; before the first version, nothing."""
    held = in_force(day)
    return held.agreed if held else NOTHING_AGREED


def holding(found: Iterable[AgreementShown], on: date) -> AgreementShown | None:
    """Return which of some versions holds on a day."""
    return max(
        (it for it in found if it.agreed.valid_from <= on),
        key=lambda it: (it.agreed.valid_from, it.version),
        default=None,
    )
