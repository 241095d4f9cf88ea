"""Meddelanden: read, acknowledge, hand back, assign, forward, return, correct."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from care.discharge import queries as cases
from care.discharge.queries import CasePage
from care.identity import queries as identity
from care.identity.permissions import Permission
from care.inbox import operations, queries
from care.inbox.queries import Sent, View
from care.sharing.access import NotVisible, Reason
from portal import idempotent, shown
from portal.access import ActorRequest, needs
from portal.forms import ActForm, initial_from
from portal.forms.acts import FORMS
from portal.forms.messages import AssignForm, ForwardForm, RejectForm
from portal.idempotent import Done


@needs(Permission.READ_CASE, Permission.READ_INBOX)
@require_safe
def message(request: ActorRequest, message_id: UUID) -> HttpResponse:
    """Show a message and who has seen it; the first look at it is noted as opened."""
    page, sent = _found(request, message_id)
    ours = [it for it in sent.receipts if it.unit_id == request.actor.unit_id]
    if any(it.opened_at is None for it in ours):
        operations.open_message(actor=request.actor, message_id=message_id, at=request.at)
    return render(request, "portal/messages/page.html", _context(request, page, sent))


@needs(Permission.ACKNOWLEDGE_MESSAGE)
@require_POST
def acknowledge_message(request: ActorRequest, message_id: UUID) -> HttpResponse:
    """Take a message on; from the list one comes back to it, with a way to undo."""

    def act() -> Done:
        case = operations.acknowledge_message(
            actor=request.actor, message_id=message_id, at=request.at
        )
        if request.POST.get("from") in set(View):
            told = {"view": request.POST["from"], "done": message_id}
            return Done(f"{reverse('portal:home')}?{urlencode(told)}", "")
        return Done(
            _case_url(case.pk), gettext("Meddelandet är kvitterat. Avsändaren ser ditt namn.")
        )

    return idempotent.once(request, act)


@needs(Permission.ACKNOWLEDGE_MESSAGE)
@require_POST
def hand_back_message(request: ActorRequest, message_id: UUID) -> HttpResponse:
    """Give a message back to the unit's inbox: the way to undo an acknowledgement."""

    def act() -> Done:
        operations.hand_back_message(actor=request.actor, message_id=message_id, at=request.at)
        return Done(reverse("portal:home"), gettext("Meddelandet väntar åter på att kvitteras."))

    return idempotent.once(request, act)


