"""Who may use a view: each one says so by a decorator, and a view that says nothing is refused.

A view's rule is its decorator: `public`, `with_session`, `signed_in` or `needs`. It is kept by
project.middleware.WhoActs, before the view is called.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.identity.queries import NoAssignment, Session
from care.sharing import access

V = TypeVar("V", bound=Callable[..., HttpResponseBase])

COOKIE: str = settings.SESSION_COOKIE_NAME  # holds the token of the session, and nothing else (R3)
FIELD, HEADER = "assignment", "X-Samplan-Assignment"  # the assignment a page was made for (R7)


class Request(HttpRequest):
    """A request as a view gets it. `actor` is None on pages that need no assignment."""

    htmx: HtmxDetails
    at: datetime  # the moment, taken once
    is_sign_in_away: bool  # whether the provider that signs people in has been seen to be away
    held: Session | None  # the session of this browser here, locked or not
    staff: Actor | NoAssignment | None  # who is signed in and not locked out
    actor: Actor | None


class ActorRequest(Request):
    """A request behind `signed_in` or `needs`: somebody acts."""

    actor: Actor


@dataclass(frozen=True)
class Rule:
    """What a view asks for."""

    needs_session: bool = False
    needs_assignment: bool = False
    permissions: tuple[Permission, ...] = ()
    needs_fresh: bool = False  # who it is must have been proved within the last minutes


PUBLIC = Rule()
WITH_SESSION = Rule(needs_session=True)
SIGNED_IN = Rule(needs_session=True, needs_assignment=True)


class NoRule(Exception):
    """A view does not say who may use it, so nobody may."""


def public(view: V) -> V:
    """Let anybody use a view, also on the host that belongs to no huvudman."""
    return _ruled(view, PUBLIC)


def with_session(view: V) -> V:
    """Let a person who is signed in use a view, in an assignment or not yet (R2).

    Its forms need not say for which assignment they were made; the field `assignment` always means
    that one, so a choice among several needs a name of its own.
    """
    return _ruled(view, WITH_SESSION)


def signed_in(view: V) -> V:
    """Let everybody use a view who acts in an assignment; `request.actor` is there."""
    return _ruled(view, SIGNED_IN)


def needs(*permissions: Permission, fresh: bool = False) -> Callable[[V], V]:
    """Let those use a view whose role carries every right; `request.actor` is there.

    :param fresh: they must have proved who they are within the last five minutes, or are asked to
        (step-up): what is signed, who gets which right, what is taken out. The demo's sign-in
        without a secret counts as proof (care.identity.sessions.columns).
    """
    rule = Rule(
        needs_session=True, needs_assignment=True, permissions=permissions, needs_fresh=fresh
    )
    return lambda view: _ruled(view, rule)


def rule_of(view: Callable[..., object]) -> Rule:
    """Return the rule of a view.

    :raises NoRule: if it has none
    """
    rule: Any = getattr(view, "access_rule", None)
    if not isinstance(rule, Rule):
        name = getattr(view, "__qualname__", type(view).__qualname__)
        raise NoRule(f"{view.__module__}.{name}")
    return rule


def refuse_unless_permitted(actor: Actor, rule: Rule) -> None:
    """Let only an actor through whose role carries what the rule asks for.

    :raises care.sharing.access.NotAllowed: if it does not
    """
    for permission in rule.permissions:
        access.refuse_unless(actor, permission)


def _ruled(view: V, rule: Rule) -> V:
    view.access_rule = rule  # type: ignore[attr-defined]
    return view
