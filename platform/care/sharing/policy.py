"""Who may see what: decided purely, with a reason code. The only place that decides.

Two grains. For a person: role right and the unit's participation (R8-R10). For a whole huvudman:
agreement, consent, participation and information class; that answer is stamped on the rows and
enforced by row-level security (`rls`), and a test asks both the same questions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tenants.agreements import Agreement, Channel

# Only these branches take part in sammanhållen dokumentation (2022:913 1 kap. 1 §).
WITHIN_2022_913 = frozenset({"health_care", "social_care_2022_913"})


class Reason(StrEnum):
    """Why a decision fell as it did."""

    GRANTED = "granted"
    NOT_IN_ROLE = "not_in_role"
    UNIT_TAKES_NO_PART = "unit_takes_no_part"
    NOT_THE_UNITS_MESSAGE = "not_the_units_message"
    BRANCH_OUTSIDE_ACT = "branch_outside_act"
    NO_AGREEMENT = "no_agreement"
    CLASS_NOT_AGREED = "class_not_agreed"
    NO_CONSENT = "no_consent"


@dataclass(frozen=True)
class Decision:
    """What was decided about a person, and why."""

    reason: Reason

    @property
    def is_granted(self) -> bool:
        """Tell whether it was a yes."""
        return self.reason is Reason.GRANTED


def decide(*, role_permits: bool, unit_takes_part: bool) -> Decision:
    """Decide whether a person may do something in a case (R8, R9). Denied by default."""
    if not unit_takes_part:
        return Decision(Reason.UNIT_TAKES_NO_PART)
    if not role_permits:
        return Decision(Reason.NOT_IN_ROLE)
    return Decision(Reason.GRANTED)


@dataclass(frozen=True)
class ConsentGiven:
    """A consent to direct access (2022:913 3 kap. 1-2 §§), as the owner knows it."""

    id: UUID
    value: str
    info_classes: frozenset[str]
    recipients: frozenset[str]
    valid_from: datetime
    expires_at: datetime
    withdrawn_at: datetime | None

    def covers(self, info_class: str, viewer: str, at: datetime) -> bool:
        """Tell whether it lets a huvudman read an information class now."""
        return (
            self.value == "yes"
            and self.withdrawn_at is None
            and self.valid_from <= at < self.expires_at
            and info_class in self.info_classes
            and viewer in self.recipients
        )


@dataclass(frozen=True)
class DirectAccess:
    """What was decided about a huvudman and an information class: until when, on which grounds."""

    reason: Reason
    closes_at: datetime | None = None
    agreement: Agreement | None = None
    consent: ConsentGiven | None = None


def within_huvudman(
    *,
    reader: str,
    branch: str,
    info_class: str,
    huvudman: str,
    consents: Iterable[ConsentGiven],
    at: datetime,
) -> Reason:
    """Decide whether one branch of a huvudman may read what another of its branches has written.

    Secrecy holds between independent branches (OSL 25 kap. 11 §): within the Act of 2022 the
    person's consent opens it, outside it nothing does.
    """
    if reader == branch:
        return Reason.GRANTED
    if not {reader, branch} <= WITHIN_2022_913:
        return Reason.BRANCH_OUTSIDE_ACT
    if not any(it.covers(info_class, huvudman, at) for it in consents):
        return Reason.NO_CONSENT
    return Reason.GRANTED


def direct_access(
    *,
    branch: str,
    info_class: str,
    viewer: str,
    viewer_takes_part: bool,
    agreements: Sequence[Agreement],
    consents: Iterable[ConsentGiven],
    at: datetime,
) -> DirectAccess:
    """Decide whether another huvudman may read rows in place (channel B, lag 2022:913).

    :param agreements: in force, naming both the owner and the viewer
    :param consents: of the person in this case
    """
    if branch not in WITHIN_2022_913:
        return DirectAccess(Reason.BRANCH_OUTSIDE_ACT)
    if not viewer_takes_part:
        return DirectAccess(Reason.UNIT_TAKES_NO_PART)
    if not agreements:
        return DirectAccess(Reason.NO_AGREEMENT)
    agreed = [it for it in agreements if it.allows(info_class, Channel.DIRECT_ACCESS)]
    if not agreed:
        return DirectAccess(Reason.CLASS_NOT_AGREED)
    covering = [it for it in consents if it.covers(info_class, viewer, at)]
    if not covering:
        return DirectAccess(Reason.NO_CONSENT)
    # Of several, the one that lasts longest; the access ends with whichever ends first.
    agreement = max(agreed, key=lambda it: it.closes_at)
    consent = max(covering, key=lambda it: it.expires_at)
    closes_at = min(agreement.closes_at, consent.expires_at)
    return DirectAccess(Reason.GRANTED, closes_at, agreement, consent)
