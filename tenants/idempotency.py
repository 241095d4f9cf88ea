"""Same key, same body: same answer, one effect."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from tenants.context import acting_for
from tenants.home.models import Answer

Reply = tuple[int, dict[str, Any]]

# A form that is sent again later than this takes effect again, so it is longer than anybody leaves
# a page open: over a holiday.
KEPT = timedelta(days=60)


class KeyReused(Exception):
    """The key came before with another body; the API answers 422."""


class InFlight(Exception):
    """The first request with this key is still being answered; the API answers 409."""


def once(*, client: str, key: str, body: bytes, act: Callable[[], Reply], at: datetime) -> Reply:
    """Act on the first request with a key, and answer every later one as the first was answered.

    The effect and the stored answer are one transaction: either both exist or neither does.

    :raises KeyReused: if the key was used with another body
    :raises InFlight: if the first request has not been answered yet
    """
    body_hash = sha256(body).hexdigest()
    with transaction.atomic():
        if not _lock(f"{acting_for()}/{client}/{key}"):
            raise InFlight
        earlier = Answer.objects.filter(client=client, key=key).first()
        if earlier is None:
            status, answer = act()
            Answer.objects.create(
                client=client, key=key, body_hash=body_hash, status=status, body=answer, at=at
            )
            return status, answer
        if earlier.body_hash != body_hash:
            raise KeyReused
        return earlier.status, earlier.body


def forget(*, at: datetime) -> int:
    """Remove the answers that nobody asks for again; return how many there were."""
    removed, _ = Answer.objects.filter(at__lt=at - KEPT).delete()
    return removed


def _lock(name: str) -> bool:
    # Held until the transaction ends; without waiting, so that the client is told instead of
    # hanging.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])
