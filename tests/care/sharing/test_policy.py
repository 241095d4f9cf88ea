"""The decision itself, reason by reason."""

from dataclasses import replace
from datetime import date
from itertools import product
from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION, YEARS_AHEAD
from people import DAY, HEALTH_CENTRE, HOUR, NAMESPACE, WARD

from care.sharing import policy
from care.sharing.policy import (
    BlockPlaced,
    ConsentGiven,
    EmergencyOpened,
    Ground,
    GroundKind,
    Reason,
)
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
UNABLE = replace(CONSENT, id=UUID(int=4), value="unable")
CLARIFIED = replace(UNABLE, is_clarified=True)
OUTER = BlockPlaced(is_inner=False, branch="health_care", unit_id="", info_classes=frozenset())
INNER = BlockPlaced(
    is_inner=True, branch="health_care", unit_id=WARD, info_classes=frozenset({"planning"})
)
EMERGENCY = EmergencyOpened(UUID(int=5), MUNICIPALITY, AT + HOUR)
GRANTED = {
    "branch": "health_care",
    "info_class": "planning",
    "viewer": MUNICIPALITY,
    "viewer_branches": ["social_care_2022_913"],
    "agreements": [AGREEMENT],
    "consents": [CONSENT],
    "at": AT,
}
REFUSALS = (
    ({"branch": "other_social_services"}, Reason.BRANCH_OUTSIDE_ACT),
    ({"branch": ""}, Reason.BRANCH_OUTSIDE_ACT),
    ({"viewer_branches": []}, Reason.UNIT_TAKES_NO_PART),
    ({"viewer_branches": ["other_social_services"]}, Reason.BRANCH_OUTSIDE_ACT),
    ({"blocks": [OUTER]}, Reason.BLOCKED),
    ({"consents": [UNABLE]}, Reason.NOT_CLARIFIED),
    ({"consents": [CLARIFIED]}, Reason.ONLY_OTHER_CARE),
    ({"consents": [], "emergencies": [EMERGENCY]}, Reason.NO_CONSENT),  # never for omsorgsgivare
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


@pytest.mark.parametrize("permits", [True, False])
def test_who_is_not_on_the_list_knows_of_no_case_whatever_the_role(permits: bool) -> None:
    for takes_part in (True, False):
        decision = policy.decide(role_permits=permits, unit_takes_part=takes_part, is_on_list=False)
        expected = Reason.NOT_ON_LIST if takes_part else Reason.UNIT_TAKES_NO_PART
        assert decision.reason is expected


def test_direct_access_is_granted_on_all_grounds_at_once() -> None:
    decision = policy.direct_access(**GRANTED)

    assert decision.reason is Reason.GRANTED
    assert decision.agreement == AGREEMENT
    assert decision.ground == Ground(GroundKind.CONSENT, CONSENT.id, CONSENT.expires_at)


@pytest.mark.parametrize(("change", "reason"), REFUSALS)
def test_one_missing_ground_is_enough_to_refuse(change: dict[str, object], reason: Reason) -> None:
    decision = policy.direct_access(**{**GRANTED, **change})

    assert decision.reason is reason
    assert (decision.closes_at, decision.agreement, decision.ground) == (None, None, None)


def test_every_reason_is_reached() -> None:
    reached = {reason for _, reason in REFUSALS} | {Reason.GRANTED, Reason.NOT_IN_ROLE}
    reached.add(Reason.NOT_THE_UNITS_MESSAGE)  # by the inbox, which knows whose a message is
    reached.add(Reason.OWN_REQUEST)  # by who approves assignments
    reached |= {Reason.OWN_ACCESS, Reason.NEEDS_ANOTHER}  # by log review, and in an emergency
    reached |= {Reason.INNER_BLOCK, Reason.NO_EMERGENCY_FOR_BRANCH, Reason.NOT_ON_LIST}  # beside

    assert reached == set(Reason)


@pytest.mark.parametrize(
    "change",
    [
        {"value": "no"},
        {"value": "compulsory_care"},
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


@pytest.mark.parametrize("value", ["yes", "partial"])
def test_a_consent_to_a_part_is_one_to_that_part(value: str) -> None:
    consent = replace(CONSENT, value=value)

    assert policy.direct_access(**{**GRANTED, "consents": [consent]}).reason is Reason.GRANTED


def test_nothing_is_clarified_before_somebody_has_said_so() -> None:
    told = (UUID(int=4), "unable", frozenset(["planning"]), frozenset([MUNICIPALITY]))

    assert ConsentGiven(*told, AT, YEARS_AHEAD, None).is_clarified is False


def test_an_answer_that_no_longer_runs_does_not_hide_the_next() -> None:
    ended = replace(CONSENT, withdrawn_at=AT)

    for answers in ([ended, CONSENT], [CONSENT, ended]):
        decision = policy.direct_access(**{**GRANTED, "consents": answers})
        assert decision.reason is Reason.GRANTED


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
        reader=reader, reader_unit=HEALTH_CENTRE, branch=branch, unit=WARD, info_class="planning",
        huvudman=MUNICIPALITY, consents=consents, at=AT,
    )  # fmt: skip


CARE, SOCIAL = "health_care", "social_care_2022_913"


@pytest.mark.parametrize(
    ("reader", "branch", "reason"),
    [
        (CARE, CARE, Reason.GRANTED),
        (CARE, SOCIAL, Reason.GRANTED),
        (SOCIAL, SOCIAL, Reason.GRANTED),
        (SOCIAL, CARE, Reason.ONLY_OTHER_CARE),
    ],
)
def test_of_who_cannot_decide_omsorgsgivare_read_only_what_other_omsorgsgivare_hold(
    reader: str, branch: str, reason: Reason
) -> None:
    given = {**GRANTED, "branch": branch, "viewer_branches": [reader], "consents": [CLARIFIED]}

    decision = policy.direct_access(**given)

    assert decision.reason is reason
    expected = Ground(GroundKind.UNABLE, CLARIFIED.id, CLARIFIED.expires_at)
    assert decision.ground == (expected if reason is Reason.GRANTED else None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, Reason.GRANTED),
        ({"viewer_branches": [SOCIAL]}, Reason.NO_CONSENT),
        ({"branch": SOCIAL}, Reason.NO_CONSENT),
        ({"blocks": [OUTER]}, Reason.BLOCKED),
        ({"agreements": []}, Reason.NO_AGREEMENT),
        ({"at": AT + HOUR}, Reason.NO_CONSENT),
        ({"viewer": REGION}, Reason.NO_CONSENT),
    ],
    ids=str,
)
def test_an_emergency_is_for_vardgivare_runs_out_and_lifts_no_block(
    change: dict[str, object], reason: Reason
) -> None:
    given = {**GRANTED, "viewer_branches": [CARE, SOCIAL], "consents": [],
             "emergencies": [EMERGENCY], **change}  # fmt: skip

    decision = policy.direct_access(**given)

    assert decision.reason is reason
    if reason is Reason.GRANTED:
        assert (decision.ground, decision.closes_at) == (
            Ground(GroundKind.EMERGENCY, EMERGENCY.id, AT + HOUR),
            AT + HOUR,
        )


