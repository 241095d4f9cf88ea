"""The way of an agreement: what differs between its versions, and what our board has decided."""

from typing import TypeVar
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from care.identity.permissions import Permission
from care.sharing import consultation
from portal import agreed, answering, differences, idempotent, parties
from portal.access import ActorRequest, needs
from portal.forms.consultation import CompareForm, DecisionForm
from portal.idempotent import Done
from tenants import decisions
from tenants.agreements import Agreement

T = TypeVar("T")


@needs(Permission.READ_AGREEMENTS)
@require_safe
def compare_agreement(request: ActorRequest, agreement_id: UUID) -> HttpResponse:
    """Show what differs between two versions; the newest and the one before where none is named."""
    versions = agreed.ours(request.actor.tenant, agreement_id)
    if len(versions) < 2:
        raise Http404("there is nothing to compare")
    before, after = chosen(request, {str(it.version): it for it in versions})
    return render(
        request,
        "portal/agreements/compare.html",
        {
            "title": versions[-1].title,
            "back": _address(agreement_id),
            "compared": differences.of_agreement(before, after),
            "form": CompareForm(
                numbers=[it.version for it in versions],
                before=before.version,
                after=after.version,
            ),
        },
    )


def chosen(request: ActorRequest, by_number: dict[str, T]) -> tuple[T, T]:
    """Return the two versions that an address names, else the two last."""
    *_, before, after = by_number.values()
    return (
        by_number.get(request.GET.get("before", ""), before),
        by_number.get(request.GET.get("after", ""), after),
    )


@needs(Permission.DECIDE_AGREEMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def decide_agreement(request: ActorRequest, agreement_id: UUID) -> HttpResponse:
    """Tell what our board has decided of the newest version."""
    read = agreed.ours(request.actor.tenant, agreement_id)[-1]
    known = decisions.decided(agreement_id).get(read.text_hash, {}).get(request.actor.tenant)
    form = DecisionForm(request.POST or None, decided=known)

    def act() -> Done:
        consultation.decide_agreement(
            form.decision,
            actor=request.actor,
            agreement=agreement_id,
            text_hash=_hash(request, read),
            seen=form.cleaned_data["seen"],
            at=request.at,
        )
        return Done(_address(agreement_id), gettext("Beslutet är antecknat."))

    def seen() -> int:
        now = decisions.decided(agreement_id).get(read.text_hash, {}).get(request.actor.tenant)
        return now.number if now else 0

    answer = answering.answered(request, form, act, seen=seen)
    if answer is not None:
        return answer
    return render(
        request,
        "portal/agreements/decide.html",
        {
            "form": form,
            "title": gettext("Anteckna beslut"),
            "about": gettext("{title}, version {version}").format(
                title=read.title, version=read.version
            ),
            "text_hash": read.text_hash,
            "own_name": parties.name(request.actor.tenant),
            "back": _address(agreement_id),
            "key": idempotent.key_for(request),
        },
        status=422 if form.errors else 200,
    )


def _hash(request: ActorRequest, read: Agreement) -> str:
    # The text that the form was shown for: a version that came meanwhile is another decision.
    return request.POST.get("text_hash", read.text_hash)


def _address(agreement_id: UUID) -> str:
    return reverse("portal:agreement", args=[agreement_id])


urlpatterns = [
    path("agreements/<uuid:agreement_id>/compare", compare_agreement, name="compare_agreement"),
    path("agreements/<uuid:agreement_id>/decide", decide_agreement, name="decide_agreement"),
]
