"""Tenant and window: one statement sets both, and neither can be changed at the wrong moment."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER, YEARS_AHEAD
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError

from care.cases.models import Contribution
from tenants.context import acting_as
from tenants.home.models import Answer
from tenants.rows import NotAtHome
from tenants.window import looking_into

pytestmark = pytest.mark.django_db


def role_and_schema() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_schema()::text")
        role, schema = cursor.fetchone()
        return role, schema


def answer(key: str = "k") -> Answer:
    return Answer.objects.create(client="c", key=key, body_hash="", status=200, body={}, at=AT)


def test_without_a_huvudman_no_row_of_any_can_be_reached() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {REGION}.home_answer")


def test_acting_as_a_huvudman_means_holding_its_role_and_meaning_its_tables() -> None:
    with acting_as(REGION):
        assert role_and_schema() == (REGION, REGION)
    assert role_and_schema() == ("sp_registry", "public")


def test_a_window_moves_the_tables_and_leaves_the_role() -> None:
    with acting_as(MUNICIPALITY):
        with looking_into(REGION):
            assert role_and_schema() == (MUNICIPALITY, REGION)
            with looking_into(STRANGER):
                assert role_and_schema() == (MUNICIPALITY, STRANGER)
            assert role_and_schema() == (MUNICIPALITY, REGION)
        assert role_and_schema() == (MUNICIPALITY, MUNICIPALITY)


def test_role_and_schema_cost_one_statement_and_only_when_they_change(
    django_assert_num_queries: Callable[..., Any],
) -> None:
    with acting_as(REGION), django_assert_num_queries(4) as seen:
        Answer.objects.count()
        Answer.objects.count()
        with acting_as(REGION):
            Answer.objects.count()

    statements = [query["sql"] for query in seen.captured_queries]
    assert statements[0] == f'SET ROLE "{REGION}"; SET search_path = "{REGION}", "public"'
    assert not any("SET" in statement for statement in statements[1:])


def test_the_huvudman_cannot_change_inside_a_transaction() -> None:
    with acting_as(REGION), transaction.atomic():
        with pytest.raises(TransactionManagementError), acting_as(MUNICIPALITY):
            pass
        with looking_into(MUNICIPALITY):
            assert role_and_schema() == (REGION, MUNICIPALITY)


def test_the_huvudman_cannot_change_while_a_window_is_open() -> None:
    with (
        acting_as(REGION),
        looking_into(MUNICIPALITY),
        pytest.raises(TransactionManagementError),
        acting_as(STRANGER),
    ):
        pass


def test_role_and_schema_are_right_after_a_savepoint_is_rolled_back() -> None:
    with acting_as(MUNICIPALITY):
        with suppress(ZeroDivisionError), transaction.atomic(), looking_into(REGION):
            Contribution.objects.values_list("pk").first()
            raise ZeroDivisionError
        assert role_and_schema() == (MUNICIPALITY, MUNICIPALITY)


def test_a_failure_in_a_window_can_be_survived() -> None:
    # The window closes while the transaction is broken. Setting the role then would fail and hide
    # the first error.
    with acting_as(MUNICIPALITY), transaction.atomic():
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            looking_into(REGION),
        ):
            answer()
        assert role_and_schema() == (MUNICIPALITY, MUNICIPALITY)
        answer()
        with pytest.raises(IntegrityError), transaction.atomic():
            answer()
        assert Answer.objects.count() == 1


def test_in_a_broken_transaction_the_first_error_is_the_one_that_is_told() -> None:
    def fail_and_look_abroad() -> None:
        try:
            answer()
        finally:
            with looking_into(REGION), pytest.raises(TransactionManagementError):
                Contribution.objects.exists()

    with acting_as(MUNICIPALITY):
        answer()
        with pytest.raises(IntegrityError), transaction.atomic():
            fail_and_look_abroad()


def test_a_huvudman_without_a_role_is_an_error_and_never_the_former_role() -> None:
    with acting_as(REGION):
        assert Answer.objects.count() == 0
    with acting_as("test_nobody"), pytest.raises(DataError, match="does not exist"):
        Answer.objects.count()


@pytest.mark.parametrize("name", ['x"; RESET ROLE; --', "pg_catalog", ""])
def test_a_name_that_is_no_schema_never_reaches_the_database(name: str) -> None:
    with acting_as(name), pytest.raises(ValidationError):
        role_and_schema()


def test_a_pinned_process_acts_for_one_huvudman_only(settings: Any) -> None:
    settings.TENANT_PINNED = MUNICIPALITY
    with acting_as(MUNICIPALITY):
        assert role_and_schema() == (MUNICIPALITY, MUNICIPALITY)
    with pytest.raises(PermissionDenied), acting_as(REGION):
        pass


def test_a_process_that_does_not_assume_roles_stays_its_login(settings: Any) -> None:
    settings.TENANT_ASSUME_ROLE = False
    with acting_as(REGION):
        assert role_and_schema()[0] == "sp_app"


def test_server_side_cursors_read_at_home() -> None:
    with acting_as(REGION):
        answer("home")
        assert [it.key for it in Answer.objects.iterator(chunk_size=1)] == ["home"]


def test_through_a_window_come_values_and_no_instances_that_could_be_saved_at_home(
    common_id: UUID,
) -> None:
    with acting_as(REGION):
        _open_contribution(common_id, "abroad")
    with acting_as(MUNICIPALITY), looking_into(REGION):
        assert Contribution.objects.values_list("text").get() == ("abroad",)
        with pytest.raises(NotAtHome):
            Contribution.objects.get()


def test_a_queryset_made_in_a_window_is_evaluated_at_home(common_id: UUID) -> None:
    # The trap that tenants.window warns of: a queryset is lazy, so its rows come from where it is
    # evaluated.
    with acting_as(MUNICIPALITY):
        _open_contribution(common_id, "home")
        with looking_into(REGION):
            abroad = Contribution.objects.all()
        assert [it.text for it in abroad] == ["home"]


def _open_contribution(common_id: UUID, text: str) -> None:
    Contribution.objects.create(
        common_id=common_id,
        info_class="planning",
        text=text,
        at=AT,
        open_to={MUNICIPALITY: YEARS_AHEAD.isoformat()},
    )
