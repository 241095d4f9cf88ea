"""Nödöppning: two steps, for vårdgivare only, an hour long, told and followed up (B12)."""

from datetime import datetime, timedelta
from uuid import UUID

import doors
import pytest
from cast import AT, MUNICIPALITY, REGION
from django.db import connection, transaction
from isolation.county import admit, case_at
from people import DAY, HOUR, MUNICIPAL_NURSE, MUNICIPAL_NURSES, NURSE, OFFICER, actor

from care.cases.models import Case, Contribution, Deadline, Event, Participation
from care.discharge import operations as discharge
from care.identity.actors import Actor
from care.identity.permissions import Role
from care.inbox import blocks, emergencies, tasks
from care.inbox.models import WorklistRow
from care.law import calendar
from care.sharing import access
from care.sharing import emergencies as shown
from care.sharing.models import AccessLog, EmergencyAccess
from care.sharing.policy import GroundKind, Reason
from tenants import clock
from tenants.agreements import Agreement
from tenants.context import acting_as
from tenants.window import looking_into

BECAUSE = "Medvetslös på golvet, blodtryckskris."
MINUTE = timedelta(minutes=1)
Ids = tuple[UUID, UUID]


@pytest.fixture
def ids(agreement: Agreement) -> Ids:
    """Return the ids of a case without any consent; the nurses of the municipality take part."""
    assert agreement
    at_region = admit()
    tasks.drain()
    for home in (REGION, MUNICIPALITY):
        with acting_as(home):
            Participation.objects.create(
                case=Case.objects.get(), unit_id=MUNICIPAL_NURSES, tenant=MUNICIPALITY, from_at=AT
            )
    with acting_as(REGION):
        discharge.submit_planning_basis(
            actor=NURSE, case_id=at_region, info_class="health_care", text="Waran",
            at=AT + 2 * HOUR,
        )  # fmt: skip
    return at_region, case_at(MUNICIPALITY).pk


def ask(case_id: UUID, who: Actor = MUNICIPAL_NURSE, *, at: datetime, **more: object) -> UUID:
    told: dict[str, object] = {"ground": "danger_to_life", "reason": BECAUSE, "is_stated": True}
    with acting_as(who.tenant):
        return emergencies.open_emergency_access(
            actor=who,
            case_id=case_id,
            at=at,
            **{**told, **more},  # type: ignore[arg-type]
        )


def read(case_id: UUID, emergency_id: UUID, *, at: datetime, owner: str = REGION) -> None:
    with acting_as(MUNICIPALITY):
        emergencies.read_in_emergency(
            actor=MUNICIPAL_NURSE, case_id=case_id, emergency_id=emergency_id, owners=[owner],
            at=at,
        )  # fmt: skip


def opened(ids: Ids, *, at: datetime) -> UUID:
    """Take both steps."""
    emergency_id = ask(ids[1], at=at)
    tasks.drain()
    read(ids[1], emergency_id, at=at)
    tasks.drain()
    return emergency_id


def in_place() -> int:
    with acting_as(MUNICIPALITY), looking_into(REGION):
        return Contribution.objects.count()


def seen_by(who: Actor, *, at: datetime) -> list[GroundKind]:
    case = case_at(who.tenant)
    with acting_as(who.tenant):
        seen, _ = doors.contributions(actor=who, case=case, at=at)
    return [it.ground.kind for it in seen if it.ground]


def place_block(ids: Ids) -> UUID:
    with acting_as(REGION):
        return blocks.place_block(
            actor=NURSE, case_id=ids[0], type_="outer_block", info_classes=(), at=AT + 3 * HOUR
        )


def state(emergency_id: UUID, home: str = MUNICIPALITY) -> shown.EmergencyShown:
    with acting_as(home):
        return next(it for it in shown.to_follow_up() if it.id == emergency_id)


def test_the_first_step_tells_who_holds_data_and_opens_nothing(ids: Ids) -> None:
    emergency_id = ask(ids[1], at=clock.moment())
    tasks.drain()

    sights = {it.owner: (it.has_unblocked, it.has_blocked) for it in state(emergency_id).sights}
    assert sights == {REGION: (True, False), MUNICIPALITY: (False, False)}
    assert in_place() == 0


