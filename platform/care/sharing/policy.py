"""Who may see what: decided purely, with a reason code. The only place that decides.

Two grains. For a person: role right and the unit's participation (R8-R10). For a whole huvudman:
agreement, ground (consent, the path of who cannot decide, emergency), block, participation and
information class; that answer is stamped on the rows and enforced by row-level security (`rls`),
and a test asks both the same questions.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tenants.agreements import Agreement, Channel

# Only these branches take part in sammanhållen dokumentation (2022:913 1 kap. 1 §).
WITHIN_2022_913 = frozenset({"health_care", "social_care_2022_913"})
HEALTH_CARE = "health_care"  # vårdgivare; the other branch within the Act is omsorgsgivare


class Reason(StrEnum):
    """Why a decision fell as it did."""

    GRANTED = "granted"
    NOT_IN_ROLE = "not_in_role"
    OWN_REQUEST = "own_request"
    OWN_ACCESS = "own_access"
    NEEDS_ANOTHER = "needs_another"
    UNIT_TAKES_NO_PART = "unit_takes_no_part"
    NOT_THE_UNITS_MESSAGE = "not_the_units_message"
    NOT_ON_LIST = "not_on_list"
    BRANCH_OUTSIDE_ACT = "branch_outside_act"
    NO_AGREEMENT = "no_agreement"
    CLASS_NOT_AGREED = "class_not_agreed"
    NO_CONSENT = "no_consent"
    NOT_CLARIFIED = "not_clarified"
    ONLY_OTHER_CARE = "only_other_care"
    BLOCKED = "blocked"
    INNER_BLOCK = "inner_block"
    NO_EMERGENCY_FOR_BRANCH = "no_emergency_for_branch"


class GroundKind(StrEnum):
    """On which ground another's rows are read in place."""

    CONSENT = "consent"
    UNABLE = "unable"
    EMERGENCY = "emergency"


@dataclass(frozen=True)
class Decision:
    """What was decided about a person, and why."""

    reason: Reason

    @property
    def is_granted(self) -> bool:
        """Tell whether it was a yes."""
        return self.reason is Reason.GRANTED


def decide(*, role_permits: bool, unit_takes_part: bool, is_on_list: bool = True) -> Decision:
    """Decide whether a person may do something in a case (R8, R9). Denied by default.

    :param is_on_list: of those who may know of the case, where its person has protected identity
        (OSL 21 kap. 3, 3 a §§, 22 kap. 2 §); everybody is, of any other
    """
    if not unit_takes_part:
        return Decision(Reason.UNIT_TAKES_NO_PART)
    if not is_on_list:
        return Decision(Reason.NOT_ON_LIST)
    if not role_permits:
        return Decision(Reason.NOT_IN_ROLE)
    return Decision(Reason.GRANTED)


@dataclass(frozen=True)
class ConsentGiven:
    """The person's answer about direct access (2022:913 3 kap. 1-4 §§), as the owner knows it."""

    id: UUID
    value: str
    info_classes: frozenset[str]
    recipients: frozenset[str]
    valid_from: datetime
    expires_at: datetime
    withdrawn_at: datetime | None
    is_clarified: bool = False

    def covers(self, info_class: str, viewer: str, at: datetime) -> bool:
        """Tell whether it is about this, for this huvudman, and running."""
        return (
            self.withdrawn_at is None
            and self.valid_from <= at < self.expires_at
            and info_class in self.info_classes
            and viewer in self.recipients
        )

    @property
    def is_yes(self) -> bool:
        """Tell whether the person has consented to what it covers."""
        return self.value in ("yes", "partial")

    @property
    def is_unable(self) -> bool:
        """Tell whether the person cannot decide (2022:913 2 kap. 6 §)."""
        return self.value == "unable"


@dataclass(frozen=True)
class BlockPlaced:
    """A running block of the person's (2022:913 2 kap. 3 §; PDL 4 kap. 4 §)."""

    is_inner: bool
    branch: str
    unit_id: str  # of an inner one
    info_classes: frozenset[str]  # empty: all

    def is_about(self, branch: str, info_class: str) -> bool:
        """Tell whether it is about what a branch holds of an information class."""
        return self.branch == branch and (not self.info_classes or info_class in self.info_classes)


@dataclass(frozen=True)
class EmergencyOpened:
    """A second step that a vårdgivare has taken in an emergency (2022:913 3 kap. 6 §)."""

    id: UUID
    reader: str  # schema of the huvudman
    expires_at: datetime

    def covers(self, viewer: str, at: datetime) -> bool:
        """Tell whether it is this huvudman's, and running."""
        return self.reader == viewer and at < self.expires_at


@dataclass(frozen=True)
class Ground:
    """What lets somebody read in place, and until when."""

    kind: GroundKind
    id: UUID
    expires_at: datetime


@dataclass(frozen=True)
class DirectAccess:
    """What was decided about a huvudman and an information class: until when, on which grounds."""

    reason: Reason
    closes_at: datetime | None = None
    agreement: Agreement | None = None
    ground: Ground | None = None


