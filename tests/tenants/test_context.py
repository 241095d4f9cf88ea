"""For whom we act, and what is promised for after the commit."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

import pytest
from cast import MUNICIPALITY, REGION
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from tenants.context import acting_as, acting_for, after_commit


@pytest.mark.django_db
def test_acting_for_names_the_huvudman_and_public_when_there_is_none() -> None:
    assert acting_for() == "public"
    with acting_as(REGION):
        with acting_as(MUNICIPALITY):
            assert acting_for() == MUNICIPALITY
        assert acting_for() == REGION
    assert acting_for() == "public"


@pytest.mark.django_db
def test_a_failure_leaves_nobody_acted_for() -> None:
    with pytest.raises(ZeroDivisionError), acting_as(REGION):
        raise ZeroDivisionError
    assert acting_for() == "public"


def test_the_huvudman_cannot_change_inside_a_real_transaction(committed: None) -> None:
    with acting_as(REGION), transaction.atomic():
        with pytest.raises(TransactionManagementError), acting_as(MUNICIPALITY):
            pass
        assert acting_for() == REGION


@pytest.mark.django_db
def test_after_commit_remembers_for_whom_it_was_asked(
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    seen: list[str] = []

    with django_capture_on_commit_callbacks(execute=True), acting_as(MUNICIPALITY):
        transaction.on_commit(lambda: seen.append(connection.schema_name))  # noqa: TID251 - the trap
        after_commit(lambda: seen.append(connection.schema_name))  # the cure

    assert seen == ["public", MUNICIPALITY]


def test_after_commit_calls_with_its_arguments_once_the_row_is_there(committed: None) -> None:
    seen: list[tuple[str, bool]] = []

    def note(word: str, *, in_transaction: bool) -> None:
        seen.append((word, in_transaction))

    with acting_as(REGION), transaction.atomic():
        after_commit(note, "done", in_transaction=False)
        assert seen == []
    assert seen == [("done", False)]


def test_after_commit_calls_nothing_when_the_transaction_is_rolled_back(committed: None) -> None:
    seen: list[str] = []
    with acting_as(REGION), suppress(ZeroDivisionError), transaction.atomic():
        after_commit(seen.append, "called")
        raise ZeroDivisionError
    assert seen == []
