"""A file that is imported in two steps: what it would change is read first, then it is taken over.

What was read travels in the page, packed, so that the very same file is taken over.
"""

import zlib
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from care.discharge.takeover import reading
from care.discharge.takeover.importing import Outcome, Refused
from care.identity import importing
from care.identity.hsa import sample
from care.identity.importing import Change
from portal.access import ActorRequest
from portal.forms.units import ImportForm
from portal.idempotent import Done, new_key, once

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Words

BAD = (importing.BadFile, reading.BadFile, Refused)  # their words are for whoever has the file
PACKED_SHARE = 0.9  # of what a form may hold; the rest is for the other fields
# What an import does with a row, in words and as a colour; the last kind is only counted.
CHANGES: "Mapping[StrEnum, tuple[Words, str]]" = {
    Change.REFUSED: (_("Kan inte läsas in"), "danger"),
    Change.ADDED: (_("Nytt"), "success"),
    Change.ASKED: (_("Begärs, någon annan godkänner"), "info"),
    Change.CHANGED: (_("Ändrat"), "info"),
    Change.ENDED: (_("Avslutas"), "warning"),
    Change.LEFT_OUT: (_("Lämnas utanför"), "neutral"),
    Change.UNCHANGED: (_("Oförändrat"), "neutral"),
}
OUTCOMES: "Mapping[StrEnum, tuple[Words, str]]" = {
    Outcome.REFUSED: (_("Kan inte läsas in"), "danger"),
    Outcome.TO_DECIDE: (_("Att avgöra"), "warning"),
    Outcome.ADDED: (_("Nytt"), "success"),
    Outcome.CHANGED: (_("Ändrat"), "info"),
    Outcome.UNCHANGED: (_("Oförändrat"), "neutral"),
}


class Report(Protocol):
    """What is told of a file before it is taken over, and of having done it."""

    @property
    def is_refused(self) -> bool:
        """Tell whether a line was refused."""

    def of(self, kind: Any, /) -> Sequence[Any]:
        """Return the lines of one kind."""


@dataclass(frozen=True)
class What:
    """What is imported, and what the page says of it."""

    title: "str | Words"
    ends: "str | Words"
    done: "str | Words"
    back: str
    heading: "str | Words"
    sample: str
    kinds: "Mapping[StrEnum, tuple[Words, str]]"
    subject: "str | Words"
    kept: tuple[str, ...] = ()  # fields that go along when the file is taken over


UNITS = What(
    _("Läs in enheter"),
    _("Filen är hela listan: en enhet som saknas i den avslutas."),
    _("Enheterna är inlästa."),
    "portal:units",
    _("Första raden är rubrikerna, i den här ordningen:"),
    importing.UNITS_SAMPLE,
    CHANGES,
    _("HSA-id"),
)
ASSIGNMENTS = What(
    _("Läs in uppdrag"),
    _("Filen är hela listan: ett uppdrag som saknas i den avslutas."),
    _("Uppdragen är inlästa."),
    "portal:staff",
    _("Första raden är rubrikerna, i den här ordningen:"),
    importing.ASSIGNMENTS_SAMPLE,
    CHANGES,
    _("HSA-id"),
)
HSA = What(
    _("Läs in uttag ur HSA"),
    _("Uttaget är hela listan: vad som saknas i det avslutas. Lokala uppdrag rörs inte."),
    _("Uttaget ur HSA är inläst."),
    "portal:staff",
    _("Uttaget är svar av GetCredentialsForPersonIncludingProtectedPerson 2.2:"),
    sample.BATCH,
    CHANGES,
    _("HSA-id"),
)
HSA_BY_TWO = replace(
    HSA,
    kinds={
        Change.ASKED: CHANGES[Change.ASKED],
        Change.CHANGED: CHANGES[Change.CHANGED],
        Change.AWAITED: (_("Görs när driften läser in uttaget"), "neutral"),
        Change.LEFT_OUT: CHANGES[Change.LEFT_OUT],
        Change.UNCHANGED: CHANGES[Change.UNCHANGED],
    },
    ends=_("Nya uppdrag begärs härifrån, och någon annan godkänner dem. Driften läser in resten."),
    done=_("Det som är nytt i uttaget är begärt. Någon annan godkänner det."),
)
CASES = What(
    _("Läs in ärenden från ett gammalt system"),
    _("Har någon rad fel läses ingenting in."),
    _("Ärendena är inlästa."),
    "portal:takeover",
    _("Första raden är rubrikerna, i vilken ordning som helst:"),
    reading.SAMPLE,
    OUTCOMES,
    _("Referens"),
    ("system",),
)


