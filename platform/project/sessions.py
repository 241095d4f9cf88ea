"""The beginning of a session: every way to sign in ends here."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token

from care.identity import drafts, operations
from care.identity import sessions as rows
from care.identity.sessions import Proof
from portal import access

KEPT = "/drafts"  # shows what was sent to a locked screen


def open_for(
    request: access.Request, *, staff_id: UUID, proof: Proof | None = None, leads_to: str = "/"
) -> HttpResponse:
    """Sign a person in whose identity is known, and lead to the first page.

    With several assignments that page leads on to the choice of one (R2). Who unlocks the own
    screen, or has proved anew who it is, keeps session and assignment and goes on at `leads_to`.
    """
    before = request.COOKIES.get(access.COOKIE, "") if request.held else ""
    token = None
    if before:
        token = rows.prove_again(token=before, staff_id=staff_id, proof=proof, at=request.at)
    if token is not None and request.held is not None:
        who = request.held.who
        waits = drafts.were_sent(staff_id=who.staff_id, assignment_id=who.assignment_id)
        place = KEPT if waits else leads_to
    else:
        if before:
            rows.close(token=before, at=request.at)
        token = operations.open_session(staff_id=staff_id, proof=proof, at=request.at)
        rotate_token(request)
        place = "/"
    response = HttpResponseRedirect(place)
    response["Cache-Control"] = "no-store"
    # Without a domain it goes to this host only: each huvudman has a session of its own. It ends
    # with the browser, and on the server at the latest ten hours later.
    response.set_cookie(
        access.COOKIE, token, httponly=True, samesite="Lax", secure=not settings.DEMO
    )
    return response