def within_huvudman(
    *,
    reader: str,
    reader_unit: str,
    branch: str,
    unit: str,
    info_class: str,
    huvudman: str,
    consents: Iterable[ConsentGiven],
    blocks: Sequence[BlockPlaced] = (),
    inner_is_lifted: bool = False,
    at: datetime,
) -> Reason:
    """Decide whether a unit of a huvudman may read what one of its units has written.

    Secrecy holds between independent branches (OSL 25 kap. 11 §): within the Act of 2022 the
    person's consent opens it, outside it nothing does. Within the health care an inner block
    closes what one unit has written to the others (PDL 4 kap. 4 §), but for an emergency (4:5).

    :param inner_is_lifted: in an emergency at the reader's unit, for as long as it runs
    """
    if reader_unit == unit and reader == branch:
        return Reason.GRANTED
    about = [it for it in blocks if it.is_about(branch, info_class)]
    if reader == branch:
        inner = any(it.is_inner and it.unit_id == unit for it in about)
        return Reason.INNER_BLOCK if inner and not inner_is_lifted else Reason.GRANTED
    if not {reader, branch} <= WITHIN_2022_913:
        return Reason.BRANCH_OUTSIDE_ACT
    if any(not it.is_inner for it in about):
        return Reason.BLOCKED
    found = _grounds({reader}, branch, info_class, huvudman, consents, (), at)
    return found if isinstance(found, Reason) else Reason.GRANTED


def direct_access(
    *,
    branch: str,
    info_class: str,
    viewer: str,
    viewer_branches: Collection[str],
    agreements: Sequence[Agreement],
    consents: Iterable[ConsentGiven],
    blocks: Iterable[BlockPlaced] = (),
    emergencies: Iterable[EmergencyOpened] = (),
    at: datetime,
) -> DirectAccess:
    """Decide whether another huvudman may read rows in place (channel B, lag 2022:913).

    :param branch: whose rows they are
    :param viewer_branches: of the viewer's units that take part in the case, or of who reads
    :param agreements: in force, naming both the owner and the viewer
    :param consents: of the person in this case
    :param blocks: of the person, at the owner
    """
    if branch not in WITHIN_2022_913:
        return DirectAccess(Reason.BRANCH_OUTSIDE_ACT)
    if not viewer_branches:
        return DirectAccess(Reason.UNIT_TAKES_NO_PART)
    readers = WITHIN_2022_913 & set(viewer_branches)
    if not readers:
        return DirectAccess(Reason.BRANCH_OUTSIDE_ACT)
    if any(it.is_about(branch, info_class) and not it.is_inner for it in blocks):
        return DirectAccess(Reason.BLOCKED)
    if not agreements:
        return DirectAccess(Reason.NO_AGREEMENT)
    agreed = [it for it in agreements if it.allows(info_class, Channel.DIRECT_ACCESS)]
    if not agreed:
        return DirectAccess(Reason.CLASS_NOT_AGREED)
    found = _grounds(readers, branch, info_class, viewer, consents, emergencies, at)
    if isinstance(found, Reason):
        return DirectAccess(found)
    # Of several, the one that lasts longest; the access ends with whichever ends first.
    agreement = max(agreed, key=lambda it: it.closes_at)
    ground = max(found, key=lambda it: it.expires_at)
    closes_at = min(agreement.closes_at, ground.expires_at)
    return DirectAccess(Reason.GRANTED, closes_at, agreement, ground)


def _grounds(
    readers: Collection[str],
    branch: str,
    info_class: str,
    viewer: str,
    consents: Iterable[ConsentGiven],
    emergencies: Iterable[EmergencyOpened],
    at: datetime,
) -> list[Ground] | Reason:
    """Return every ground on which the readers may read, or why there is none.

    Of somebody who cannot decide a vårdgivare reads what it needs, an omsorgsgivare only what
    other omsorgsgivare hold (2022:913 3 kap. 3-4 §§). An emergency is for vårdgivare, and opens
    what vårdgivare hold (2022:913 3 kap. 6 §).
    """
    found: list[Ground] = []
    reason = Reason.NO_CONSENT
    for it in consents:
        if not it.covers(info_class, viewer, at):
            continue
        if it.is_yes:
            found.append(Ground(GroundKind.CONSENT, it.id, it.expires_at))
        elif it.is_unable and not it.is_clarified:
            reason = Reason.NOT_CLARIFIED
        elif it.is_unable and not (HEALTH_CARE in readers or branch != HEALTH_CARE):
            reason = Reason.ONLY_OTHER_CARE
        elif it.is_unable:
            found.append(Ground(GroundKind.UNABLE, it.id, it.expires_at))
    if HEALTH_CARE in readers and branch == HEALTH_CARE:
        found += [
            Ground(GroundKind.EMERGENCY, it.id, it.expires_at)
            for it in emergencies
            if it.covers(viewer, at)
        ]
    return found or reason


def emergency(*, role_permits: bool, unit_takes_part: bool, branch: str) -> Decision:
    """Decide whether somebody may open in an emergency, which only vårdgivare may (2022:913)."""
    decision = decide(role_permits=role_permits, unit_takes_part=unit_takes_part)
    if decision.is_granted and branch != HEALTH_CARE:
        return Decision(Reason.NO_EMERGENCY_FOR_BRANCH)
    return decision
