"""A pooled connection serves each huvudman with the right role and schema."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from cast import MUNICIPALITY, REGION, STRANGER
from django.db import connection, transaction

from tenants.context import acting_as
from tenants.window import looking_into


@pytest.fixture
def pooled(committed: None) -> Iterator[None]:
    """Let all threads share four connections."""
    connection.close()
    options, age = connection.settings_dict["OPTIONS"], connection.settings_dict["CONN_MAX_AGE"]
    pool = {"min_size": 2, "max_size": 4}
    connection.settings_dict.update(OPTIONS=options | {"pool": pool}, CONN_MAX_AGE=0)
    yield
    connection.close()
    connection.close_pool()
    connection.settings_dict.update(OPTIONS=options, CONN_MAX_AGE=age)


def role_and_schema() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_schema()::text")
        role, schema = cursor.fetchone()
        return role, schema


def serve(seed: int) -> list[tuple[str, str]]:
    """Serve fifty requests as a web server's thread would; return what went wrong."""
    wrong: list[tuple[str, str]] = []
    chance = random.Random(seed)
    for _ in range(50):
        home, abroad = chance.sample([REGION, MUNICIPALITY, STRANGER], 2)
        with acting_as(home):
            with suppress(ZeroDivisionError), transaction.atomic():
                if role_and_schema() != (home, home):
                    wrong.append(("in the transaction", home))
                if chance.random() < 0.5:
                    with looking_into(abroad):
                        if role_and_schema() != (home, abroad):
                            wrong.append(("in the window", home))
                if chance.random() < 0.3:
                    raise ZeroDivisionError
            if role_and_schema() != (home, home):
                wrong.append(("after the transaction", home))
            if chance.random() < 0.5:
                connection.close()  # in the middle, as after a lost connection
                if role_and_schema() != (home, home):
                    wrong.append(("after reconnecting", home))
        connection.close()
    return wrong


def test_threads_that_share_connections_never_meet_the_former_role(pooled: None) -> None:
    with ThreadPoolExecutor(max_workers=8) as threads:
        wrong = [fault for faults in threads.map(serve, range(8)) for fault in faults]
    assert wrong == []
