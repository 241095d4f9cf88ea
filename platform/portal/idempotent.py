"""The one-time key of a form: sent twice, it takes effect once and is answered alike."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect

from portal.access import ActorRequest
from tenants import idempotency

FIELD = "idempotency_key"
# Not part of what is asked for: they differ when the same form is sent again after a new sign-in.
NOT_CONTENT = frozenset({"csrfmiddlewaretoken", "assignment", FIELD})


@dataclass(frozen=True)
class Done:
    """Where a form leads, and what is said there."""

    url: str
    message: str


def new_key() -> str:
    """Return a key for one form."""
    return str(uuid4())


def key_of(request: ActorRequest) -> str:
    """Return the key that a form carries, to be written in it again when it has errors.

    :raises BadRequest: if it carries none
    """
    try:
        return str(UUID(request.POST.get(FIELD, "")))
    except ValueError:
        raise BadRequest("the form carries no one-time key") from None


def key_for(request: ActorRequest) -> str:
    """Return the key of the form that is shown: the one that was sent, or a new one.

    :raises BadRequest: if a form was sent without one
    """
    return key_of(request) if request.method == "POST" else new_key()


def once(request: ActorRequest, act: Callable[[], Done]) -> HttpResponse:
    """Act on a form the first time that it is sent, and lead every time to the same page.

    :raises idempotency.KeyReused: if the key came before with other fields
    :raises idempotency.InFlight: if the first one is still being carried out
    :raises BadRequest: if the form carries no key
    """

    def answer() -> idempotency.Reply:
        done = act()
        return 303, {"url": done.url, "message": done.message}

    _, told = idempotency.once(
        client=f"portal:{request.actor.assignment_id}",
        key=key_of(request),
        body=f"{request.path}?{_content(request)}".encode(),
        act=answer,
        at=request.at,
    )
    if told["message"]:
        messages.success(request, told["message"])
    response = HttpResponseRedirect(told["url"])
    response.status_code = 303
    return response


def _content(request: ActorRequest) -> str:
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in NOT_CONTENT
        for value in values
    ]
    return urlencode(sorted(fields))
