"""The project's addresses, and beside them one page of each rule that does next to nothing."""

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from care.cases.models import Event
from care.identity import operations
from care.identity.models import Staff
from care.identity.permissions import Permission
from care.sharing.access import NotVisible
from care.sharing.policy import Reason
from portal.access import ActorRequest, Request, needs, public, signed_in, with_session
from project import urls
from project.demo import personas

handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)


@public
def open_page(request: Request) -> HttpResponse:
    return HttpResponse(f"open at {request.at.isoformat()}")


@with_session
def session_page(request: Request) -> HttpResponse:
    assert request.staff is not None
    return HttpResponse(request.staff.name)


@signed_in
def acting_page(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    if request.method == "POST":
        Staff.objects.create(hsa_id="SE2999999119-WRITTEN", name="Written", name_sort="written")
    return HttpResponse(f"{actor.name}, {actor.unit_name}, {actor.role}, {actor.title}")


@needs(Permission.ADMINISTER_UNITS)
def administrators_page(request: ActorRequest) -> HttpResponse:
    return HttpResponse("units")


@signed_in
def hidden_page(request: ActorRequest) -> HttpResponse:
    """Write, and then find that the actor may not: the writing is undone, the denial stays."""
    with transaction.atomic():
        Staff.objects.create(hsa_id="SE2999999119-WRITTEN", name="Written", name_sort="written")
        reason = Reason.UNIT_TAKES_NO_PART
        raise NotVisible(actor=request.actor, common_id=None, reason=reason)


@signed_in
def refused_page(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    operations.revoke_assignment(actor=actor, assignment_id=actor.assignment_id, at=request.at)
    return HttpResponse("revoked")


@public
def broken_page(request: Request) -> HttpResponse:
    raise OperationalError("server closed the connection unexpectedly")


@public
def faulty_page(request: Request) -> HttpResponse:
    raise ZeroDivisionError("Berit Åkerlund")


def page_without_a_rule(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Event.objects.count())


urlpatterns = [
    path("tests/open", open_page),
    path("tests/session", session_page),
    path("tests/acting", acting_page),
    path("tests/administrators", administrators_page),
    path("tests/hidden", hidden_page),
    path("tests/refused", refused_page),
    path("tests/broken", broken_page),
    path("tests/faulty", faulty_page),
    path("tests/no-rule", page_without_a_rule),
    *personas.urlpatterns,
    *urls.urlpatterns,
]
