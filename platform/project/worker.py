"""The loop of background work (decision 25): safe to kill at any time, and to run twice.

What it does is in rows: a round that is cut short is undone, and the next one finds it again.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from threading import Event, Thread
from time import monotonic

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from care.inbox import tasks
from care.inbox.tasks import Seen
from care.law import calendar
from care.training import resetting
from integrations.webhooks import tasks as webhooks
from project.logs import without_values
from tenants import apart, clock

logger = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0  # seconds, while the database cannot be reached
SEAL_EVERY, WITNESS_EVERY = 10.0, 300.0  # seconds; a checkpoint of the hour is seen within minutes
SEAL_WHOLE_EVERY = 86400.0  # seconds; every row of a log is looked at
LAST_CALLS = 15.0  # seconds in which whoever tells subscribers ends, told to stop


class DatabaseLost(Exception):
    """The database cannot be reached; the round ends."""


def run(*, once: bool, interval: float, pause: Callable[[float], bool]) -> None:
    """Work, round by round, until told to stop; a round that has begun is finished.

    A database that is away is tried again, at ever longer intervals. Subscribers are told beside
    it: one that does not answer keeps no letter waiting.

    :param interval: seconds from the beginning of a round to that of the next
    :param pause: waits for some seconds, and tells whether to stop
    """
    if once:
        _run(once=True, interval=interval, pause=pause)
        return
    with _telling(interval):
        _run(once=False, interval=interval, pause=pause)


def _run(*, once: bool, interval: float, pause: Callable[[float], bool]) -> None:
    memory: dict[str, Seen] = {}
    sealed: dict[str, float] = {}
    day: date | None = None
    reset: tuple[date, frozenset[str]] | None = None
    wait = FIRST_WAIT
    while True:
        try:
            today = _today()
            if today != day:
                memory.clear()  # at the start and nightly every letter is asked for
            begun = monotonic()
            tenants = _tenants()
            work(tenants, memory, alone=settings.TENANT_PINNED is not None)
            seal(tenants, sealed, now=begun)
            reset = reset_training(tenants, done=reset)
            if once:
                tell(tenants)
            if today != day:
                forget(tenants)
                day = today
            # From beginning to beginning: after a long round letters have waited long enough.
            seconds, wait = max(0.0, begun + interval - monotonic()), FIRST_WAIT
        except DatabaseLost:
            logger.warning("the database cannot be reached; next try in %.0f s", wait)
            seconds, wait = wait, min(2 * wait, LONGEST_WAIT)
        else:
            if once:
                return
        if pause(seconds):
            return


def work(tenants: Iterable[str], memory: dict[str, Seen], *, alone: bool = False) -> int:
    """Do one round; a huvudman whose round fails does not stop the others.

    :param alone: the process may act for one huvudman only
    :raises DatabaseLost: if the database cannot be reached
    """
    return _for_each(
        tenants,
        lambda tenant: tasks.work_alone(tenant) if alone else tasks.work([tenant], memory),
    )


def tell(tenants: Iterable[str]) -> int:
    """Tell the subscribers of each huvudman what has happened; return how much was done.

    :raises DatabaseLost: if the database cannot be reached
    """
    return _for_each(tenants, lambda tenant: webhooks.tell(tenant=tenant))


@contextmanager
def _telling(interval: float) -> Iterator[None]:
    """Tell subscribers in a thread of its own, on a connection of its own, until the end."""
    is_over = Event()
    teller = Thread(target=_tell_on, args=(interval, is_over), name="webhooks", daemon=True)
    teller.start()
    try:
        yield
    finally:
        is_over.set()
        # A call that still hangs is given up with the process: its delivery comes due again.
        teller.join(LAST_CALLS)


def _tell_on(interval: float, is_over: Event) -> None:
    wait = FIRST_WAIT
    try:
        while not is_over.is_set():
            try:
                tell(_tenants())
                seconds, wait = interval, FIRST_WAIT
            except DatabaseLost:  # told by the loop beside
                seconds, wait = wait, min(2 * wait, LONGEST_WAIT)
            except Exception as fault:  # whatever it is, subscribers are told in the next round
                logger.error("webhooks: %s", without_values(fault))
                seconds = wait
            is_over.wait(seconds)
    finally:
        connection.close()


def seal(tenants: Iterable[str], done: dict[str, float], *, now: float) -> int:
    """Seal the logs of each huvudman every ten seconds, and witness for others; how many rows.

    At the start and daily rows are looked for that were passed by.
    A huvudman whose key is missing is not sealed, which its line in the log says each time.

    :param done: when each was last done, kept from round to round
    :param now: seconds of a clock that only goes forward
    :raises DatabaseLost: if the database cannot be reached
    """
    if not settings.SEAL_KEYS:
        return 0
    names = list(tenants)
    rows = 0
    if _is_due(done, "seal", SEAL_EVERY, now):
        is_whole = _is_due(done, "seal whole", SEAL_WHOLE_EVERY, now)
        rows = _for_each(names, lambda tenant: tasks.seal(tenant=tenant, is_whole=is_whole))
    if _is_due(done, "witness", WITNESS_EVERY, now):
        _for_each(names, lambda tenant: tasks.witness(tenant=tenant))
    return rows


def _is_due(done: dict[str, float], what: str, every: float, now: float) -> bool:
    if what in done and now - done[what] < every:
        return False
    done[what] = now
    return True


def forget(tenants: Iterable[str]) -> int:
    """Remove what is kept for a time only; return how many rows that were.

    :raises DatabaseLost: if the database cannot be reached
    """
    return _for_each(
        tenants, lambda tenant: tasks.forget(tenant=tenant) + webhooks.forget(tenant=tenant)
    )


def reset_training(
    tenants: Iterable[str], *, done: tuple[date, frozenset[str]] | None
) -> tuple[date, frozenset[str]] | None:
    """Let the training huvudmän begin anew, once a night and when one has come; rows tell whether.

    A pinned process may not: it acts for one huvudman, and they begin anew together.

    :param done: what was returned last: the night, and who there was
    :raises DatabaseLost: if the database cannot be reached
    """
    names = frozenset(filter(apart.is_training, tenants))
    if settings.TENANT_PINNED or not names:
        return done
    at = clock.moment()
    wanted = resetting.night_of(at), names
    if done == wanted:
        return done
    try:
        resetting.reset(at=at, night=wanted[0])
    except Exception as fault:  # whatever it is, the real huvudmän have their turn; tried again
        _refuse_without_database(fault)
        logger.error("training: %s", without_values(fault))
        return done
    return wanted


def _for_each(tenants: Iterable[str], act: Callable[[str], int]) -> int:
    done = 0
    for tenant in tenants:
        try:
            done += act(tenant)
        except Exception as fault:  # whatever it is, the other huvudmän have their turn
            _refuse_without_database(fault)
            logger.error("%s: %s", tenant, without_values(fault))
    return done


def _today() -> date:
    try:
        return calendar.local_date(clock.moment())
    except (OperationalError, InterfaceError) as fault:
        _refuse_without_database(fault)
        raise


def _tenants() -> list[str]:
    if settings.TENANT_PINNED:
        return [settings.TENANT_PINNED]
    try:
        return tasks.all_tenants()
    except (OperationalError, InterfaceError) as fault:
        _refuse_without_database(fault)
        raise


def _refuse_without_database(fault: Exception) -> None:
    """Give the connection back if it is dead; a lock that was not got is no lost database."""
    if isinstance(fault, OperationalError | InterfaceError) and not _is_alive():
        connection.close()
        raise DatabaseLost from fault


def _is_alive() -> bool:
    return connection.connection is not None and connection.is_usable()
