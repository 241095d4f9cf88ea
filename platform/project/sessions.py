"""The beginning of a session: every way to sign in ends here."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token

from care.identity import operations
from portal import access


def open_for(request: access.Request, *, staff_id: UUID) -> HttpResponse:
    """Sign a person in whose identity is known, and lead to the first page.

    With several assignments that page leads on to the choice of one (R2).
    """
    if request.staff is not None:
        operations.close_session(token=request.COOKIES[access.COOKIE], at=request.at)
    token = operations.open_session(staff_id=staff_id, at=request.at)
    rotate_token(request)
    response = HttpResponseRedirect("/")
    # Without a domain it goes to this host only: each huvudman has a session of its own. It ends
    # with the browser, and on the server at the latest ten hours later.
    response.set_cookie(
        access.COOKIE, token, httponly=True, samesite="Lax", secure=not settings.DEMO
    )
    return response