def test_the_second_step_opens_for_an_hour_and_no_longer(ids: Ids) -> None:
    now = clock.moment()
    opened(ids, at=now)

    assert in_place() == 1
    assert seen_by(MUNICIPAL_NURSE, at=now + 59 * MINUTE) == [GroundKind.EMERGENCY]
    assert seen_by(MUNICIPAL_NURSE, at=now + HOUR) == []
    with acting_as(REGION):
        (stamp,) = Contribution.objects.values_list("open_to", flat=True)
    assert datetime.fromisoformat(stamp[MUNICIPALITY]) == now + HOUR


def test_it_closes_by_itself_in_the_database(ids: Ids) -> None:
    almost_over = clock.moment() - HOUR + timedelta(seconds=2)
    opened(ids, at=almost_over)

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(2.1)")

    assert in_place() == 0


def test_it_may_be_closed_before(ids: Ids) -> None:
    emergency_id = opened(ids, at=clock.moment())

    with acting_as(MUNICIPALITY):
        emergencies.close_emergency_access(
            actor=MUNICIPAL_NURSE, case_id=ids[1], emergency_id=emergency_id, at=clock.moment()
        )
    assert seen_by(MUNICIPAL_NURSE, at=clock.moment()) == []
    tasks.drain()

    assert in_place() == 0


@pytest.mark.parametrize("minutes", [15, 240])
def test_a_huvudman_sets_how_long(ids: Ids, minutes: int) -> None:
    with acting_as(MUNICIPALITY):
        emergencies.set_minutes(minutes)
    now = clock.moment()

    assert state(ask(ids[1], at=now)).closes_at == now + minutes * MINUTE


def test_the_owner_opens_no_longer_than_the_longest(
    ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emergencies, "minutes", lambda: 30 * 24 * 60)
    now = clock.moment()
    emergency_id = opened(ids, at=now)

    closes_at = state(emergency_id, REGION).closes_at
    assert closes_at is not None
    assert now + timedelta(minutes=239) < closes_at < now + timedelta(minutes=241)


def test_a_letter_prolongs_nothing(ids: Ids) -> None:
    now = clock.moment()
    emergency_id = ask(ids[1], at=now)
    tasks.drain()
    with acting_as(MUNICIPALITY):
        EmergencyAccess.objects.update(closes_at=now + 3 * HOUR)
    read(ids[1], emergency_id, at=now)
    tasks.drain()

    assert state(emergency_id, REGION).closes_at == now + HOUR


def test_a_letter_opens_nothing_that_has_been_closed(ids: Ids) -> None:
    now = clock.moment()
    emergency_id = opened(ids, at=now)
    letter = {"common_id": str(case_at(REGION).common_id), "body": {
        "step": "read", "id": str(emergency_id), "closes_at": (now + HOUR).isoformat(),
    }}  # fmt: skip
    with acting_as(REGION), transaction.atomic():
        closed = letter["body"] | {"step": "close", "closes_at": now.isoformat()}
        emergencies.receive(MUNICIPALITY, letter | {"body": closed}, now)

        emergencies.receive(MUNICIPALITY, letter, now + MINUTE)

    assert state(emergency_id, REGION).closes_at == now
    assert in_place() == 0


@pytest.mark.parametrize("role", list(Role))
def test_nobody_in_the_social_services_opens_whatever_the_role(ids: Ids, role: Role) -> None:
    who = actor("Karin Nyström", role, "Koordinator", OFFICER.unit_id)

    with pytest.raises(access.NotAllowed) as refusal:
        ask(ids[1], who, at=clock.moment())

    may = role in (
        Role.WARD_NURSE, Role.TREATING_PHYSICIAN, Role.CARE_COORDINATOR, Role.MUNICIPAL_NURSE
    )  # fmt: skip
    reason = Reason.NO_EMERGENCY_FOR_BRANCH if may else Reason.NOT_IN_ROLE
    assert refusal.value.reason is reason


def test_the_social_services_of_the_huvudman_that_opened_see_nothing_of_it(ids: Ids) -> None:
    now = clock.moment()
    opened(ids, at=now)

    assert seen_by(OFFICER, at=now) == []


def test_a_unit_that_takes_no_part_opens_nothing(ids: Ids) -> None:
    with acting_as(MUNICIPALITY):
        Participation.objects.filter(unit_id=MUNICIPAL_NURSES).update(until_at=AT)

    with pytest.raises(access.NotVisible):
        ask(ids[1], at=clock.moment())


