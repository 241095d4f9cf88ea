"""The decision itself, reason by reason."""

from dataclasses import replace
from datetime import date
from itertools import product
from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION, YEARS_AHEAD
from people import DAY, NAMESPACE

from care.sharing import policy
from care.sharing.policy import ConsentGiven, Reason
from tenants.agreements import Agreement, InfoClass

AGREEMENT = Agreement(
    id=NAMESPACE,
    version=1,
    title="Överenskommelse",
    text="Vi delar.",
    written_by=REGION,
    parties=(MUNICIPALITY, REGION),
    valid_from=date(2026, 1, 1),
    valid_until=date(2026, 12, 31),
    channels={"planning": ("A", "B"), "social_care": ("A",)},
    terms={},
    text_hash="",
    written_at=AT,
    signatures=(),
    ended_at=None,
    ended_by=None,
    ended_because=None,
)
CONSENT = ConsentGiven(
    id=UUID(int=1),
    value="yes",
    info_classes=frozenset({"planning", "social_care"}),
    recipients=frozenset({MUNICIPALITY}),
    valid_from=AT,
    expires_at=YEARS_AHEAD,
    withdrawn_at=None,
)
GRANTED = {
    "branch": "health_care",
    "info_class": "planning",
    "viewer": MUNICIPALITY,
    "viewer_takes_part": True,
    "agreements": [AGREEMENT],
    "consents": [CONSENT],
    "at": AT,
}
REFUSALS = (
    ({"branch": "other_social_services"}, Reason.BRANCH_OUTSIDE_ACT),
    ({"branch": ""}, Reason.BRANCH_OUTSIDE_ACT),
    ({"viewer_takes_part": False}, Reason.UNIT_TAKES_NO_PART),
    ({"agreements": []}, Reason.NO_AGREEMENT),
    ({"info_class": "health_care"}, Reason.CLASS_NOT_AGREED),
    ({"info_class": "social_care"}, Reason.CLASS_NOT_AGREED),  # agreed for copies only
    ({"consents": []}, Reason.NO_CONSENT),
)


@pytest.mark.parametrize(("permits", "takes_part"), [*product((True, False), repeat=2)])
def test_a_person_needs_the_role_and_the_participation(permits: bool, takes_part: bool) -> None:
    expected = {
        (True, True): Reason.GRANTED,
        (False, True): Reason.NOT_IN_ROLE,
        (True, False): Reason.UNIT_TAKES_NO_PART,
        # Whoever takes no part learns nothing of rights either: the case does not exist.
        (False, False): Reason.UNIT_TAKES_NO_PART,
    }

    decision = policy.decide(role_permits=permits, unit_takes_part=takes_part)

    assert decision.reason is expected[permits, takes_part]
    assert decision.is_granted is (permits and takes_part)


def test_direct_access_is_granted_on_all_grounds_at_once() -> None:
    decision = policy.direct_access(**GRANTED)

    assert decision.reason is Reason.GRANTED
    assert (decision.agreement, decision.consent) == (AGREEMENT, CONSENT)


@pytest.mark.parametrize(("change", "reason"), REFUSALS)
def test_one_missing_ground_is_enough_to_refuse(change: dict[str, object], reason: Reason) -> None:
    decision = policy.direct_access(**{**GRANTED, **change})

    assert decision.reason is reason
    assert (decision.closes_at, decision.agreement, decision.consent) == (None, None, None)


def test_every_reason_is_reached() -> None:
    reached = {reason for _, reason in REFUSALS} | {Reason.GRANTED, Reason.NOT_IN_ROLE}
    reached.add(Reason.NOT_THE_UNITS_MESSAGE)  # by the inbox, which knows whose a message is

    assert reached == set(Reason)


@pytest.mark.parametrize(
    "change",
    [
        {"value": "no"},
        {"value": "unable"},
        {"withdrawn_at": AT},
        {"valid_from": AT + DAY},
        {"expires_at": AT},
        {"info_classes": frozenset({"health_care"})},
        {"recipients": frozenset({REGION})},
    ],
    ids=str,
)
def test_a_consent_covers_only_what_was_said(change: dict[str, object]) -> None:
    consent = replace(CONSENT, **change)  # type: ignore[arg-type]

    assert policy.direct_access(**{**GRANTED, "consents": [consent]}).reason is Reason.NO_CONSENT


def test_a_consent_lasts_to_its_last_microsecond() -> None:
    consent = replace(CONSENT, expires_at=AT + DAY)

    assert consent.covers("planning", MUNICIPALITY, AT)
    assert not consent.covers("planning", MUNICIPALITY, AT + DAY)


@pytest.mark.parametrize("branch", sorted(policy.WITHIN_2022_913))
def test_both_branches_within_the_act_take_part(branch: str) -> None:
    assert policy.direct_access(**{**GRANTED, "branch": branch}).reason is Reason.GRANTED


def test_access_ends_with_whichever_ends_first() -> None:
    early = replace(CONSENT, expires_at=AT + DAY)

    by_consent = policy.direct_access(**{**GRANTED, "consents": [early]})
    by_agreement = policy.direct_access(**GRANTED)

    assert by_consent.closes_at == AT + DAY
    assert by_agreement.closes_at == AGREEMENT.closes_at
    assert AGREEMENT.closes_at.isoformat() == "2026-12-31T23:59:59+01:00"


def test_of_several_agreements_the_one_that_lasts_longest_counts() -> None:
    longer = replace(AGREEMENT, id=UUID(int=2), valid_until=date(2027, 6, 30))
    silent = replace(AGREEMENT, id=UUID(int=3), valid_until=date(2050, 1, 1), channels={})

    decision = policy.direct_access(**{**GRANTED, "agreements": [AGREEMENT, longer, silent]})

    assert decision.agreement is longer
    assert decision.closes_at == longer.closes_at


def test_every_information_class_can_be_agreed() -> None:
    both = replace(AGREEMENT, channels=dict.fromkeys(InfoClass, ("A", "B")))
    consent = replace(CONSENT, info_classes=frozenset(InfoClass))

    for info_class in InfoClass:
        decision = policy.direct_access(
            **{**GRANTED, "info_class": info_class, "agreements": [both], "consents": [consent]}
        )
        assert decision.reason is Reason.GRANTED


@pytest.mark.parametrize(
    ("reader", "branch", "consents", "reason"),
    [
        ("health_care", "health_care", [], Reason.GRANTED),
        ("other_social_services", "other_social_services", [], Reason.GRANTED),
        ("health_care", "social_care_2022_913", [], Reason.NO_CONSENT),
        ("health_care", "social_care_2022_913", [CONSENT], Reason.GRANTED),
        ("social_care_2022_913", "health_care", [CONSENT], Reason.GRANTED),
        ("health_care", "other_social_services", [CONSENT], Reason.BRANCH_OUTSIDE_ACT),
        ("other_social_services", "health_care", [CONSENT], Reason.BRANCH_OUTSIDE_ACT),
    ],
)
def test_branches_of_one_huvudman_are_kept_apart(
    reader: str, branch: str, consents: list[ConsentGiven], reason: Reason
) -> None:
    assert reason is policy.within_huvudman(
        reader=reader, branch=branch, info_class="planning", huvudman=MUNICIPALITY,
        consents=consents, at=AT,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "covers"), [(-1, False), (0, True), (1, True), (9, True), (10, False), (11, False)]
)
def test_a_consent_covers_from_its_first_moment_until_its_end(days: int, covers: bool) -> None:
    consent = replace(CONSENT, expires_at=AT + 10 * DAY)

    assert consent.covers("planning", MUNICIPALITY, AT + days * DAY) is covers
