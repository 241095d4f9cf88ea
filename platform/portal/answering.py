"""Acting on a form that says which row its reader has seen; shown again with nothing lost."""

from collections.abc import Callable

from django.http import HttpResponse

from portal import idempotent
from portal.access import ActorRequest
from portal.forms.onboarding import SeenForm
from portal.idempotent import Done
from tenants.progress import WrittenMeanwhile
from tenants.rounds import BadRound


def answered(
    request: ActorRequest, form: SeenForm, act: Callable[[], Done], *, seen: Callable[[], int]
) -> HttpResponse | None:
    """Act on a form; None where it is to be shown again, with what is wrong.

    :param seen: reads anew the number of the row that the next attempt follows on
    """
    if not form.is_valid():
        return None
    try:
        return idempotent.once(request, act)
    except BadRound as refused:
        form.add_error(None, str(refused))
    except WrittenMeanwhile as refused:
        form.read_again(refused, seen=seen())
    return None
