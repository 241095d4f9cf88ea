"""Browsers for the tests: signed in as somebody at that huvudman's host, or as nobody."""

import re
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


def words(content: bytes) -> str:
    """Return the words of a page, without tags, spaces of all kinds alike."""
    return re.sub(r"[\s\u00a0]+", " ", re.sub(r"<[^>]+>", " ", content.decode()))


def text(client: Client, url: str, status: int = 200) -> str:
    """Return the words of a page that is asked for."""
    response = client.get(url)
    assert response.status_code == status, url
    return words(response.content)


def post(client: Client, who: Hired, url: str, **fields: object) -> str:
    """Send a form and return where it leads."""
    response = client.post(url, sent(who, **fields))
    assert response.status_code == 303, words(response.content)
    return str(response["Location"])
