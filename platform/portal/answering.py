"""Forms that say which row their reader has seen, and files that are handed out."""

from collections.abc import Callable

from django.http import HttpResponse

from portal import idempotent
from portal.access import ActorRequest
from portal.forms.onboarding import SeenForm
from portal.idempotent import Done
from tenants.onboarding import CannotRecord
from tenants.progress import WrittenMeanwhile
from tenants.rounds import BadRound


def answered(
    request: ActorRequest, form: SeenForm, act: Callable[[], Done], *, seen: Callable[[], int]
) -> HttpResponse | None:
    """Act on a form; None where it is to be shown again, with what is wrong and nothing lost.

    :param seen: reads anew the number of the row that the next attempt follows on
    """
    if not form.is_valid():
        return None
    try:
        return idempotent.once(request, act)
    except CannotRecord as refused:
        form.refuse(refused)
    except BadRound as refused:
        form.add_error(None, str(refused))
    except WrittenMeanwhile as refused:
        form.read_again(refused, seen=seen())
    return None


def hand_out(content: bytes, kind: str, name: str) -> HttpResponse:
    """Hand out a file under a name."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
