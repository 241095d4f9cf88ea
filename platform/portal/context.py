"""What every page needs: who acts, the menu of the role, the time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from care.identity.actors import Actor
from care.identity.permissions import ROLE_LABELS, Permission
from care.identity.queries import HELD
from portal import parties
from tenants import clock
from tenants.apart import is_training
from tenants.context import acting_for

LATE = timedelta(hours=36)  # HSA is asked once a day

# Who has the right finds the page in the menu; the first one that the role has is its first page.
MENU = (
    (Permission.READ_INBOX, _("Arbetslista"), "portal:home"),
    (Permission.ADMINISTER_UNITS, _("Enheter"), "portal:units"),
    (Permission.ADMINISTER_ASSIGNMENTS, _("Medarbetare"), "portal:staff"),
    (Permission.READ_REVIEW, _("Logggranskning"), "portal:review"),
    (Permission.READ_AGREEMENTS, _("Överenskommelser"), "portal:agreements"),
    (Permission.READ_COSTS, _("Kostnader"), "portal:costs"),
    (Permission.READ_ONBOARDING, _("Anslutning"), "portal:onboarding"),
    (Permission.READ_ROUTINES, _("Rutiner"), "portal:routines"),
    (Permission.APPROVE_ASSIGNMENT, _("Uppdrag att godkänna"), "portal:assignment_requests"),
    (Permission.READ_TRAINING, _("Utbildning"), "portal:training_goals"),
)
# At a training huvudman nobody joins, shares costs or counts who has been trained.
TRAINING_MENU = (
    *(it for it in MENU if it[2] not in {"portal:costs", "portal:onboarding",
                                         "portal:training_goals"}),
    (Permission.PRACTISE_TRAINING, _("Öva"), "portal:training"),
)  # fmt: skip


@dataclass(frozen=True)
class Active:
    """Uppdrag: who acts, in words."""

    id: UUID
    person: str
    role: str
    unit: str
    tenant: str


@dataclass(frozen=True)
class Item:
    """A line of the menu."""

    label: str
    url: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True)
class Frame:
    """What surrounds a page."""

    assignment: Active | None
    navigation: tuple[Item, ...]
    now: datetime
    has_keys: bool
    is_demo: bool
    has_personas: bool
    is_sign_in_away: bool
    is_signed_in: bool
    is_training: bool
    unconfirmed: "Unconfirmed | None"


@dataclass(frozen=True)
class Unconfirmed:
    """HSA has not confirmed the assignment lately: since when, and until when it holds."""

    since: datetime
    until: datetime


def frame(request: HttpRequest) -> Mapping[str, Any]:
    """Give every template its frame; it asks the database nothing that a request has not asked."""
    actor = getattr(request, "actor", None)
    who = actor if isinstance(actor, Actor) else None
    return {
        "frame": Frame(
            assignment=_active(who) if who else None,
            navigation=navigation(who, request.path) if who else (),
            now=getattr(request, "at", None) or datetime.now(UTC) + clock.offset(),
            has_keys=request.COOKIES.get(settings.KEYS_COOKIE_NAME) != "off",
            is_demo=settings.DEMO,
            has_personas=settings.PERSONAS,
            is_sign_in_away=getattr(request, "is_sign_in_away", False),
            is_signed_in=getattr(request, "staff", None) is not None,
            is_training=is_training(acting_for()),
            unconfirmed=_unconfirmed(who, getattr(request, "at", None)),
        )
    }


def _unconfirmed(actor: Actor | None, at: datetime | None) -> Unconfirmed | None:
    if actor is None or actor.confirmed_at is None or at is None:
        return None
    if at - actor.confirmed_at < LATE:
        return None
    return Unconfirmed(actor.confirmed_at, actor.confirmed_at + HELD)


def navigation(actor: Actor, path: str) -> tuple[Item, ...]:
    """Return the menu of a role."""
    menu = TRAINING_MENU if is_training(actor.tenant) else MENU
    items = [(str(label), reverse(url)) for right, label, url in menu if actor.may(right)]
    items.append((gettext("Hjälp"), reverse("portal:help")))
    return tuple(Item(label, url, _is_current(url, path)) for label, url in items)


def _active(actor: Actor) -> Active:
    return Active(
        id=actor.assignment_id,
        person=actor.name,
        role=gettext(ROLE_LABELS[actor.role]),
        unit=actor.unit_name,
        tenant=parties.name(actor.tenant),
    )


def _is_current(url: str, path: str) -> bool:
    if url == "/":
        return path == "/" or path.startswith(("/cases", "/messages", "/search"))
    return path == url or path.startswith(f"{url}/")
