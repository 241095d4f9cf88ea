"""Forms that say which row their reader has seen, and files that are handed out."""

from collections.abc import Callable

from django.http import HttpResponse

from portal import idempotent
from portal.access import ActorRequest
from portal.forms.onboarding import SeenForm
from portal.idempotent import Done
from tenants.onboarding import CannotRecord
from tenants.progress import WrittenMeanwhile


def answered(
    request: ActorRequest, form: SeenForm, act: Callable[[], Done], *, seen: Callable[[], int]
) -> HttpResponse | None:
    """Act on a form; None where it is to be shown again, with what is wrong and nothing lost.

    :param seen: asked for the number of the last row when somebody else has written meanwhile
    """
    if not form.is_valid():
        return None
    try:
        return idempotent.once(request, act)
    except CannotRecord as refused:
        form.refuse(refused)
    except WrittenMeanwhile as refused:
        form.read_again(refused, seen=seen())
    return None


def file(content: bytes, kind: str, name: str) -> HttpResponse:
    """Hand out a file under a name."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
