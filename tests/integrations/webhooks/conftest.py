"""A ward whose system subscribes, and a server on loopback that is called."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cast import REGION
from hired import working
from people import WARD, write_units
from pytest_django import Settings
from subscriber import Subscriber, listening

from care.feed import operations
from care.feed.operations import Secret
from care.identity.actors import Actor
from care.identity.permissions import Role
from integrations.webhooks import client
from tenants import clock
from tenants.context import acting_as


@pytest.fixture(autouse=True)
def demo(committed: None, settings: Settings, tmp_path: Path) -> None:
    """Let loopback be called without TLS, and the clock be moved."""
    settings.DEMO = True
    settings.OUTGOING = ["127.0.0.1@127.0.0.0/8"]
    settings.CLOCK_OFFSET_FILE = str(tmp_path / "clock")
    write_units()


@pytest.fixture
def nurse() -> Actor:
    return working(REGION, "Sara Lindmark", 1, Role.WARD_NURSE, WARD)


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    with listening() as found:
        yield found


@pytest.fixture
def subscribed(nurse: Actor, subscriber: Subscriber) -> Secret:
    return subscribe(nurse, subscriber.url)


def subscribe(actor: Actor, url: str) -> Secret:
    with acting_as(actor.tenant):
        return operations.subscribe(
            actor=actor, client="journal", url=url, refuse=client.refuse_unless_callable,
            at=clock.moment(),
        )  # fmt: skip


def later(by: timedelta) -> datetime:
    """Let it be later by so much than it is now; return the moment."""
    clock.move(clock.offset() + by)
    return clock.moment()
