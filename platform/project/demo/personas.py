"""Signing in as somebody of the demo: no secret, no Keycloak, and nothing of it without the demo.

project.urls mounts these pages only with SAMPLAN_DEMO=1, project.startup refuses to serve anything
but .localhost from a loopback address with it, and the backend asks once more.
"""

from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from care.identity import queries
from care.identity.models import Staff
from portal import access
from project import sessions
from project.demo import Persona, county
from project.sign_in.addresses import page_before, page_of
from tenants.context import acting_for


class PersonaBackend:
    """Tells who a persona is, as any of Django's authentication backends."""

    def authenticate(self, request: HttpRequest | None, *, persona: str) -> Staff | None:
        """Return the member of staff with an HSA-id at the huvudman we act for."""
        if not settings.DEMO or settings.OIDC_ISSUER or "\0" in persona:
            return None
        return Staff.objects.filter(hsa_id=persona).first()

    def get_user(self, user_id: object) -> None:
        """Return nobody: who is signed in is read from our own sessions."""


@require_safe
@access.public
def choose_persona(request: access.Request) -> HttpResponse:
    """Show the personas of the whole county; each leads to the host of its huvudman."""
    return render(request, "portal/sign_in/county.html", {"groups": by_huvudman(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@access.public
def sign_in(request: access.Request) -> HttpResponse:
    """Show the personas of the huvudman whose host it is, and sign in as one of them."""
    if request.method == "POST":
        staff = authenticate(request, persona=request.POST.get("persona", ""))
        if isinstance(staff, Staff):
            leads_to = page_of(request.POST.get("page", ""))
            return sessions.open_for(request, staff_id=staff.pk, leads_to=leads_to)
    chosen = request.GET.get("persona", "")
    page = {
        # The one whose link was followed stands first; a stable sort leaves the others in order.
        "people": sorted(_at_host(request), key=lambda it: it.hsa_id != chosen),
        "is_unknown": request.method == "POST",
        "page": request.POST.get("page", "") or page_before(request),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "portal/sign_in/sign_in.html", page, status=status)


def by_huvudman(
    request: access.Request, shown: Callable[[Persona], Persona] = lambda it: it
) -> list[dict[str, object]]:
    """Return the personas by huvudman, each with the address where that person signs in."""
    groups: dict[str, list[Persona]] = {}
    for it in county.PERSONAS:
        groups.setdefault(it.tenant, []).append(shown(it))
    return [
        {"tenant": tenant, "people": [_link(request, it) for it in people]}
        for tenant, people in groups.items()
    ]


def _at_host(request: access.Request) -> Sequence[Persona]:
    host, _ = split_domain_port(request.get_host())
    return [*(it for it in county.PERSONAS if it.host == host), *_newcomers(host, request)]


def _newcomers(host: str, request: access.Request) -> Iterator[Persona]:
    """Give those who have been entered since the demo was filled, by a command or on a page."""
    if acting_for() == "public":
        return
    invented = {it.hsa_id for it in county.staff()} | {it.hsa_id for it in county.PERSONAS}
    for member in queries.staff_list(at=request.at):
        if member.assignments and member.hsa_id not in invented:
            held = member.assignments[0]
            yield Persona(
                acting_for(), host, member.hsa_id, member.name, held.title, held.unit_name,
                gettext("Upplagd efter att demon fylldes."),
            )  # fmt: skip


def _link(request: access.Request, persona: Persona) -> dict[str, object]:
    _, port = split_domain_port(request.get_host())
    host = f"{persona.host}:{port}" if port else persona.host
    # An HSA-id of staff is no patient data.
    query = urlencode({"persona": persona.hsa_id})
    return {"persona": persona, "url": f"{request.scheme}://{host}/sign-in?{query}"}


urlpatterns = [
    path("personas", choose_persona, name="personas"),
    path("sign-in", sign_in, name="sign_in"),
    path("sign-in/start", sign_in),  # where a locked screen leads, with or without a provider
]
