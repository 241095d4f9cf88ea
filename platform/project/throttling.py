"""Keeps the pace of each person, and of each address from which nobody has signed in."""

import logging
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import ngettext

from portal import access, errors, paces, texts
from portal.errors import Verdict
from project import clients
from tenants.context import acting_for
from tenants.pace import Pace, seconds_to_wait

logger = logging.getLogger(__name__)

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
NOBODY = "public"  # the schema while nobody is acted for: the demo's front host
IPV6, OF_ONE_CLIENT = 6, 64  # bits of an address that one subscriber is given


class Throttle:
    """Answers 429 to who is too quick; stands before WhoActs, which has told who it is by then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on: the view is known later."""
        return self.get_response(request)

    def process_view(
        self,
        request: access.Request,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Let the view be called, or say how long to wait; what was typed comes back."""
        if acting_for() == NOBODY:
            return None
        if request.staff is None:
            pace, who = paces.ANYBODY, address_of(request)
        elif (asked := _pace(request, view)) is not None:
            pace, who = asked, str(request.staff.staff_id)
        else:
            return None
        seconds = seconds_to_wait(pace, who=who)
        if not seconds:
            return None
        logger.warning("too often at %s: %s", acting_for(), pace.name)
        wait = ngettext("{n} sekund", "{n} sekunder", seconds).format(n=seconds)
        response = errors.refuse(request, Verdict(texts.TOO_OFTEN, {"wait": wait}))
        response["Retry-After"] = str(seconds)
        return response


def address_of(request: HttpRequest) -> str:
    """Return by which address a request is counted; of IPv6 the network of one subscriber."""
    known = clients.address_of(request)
    if known is None:
        return ""  # all of whom nothing is known are counted together
    if known.version == IPV6:
        return str(ip_network((known, OF_ONE_CLIENT), strict=False))
    return str(known)


def _pace(request: HttpRequest, view: Callable[..., object]) -> Pace | None:
    return paces.pace_of(view) or (None if request.method in SAFE else paces.SEND)
