"""Real and training huvudmän have nothing to do with one another: tried as an intruder would."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import IntegrityError
from people import CASE_OFFICERS, WARD, actor
from psycopg import errors

from care.identity import entries, operations, units
from care.identity.permissions import Role
from care.inbox import delivery, letters, queries, tasks
from care.inbox.models import Outbox, Received
from care.inbox.readiness import everybody
from portal.forms.agreements import Draft
from portal.forms.consultation import AskForm
from tenants import agreements, apart, catalogue, isolation, progress, registry, rounds
from tenants.agreements import BadAgreement
from tenants.context import acting_as
from tenants.models import AgreementText, Onboarding, TrainingCount, Unit
from tenants.window import looking_into
from tests.care.training.conftest import PAIR, TRAINING_MUNICIPALITY, TRAINING_REGION

ACROSS = [
    (REGION, TRAINING_MUNICIPALITY),
    (TRAINING_MUNICIPALITY, REGION),
    (REGION, TRAINING_REGION),
    (TRAINING_REGION, REGION),
]
Dba = psycopg.Connection[Any]


def plant(dba: Dba, sender: str, recipient: str) -> None:
    """Write a letter past every operation, as a superuser could."""
    dba.execute(
        f"INSERT INTO {sender}.inbox_outbox (recipient, kind, common_id, body, at)"
        " VALUES (%s, 'state', gen_random_uuid(), '{}', now())",
        [recipient],
    )
    dba.commit()


class TestTheDatabase:
    def test_has_no_fault_with_training_huvudmän_in_it(self, filled: None, dba: Dba) -> None:
        assert catalogue.faults_seen_by(dba) == []

    @pytest.mark.parametrize(("reader", "owner"), ACROSS)
    def test_refuses_every_table_of_the_other_kind(
        self, pair: None, dba: Dba, reader: str, owner: str
    ) -> None:
        tables = [it._meta.db_table for it in isolation.tenant_models()]
        dba.execute(f"SET ROLE {reader}")

        for table in tables:
            with pytest.raises(errors.InsufficientPrivilege, match="schema"), dba.transaction():
                dba.execute(f"SELECT count(*) FROM {owner}.{table}")
        assert "inbox_outbox" in tables

    @pytest.mark.parametrize(("one", "other"), [(TRAINING_REGION, TRAINING_MUNICIPALITY)])
    def test_lets_those_of_one_kind_read_what_they_have_opened(
        self, pair: None, dba: Dba, one: str, other: str
    ) -> None:
        dba.execute(f"SET ROLE {one}")

        assert dba.execute(f"SELECT count(*) FROM {other}.inbox_outbox").fetchone() == (0,)

    def test_shows_each_kind_its_own_address_book(self, practising: None) -> None:
        seen = {}
        for reader in (REGION, MUNICIPALITY, *PAIR):
            with acting_as(reader):
                seen[reader] = set(Unit.objects.values_list("owner", flat=True))

        assert seen[REGION] == seen[MUNICIPALITY] == {REGION, MUNICIPALITY, STRANGER}
        assert seen[TRAINING_REGION] == seen[TRAINING_MUNICIPALITY] == set(PAIR)

    def test_shows_counts_without_names_to_both_and_nothing_else(
        self, practising: None, dba: Dba
    ) -> None:
        with acting_as(TRAINING_REGION):
            TrainingCount.objects.create(
                owner=TRAINING_REGION, role="ward_nurse", people=3, counted_at=AT
            )
        with acting_as(REGION):
            assert TrainingCount.objects.get().people == 3
            assert list(AgreementText.objects.all()) == []
        told = [it for it in isolation.common_models() if isolation.kind_of(it).abroad]
        assert [it.__name__ for it in told] == ["TrainingCount"]
        columns = {it.name for it in TrainingCount._meta.concrete_fields}
        assert columns == {"id", "owner", "role", "people", "counted_at"}

    @pytest.mark.parametrize(
        ("owner", "hsa_id"), [(TRAINING_REGION, "SE2999999119-NY"), (REGION, "SE0999999119-NY")]
    )
    def test_keeps_the_numbers_of_units_apart(
        self, practising: None, owner: str, hsa_id: str
    ) -> None:
        with acting_as(owner), pytest.raises(IntegrityError, match="unit_training_is_numbered_so"):
            Unit.objects.create(
                hsa_id=hsa_id, owner=owner, name="x", name_sort="x", kind="ward",
                branch="health_care", phone="1",
            )  # fmt: skip

    def test_has_no_training_huvudman_under_another_name(self, pair: None, dba: Dba) -> None:
        for statement in (
            f"UPDATE tenants_tenant SET training_for = '' WHERE schema_name = '{TRAINING_REGION}'",
            "UPDATE tenants_tenant SET schema_name = 'x' WHERE training_for <> ''",
            f"UPDATE tenants_tenant SET training_for = 'x' WHERE schema_name = '{REGION}'",
        ):
            with pytest.raises(errors.CheckViolation), dba.transaction():
                dba.execute(statement)

    def test_tells_of_a_role_that_is_in_both(self, pair: None, dba: Dba) -> None:
        dba.execute(f"GRANT sp_party TO {TRAINING_REGION} WITH SET FALSE")

        assert any(TRAINING_REGION in it for it in catalogue.faults_seen_by(dba))


class TestLetters:
    @pytest.mark.parametrize(("sender", "recipient"), ACROSS)
    def test_that_were_planted_for_the_other_kind_are_never_fetched(
        self, practising: None, dba: Dba, sender: str, recipient: str,
        caplog: pytest.LogCaptureFixture,
    ) -> None:  # fmt: skip
        plant(dba, sender, recipient)

        tasks.drain()
        tasks.work_alone(recipient)

        with acting_as(recipient):
            assert not Received.objects.filter(sender=sender).exists()
            with pytest.raises(apart.Apart):
                delivery.fetch(sender=sender, at=AT)
        assert f"{sender} has letters for {recipient}, which is kept apart" in caplog.text

    @pytest.mark.parametrize(("sender", "recipient"), ACROSS)
    def test_cannot_be_posted_to_the_other_kind(
        self, practising: None, sender: str, recipient: str
    ) -> None:
        with acting_as(sender):
            with pytest.raises(apart.Apart):
                letters.post(uuid4(), recipient, Outbox.Kind.STATE, {}, at=AT)
            assert not Outbox.objects.filter(recipient=recipient).exists()

    @pytest.mark.parametrize(("sender", "recipient"), ACROSS)
    def test_no_window_opens_to_the_other_kind(
        self, practising: None, sender: str, recipient: str
    ) -> None:
        with acting_as(sender), pytest.raises(apart.Apart), looking_into(recipient):
            pytest.fail("the window opened")

    def test_go_between_training_huvudmän(self, filled: None) -> None:
        tasks.drain()

        with acting_as(TRAINING_MUNICIPALITY):
            assert Received.objects.filter(sender=TRAINING_REGION).exists()
        with acting_as(MUNICIPALITY):
            assert not Received.objects.exists()


class TestWhomOneMeets:
    def test_a_ward_finds_units_of_its_own_kind(self, practising: None) -> None:
        learner = actor("Sara", Role.WARD_NURSE, "Sjuksköterska", WARD)

        def owners(tenant: str) -> set[str]:
            with acting_as(tenant):
                found = queries.receivers_for(municipality_code="2399", actor=learner, at=AT)
            return {unit.owner for unit, _ in found}

        assert owners(REGION) == {REGION, MUNICIPALITY}
        assert owners(TRAINING_REGION) == {TRAINING_MUNICIPALITY}
        with acting_as(REGION), pytest.raises(units.NoSuchUnit):
            units.address(apart.unit_id_of(CASE_OFFICERS))
        with acting_as(TRAINING_REGION), pytest.raises(units.NoSuchUnit):
            units.address(CASE_OFFICERS)

    @pytest.mark.parametrize(("one", "other"), ACROSS)
    def test_no_agreement_names_both_kinds(self, practising: None, one: str, other: str) -> None:
        with acting_as(one), pytest.raises(BadAgreement, match="är inte ansluten"):
            agreements.draft(
                title="x", text="x", parties=[one, other], channels={}, terms={},
                valid_from=AT.date(), valid_until=AT.date(), at=AT,
            )  # fmt: skip
        assert other not in dict(Draft(None, tenant=one).fields["parties"].choices)

    @pytest.mark.parametrize(("one", "other"), ACROSS)
    def test_no_round_asks_both_kinds(self, practising: None, one: str, other: str) -> None:
        asked = rounds.Asked(rounds.Kind.PREVIEW, AT.date(), AT.date(), (other,))
        with acting_as(one):
            text = agreements.draft(
                title="x", text="x", parties=(REGION, MUNICIPALITY) if one == REGION else PAIR,
                channels={}, terms={}, valid_from=AT.date(), valid_until=AT.date(), at=AT,
            )  # fmt: skip
            with pytest.raises(rounds.BadRound, match="är inte ansluten"):
                rounds.ask(
                    asked, subject=text.id, text_hash=text.text_hash, by=progress.By("Eva", ""),
                    at=AT,
                )  # fmt: skip
        assert other not in dict(AskForm(None, tenant=one).fields["tenants"].choices)

    def test_a_draft_offers_those_of_the_own_kind(self, practising: None) -> None:
        offered = dict(Draft(None, tenant=TRAINING_REGION).fields["parties"].choices)

        assert list(offered) == [TRAINING_MUNICIPALITY]

    def test_the_board_of_readiness_and_the_registry_count_the_real_ones(
        self, practising: None
    ) -> None:
        with acting_as(REGION):
            assert registry.kin_names() == sorted([MUNICIPALITY, REGION, STRANGER])
            assert progress.host_of(TRAINING_MUNICIPALITY) is None
            with pytest.raises(progress.CannotOpen):
                progress.open_onboarding(
                    tenant=TRAINING_MUNICIPALITY, delregion="", wanted_start_on=None,
                    by=progress.By("Ola", ""), at=AT,
                )  # fmt: skip
            # A row that is planted counts for nobody.
            Onboarding.objects.create(
                owner=REGION, tenant=TRAINING_MUNICIPALITY, name="x", opened_at=AT
            )
            assert everybody(at=AT) == ()
        with acting_as(TRAINING_REGION):
            assert registry.kin_names() == sorted(PAIR)
        assert not set(registry.kin_names()) & set(PAIR)

    def test_a_training_unit_is_entered_under_its_own_kind_of_number(
        self, practising: None
    ) -> None:
        def entered(tenant: str, hsa_id: str) -> None:
            admin = actor("Anna", Role.LOCAL_ADMINISTRATOR, "Förvaltare", WARD)
            admin = type(admin)(**{**vars(admin), "tenant": tenant})
            entry = entries.UnitEntry(
                hsa_id=hsa_id, name="Ny", kind="ward", branch="health_care", phone="063-1475",
                opening_hours={"mon": ["08:00", "16:00"]},
            )  # fmt: skip
            with acting_as(tenant):
                operations.write_unit(actor=admin, entry=entry, at=AT)

        for tenant, wrong in ((TRAINING_REGION, "SE2999999119-NY"), (REGION, "SE0999999119-NY")):
            with pytest.raises(entries.BadEntry, match="börjar med SE0"):
                entered(tenant, wrong)
        entered(TRAINING_REGION, "SE0999999119-NY")
        entered(REGION, "SE2999999119-NY")
