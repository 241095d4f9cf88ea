"""What the board's secretary does with the cost agreement: a version is written and then kept."""

from datetime import datetime

from django.db import IntegrityError, transaction

from billing import agreed, agreement, operations, parties, runs
from billing.agreement import AgreedSharing
from billing.models import CostAgreement
from billing.operations import Doer, Refused


def write_agreement(sharing: AgreedSharing, *, by: Doer, at: datetime) -> int:
    """Keep a new version of the cost agreement, open to every party; return its number.

    What has been computed by an earlier one stays as it is.

    :raises Refused: if it names who is no municipality of the board, or two are written at once
    """
    operations.refuse_unless_host()
    if strangers := sorted(set(sharing.members) - set(parties.board().municipalities)):
        raise Refused(f"{', '.join(strangers)} är ingen kommun i nämnden. Rätta kommunkoden.")
    newest = next(iter(agreed.versions()), None)
    number = newest.version + 1 if newest else 1
    content = agreement.plain(sharing)
    try:
        with transaction.atomic():
            CostAgreement.objects.create(
                version=number,
                content=content,
                hash=runs.hash_of(content),
                made_by=by.name,
                at=at,
                open_to=operations.to_everybody(),
            )
    except IntegrityError:
        raise Refused(
            "Någon skrev en version av avtalet samtidigt. Läs den, och skriv din på nytt om den"
            " behövs."
        ) from None
    return number
