"""Överenskommelser: what ours are, and how one is drafted, signed and ended (4 kap. 4-5 §§)."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext

from care.identity.permissions import Permission
from care.sharing import operations, simulation
from portal import agreed, forecasts, idempotent, parties, way
from portal import rounds as words
from portal.access import ActorRequest, needs
from portal.forms.agreements import Draft, End
from portal.idempotent import Done
from tenants import agreements, decisions, rounds
from tenants.agreements import Agreement, Channel, State

LIVE = frozenset({State.DRAFT, State.SIGNING, State.SIGNED, State.IN_FORCE})


@needs(Permission.READ_AGREEMENTS)
def list_agreements(request: ActorRequest) -> HttpResponse:
    """Show the agreements that name this huvudman."""
    tenant = request.actor.tenant
    ours = [agreed.shown(it, at=request.at) for it in agreements.concerning(tenant)]
    asking = [it for it in rounds.asking(tenant) if it.subject.is_agreement]
    return render(
        request,
        "portal/agreements/list.html",
        {
            "agreements": ours,
            "asking": words.all_shown(asking[::-1], at=request.at),
            "may_draft": _may(request, Permission.DRAFT_AGREEMENT),
        },
    )


@needs(Permission.READ_AGREEMENTS)
def show_agreement(request: ActorRequest, agreement_id: UUID) -> HttpResponse:
    """Show an agreement with its versions; `?version=` shows an earlier one."""
    versions = agreed.ours(request.actor.tenant, agreement_id)
    wanted = request.GET.get("version", "")
    read = next((it for it in versions if str(it.version) == wanted), versions[-1])
    is_newest = read is versions[-1]
    asked = words.all_shown(rounds.of(agreement_id), at=request.at)
    decided = decisions.decided(agreement_id)
    return render(
        request,
        "portal/agreements/show.html",
        {
            "shown": agreed.shown(read, at=request.at),
            "versions": [agreed.shown(it, at=request.at) for it in reversed(versions)],
            "channels": _channels(),
            "may_sign": is_newest and _may_sign(request, read),
            "may_end": read.state(request.at) in LIVE and _may(request, Permission.END_AGREEMENT),
            "may_draft": _may(request, Permission.DRAFT_AGREEMENT) and not read.ended_at,
            "is_newest": is_newest,
            "standings": way.standings(read, decided, at=request.at),
            "events": way.events(versions, decided, asked, at=request.at),
            "may_decide": is_newest and _may(request, Permission.DECIDE_AGREEMENT),
            "may_ask": is_newest
            and _may(request, Permission.ASK_ROUND)
            and read.written_by == request.actor.tenant,
            "may_forecast": _may(request, Permission.DRAFT_AGREEMENT) and not read.ended_at,
        },
    )


@needs(Permission.DRAFT_AGREEMENT)
def show_forecast(request: ActorRequest, agreement_id: UUID) -> HttpResponse:
    """Show what the newest version would open and close here, as counts."""
    read = agreed.ours(request.actor.tenant, agreement_id)[-1]
    return render(
        request,
        "portal/agreements/forecast.html",
        {"shown": agreed.shown(read, at=request.at), **_forecast(request, read)},
    )


@needs(Permission.DRAFT_AGREEMENT)
def draft_agreement(request: ActorRequest, agreement_id: UUID | None = None) -> HttpResponse:
    """Write an agreement, or a further version of one, or see first what it would open."""
    earlier = agreed.ours(request.actor.tenant, agreement_id)[-1] if agreement_id else None
    form = Draft(request.POST or None, tenant=request.actor.tenant, earlier=earlier)
    foretold: dict[str, object] = {}
    if form.is_valid() and "forecast" in request.POST:
        text = agreements.propose(agreement=agreement_id, at=request.at, **form.values)
        foretold = _forecast(request, text)
    elif form.is_valid():

        def act() -> Done:
            drafted = agreements.draft(agreement=agreement_id, at=request.at, **form.values)
            return Done(_address(drafted.id), gettext("Utkastet är sparat."))

        return idempotent.once(request, act)
    return render(
        request,
        "portal/agreements/draft.html",
        {
            "form": form,
            "earlier": earlier,
            "own_name": parties.name(request.actor.tenant),
            "channels": _channels(),
            "key": idempotent.key_for(request),
            **foretold,
        },
        status=422 if form.errors else 200,
    )


@needs(Permission.SIGN_AGREEMENT, fresh=True)
def sign_agreement(request: ActorRequest, agreement_id: UUID) -> HttpResponse:
    """Show the very text that is signed, with its hash; sign it when it comes back."""
    if request.method == "POST":
        return idempotent.once(request, lambda: _sign(request, agreement_id))
    read = agreed.ours(request.actor.tenant, agreement_id)[-1]
    return render(
        request,
        "portal/agreements/sign.html",
        {
            "shown": agreed.shown(read, at=request.at),
            "channels": _channels(),
            "may_sign": _may_sign(request, read),
            "standing": way.own(read, decisions.decided(read.id), at=request.at),
            "own_name": parties.name(request.actor.tenant),
            "key": idempotent.new_key(),
        },
    )


@needs(Permission.END_AGREEMENT, fresh=True)
def end_agreement(request: ActorRequest, agreement_id: UUID) -> HttpResponse:
    """Say what ends with the agreement, and end it."""
    read = agreed.ours(request.actor.tenant, agreement_id)[-1]
    form = End(request.POST or None)
    if form.is_valid():

        def act() -> Done:
            operations.end_agreement(
                actor=request.actor,
                agreement=agreement_id,
                reason=form.cleaned_data["reason"],
                at=request.at,
            )
            return Done(_address(agreement_id), gettext("Överenskommelsen är uppsagd."))

        return idempotent.once(request, act)
    return render(
        request,
        "portal/agreements/end.html",
        {
            "form": form,
            "shown": agreed.shown(read, at=request.at),
            "key": idempotent.key_for(request),
        },
        status=422 if form.errors else 200,
    )


def _forecast(request: ActorRequest, text: Agreement) -> dict[str, object]:
    told = simulation.forecast(text, actor=request.actor, at=request.at)
    return {
        "forecast": forecasts.shown(told, at=request.at),
        "own_name": parties.name(request.actor.tenant),
    }


def _channels() -> list[tuple[str, str]]:
    return [(str(agreed.CHANNEL_LABELS[it]), str(agreed.CHANNEL_TEXTS[it])) for it in Channel]


def _sign(request: ActorRequest, agreement_id: UUID) -> Done:
    signed = operations.sign_agreement(
        actor=request.actor,
        agreement=agreement_id,
        text_hash=request.POST.get("text_hash", ""),
        at=request.at,
    )
    missing = ", ".join(parties.name(it) for it in signed.missing)
    if missing:
        said = gettext("Du har skrivit under. Nu väntar ni på {missing}.").format(missing=missing)
    else:
        said = gettext("Du har skrivit under. Alla parter har nu skrivit under.")
    return Done(_address(agreement_id), said)


def _may(request: ActorRequest, permission: Permission) -> bool:
    return request.actor.may(permission)


def _may_sign(request: ActorRequest, read: Agreement) -> bool:
    return (
        _may(request, Permission.SIGN_AGREEMENT)
        and request.actor.tenant in read.missing
        and not read.ended_at
    )


def _address(agreement_id: UUID) -> str:
    return reverse("portal:agreement", args=[agreement_id])


urlpatterns = [
    path("agreements", list_agreements, name="agreements"),
    path("agreements/new", draft_agreement, name="draft_agreement"),
    path("agreements/<uuid:agreement_id>", show_agreement, name="agreement"),
    path("agreements/<uuid:agreement_id>/revise", draft_agreement, name="revise_agreement"),
    path("agreements/<uuid:agreement_id>/sign", sign_agreement, name="sign_agreement"),
    path("agreements/<uuid:agreement_id>/forecast", show_forecast, name="forecast_agreement"),
    path("agreements/<uuid:agreement_id>/end", end_agreement, name="end_agreement"),
]
