"""SIE-buntar: the vouchers of the invoices, as the host's ledger takes them in."""

from base64 import b64encode
from typing import Any
from uuid import UUID

from rest_framework import serializers

from api import paging
from api.fields import Line, Moment, Values
from api.operation import Call, address, operation
from api.v1.costs import NUMBER, READS
from api.v1.examples import INSTANT
from api.v1.invoices import LONGEST_FILE, OF_ALLOCATION, asked_allocation
from api.v1.rows import listed
from api.v1.whole import cut
from billing import issued
from billing.issued import BatchShown
from care.identity.permissions import ROLES, Permission
from care.sharing import access


class SieBatchRow(Values):
    """SIE-bunt: kontrollnumret skyddar mot att den läses in två gånger."""

    example = {
        "id": "6e5d4c3b-2a19-4f08-8e7d-6c5b4a392807", "number": 1,
        "control_number": "7F3A09C1D2E4", "made_at": INSTANT,
        "invoices": ["2026-0001", "2026-0002"],
    }  # fmt: skip

    id = serializers.UUIDField()
    number = serializers.IntegerField(min_value=1, max_value=100_000)
    control_number = Line(length=12)
    made_at = Moment(source="at")
    invoices = serializers.ListField(child=Line(length=NUMBER))


class SieBatch(SieBatchRow):
    """SIE-bunt med sin fil."""

    example = {**SieBatchRow.example, "file": "I0ZMQUdHQSAwDQo="}

    file = Line(length=LONGEST_FILE)


@operation("GET", **READS, answers=listed(SieBatchRow), parameters=(OF_ALLOCATION, *paging.PAGED))
def list_sie_batches(request: Call) -> dict[str, Any]:
    """Lista SIE-buntarna med fakturornas verifikationer.

    The batches of vouchers at the host of the board; for a role that issues invoices.
    """
    _refuse_unless_issuing(request)
    return cut(request, _batches(asked_allocation(request)))


@operation("GET", **READS, answers=SieBatch)
def read_sie_batch(request: Call, id: UUID) -> dict[str, Any]:
    """Läs en SIE-bunt med filen, så som den gjordes.

    One batch; `file` is the SIE 4I file in base64, since its characters are those of code page 437.
    """
    _refuse_unless_issuing(request)
    _, file = issued.sie(id)
    shown = next(it for it in _batches(None) if it.id == id)
    return {**vars(shown), "file": b64encode(file).decode()}


def _refuse_unless_issuing(request: Call) -> None:
    # The scope reads costs; who of those readers may have the vouchers, the role says.
    if Permission.ISSUE_INVOICES not in ROLES[request.actor.role]:
        raise access.NotAllowed(
            actor=request.actor, common_id=None, reason=access.Reason.NOT_IN_ROLE
        )


def _batches(allocation: UUID | None) -> list[BatchShown]:
    """Return the batches of an allocation, or all; what has gone to the ledger was invoiced."""
    if allocation is not None:
        return list(issued.batches(allocation))
    origins = dict.fromkeys(it.origin for it in issued.invoices())
    found = [batch for it in origins for batch in issued.batches(it)]
    return sorted(found, key=lambda it: it.number)


sie_batches = address(get=list_sie_batches)
sie_batch = address(get=read_sie_batch)
