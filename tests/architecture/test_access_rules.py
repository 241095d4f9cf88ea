"""Every address says who may use it; what says nothing is refused."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver

from care.identity.permissions import Permission
from portal.access import NoRule, Rule, public, rule_of
from project import urls
from project.demo import personas
from project.sign_in import urls as sign_in

# Whoever is not signed in reads these; each one is here because somebody has thought of it.
FOR_ANYBODY = frozenset({
    "", "language", "sign-out", "help", "help/keys", "help/disclosure", "help/crib/<str:name>.pdf",
    "accessibility", "personas", "sign-in", "sign-in/start", "sign-in/callback",
    "sign-in/back-channel-logout", "sign-in/diagnosis", "sign-in/diagnosis/pulse",
})  # fmt: skip

PROVED = {
    Permission.SIGN_AGREEMENT, Permission.END_AGREEMENT, Permission.ADMINISTER_ASSIGNMENTS,
    Permission.APPROVE_ASSIGNMENT, Permission.ADMINISTER_UNITS, Permission.READ_REVIEW,
    Permission.DRAW_ROUND, Permission.FOLLOW_UP_EMERGENCY, Permission.GIVE_EXTRACT,
    Permission.READ_REPORTS,
}  # fmt: skip
LISTS = {
    "units", "units/<str:hsa_id>", "units/route", "staff", "approvals", "review",
    "review/reports", "review/rounds/<uuid:round_id>",
}  # fmt: skip


def views(
    patterns: list[URLPattern | URLResolver], before: str = ""
) -> Iterator[tuple[str, Callable[..., Any]]]:
    for it in patterns:
        route = before + str(it.pattern)
        if isinstance(it, URLResolver):
            yield from views(it.url_patterns, route)
        else:
            yield route, it.callback


VIEWS = dict(views([*sign_in.urlpatterns, *personas.urlpatterns, *urls.urlpatterns]))


@pytest.mark.parametrize("route", sorted(VIEWS))
def test_every_address_has_an_access_rule(route: str) -> None:
    assert isinstance(rule_of(VIEWS[route]), Rule)


def test_only_the_reviewed_addresses_are_for_anybody() -> None:
    open_routes = {route for route, view in VIEWS.items() if not rule_of(view).needs_session}

    assert open_routes <= FOR_ANYBODY


def test_what_matters_most_asks_for_a_proof_of_the_last_minutes() -> None:
    """Signing, local administration, log review, export (ADR 30); reading a list does not."""
    asked = {route for route, view in VIEWS.items() if PROVED & {*rule_of(view).permissions}}
    without = {route for route in asked if not rule_of(VIEWS[route]).needs_fresh}

    assert without == LISTS


def test_an_address_without_a_rule_would_be_found() -> None:
    with pytest.raises(NoRule):
        rule_of(lambda request: None)
    assert rule_of(public(lambda request: None)) == Rule()
