"""Skyddade personuppgifter: why a case is opened, and who at the unit may see it."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from care.identity.permissions import Permission
from care.sharing import readers as operations
from care.sharing.access import refuse_unless_in_case
from care.sharing.readers import NamesThePerson
from portal import idempotent, times
from portal.access import ActorRequest, needs
from portal.forms.readers import ReaderForm, ReasonForm
from portal.idempotent import Done


@needs(Permission.READ_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def state_reason(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Ask why the case is opened, and lead on to it; nothing of the person is shown here."""
    form = ReasonForm(request.POST or None)
    if form.is_valid():

        def act() -> Done:
            operations.state_reason(
                actor=request.actor, case_id=case_id, text=form.stated(), at=request.at
            )
            return Done(_to(request, case_id), "")

        try:
            return idempotent.once(request, act)
        except NamesThePerson:
            form.add_error("text", _("Ta bort personens namn och nummer ur texten. Den loggas."))
    refuse_unless_in_case(
        actor=request.actor, case_id=case_id, permission=Permission.READ_CASE, at=request.at
    )
    context = {"form": form, "to": _to(request, case_id), "key": idempotent.key_for(request)}
    status = 422 if form.is_bound else 200
    return render(request, "portal/readers/reason.html", context, status=status)


@needs(Permission.READ_CASE)
@require_safe
def readers(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Show who at the unit may see the case, and let somebody be put on the list."""
    found = operations.readers(actor=request.actor, case_id=case_id, at=request.at)
    listed = [
        (
            it,
            times.absolute(it.added_at, at=request.at) if it.added_at else "",
            idempotent.new_key(),
        )
        for it in found.listed
    ]
    context = {
        "found": found,
        "listed": listed,
        "most": operations.MOST,
        "form": _form(request, found),
        "key": idempotent.new_key(),
    }
    return render(request, "portal/readers/page.html", context)


@needs(Permission.ADD_READER)
@require_POST
def add_reader(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Put a colleague on the list."""

    def act() -> Done:
        operations.add_reader(
            actor=request.actor, case_id=case_id, staff_id=_staff(request), at=request.at
        )
        return Done(_url(case_id), gettext("Personen står på listan och kan öppna ärendet."))

    return idempotent.once(request, act)


@needs(Permission.REMOVE_READER)
@require_POST
def remove_reader(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Take somebody off the list: it holds at the next page."""

    def act() -> Done:
        staff_id = _staff(request)
        operations.remove_reader(
            actor=request.actor, case_id=case_id, staff_id=staff_id, at=request.at
        )
        left_oneself = staff_id == request.actor.staff_id
        place = reverse("portal:home") if left_oneself else _url(case_id)
        return Done(place, gettext("Personen är borttagen från listan och ser inte ärendet mer."))

    return idempotent.once(request, act)


def _form(request: ActorRequest, found: operations.Readers) -> ReaderForm | None:
    if not found.may_name or found.is_full or not found.others:
        return None
    return ReaderForm(others=[(it.staff_id, f"{it.name}, {it.title}") for it in found.others])


def _staff(request: ActorRequest) -> UUID:
    try:
        return UUID(request.POST.get("staff_id", ""))
    except ValueError:
        raise Http404 from None


def _to(request: ActorRequest, case_id: UUID) -> str:
    """Return the page that was asked for, if it is one of ours; else that of the case."""
    asked = request.POST.get("to") or request.GET.get("to", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else reverse("portal:case", args=[case_id])


def _url(case_id: UUID) -> str:
    return reverse("portal:readers", args=[case_id])


urlpatterns = [
    path("cases/<uuid:case_id>/state-reason", state_reason, name="state_reason"),
    path("cases/<uuid:case_id>/readers", readers, name="readers"),
    path("cases/<uuid:case_id>/add-reader", add_reader, name="add_reader"),
    path("cases/<uuid:case_id>/remove-reader", remove_reader, name="remove_reader"),
]