@pytest.mark.parametrize(
    "told", [{"is_stated": False}, {"reason": "Bråttom nu igen  ."}, {"reason": " " * 40}]
)
def test_the_ground_is_stated_in_words_that_can_be_reviewed(
    ids: Ids, told: dict[str, object]
) -> None:
    with pytest.raises(emergencies.NotStated):
        ask(ids[1], at=clock.moment(), **told)

    with acting_as(MUNICIPALITY):
        assert not EmergencyAccess.objects.exists()


class TestABlock:
    """Only its owner lifts it (2022:913 3 kap. 5 §)."""

    def test_is_not_lifted_by_an_emergency(self, ids: Ids) -> None:
        now = clock.moment()
        place_block(ids)
        emergency_id = ask(ids[1], at=now)
        tasks.drain()

        with pytest.raises(emergencies.NoSuchEmergency):
            read(ids[1], emergency_id, at=now)
        region = next(it for it in state(emergency_id).sights if it.owner == REGION)
        assert (region.has_unblocked, region.has_blocked) == (False, True)
        assert in_place() == 0

    def test_that_is_placed_meanwhile_closes_at_once(self, ids: Ids) -> None:
        opened(ids, at=clock.moment())

        place_block(ids)

        assert in_place() == 0

    @pytest.mark.parametrize(("answer", "expected"), [("lifted", True), ("refused", False)])
    def test_is_lifted_by_its_owner_who_is_asked(
        self, ids: Ids, answer: str, expected: bool
    ) -> None:
        now = clock.moment()
        place_block(ids)
        emergency_id = ask(ids[1], at=now)
        tasks.drain()
        with acting_as(MUNICIPALITY):
            emergencies.request_lift(
                actor=MUNICIPAL_NURSE, case_id=ids[1], emergency_id=emergency_id, owner=REGION,
                at=now,
            )  # fmt: skip
        tasks.drain()
        with acting_as(REGION):
            due = Deadline.objects.get(rule=emergencies.LIFT)
            emergencies.answer_lift_request(
                actor=NURSE, case_id=ids[0], emergency_id=emergency_id, answer=answer, at=now
            )
            due.refresh_from_db()
            assert due.met_at == now
        tasks.drain()

        region = next(it for it in state(emergency_id).sights if it.owner == REGION)
        assert (region.has_unblocked, region.lift_answer) == (expected, answer)
        assert in_place() == 0  # answered is not opened


class TestItIsTold:
    """Both huvudmän know, log and follow up."""

    def test_the_log_review_of_both_has_it_after_one_round(self, ids: Ids) -> None:
        emergency_id = ask(ids[1], at=clock.moment())
        tasks.drain()

        here, there = state(emergency_id), state(emergency_id, REGION)
        assert (here.reason, here.staff_name) == (BECAUSE, MUNICIPAL_NURSE.name)
        assert (there.reason, there.staff_name, there.reader) == (
            BECAUSE, MUNICIPAL_NURSE.name, MUNICIPALITY,
        )  # fmt: skip
        with acting_as(REGION):
            assert Event.objects.filter(act="open_emergency_access").count() == 1

    def test_each_step_and_each_read_stands_in_the_access_log(self, ids: Ids) -> None:
        now = clock.moment()
        emergency_id = opened(ids, at=now)
        seen_by(MUNICIPAL_NURSE, at=now)

        with acting_as(MUNICIPALITY):
            rows = AccessLog.objects.filter(emergency_id=emergency_id).order_by("id")
            told = list(rows.values_list("owner", "activity", "channel", "rows"))
        assert told == [
            (MUNICIPALITY, "emergency", "", 0),
            (MUNICIPALITY, "emergency", "", 0),
            (REGION, "emergency", "B", 1),
        ]
        with acting_as(REGION), looking_into(MUNICIPALITY):
            assert AccessLog.objects.filter(emergency_id=emergency_id).count() == 1

    def test_it_is_followed_up_within_three_working_days(self, ids: Ids) -> None:
        now = clock.moment()
        emergency_id = ask(ids[1], at=now)

        due_on = calendar.add_working_days(calendar.local_date(now), 3)
        tasks.drain()
        for home in (REGION, MUNICIPALITY):
            with acting_as(home):
                due = Deadline.objects.get(rule=emergencies.FOLLOW_UP)
                assert due.due_at == calendar.end_of_local_day(due_on)
                # It is log review's, and in no unit's list.
                assert not WorklistRow.objects.filter(due_rule=emergencies.FOLLOW_UP).exists()
        with acting_as(MUNICIPALITY):
            emergencies.follow_up(emergency_id, by="Lo", outcome="justified", at=now + DAY)
            due.refresh_from_db()
            assert due.met_at == now + DAY
            assert shown.to_follow_up() == ()
            with pytest.raises(emergencies.NoSuchEmergency):
                emergencies.follow_up(emergency_id, by="Lo", outcome="justified", at=now + DAY)

    def test_what_nobody_follows_up_goes_to_the_chief(self, ids: Ids) -> None:
        now = clock.moment()
        emergency_id = ask(ids[1], at=now)

        tasks.drain()
        for home in (REGION, MUNICIPALITY):
            with acting_as(home):
                tasks.act_on_due(at=now + 10 * DAY)

            assert state(emergency_id, home).is_overdue

    def test_the_deadline_outlives_what_happens_in_the_case(self, ids: Ids) -> None:
        ask(ids[1], at=clock.moment())

        with acting_as(MUNICIPALITY):
            discharge.start_planning(
                actor=MUNICIPAL_NURSE, case_id=ids[1], contact="", text="", at=clock.moment()
            )
            assert Deadline.objects.filter(rule=emergencies.FOLLOW_UP).exists()


