"""How often a person or an address may ask: what is dear, or could be harvested, goes slower.

Generous for whoever works, and never a lock: a pause that ends by itself. A care home of sixty
shares one address, and a county may come through one gateway.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponseBase

from tenants.pace import Pace

V = TypeVar("V", bound=Callable[..., HttpResponseBase])

ANYBODY = Pace("anybody", burst=600, seconds=0.1)  # an address from which nobody has signed in
SEND = Pace("send", burst=120, seconds=0.5)  # a person's forms
LOOK_UP = Pace("look_up", burst=30, seconds=10)  # people by their number
HAND_OUT = Pace("hand_out", burst=30, seconds=10)  # papers, workbooks and other files


def looks_up(view: V) -> V:
    """Let a view that finds people by what identifies them be asked at its own pace."""
    return _paced(view, LOOK_UP)


def hands_out(view: V) -> V:
    """Let a view that makes a file be asked at its own pace."""
    return _paced(view, HAND_OUT)


def pace_of(view: Callable[..., object]) -> Pace | None:
    """Return the pace that a view has of its own."""
    pace: Any = getattr(view, "pace", None)
    return pace if isinstance(pace, Pace) else None


def _paced(view: V, pace: Pace) -> V:
    view.pace = pace  # type: ignore[attr-defined]
    return view
