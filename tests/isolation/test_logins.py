"""Who can become whom, in both tiers: the two columns of the threat model.

Shared login: SET ROLE guards against our own mistakes, and not against injected SQL. Own login: the
database refuses every other huvudman, whatever is sent.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from cast import MUNICIPALITY, REGION, STRANGER
from psycopg import errors

from tenants import catalogue, isolation

Session = Callable[[str], AbstractContextManager[psycopg.Connection[Any]]]

BECOMING_THE_REGION = [
    f"SET ROLE {REGION}",
    f"SELECT set_config('role', '{REGION}', false)",
    f"SET SESSION AUTHORIZATION {REGION}",
]
BECOMING_MORE = [
    "SET ROLE sp_migrator",
    "SET ROLE sp_party",
    "SET ROLE sp_backup",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION sp_migrator",
    f"GRANT {REGION} TO sp_app WITH INHERIT TRUE",
    f"ALTER ROLE {MUNICIPALITY} LOGIN",
    "CREATE ROLE foothold LOGIN",
]


@pytest.fixture
def own_login(migrator: None, dba: psycopg.Connection[Any]) -> Iterator[str]:
    """Give the municipality the login of the stricter tier."""
    isolation.give_own_login(MUNICIPALITY)
    isolation.give_own_login(MUNICIPALITY)  # twice changes nothing
    assert catalogue.faults() == []
    yield f"login_{MUNICIPALITY}"
    dba.execute(f"DROP ROLE login_{MUNICIPALITY}")
    dba.commit()


@pytest.mark.parametrize(
    "statement",
    [
        f"SELECT count(*) FROM {REGION}.home_answer",
        "SELECT count(*) FROM public.tenants_tenant",
        "SELECT count(*) FROM public.tenants_unit",
        f"INSERT INTO {REGION}.cases_event DEFAULT VALUES",
    ],
)
def test_the_shared_login_alone_reads_and_writes_nothing(session: Session, statement: str) -> None:
    with session("sp_app") as shared, pytest.raises(errors.InsufficientPrivilege):
        shared.execute(statement)


def test_while_no_huvudman_is_chosen_the_registry_alone_is_read(session: Session) -> None:
    with session("sp_app") as shared:
        shared.execute("SET ROLE sp_registry")
        assert shared.execute("SELECT count(*) FROM public.tenants_tenant").fetchone() == (3,)
        for statement in (
            "SELECT FROM public.tenants_unit",
            f"SELECT FROM {REGION}.home_answer",
            "UPDATE public.tenants_tenant SET name = 'x'",
            "DELETE FROM public.tenants_domain",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                shared.execute(statement)


@pytest.mark.parametrize("hop", BECOMING_THE_REGION[:2])
def test_injected_sql_on_the_shared_login_becomes_another_huvudman(
    session: Session, hop: str
) -> None:
    # Not a promise but its limit, and the reason for the stricter tier. If this ever fails, the
    # threat model has become too modest.
    with session("sp_app") as shared:
        shared.execute(f"SET ROLE {MUNICIPALITY}")
        shared.execute(hop)
        assert shared.execute("SELECT current_user::text").fetchone() == (REGION,)
        assert shared.execute(f"SELECT count(*) FROM {REGION}.home_answer").fetchone() == (0,)


@pytest.mark.parametrize("hop", BECOMING_THE_REGION)
def test_an_own_login_cannot_become_another_huvudman(
    own_login: str, session: Session, hop: str
) -> None:
    with session(own_login) as own:
        own.execute(f"SET ROLE {MUNICIPALITY}")
        assert own.execute(f"SELECT count(*) FROM {MUNICIPALITY}.home_answer").fetchone() == (0,)
        with pytest.raises(errors.InsufficientPrivilege):
            own.execute(hop)
        own.execute("RESET ROLE")
        with pytest.raises(errors.InsufficientPrivilege):
            own.execute(hop)


def test_an_own_login_alone_reads_nothing(own_login: str, session: Session) -> None:
    with session(own_login) as own, pytest.raises(errors.InsufficientPrivilege):
        own.execute(f"SELECT count(*) FROM {MUNICIPALITY}.home_answer")


@pytest.mark.parametrize("statement", [*BECOMING_MORE, BECOMING_THE_REGION[2]])
def test_the_shared_login_becomes_nobody_with_more_power(session: Session, statement: str) -> None:
    with session("sp_app") as shared:
        with pytest.raises(errors.InsufficientPrivilege):
            shared.execute(statement)
        shared.execute(f"SET ROLE {MUNICIPALITY}")
        with pytest.raises(errors.InsufficientPrivilege):
            shared.execute(statement)


@pytest.mark.parametrize("statement", BECOMING_MORE)
def test_an_own_login_becomes_nobody_with_more_power(
    own_login: str, session: Session, statement: str
) -> None:
    with session(own_login) as own:
        own.execute(f"SET ROLE {MUNICIPALITY}")
        with pytest.raises(errors.InsufficientPrivilege):
            own.execute(statement)


@pytest.mark.parametrize("role", [REGION, MUNICIPALITY, STRANGER, "sp_party", "sp_registry"])
def test_a_role_of_a_huvudman_cannot_log_in(session: Session, role: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"), session(role):
        pass
