"""Machine clients: which are known here, and as whom a request of one of them acts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from care.identity import queries, scopes
from care.identity.actors import Actor, Via
from care.identity.models import ApiClient, Staff
from care.identity.scopes import Scope


class UnknownClient(Exception):
    """No such client is registered at this huvudman, or it has been ended."""


class NoSuchCaller(Exception):
    """The client, or whoever it asserts to be, has no assignment in which to act so."""


class ChooseAssignment(Exception):
    """There are several assignments, and the request does not say which one."""

    def __init__(self, choices: tuple[UUID, ...]) -> None:
        super().__init__(len(choices))
        self.choices = choices


@dataclass(frozen=True)
class Client:
    """Maskinklient, as it is listed."""

    client_id: str
    hsa_id: str
    name: str
    scopes: tuple[str, ...]
    registered_at: datetime
    ended_at: datetime | None


def register(
    *, client_id: str, hsa_id: str, granted: Iterable[Scope], by: str, at: datetime
) -> None:
    """Let a client call the API as the system with an HSA-id, or change what it may be let do.

    :raises NoSuchCaller: if nobody here has the HSA-id: give the system its assignments first
    """
    staff = Staff.objects.filter(hsa_id=hsa_id).first()
    if staff is None:
        raise NoSuchCaller
    ApiClient.objects.update_or_create(
        client_id=client_id,
        defaults={
            "staff": staff,
            "scopes": sorted(granted),
            "registered_at": at,
            "registered_by": by,
            "ended_at": None,
        },
    )


def end(*, client_id: str, at: datetime) -> None:
    """End a client: its tokens are refused from the next request on.

    :raises UnknownClient: if there is none such
    """
    if not ApiClient.objects.filter(client_id=client_id, ended_at=None).update(ended_at=at):
        raise UnknownClient


def has_ended(client_id: str) -> bool:
    """Tell whether a client that was registered here has been ended."""
    return ApiClient.objects.filter(client_id=client_id).exclude(ended_at=None).exists()


def known_here() -> tuple[Client, ...]:
    """Return every client that has been registered here, ended ones too."""
    rows = ApiClient.objects.order_by("client_id").select_related("staff")
    return tuple(
        Client(
            it.client_id, it.staff.hsa_id, it.staff.name, tuple(it.scopes), it.registered_at,
            it.ended_at,
        )
        for it in rows
    )  # fmt: skip


def actor_of(
    *,
    client_id: str,
    granted: frozenset[Scope],
    assignment_id: UUID | None,
    end_user: str,
    via: Via,
    at: datetime,
) -> Actor:
    """Return as whom a request acts: the system in one of its assignments, or whom it asserts.

    An asserted person acts in an own assignment at a unit where the system has one too.

    :param granted: the scopes of the token; what the client was registered with caps them
    :param assignment_id: which assignment; None where there is only one
    :param end_user: HSA-id of the person who uses the client's system, or empty
    :raises UnknownClient: if the client is not registered here
    :raises NoSuchCaller: if there is no such assignment
    :raises ChooseAssignment: if there are several
    """
    row = (
        ApiClient.objects.filter(client_id=client_id, ended_at=None)
        .values_list("staff__hsa_id", "scopes")
        .first()
    )
    if row is None:
        raise UnknownClient
    hsa_id, most = row
    found = queries.actors(hsa_id=hsa_id, at=at)
    if end_user:
        units = {it.unit_id for it in found}
        theirs = queries.actors(hsa_id=end_user, at=at)
        found = tuple(it for it in theirs if it.unit_id in units)
    if assignment_id is not None:
        found = tuple(it for it in found if it.assignment_id == assignment_id)
    if not found:
        raise NoSuchCaller
    if len(found) > 1:
        raise ChooseAssignment(tuple(it.assignment_id for it in found))
    within = granted & scopes.known(most)
    return replace(found[0], via=via, scopes=within, is_asserted=bool(end_user))
