"""Byta system: an old system's open cases are read in, reconciled each day, and it is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from care.discharge.takeover import importing, leaving, reconciling
from care.discharge.takeover.importing import BadFile, Refused
from care.discharge.takeover.reconciling import Compared, Counts, Match, Result
from care.identity.permissions import Permission
from care.law import calendar
from portal import imports, times
from portal.access import ActorRequest, needs
from portal.forms.takeover import CasesForm, SystemForm
from portal.idempotent import Done, new_key, once

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Words

MATCHES: "Mapping[Match, tuple[Words, str]]" = {
    Match.CLOSED_THERE: (_("Avslutat där, öppet här"), "danger"),
    Match.DIFFERENT: (_("Olika"), "warning"),
    Match.ONLY_THERE: (_("Bara där"), "warning"),
    Match.ONLY_HERE: (_("Bara här"), "warning"),
    Match.IN_BOTH: (_("Lika i båda"), "success"),
}


@dataclass(frozen=True)
class Counted:
    """One thing that is counted there and here."""

    label: str
    there: int
    here: int


@needs(Permission.RECONCILE_CASES)
def show(request: ActorRequest) -> HttpResponse:
    """Show how far each change of system has come, day by day."""
    return _page(request, ())


@needs(Permission.TAKE_OVER_CASES)
def import_cases(request: ActorRequest) -> HttpResponse:
    """Show what a file would do; take it over when somebody has read that."""
    return imports.answer(
        request,
        what=imports.CASES,
        make_form=CasesForm,
        act=lambda content, dry_run: importing.import_cases(
            actor=request.actor,
            system=request.POST.get("system", ""),
            content=content,
            dry_run=dry_run,
            at=request.at,
        ),
    )


@needs(Permission.RECONCILE_CASES)
def reconcile(request: ActorRequest) -> HttpResponse:
    """Compare the old system's file of today with our cases, and show each difference."""
    form = CasesForm(request.POST or None, request.FILES or None)
    result = None
    if request.method == "POST" and form.is_valid():
        try:
            result = reconciling.reconcile(
                actor=request.actor,
                system=form.cleaned_data["system"],
                content=form.cleaned_data["file"].read(),
                at=request.at,
            )
        except (BadFile, Refused) as bad:
            form.add_error("file", str(bad))
    is_wrong = bool(form.errors) or bool(result and result.faults)
    return render(
        request,
        "portal/takeover/reconcile.html",
        {
            "form": form,
            "result": result,
            "groups": _groups(result) if result else (),
            "counted": _counted(result.there, result.here) if result else (),
            "counts": [
                (label, color, len(result.of(match))) for match, (label, color) in MATCHES.items()
            ]
            if result
            else (),
        },
        status=422 if is_wrong else 200,
    )


@require_POST
@needs(Permission.CUT_OVER)
def cut_over(request: ActorRequest) -> HttpResponse:
    """Leave an old system, or say why it cannot be left yet."""
    form = SystemForm(request.POST)
    if not form.is_valid():
        return _page(request, (gettext("Skriv vad det gamla systemet heter."),))

    def act() -> Done:
        system = form.cleaned_data["system"]
        leaving.cut_over(actor=request.actor, system=system, at=request.at)
        return Done(reverse("portal:takeover"), gettext("Övergången är gjord."))

    try:
        return once(request, act)
    except leaving.CannotLeave as refused:
        return _page(request, refused.reasons)
    except Refused as refused:
        return _page(request, (str(refused),))


def _page(request: ActorRequest, reasons: Sequence[str]) -> HttpResponse:
    today = calendar.local_date(request.at)
    found = [
        {
            "system": it.system,
            "days": [
                (times.day(calendar.local_date(day.at), at=request.at), day,
                 _counted(day.there, day.here), _different(day.counts))
                for day in it.days
            ],
            "left": it.left,
            "left_at": times.absolute(it.left.at, at=request.at) if it.left else "",
            "agrees_today": bool(it.days)
            and it.days[0].agrees
            and calendar.local_date(it.days[0].at) == today,
            "key": new_key(),
        }
        for it in leaving.standings(actor=request.actor)
    ]  # fmt: skip
    return render(
        request,
        "portal/takeover/page.html",
        {"found": found, "reasons": reasons},
        status=422 if reasons else 200,
    )


def _different(counts: Mapping[Match, int]) -> int:
    return sum(number for match, number in counts.items() if match is not Match.IN_BOTH)


def _counted(there: Counts, here: Counts) -> tuple[Counted, ...]:
    return (
        Counted(gettext("Öppna ärenden"), there.open_cases, here.open_cases),
        Counted(gettext("Med kallelse"), there.calls, here.calls),
        Counted(gettext("Med beräknad utskrivning"), there.estimates, here.estimates),
    )


def _groups(result: Result) -> tuple[tuple[str, tuple[Compared, ...]], ...]:
    """Return the cases to be read; those that agree are only counted."""
    return tuple(
        (str(label), result.of(match))
        for match, (label, _color) in MATCHES.items()
        if match is not Match.IN_BOTH and result.of(match)
    )


urlpatterns = [
    path("takeover", show, name="takeover"),
    path("takeover/import", import_cases, name="take_over_cases"),
    path("takeover/reconcile", reconcile, name="reconcile_cases"),
    path("takeover/cut-over", cut_over, name="cut_over"),
]