def test_of_a_consent_and_an_emergency_the_one_that_lasts_longer_counts() -> None:
    given = {**GRANTED, "viewer_branches": [CARE], "emergencies": [EMERGENCY]}

    assert policy.direct_access(**given).ground.kind is GroundKind.CONSENT  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("block", "granted"),
    [
        (OUTER, False),
        (replace(OUTER, info_classes=frozenset({"planning"})), False),
        (replace(OUTER, info_classes=frozenset({"health_care"})), True),
        (replace(OUTER, branch=SOCIAL), True),
        (INNER, True),
    ],
)
def test_an_outer_block_closes_what_it_is_about(block: BlockPlaced, granted: bool) -> None:
    decision = policy.direct_access(**{**GRANTED, "blocks": [block]})

    assert decision.reason is (Reason.GRANTED if granted else Reason.BLOCKED)


@pytest.mark.parametrize(
    ("unit", "info_class", "lifted", "reason"),
    [
        (HEALTH_CENTRE, "planning", False, Reason.INNER_BLOCK),
        (HEALTH_CENTRE, "planning", True, Reason.GRANTED),
        (HEALTH_CENTRE, "health_care", False, Reason.GRANTED),
        (WARD, "planning", False, Reason.GRANTED),
    ],
)
def test_an_inner_block_closes_what_a_unit_holds_to_the_other_units(
    unit: str, info_class: str, lifted: bool, reason: Reason
) -> None:
    assert reason is policy.within_huvudman(
        reader=CARE, reader_unit=unit, branch=CARE, unit=WARD, info_class=info_class,
        huvudman=REGION, consents=[], blocks=[INNER], inner_is_lifted=lifted, at=AT,
    )  # fmt: skip