@needs(Permission.ASSIGN_MESSAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def assign_message(request: ActorRequest, message_id: UUID) -> HttpResponse:
    """Let a colleague at the unit have a message."""
    here = identity.assignments_of_unit(unit_id=request.actor.unit_id, at=request.at)
    names = dict.fromkeys(it.name for it in here)
    form = AssignForm(request.POST or None, choices=[(it, it) for it in names])
    words = {
        "title": _("Fördela meddelandet"),
        "button": _("Fördela"),
        "means": _("Enheten ser namnet i arbetslistan."),
        "done": gettext("Meddelandet är fördelat till {}.").format(form["to_name"].value() or ""),
    }
    return _handled(request, message_id, form, operations.assign_message, words)


@needs(Permission.FORWARD_MESSAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def forward_message(request: ActorRequest, message_id: UUID) -> HttpResponse:
    """Let another unit of the same huvudman receive a message instead."""
    units = queries.forwardable(actor=request.actor)
    form = ForwardForm(request.POST or None, choices=[(it.hsa_id, it.name) for it in units])
    words = {
        "title": _("Vidaresänd meddelandet"),
        "button": _("Vidaresänd"),
        "means": _("Den andra enheten tar emot meddelandet i stället för er. Avsändaren ser det."),
        "done": gettext("Meddelandet är vidaresänt."),
    }
    return _handled(request, message_id, form, operations.forward_message, words)


@needs(Permission.REJECT_MESSAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def reject_message(request: ActorRequest, message_id: UUID) -> HttpResponse:
    """Return a message that was sent to the wrong place."""
    form = RejectForm(request.POST or None)
    words = {
        "title": _("Felsänt – returnera"),
        "button": _("Returnera"),
        "means": _("Avsändaren ser att ni inte är rätt mottagare, och varför."),
        "done": gettext("Meddelandet är returnerat. Avsändaren ser varför."),
        "is_grave": True,
    }
    return _handled(request, message_id, form, operations.reject_message, words)


@needs(Permission.REPLACE_MESSAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def replace_message(request: ActorRequest, message_id: UUID) -> HttpResponse:
    """Send a correction of a message of one's own; both stay readable."""
    page, sent = _found(request, message_id)
    act = shown.act_of(sent, {it.id: it for it in page.messages})
    is_ours = sent.sender_unit == request.actor.unit_id
    # Where it has been corrected: a form that is sent twice is answered alike (`_corrected`).
    is_corrected = bool(sent.replaced_by) and request.method != "POST"
    if act not in FORMS or not is_ours or is_corrected:
        raise Http404
    form = _correction(request, FORMS[act], sent)
    if form.is_valid():
        return idempotent.once(request, lambda: _corrected(request, sent, form, page))
    context = _context(request, page, sent) | {"form": form, "key": idempotent.key_for(request)}
    status = 422 if form.is_bound else 200
    return render(request, "portal/messages/replace.html", context, status=status)


def _found(request: ActorRequest, message_id: UUID) -> tuple[CasePage, Sent]:
    """Return a message with its case, whose door judges who may read it."""
    case_id = queries.case_id_of_message(actor=request.actor, message_id=message_id)
    page = cases.case_page(actor=request.actor, case_id=case_id, at=request.at)
    return page, next(it for it in page.messages if it.id == message_id)


def _context(request: ActorRequest, page: CasePage, sent: Sent) -> dict[str, Any]:
    actor, at = request.actor, request.at
    names = shown.names_of(page)
    all_shown = shown.messages(page.messages, actor=actor, names=names, at=at)
    one = next(it for it in all_shown if it.id == sent.id)
    is_ours = sent.sender_unit == actor.unit_id
    return {
        "page": page,
        "about": shown.about(page, at=at),
        "message": one,
        "earlier": next((it for it in all_shown if it.id == sent.replaces), None),
        "later": next((it for it in all_shown if it.id == sent.replaced_by), None),
        "may_acknowledge": one.waits_for_us and actor.may(Permission.ACKNOWLEDGE_MESSAGE),
        "may_hand_back": one.acknowledged_by_us and actor.may(Permission.ACKNOWLEDGE_MESSAGE),
        "may_assign": not is_ours and actor.may(Permission.ASSIGN_MESSAGE),
        "may_forward": one.waits_for_us and actor.may(Permission.FORWARD_MESSAGE),
        "may_reject": one.waits_for_us and actor.may(Permission.REJECT_MESSAGE),
        "may_replace": is_ours
        and not sent.replaced_by
        and one.act in FORMS
        and actor.may(Permission.REPLACE_MESSAGE),
        "key": idempotent.new_key(),
    }


def _handled(
    request: ActorRequest,
    message_id: UUID,
    form: forms.Form,
    operation: Callable[..., Any],
    words: dict[str, Any],
) -> HttpResponse:
    """Show the form of what is done with a message, and do it."""
    if form.is_valid():

        def act() -> Done:
            operation(
                actor=request.actor, message_id=message_id, at=request.at, **form.cleaned_data
            )
            return Done(reverse("portal:home"), words["done"])

        return idempotent.once(request, act)
    page, sent = _found(request, message_id)
    if request.actor.unit_id not in {it.unit_id for it in sent.receipts}:
        raise NotVisible(actor=request.actor, common_id=None, reason=Reason.NOT_THE_UNITS_MESSAGE)
    context = {
        **_context(request, page, sent),
        **words,
        "form": form,
        "key": idempotent.key_for(request),
    }
    status = 422 if form.is_bound else 200
    return render(request, "portal/messages/handle.html", context, status=status)


def _correction(request: ActorRequest, kind: type[ActForm], sent: Sent) -> ActForm:
    """Return the form of the first message with its content; it goes to whom the first one went."""
    initial = initial_from(
        kind, {**sent.core, **sent.extension, "ground": sent.secrecy_ground}.items()
    )
    form = kind(request.POST if request.method == "POST" else None, initial=initial)
    for name in ("recipients", *kind.not_sent):
        form.fields.pop(name, None)
    return form.for_branch(request.actor.branch)


def _corrected(request: ActorRequest, sent: Sent, form: ActForm, page: CasePage) -> Done:
    """Send the correction; the newest message alone is corrected, so that none is divided.

    :raises Http404: if the message has been corrected already
    """
    if sent.replaced_by:
        raise Http404
    core, beyond = form.divided()
    # An answer that is emptied is taken back: of the first message only what was not asked stands.
    unasked = {name: it for name, it in sent.core.items() if name not in form.base_fields}
    operations.replace_message(
        actor=request.actor,
        message_id=sent.id,
        core={**unasked, **core},
        extension=beyond,
        ground=form.cleaned_data.get("ground", ""),
        at=request.at,
    )
    return Done(_case_url(page.case_id), gettext("Rättelsen är skickad. Båda går att läsa."))


def _case_url(case_id: UUID) -> str:
    return reverse("portal:case", args=[case_id])


urlpatterns = [
    path("messages/<uuid:message_id>", message, name="message"),
    path(
        "messages/<uuid:message_id>/acknowledge-message",
        acknowledge_message,
        name="acknowledge_message",
    ),
    path(
        "messages/<uuid:message_id>/hand-back-message", hand_back_message, name="hand_back_message"
    ),
    path("messages/<uuid:message_id>/assign-message", assign_message, name="assign_message"),
    path("messages/<uuid:message_id>/forward-message", forward_message, name="forward_message"),
    path("messages/<uuid:message_id>/reject-message", reject_message, name="reject_message"),
    path("messages/<uuid:message_id>/replace-message", replace_message, name="replace_message"),
]
