"""På-titt and remiss: a text is sent to those who are asked, and what they say is answered."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from care.identity.permissions import Permission
from care.sharing import consultation
from portal import agreed, answering, idempotent, paces, parties
from portal import rounds as words
from portal.access import ActorRequest, needs
from portal.answering import hand_out
from portal.forms.consultation import AnswerForm, AskForm, RemarkForm
from portal.idempotent import Done
from portal.papers import comments as papers
from tenants import rounds, routines
from tenants.rounds import Comment, Round, Verdict

FORMS = ["GET", "HEAD", "POST"]
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(Permission.READ_ROUTINES)
@require_safe
def show_round(request: ActorRequest, round_id: UUID) -> HttpResponse:
    """Show the text, who is asked, and the table of comments with their answers."""
    known = _round(request, round_id)
    is_own = known.subject.owner == request.actor.tenant
    return render(
        request,
        "portal/rounds/show.html",
        {
            "shown": words.shown(known, rounds.comments(known), at=request.at),
            "owner": parties.name(known.subject.owner),
            "back": _text_address(known),
            # Who is asked without being a party reads the text here alone.
            "has_back": not known.subject.is_agreement
            or request.actor.tenant in known.subject.parties,
            "may_ask": is_own and request.actor.may(Permission.ASK_ROUND),
            "may_comment": known.hears(request.actor.tenant)
            and request.actor.may(Permission.COMMENT_ROUND),
            "may_answer": is_own and request.actor.may(Permission.ANSWER_COMMENT),
        },
    )


@paces.hands_out
@needs(Permission.READ_ROUTINES)
@require_safe
def round_workbook(request: ActorRequest, round_id: UUID) -> HttpResponse:
    """Hand out the table of comments as a workbook."""
    known = _round(request, round_id)
    content = papers.workbook(known, rounds.comments(known), at=request.at)
    return hand_out(content, EXCEL, "synpunkter.xlsx")


@paces.hands_out
@needs(Permission.READ_ROUTINES)
@require_safe
def round_paper(request: ActorRequest, round_id: UUID) -> HttpResponse:
    """Hand out the table of comments as a PDF."""
    known = _round(request, round_id)
    content = papers.paper(known, rounds.comments(known), at=request.at)
    return hand_out(content, "application/pdf", "synpunkter.pdf")


@needs(Permission.ASK_ROUND)
@require_http_methods(FORMS)
def ask_of_agreement(request: ActorRequest, agreement_id: UUID) -> HttpResponse:
    """Send the newest version of an agreement to those who are asked."""
    read = agreed.ours(request.actor.tenant, agreement_id)[-1]
    back = reverse("portal:agreement", args=[agreement_id])
    return _ask(request, agreement_id, read.text_hash, read.title, back)


@needs(Permission.ASK_ROUND)
@require_http_methods(FORMS)
def ask_of_routine(request: ActorRequest, routine_id: UUID) -> HttpResponse:
    """Send the newest version of a routine to those who are asked."""
    read = routines.one(routine_id).newest
    back = reverse("portal:routine", args=[routine_id])
    return _ask(request, routine_id, read.text_hash, read.wording.heading, back)


@needs(Permission.ASK_ROUND)
@require_http_methods(FORMS)
def change_round(request: ActorRequest, round_id: UUID) -> HttpResponse:
    """Move the days of a round, or ask others."""
    known = _round(request, round_id)
    form = AskForm(request.POST or None, tenant=request.actor.tenant, known=known)

    def act() -> Done:
        consultation.ask_again(
            form.asked,
            actor=request.actor,
            known=known,
            seen=form.cleaned_data["seen"],
            at=request.at,
        )
        return Done(_address(round_id), gettext("Omgången är ändrad."))

    answer = answering.answered(request, form, act, seen=lambda: _round(request, round_id).number)
    return answer or _form(
        request, form, gettext("Ändra dagar och tillfrågade"), known.subject.title,
        _address(round_id),
    )  # fmt: skip


@needs(Permission.COMMENT_ROUND)
@require_http_methods(FORMS)
def comment_round(request: ActorRequest, round_id: UUID) -> HttpResponse:
    """Write a comment for one of our bodies, or for one that we speak for."""
    known = _round(request, round_id)
    first = {"body": parties.name(request.actor.tenant)}
    form = RemarkForm(request.POST or None, initial=first)
    if form.is_valid():

        def act() -> Done:
            consultation.comment(form.remark, actor=request.actor, known=known, at=request.at)
            return Done(_address(round_id), gettext("Synpunkten är sparad."))

        return idempotent.once(request, act)
    return _form(
        request, form, gettext("Lämna en synpunkt"), known.subject.title, _address(round_id)
    )


@needs(Permission.ANSWER_COMMENT)
@require_http_methods(FORMS)
def answer_comment(request: ActorRequest, round_id: UUID, comment_id: UUID) -> HttpResponse:
    """Say what becomes of a comment on our text."""
    known = _round(request, round_id)
    said = _comment(known, comment_id)
    form = AnswerForm(request.POST or None, said=said)

    def act() -> Done:
        consultation.answer(
            Verdict(form.cleaned_data["verdict"]),
            form.cleaned_data["reason"].strip(),
            actor=request.actor,
            known=known,
            said=said,
            seen=form.cleaned_data["seen"],
            at=request.at,
        )
        return Done(f"{_address(round_id)}#comments", gettext("Svaret är sparat."))

    def seen() -> int:
        now = _comment(known, comment_id).answer
        return now.number if now else 0

    answer = answering.answered(request, form, act, seen=seen)
    title = gettext("Svara på synpunkt {number}").format(number=said.number)
    return answer or _form(
        request, form, title, known.subject.title, _address(round_id), said=said,
        who=words.who(said),
    )  # fmt: skip


def _ask(
    request: ActorRequest, subject: UUID, text_hash: str, title: str, back: str
) -> HttpResponse:
    form = AskForm(request.POST or None, tenant=request.actor.tenant)

    def act() -> Done:
        asked = consultation.ask(
            form.asked, actor=request.actor, subject=subject, text_hash=text_hash, at=request.at
        )
        done = gettext("Texten är utskickad. De tillfrågade ser den i Samplan.")
        return Done(_address(asked.id), done)

    answer = answering.answered(request, form, act, seen=lambda: 0)
    return answer or _form(request, form, gettext("Skicka ut för synpunkter"), title, back)


def _form(
    request: ActorRequest, form: AskForm | RemarkForm | AnswerForm, title: str, about: str,
    back: str, **more: object,
) -> HttpResponse:  # fmt: skip
    return render(
        request,
        "portal/rounds/form.html",
        {
            "form": form,
            "title": title,
            "about": about,
            "back": back,
            "key": idempotent.key_for(request),
            **more,
        },
        status=422 if form.errors else 200,
    )


def _round(request: ActorRequest, round_id: UUID) -> Round:
    """Return a round that our huvudman may read, and that the role may.

    :raises rounds.NoSuchRound: if there is none for it
    :raises PermissionDenied: if it is of an agreement, and the role reads none
    """
    known = rounds.one(round_id, reader=request.actor.tenant)
    if known.subject.is_agreement and not request.actor.may(Permission.READ_AGREEMENTS):
        raise PermissionDenied("the role does not read agreements")
    return known


def _comment(known: Round, comment_id: UUID) -> Comment:
    found = (it for it in rounds.comments(known) if it.id == comment_id)
    if (said := next(found, None)) is None:
        raise Http404("no such comment")
    return said


def _text_address(known: Round) -> str:
    name = "portal:agreement" if known.subject.is_agreement else "portal:routine"
    return f"{reverse(name, args=[known.subject.id])}?version={known.subject.version}"


def _address(round_id: UUID) -> str:
    return reverse("portal:round", args=[round_id])


urlpatterns = [
    path("agreements/<uuid:agreement_id>/rounds/new", ask_of_agreement, name="ask_of_agreement"),
    path("routines/<uuid:routine_id>/rounds/new", ask_of_routine, name="ask_of_routine"),
    path("rounds/<uuid:round_id>", show_round, name="round"),
    path("rounds/<uuid:round_id>/comments.xlsx", round_workbook, name="round_workbook"),
    path("rounds/<uuid:round_id>/comments.pdf", round_paper, name="round_paper"),
    path("rounds/<uuid:round_id>/change", change_round, name="change_round"),
    path("rounds/<uuid:round_id>/comments/new", comment_round, name="comment_round"),
    path(
        "rounds/<uuid:round_id>/comments/<uuid:comment_id>",
        answer_comment,
        name="answer_comment",
    ),
]
