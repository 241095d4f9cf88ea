"""The demo's people where a sign-in service says who one is: where each works, and by which name.

Nobody is signed in here. It is mounted with SAMPLAN_DEMO=1 only.
"""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from integrations.keycloak.simulated import PASSWORD
from portal import access
from project.demo import cards, personas


@require_safe
@access.public
def show(request: access.Request) -> HttpResponse:
    """Show everybody who has a card, by huvudman; each leads to where that person signs in."""
    groups = personas.by_huvudman(request, lambda it: replace(it, username=cards.username(it.name)))
    return render(request, "portal/sign_in/county.html", {"groups": groups, "password": PASSWORD})


urlpatterns = [path("personas", show, name="personas")]
