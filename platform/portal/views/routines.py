"""Rutiner: the law, the signed agreement, and the county's routines with who decided them."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from care.identity.permissions import Permission
from care.sharing import consultation
from portal import answering, differences, idempotent, parties
from portal import rounds as round_words
from portal import routines as words
from portal.access import ActorRequest, needs
from portal.forms.consultation import CompareForm, DecisionForm, RoutineForm
from portal.idempotent import Done
from portal.views.way import chosen
from tenants import agreements, rounds, routines
from tenants.decisions import Decided
from tenants.routines import Version

FORMS = ["GET", "HEAD", "POST"]


@needs(Permission.READ_ROUTINES)
@require_safe
def list_routines(request: ActorRequest) -> HttpResponse:
    """Show the law, the agreements in force and the routines of the county."""
    asking = [it for it in rounds.asking(request.actor.tenant) if not it.subject.is_agreement]
    return render(
        request,
        "portal/routines/list.html",
        {
            "law": words.law(),
            "agreements": agreements.in_force(request.actor.tenant, at=request.at),
            "may_read_agreements": request.actor.may(Permission.READ_AGREEMENTS),
            "groups": words.groups(routines.of_county(), at=request.at),
            "asking": round_words.all_shown(asking[::-1], at=request.at),
            "may_write": request.actor.may(Permission.WRITE_ROUTINE),
        },
    )


@needs(Permission.READ_ROUTINES)
@require_safe
def show_routine(request: ActorRequest, routine_id: UUID) -> HttpResponse:
    """Show a routine: the version that holds, or the one that `?version=` names."""
    routine = routines.one(routine_id)
    by_number = {str(it.version): it for it in routine.versions}
    holds = routine.in_force(request.at) or routine.newest
    read = by_number.get(request.GET.get("version", ""), holds)
    is_own = routine.owner == request.actor.tenant
    asked = [it for it in rounds.of(routine_id) if it.subject.text_hash == read.text_hash]
    return render(
        request,
        "portal/routines/show.html",
        {
            "shown": words.shown(routine, read, at=request.at),
            "versions": [
                words.shown(routine, it, at=request.at) for it in reversed(routine.versions)
            ],
            "rounds": round_words.all_shown(asked, at=request.at),
            "may_write": is_own and request.actor.may(Permission.WRITE_ROUTINE),
            "may_ask": is_own
            and read is routine.newest
            and request.actor.may(Permission.ASK_ROUND),
            "may_decide": is_own
            and read is routine.newest
            and request.actor.may(Permission.DECIDE_ROUTINE),
        },
    )


@needs(Permission.WRITE_ROUTINE)
@require_http_methods(FORMS)
def write_routine(request: ActorRequest, routine_id: UUID | None = None) -> HttpResponse:
    """Write a routine, or a further version of one."""
    earlier = routines.one(routine_id).newest if routine_id else None
    form = RoutineForm(request.POST or None, earlier=earlier)

    def act() -> Done:
        written = consultation.write_routine(
            form.wording,
            actor=request.actor,
            routine=routine_id,
            seen=form.cleaned_data["seen"],
            at=request.at,
        )
        address = f"{_address(written.id)}?version={written.version}"
        return Done(address, gettext("Texten är sparad som utkast."))

    def seen() -> int:
        return routines.one(routine_id).newest.version if routine_id else 0

    answer = answering.answered(request, form, act, seen=seen)
    return answer or render(
        request,
        "portal/routines/write.html",
        {
            "form": form,
            "earlier": earlier,
            "back": _address(routine_id) if routine_id else reverse("portal:routines"),
            "key": idempotent.key_for(request),
        },
        status=422 if form.errors else 200,
    )


@needs(Permission.DECIDE_ROUTINE)
@require_http_methods(FORMS)
def decide_routine(request: ActorRequest, routine_id: UUID) -> HttpResponse:
    """Tell what has been decided of the newest version."""
    read = routines.one(routine_id).newest
    form = DecisionForm(request.POST or None, decided=_own(request, read))

    def act() -> Done:
        consultation.decide_routine(
            form.decision,
            actor=request.actor,
            routine=routine_id,
            text_hash=request.POST.get("text_hash", read.text_hash),
            seen=form.cleaned_data["seen"],
            at=request.at,
        )
        return Done(_address(routine_id), gettext("Beslutet är antecknat."))

    def seen() -> int:
        now = _own(request, routines.one(routine_id).newest)
        return now.number if now else 0

    answer = answering.answered(request, form, act, seen=seen)
    return answer or render(
        request,
        "portal/agreements/decide.html",
        {
            "form": form,
            "title": gettext("Anteckna beslut"),
            "about": gettext("{title}, version {version}").format(
                title=read.wording.heading, version=read.version
            ),
            "text_hash": read.text_hash,
            "own_name": parties.name(request.actor.tenant),
            "back": _address(routine_id),
            "key": idempotent.key_for(request),
        },
        status=422 if form.errors else 200,
    )


@needs(Permission.READ_ROUTINES)
@require_safe
def compare_routine(request: ActorRequest, routine_id: UUID) -> HttpResponse:
    """Show what differs between two versions; the newest and the one before where none is named."""
    routine = routines.one(routine_id)
    if len(routine.versions) < 2:
        raise Http404("there is nothing to compare")
    before, after = chosen(request, {str(it.version): it for it in routine.versions})
    numbers = [it.version for it in routine.versions]
    return render(
        request,
        "portal/agreements/compare.html",
        {
            "title": routine.newest.wording.heading,
            "back": _address(routine_id),
            "compared": differences.of_routine(before, after),
            "form": CompareForm(numbers=numbers, before=before.version, after=after.version),
        },
    )


def _own(request: ActorRequest, version: Version) -> Decided | None:
    return version.decisions.get(request.actor.tenant)


def _address(routine_id: UUID) -> str:
    return reverse("portal:routine", args=[routine_id])


urlpatterns = [
    path("routines", list_routines, name="routines"),
    path("routines/new", write_routine, name="write_routine"),
    path("routines/<uuid:routine_id>", show_routine, name="routine"),
    path("routines/<uuid:routine_id>/revise", write_routine, name="revise_routine"),
    path("routines/<uuid:routine_id>/decide", decide_routine, name="decide_routine"),
    path("routines/<uuid:routine_id>/compare", compare_routine, name="compare_routine"),
]
