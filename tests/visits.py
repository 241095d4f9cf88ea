"""Browsers for the tests: signed in as somebody at that huvudman's host, or as nobody."""

from typing import Any
from uuid import UUID, uuid4

from cast import MUNICIPALITY, REGION, STRANGER
from django.test import Client
from hired import Hired

from portal.access import COOKIE

HOSTS = {
    REGION: "region.localhost",
    MUNICIPALITY: "municipality.localhost",
    STRANGER: "stranger.localhost",
}


def browser(hired: Hired | None = None, *, tenant: str = REGION, **more: Any) -> Client:
    """Return a browser at a huvudman's host, signed in as somebody or not."""
    client = Client(headers={"host": HOSTS[hired.tenant if hired else tenant]}, **more)
    if hired is not None:
        client.cookies[COOKIE] = hired.sign_in()
    return client


def sent(hired: Hired, key: UUID | None = None, **fields: Any) -> dict[str, Any]:
    """Return what a form of ours sends: its fields, the assignment and a one-time key."""
    return {"assignment": hired.assignments[0], "idempotency_key": key or uuid4(), **fields}
