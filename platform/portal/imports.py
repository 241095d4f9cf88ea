"""A file that is imported in two steps: what it would change is read first, then it is taken over.

What was read travels in the page, packed, so that the very same file is taken over.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from care.identity import importing
from care.identity.importing import BadFile, Change, Report
from portal.access import ActorRequest
from portal.forms.units import ImportForm
from portal.idempotent import Done, new_key, once

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Words

LARGEST_PACKED = 2_000_000  # characters in the page; a browser and Django take no more in a field
CHANGE_LABELS = {
    Change.REFUSED: _("Kan inte läsas in"),
    Change.ADDED: _("Nytt"),
    Change.CHANGED: _("Ändrat"),
    Change.ENDED: _("Avslutas"),
    Change.UNCHANGED: _("Oförändrat"),
}
CHANGE_COLORS = {
    Change.REFUSED: "danger",
    Change.ADDED: "success",
    Change.CHANGED: "info",
    Change.ENDED: "warning",
    Change.UNCHANGED: "neutral",
}


@dataclass(frozen=True)
class What:
    """What is imported, and what the page says of it."""

    title: "str | Words"
    ends: "str | Words"
    done: "str | Words"
    back: str
    columns: tuple[str, ...]
    sample: str


UNITS = What(
    _("Läs in enheter"),
    _("Filen är hela listan: en enhet som saknas i den avslutas."),
    _("Enheterna är inlästa."),
    "portal:units",
    importing.UNIT_COLUMNS,
    importing.UNITS_SAMPLE,
)
ASSIGNMENTS = What(
    _("Läs in uppdrag"),
    _("Filen är hela listan: ett uppdrag som saknas i den avslutas."),
    _("Uppdragen är inlästa."),
    "portal:staff",
    importing.ASSIGNMENT_COLUMNS,
    importing.ASSIGNMENTS_SAMPLE,
)


def answer(
    request: ActorRequest, *, what: What, act: Callable[[bytes, bool], Report]
) -> HttpResponse:
    """Show the form, the report of a dry run, or take the file over."""
    if "packed" in request.POST:
        return _take_over(request, what, act)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            return _page(request, what, form, act(content, True), _packed(content))
        except BadFile as bad:
            form.add_error("file", str(bad))
    return _page(request, what, form, None, "")


def _take_over(
    request: ActorRequest, what: What, act: Callable[[bytes, bool], Report]
) -> HttpResponse:
    content = _unpacked(request.POST["packed"])
    # Something may have changed meanwhile: then the report is shown anew and nothing is written.
    report = act(content, True)
    if report.is_refused:
        return _page(request, what, ImportForm(), report, request.POST["packed"])

    def write() -> Done:
        act(content, False)
        return Done(reverse(what.back), str(what.done))

    return once(request, write)


def _page(
    request: ActorRequest, what: What, form: ImportForm, report: Report | None, packed: str
) -> HttpResponse:
    is_wrong = bool(form.errors) or (report is not None and report.is_refused)
    return render(
        request,
        "portal/units/import.html",
        {
            "what": what,
            "back_url": reverse(what.back),
            "form": form,
            "report": report,
            "counts": _counts(report) if report else (),
            "groups": _groups(report) if report else (),
            "packed": packed if len(packed) <= LARGEST_PACKED else "",
            "is_too_large": len(packed) > LARGEST_PACKED,
            "key": new_key(),
        },
        status=422 if is_wrong else 200,
    )


def _counts(report: Report) -> tuple[tuple[str, str, int], ...]:
    return tuple(
        (str(label), CHANGE_COLORS[change], len(report.of(change)))
        for change, label in CHANGE_LABELS.items()
    )


def _groups(report: Report) -> tuple[tuple[str, str, tuple[importing.Line, ...]], ...]:
    """Return the lines to be read; unchanged ones are only counted."""
    return tuple(
        (str(label), CHANGE_COLORS[change], report.of(change))
        for change, label in CHANGE_LABELS.items()
        if change is not Change.UNCHANGED and report.of(change)
    )


def _packed(content: bytes) -> str:
    return b64encode(zlib.compress(content)).decode()


def _unpacked(packed: str) -> bytes:
    """Return the file again; never more than a file may hold, whatever was sent."""
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(b64decode(packed, validate=True), importing.LARGEST)
    except (ValueError, zlib.error):
        raise BadRequest("the packed file cannot be read") from None
    if not unpacking.eof:
        raise BadRequest("the packed file is too large or cut off")
    return content