def answer(
    request: ActorRequest,
    *,
    what: What,
    act: Callable[[bytes, bool], Report],
    make_form: type[ImportForm] = ImportForm,
) -> HttpResponse:
    """Show the form, the report of a dry run, or take the file over."""
    if "packed" in request.POST:
        return _take_over(request, what, act, make_form)
    form = make_form(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            return _page(request, what, form, act(content, True), _packed(content))
        except BAD as bad:
            form.add_error("file", str(bad))
    return _page(request, what, form, None, "")


def _take_over(
    request: ActorRequest,
    what: What,
    act: Callable[[bytes, bool], Report],
    make_form: type[ImportForm],
) -> HttpResponse:
    content = _unpacked(request.POST["packed"])
    form = make_form(initial={name: request.POST.get(name, "") for name in what.kept})

    def write() -> Done:
        act(content, False)
        return Done(reverse(what.back), str(what.done))

    try:
        # Something may have changed meanwhile: then the report is shown anew, and nothing is
        # written.
        report = act(content, True)
        if not report.is_refused:
            return once(request, write)
    except BAD as bad:
        form = make_form(request.POST, request.FILES)
        form.add_error(None, str(bad))
        return _page(request, what, form, None, "")
    return _page(request, what, form, report, request.POST["packed"])


def _page(
    request: ActorRequest, what: What, form: ImportForm, report: Report | None, packed: str
) -> HttpResponse:
    is_wrong = bool(form.errors) or (report is not None and report.is_refused)
    is_too_large = len(packed) > PACKED_SHARE * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return render(
        request,
        "portal/units/import.html",
        {
            "what": what,
            "back_url": reverse(what.back),
            "form": form,
            "report": report,
            "counts": _counts(what, report) if report else (),
            "groups": _groups(what, report) if report else (),
            "kept": [(name, request.POST.get(name, "")) for name in what.kept],
            "packed": "" if is_too_large else packed,
            "is_too_large": is_too_large,
            "key": new_key(),
        },
        status=422 if is_wrong else 200,
    )


def _counts(what: What, report: Report) -> tuple[tuple[str, str, int], ...]:
    return tuple(
        (str(label), color, len(report.of(kind))) for kind, (label, color) in what.kinds.items()
    )


def _groups(what: What, report: Report) -> tuple[tuple[str, str, Sequence[Any]], ...]:
    """Return the lines to be read; unchanged ones, the last kind, are only counted."""
    *told, _unchanged = what.kinds
    return tuple(
        (str(what.kinds[kind][0]), what.kinds[kind][1], report.of(kind))
        for kind in told
        if report.of(kind)
    )


def _packed(content: bytes) -> str:
    # Of letters that a form sends as they are.
    return urlsafe_b64encode(zlib.compress(content)).decode()


def _unpacked(packed: str) -> bytes:
    """Return the file again; never more than a file may hold, whatever was sent."""
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(
            b64decode(packed, altchars="-_", validate=True), importing.LARGEST
        )
    except (ValueError, zlib.error):
        raise BadRequest("the packed file cannot be read") from None
    if not unpacking.eof:
        raise BadRequest("the packed file is too large or cut off")
    return content
