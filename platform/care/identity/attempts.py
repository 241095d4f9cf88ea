"""Inloggningsförsök: the way to the sign-in service and back, kept on the server.

A browser holds a `state`, one for each attempt, and a secret of its own that all its attempts
share. So many tabs may be on their way at once, and nobody comes back in another's place.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from secrets import token_urlsafe

from django.db.models.functions import Now

from care.identity.models import SignInAttempt, SignInFailure
from care.identity.sessions import token_hash

LASTS = timedelta(minutes=10)
KEPT = timedelta(days=1)  # an old one still tells how many there were in a row
MOST_SILENT = 2  # begun anew in a row without asking, before a page tells why
TOLD_FOR = timedelta(hours=12)  # how long the diagnosis page tells of a failure

Why = SignInFailure.Why
# What was said of the person had been judged when it failed: by whom it was said, how strongly.
JUDGED = frozenset({Why.UNKNOWN_HERE})


class Lost(StrEnum):
    """Why a person who comes back is not recognised."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REPLAYED = "replayed"
    OTHER_BROWSER = "other_browser"


@dataclass(frozen=True)
class Attempt:
    """An attempt that is on its way: what the sign-in service is told, and what we remember."""

    state: str
    nonce: str
    verifier: str
    leads_to: str
    is_again: bool
    tries: int


@dataclass(frozen=True)
class Failure:
    """Misslyckad inloggning, as its page and the diagnosis page tell of it."""

    reference: str
    why: Why
    detail: str
    identity_provider: str
    acr: str
    amr: str
    hsa_id: str
    at: datetime


@dataclass
class NotRecognised(Exception):
    """A callback belongs to no attempt that is on its way in this browser."""

    why: Lost
    tries: int  # how many there have been in a row
    leads_to: str
    is_again: bool


def begin(
    *, browser: str, leads_to: str = "/", is_again: bool = False, tries: int = 1, at: datetime
) -> Attempt:
    """Begin an attempt in a browser, beside those that are on their way already."""
    state, nonce, verifier = token_urlsafe(32), token_urlsafe(32), token_urlsafe(48)
    SignInAttempt.objects.create(
        state_hash=token_hash(state),
        browser_hash=token_hash(browser),
        nonce=nonce,
        verifier=verifier,
        leads_to=leads_to,
        is_again=is_again,
        tries=tries,
        opened_at=at,
        expires_at=Now() + LASTS,
    )
    return Attempt(state, nonce, verifier, leads_to, is_again, tries)


def claim(*, state: str, browser: str, at: datetime) -> Attempt:
    """Take an attempt back, once, in the browser where it began.

    :raises NotRecognised: if it is over, was taken before, or began elsewhere
    """
    rows = SignInAttempt.objects.filter(state_hash=token_hash(state))
    mine = rows.filter(browser_hash=token_hash(browser), used_at=None, expires_at__gt=Now())
    is_mine = bool(browser) and mine.update(used_at=at) == 1
    row = rows.first()
    if row is None:
        raise NotRecognised(Lost.UNKNOWN, 0, "/", is_again=False)
    if not is_mine:
        raise NotRecognised(_lost(row, browser), row.tries, *_led(row, browser))
    return Attempt(state, row.nonce, row.verifier, row.leads_to, row.is_again, row.tries)


def fail(failure: Failure, *, browser: str) -> None:
    """Keep in the log that nobody was signed in, and why (R12)."""
    SignInFailure.objects.create(
        reference=failure.reference,
        why=failure.why,
        detail=failure.detail[:60],
        browser_hash=token_hash(browser),
        identity_provider=failure.identity_provider[:100],
        acr=failure.acr[:100],
        amr=failure.amr[:200],
        hsa_id=failure.hsa_id[:32],
        at=failure.at,
    )


def last_failure(*, browser: str, at: datetime) -> Failure | None:
    """Return the last failure in a browser, for its diagnosis; none is shown in another one.

    The log keeps an HSA-id that was only claimed; here it is given when the claim has been judged.
    """
    row = (
        SignInFailure.objects.filter(
            browser_hash=token_hash(browser), at__gt=at - TOLD_FOR, at__lte=at
        )
        .order_by("-at", "-id")
        .first()
    )
    if row is None or not browser:
        return None
    why = Why(row.why)
    return Failure(
        row.reference, why, row.detail, row.identity_provider, row.acr, row.amr,
        row.hsa_id if why in JUDGED else "", row.at,
    )  # fmt: skip


def forget(*, at: datetime) -> int:
    """Remove the attempts that are long over; return how many there were."""
    removed, _ = SignInAttempt.objects.filter(opened_at__lt=at - KEPT).delete()
    return removed


def _lost(row: SignInAttempt, browser: str) -> Lost:
    if row.browser_hash != token_hash(browser):
        return Lost.OTHER_BROWSER
    return Lost.REPLAYED if row.used_at else Lost.EXPIRED


def _led(row: SignInAttempt, browser: str) -> tuple[str, bool]:
    """Return where an attempt led; another browser is told nothing of it."""
    if row.browser_hash != token_hash(browser):
        return "/", False
    return row.leads_to, row.is_again
