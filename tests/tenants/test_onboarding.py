"""The eight steps of joining: what holds one back, what has moved, and who may write of whom."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from psycopg import errors

from tenants import onboarding, progress
from tenants.context import acting_as
from tenants.current import connection
from tenants.models import OnboardingStep
from tenants.onboarding import (
    BY_WORD,
    CannotRecord,
    ContactRole,
    Entry,
    Found,
    Inbox,
    State,
    Step,
    Told,
)
from tenants.progress import By, CannotOpen, Contact, NotOpened, WrittenMeanwhile

DUE = date(2026, 4, 1)
ANNA, BO = By("Anna Bergström", "Systemförvaltare"), By("Bo Ek", "Enhetschef")
WATCHED = Inbox("Biståndsenheten", "Socialjouren", 0, None)
READY = Found(
    named=frozenset(ContactRole), has_agreement=True, inboxes=(WATCHED,), people=3, unstaffed=()
)
UNWATCHED = Inbox("Hemsjukvården", "", 72, datetime(2026, 3, 6, 23, 0, tzinfo=UTC))


def entry(step: Step = Step.UNITS, state: State = State.ONGOING, **more: str) -> Entry:
    return replace(Entry(step, state, ContactRole.CONTACT_1, DUE), **more)  # type: ignore[arg-type]


def done(step: Step) -> Entry:
    return entry(step, State.DONE, evidence="KS 2026:14")


def told(it: Entry, *, number: int = 1, at: datetime = AT, tenant: str = MUNICIPALITY) -> Told:
    return Told(tenant, number, it, None, ANNA.name, ANNA.title, at)


EARLIER = {it: told(done(it)) for it in Step if it is not Step.START}


class TestWhatHoldsAStepBack:
    @pytest.mark.parametrize(
        ("step", "found", "said"),
        [
            (
                Step.ORGANISATION,
                replace(READY, named=frozenset({ContactRole.CONTACT_1})),
                "Det här är inte namngivet: personuppgiftsansvarig och dataskyddsombud.",
            ),
            (Step.AGREEMENTS, replace(READY, has_agreement=False), "Ingen överenskommelse"),
            (Step.UNITS, replace(READY, inboxes=()), "Ingen enhet kan ta emot meddelanden."),
            (
                Step.UNITS,
                replace(READY, inboxes=(WATCHED, UNWATCHED)),
                "Hemsjukvården bevakas inte 72 av den kommande veckans timmar, först 2026-03-07"
                " klockan 00.00, och ingen tar över då.",
            ),
            (
                Step.UNITS,
                replace(READY, left_out=("Hemsjukvården", "Socialjouren")),
                "Inget når Hemsjukvården och Socialjouren av sig självt.",
            ),
            (
                Step.ROLES,
                replace(READY, unstaffed=("Socialjouren",)),
                "Ingen har ett uppdrag vid Socialjouren.",
            ),
            (Step.ROLES, replace(READY, inboxes=()), "Ingen enhet kan ta emot meddelanden."),
            (Step.TEST_MESSAGE, replace(READY, inboxes=()), "Ingen enhet kan ta emot meddelanden."),
        ],
    )
    def test_is_named_with_who_mends_it_where(self, step: Step, found: Found, said: str) -> None:
        assert onboarding.lacking(step, found=READY, told={}) == ()

        with pytest.raises(CannotRecord, match="Steget kan inte vara klart än") as refused:
            onboarding.check(entry(step, State.DONE), found=found, told={})

        assert said in str(refused.value)
        assert any(it in str(refused.value) for it in ("En lokal administratör", "undertecknare"))
        assert refused.value.field == "state"
        onboarding.check(entry(step, State.ONGOING), found=found, told={})

    def test_what_only_somebodys_word_shows_is_written_down(self) -> None:
        for step in BY_WORD:
            with pytest.raises(CannotRecord, match="vad som visar att steget är klart") as refused:
                onboarding.check(entry(step, State.DONE), found=READY, told={})
            assert refused.value.field == "evidence"
            onboarding.check(done(step), found=READY, told={})

    def test_a_stop_has_a_reason(self) -> None:
        with pytest.raises(CannotRecord, match="varför steget är stoppat"):
            onboarding.check(entry(state=State.STOPPED), found=READY, told={})

        onboarding.check(entry(state=State.STOPPED, reason="Avtal saknas"), found=READY, told={})

    def test_somebody_who_is_named_answers_for_it(self) -> None:
        nobody = replace(READY, named=frozenset())
        with pytest.raises(CannotRecord, match="Namnge kontaktpersonen"):
            onboarding.check(entry(), found=nobody, told={})


class TestTheGate:
    def test_is_open_when_everything_holds(self) -> None:
        assert onboarding.gate(READY, EARLIER) == ()

    @pytest.mark.parametrize("step", EARLIER)
    def test_asks_for_every_earlier_step(self, step: Step) -> None:
        for left in (
            {it: row for it, row in EARLIER.items() if it is not step},
            EARLIER | {step: told(entry(step, State.STOPPED, reason="x"))},
        ):
            (missing,) = onboarding.gate(READY, left)
            assert onboarding.TITLES[step].lower() in missing.text

    def test_asks_anew_for_what_can_be_computed(self) -> None:
        found = replace(
            READY, has_agreement=False, inboxes=(UNWATCHED,), left_out=("Socialjouren",),
            untested=("Hemsjukvården",),
        )  # fmt: skip

        said = " ".join(it.text for it in onboarding.gate(found, EARLIER))

        assert "Ingen överenskommelse" in said
        assert "Inget når Socialjouren av sig självt" in said
        assert "Ingen har kvitterat ett provmeddelande vid Hemsjukvården" in said
        assert "Hemsjukvården bevakas inte" in said

    def test_says_everything_at_once(self) -> None:
        found = replace(READY, has_agreement=False, inboxes=())

        assert len(onboarding.gate(found, {})) == 3


class TestAPilot:
    def test_is_the_units_that_start_on_the_first_day(self) -> None:
        later = DUE + timedelta(days=30)

        def starts(own_day: date | None, today: date = DUE) -> bool:
            return onboarding.starts(own_day, first_on=DUE, today=today)

        assert starts(None)
        assert starts(DUE)
        assert starts(DUE - timedelta(days=7))
        assert not starts(later)
        assert not starts(later, later - timedelta(days=1))
        assert starts(later, later)

    def test_has_no_unit_less_while_no_day_is_told(self) -> None:
        assert onboarding.starts(DUE, first_on=None, today=DUE - timedelta(days=90))

    def test_is_counted_by_day_the_first_day_first_and_what_is_open_last(self) -> None:
        later = DUE + timedelta(days=30)

        assert onboarding.waves([later, None, DUE, None], first_on=DUE) == ((DUE, 3), (later, 1))
        assert onboarding.waves([later, None], first_on=None) == ((later, 1), (None, 1))
        assert onboarding.waves([], first_on=DUE) == ()

    def test_that_nobody_is_in_starts_nothing(self) -> None:
        found = replace(READY, inboxes=(), later=("Biståndsenheten",))

        (missing,) = onboarding.gate(found, EARLIER)

        assert "alla har en senare dag" in missing.text
        assert "Start per enhet" in missing.mend


class TestTime:
    def test_a_step_is_overdue_the_day_after(self) -> None:
        row = told(entry())

        assert not onboarding.is_overdue(row, today=DUE)
        assert onboarding.is_overdue(row, today=DUE + timedelta(days=1))
        assert not onboarding.is_overdue(told(done(Step.UNITS)), today=DUE + timedelta(days=1))
        assert not onboarding.is_overdue(None, today=DUE)

    def test_the_step_to_go_on_with_is_the_first_that_is_not_done(self) -> None:
        assert onboarding.current({}) is Step.ORGANISATION
        assert onboarding.current(EARLIER) is Step.START
        assert onboarding.current(EARLIER | {Step.START: told(done(Step.START))}) is None

    def test_what_moved_is_seen_from_a_day(self) -> None:
        day = timedelta(days=1)
        history = [
            told(entry(Step.UNITS), at=AT - 40 * day),
            told(done(Step.UNITS), number=2, at=AT - 10 * day),
            told(entry(Step.ROLES), at=AT - 40 * day),
            told(entry(Step.ROLES, evidence="x"), number=2, at=AT - 5 * day),
            told(entry(Step.TRAINING), at=AT - 3 * day),
            told(entry(Step.ROUTINES), at=AT - 3 * day, tenant=STRANGER),
        ]

        found = onboarding.moved(history, since=AT - 30 * day)

        assert {(it.after.tenant, it.after.entry.step) for it in found} == {
            (MUNICIPALITY, Step.TRAINING),
            (STRANGER, Step.ROUTINES),
            (MUNICIPALITY, Step.UNITS),
        }
        assert found[-1].before == history[0]
        assert onboarding.moved(history, since=AT) == ()


def begin(tenant: str = MUNICIPALITY, delregion: str = "Norr") -> None:
    with acting_as(REGION):
        progress.open_onboarding(
            tenant=tenant, delregion=delregion, wanted_start_on=DUE, by=BO, at=AT
        )


def tell(it: Entry, *, seen: int = 0, by: By = ANNA) -> None:
    progress.record_step(
        it, standing=progress.standing(MUNICIPALITY), found=READY, seen=seen, by=by, at=AT
    )


@pytest.mark.django_db
class TestTheRows:
    def test_the_countys_region_lets_a_huvudman_begin(self) -> None:
        begin()

        with acting_as(STRANGER):
            (standing,) = progress.standings()
        assert standing.tenant == MUNICIPALITY
        assert (standing.opened.delregion, standing.opened.wanted_start_on) == ("Norr", DUE)
        assert standing.opened.by == BO

    def test_the_same_twice_changes_nothing_and_another_day_is_kept_beside_the_first(self) -> None:
        for delregion in ("Norr", "Norr", " Norr ", "Söder"):
            begin(delregion=delregion)

        with acting_as(MUNICIPALITY):
            assert progress.Onboarding.objects.count() == 2
            assert progress.standing(MUNICIPALITY).opened.delregion == "Söder"

    def test_who_let_it_begin_and_when_is_told_of_the_first_row(self) -> None:
        begin()
        with acting_as(REGION):
            progress.open_onboarding(
                tenant=MUNICIPALITY, delregion="Söder", wanted_start_on=None, by=ANNA,
                at=AT + timedelta(days=9),
            )  # fmt: skip

            opened = progress.standing(MUNICIPALITY).opened
        assert (opened.by, opened.at) == (BO, AT)
        assert (opened.delregion, opened.wanted_start_on) == ("Söder", None)

    def test_a_municipality_lets_nobody_begin(self) -> None:
        with acting_as(MUNICIPALITY), pytest.raises(CannotOpen, match="öppnas av regionen"):
            progress.open_onboarding(
                tenant=MUNICIPALITY, delregion="", wanted_start_on=None, by=ANNA, at=AT
            )

    def test_a_row_that_somebody_else_has_entered_counts_for_nothing(self) -> None:
        with acting_as(STRANGER):
            progress.Onboarding.objects.create(
                owner=STRANGER, tenant=MUNICIPALITY, name="x", opened_at=AT
            )

            assert progress.standings() == ()
            with pytest.raises(NotOpened):
                progress.standing(MUNICIPALITY)

    def test_the_history_is_kept_and_the_last_row_counts(self) -> None:
        begin()
        with acting_as(MUNICIPALITY):
            tell(entry())
            tell(entry(state=State.DONE), seen=1, by=BO)
            standing = progress.standing(MUNICIPALITY)

        assert [it.entry.state for it in standing.history] == [State.ONGOING, State.DONE]
        assert standing.told[Step.UNITS].by == BO.name
        assert standing.told[Step.UNITS].people == 3

    def test_who_has_not_seen_the_last_row_is_told_whose_it_is(self) -> None:
        begin()
        with acting_as(MUNICIPALITY):
            tell(entry(), by=BO)
            with pytest.raises(WrittenMeanwhile, match="Bo Ek har skrivit här"):
                tell(entry(state=State.DONE))

            assert progress.standing(MUNICIPALITY).seen(Step.UNITS) == 1

    def test_somebody_is_named_replaced_and_taken_back(self) -> None:
        begin()
        role = ContactRole.CONTACT_2
        with acting_as(MUNICIPALITY):
            for seen, name in enumerate(("Karin", "Eva", "")):
                progress.name_contact(
                    Contact(role, name=name), standing=progress.standing(MUNICIPALITY),
                    seen=seen, by=ANNA, at=AT,
                )  # fmt: skip
            standing = progress.standing(MUNICIPALITY)

        assert standing.named == frozenset()
        assert standing.contact(role).number == 3

    def test_somebody_who_is_needed_is_not_taken_back(self) -> None:
        begin()
        with acting_as(MUNICIPALITY):
            tell(replace(entry(), responsible=ContactRole.CONTACT_3))
            for role in (ContactRole.CONTROLLER, ContactRole.CONTACT_3):
                with pytest.raises(CannotRecord, match="Skriv ett namn"):
                    progress.name_contact(
                        Contact(role), standing=progress.standing(MUNICIPALITY), seen=0,
                        by=ANNA, at=AT,
                    )  # fmt: skip


def test_two_who_tell_of_a_step_in_the_same_moment_are_not_both_the_first(
    committed: None,
) -> None:
    begin()
    ready, answers = Barrier(2), []

    def one(by: By) -> None:
        try:
            with acting_as(MUNICIPALITY):
                standing = progress.standing(MUNICIPALITY)
                ready.wait(5)
                progress.record_step(entry(), standing=standing, found=READY, seen=0, by=by, at=AT)
            answers.append("told")
        except WrittenMeanwhile as refused:
            answers.append(str(refused))
        finally:
            connection().close()

    both = [Thread(target=one, args=(it,)) for it in (ANNA, BO)]
    for it in both:
        it.start()
    for it in both:
        it.join()

    assert max(answers) == "told"
    assert "har skrivit här" in min(answers)
    with acting_as(MUNICIPALITY):
        assert OnboardingStep.objects.count() == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE public.{} SET owner = owner", "DELETE FROM public.{}"]
)
@pytest.mark.parametrize(
    "table",
    [
        "tenants_onboarding",
        "tenants_onboardingstep",
        "tenants_onboardingcontact",
        "tenants_onboardingactivity",
        "tenants_expertrequest",
        "tenants_expertanswer",
        "tenants_startplan",
        "tenants_unitcheck",
        "tenants_packdone",
    ],
)
def test_what_was_told_is_changed_by_nobody(
    dba: psycopg.Connection[object], table: str, statement: str
) -> None:
    for role in (REGION, MUNICIPALITY):
        dba.execute(f"SET ROLE {role}")
        with pytest.raises(errors.InsufficientPrivilege), dba.transaction():
            dba.execute(statement.format(table))