SECOND = actor("Mona Falk", Role.MUNICIPAL_NURSE, "Sjuksköterska", MUNICIPAL_NURSES)


class TestTheSixthInADay:
    """Somebody who opens often needs a second person."""

    def sixth(self, ids: Ids, now: datetime) -> UUID:
        for number in range(5):
            ask(ids[1], at=now - (number + 1) * HOUR)
        return ask(ids[1], at=now)

    def second(self, ids: Ids, emergency_id: UUID, who: Actor, now: datetime) -> None:
        with acting_as(MUNICIPALITY):
            emergencies.second_emergency_access(
                actor=who, case_id=ids[1], emergency_id=emergency_id, at=now
            )

    def test_waits_and_asks_nobody(self, ids: Ids) -> None:
        emergency_id = self.sixth(ids, clock.moment())
        tasks.drain()

        assert state(emergency_id).opened_at is None
        assert state(emergency_id).sights == ()

    def test_is_vouched_for_by_another(self, ids: Ids) -> None:
        now = clock.moment()
        emergency_id = self.sixth(ids, now)
        with pytest.raises(emergencies.NeedsAnother):
            self.second(ids, emergency_id, MUNICIPAL_NURSE, now)

        self.second(ids, emergency_id, SECOND, now)
        tasks.drain()

        assert (state(emergency_id).opened_at, state(emergency_id).second_name) == (
            now, SECOND.name,
        )  # fmt: skip
        assert state(emergency_id, REGION).second_name == SECOND.name

    def test_that_nobody_vouches_for_lapses_in_an_hour(self, ids: Ids) -> None:
        now = clock.moment()
        emergency_id = self.sixth(ids, now)

        with pytest.raises(emergencies.NoSuchEmergency):
            self.second(ids, emergency_id, SECOND, now + HOUR)
        assert not state(emergency_id).is_waiting(at=now + HOUR)

    def test_is_alone_again_a_day_later(self, ids: Ids) -> None:
        now = clock.moment()
        self.sixth(ids, now - 2 * DAY)

        assert not state(ask(ids[1], at=now)).needs_second


def test_an_inner_block_is_passed_in_an_emergency_at_home(ids: Ids) -> None:
    now = clock.moment()
    other = actor("Per Dal", Role.CARE_COORDINATOR, "Distriktssköterska", "SE2999999119-HC1")
    with acting_as(REGION):
        blocks.place_block(
            actor=NURSE, case_id=ids[0], type_="inner_block", info_classes=(), at=AT + 3 * HOUR
        )
    assert seen_by(other, at=now) == []
    emergency_id = ask(ids[0], other, at=now)
    with acting_as(REGION):
        emergencies.read_in_emergency(
            actor=other, case_id=ids[0], emergency_id=emergency_id, owners=[REGION], at=now
        )

    assert seen_by(other, at=now) == [GroundKind.EMERGENCY]
    assert seen_by(other, at=now + HOUR) == []