def test_nothing_lifts_an_inner_block_unless_it_is_said_and_an_outer_is_no_inner() -> None:
    inside = {
        "reader": CARE, "reader_unit": HEALTH_CENTRE, "branch": CARE, "unit": WARD,
        "info_class": "planning", "huvudman": REGION, "consents": [], "at": AT,
    }  # fmt: skip

    assert policy.within_huvudman(**inside, blocks=[INNER]) is Reason.INNER_BLOCK
    for block in (replace(INNER, unit_id=HEALTH_CENTRE), replace(OUTER, unit_id=WARD)):
        assert policy.within_huvudman(**inside, blocks=[block]) is Reason.GRANTED


@pytest.mark.parametrize(
    ("reader", "branch", "reason"),
    [(CARE, SOCIAL, Reason.GRANTED), (SOCIAL, CARE, Reason.ONLY_OTHER_CARE)],
)
def test_of_who_cannot_decide_the_branches_of_a_huvudman_read_as_others_do(
    reader: str, branch: str, reason: Reason
) -> None:
    assert reason is policy.within_huvudman(
        reader=reader, reader_unit=HEALTH_CENTRE, branch=branch, unit=WARD, info_class="planning",
        huvudman=MUNICIPALITY, consents=[CLARIFIED], at=AT,
    )  # fmt: skip


def test_an_outer_block_holds_between_the_branches_of_a_huvudman_too() -> None:
    assert Reason.BLOCKED is policy.within_huvudman(
        reader=SOCIAL, reader_unit=HEALTH_CENTRE, branch=CARE, unit=WARD, info_class="planning",
        huvudman=MUNICIPALITY, consents=[CONSENT], blocks=[OUTER], at=AT,
    )  # fmt: skip


@pytest.mark.parametrize("branch", [SOCIAL, "other_social_services", ""])
def test_nobody_but_a_vardgivare_opens_in_an_emergency(branch: str) -> None:
    asked = {"role_permits": True, "unit_takes_part": True}

    assert policy.emergency(**asked, branch=CARE).is_granted
    assert policy.emergency(**asked, branch=branch).reason is Reason.NO_EMERGENCY_FOR_BRANCH
    assert not policy.emergency(role_permits=False, unit_takes_part=True, branch=CARE).is_granted
    assert not policy.emergency(role_permits=True, unit_takes_part=False, branch=CARE).is_granted


@pytest.mark.parametrize(
    ("days", "covers"), [(-1, False), (0, True), (1, True), (9, True), (10, False), (11, False)]
)
def test_a_consent_covers_from_its_first_moment_until_its_end(days: int, covers: bool) -> None:
    consent = replace(CONSENT, expires_at=AT + 10 * DAY)

    assert consent.covers("planning", MUNICIPALITY, AT + days * DAY) is covers
