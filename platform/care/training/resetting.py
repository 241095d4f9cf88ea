"""Nattlig återställning: the training huvudmän of a county are emptied and begin anew.

Staff, assignments, runs and counts stay. A real huvudman cannot be emptied: the function refuses,
and its role has no right to remove a message, an event or a line of the access log.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter

from django.db import IntegrityError, connection, transaction
from psycopg import sql

from care.feed import operations as feed
from care.inbox.models import Fetched, Outbox
from care.law import calendar
from care.training import operations, seeding
from tenants import isolation
from tenants.apart import is_training
from tenants.context import acting_as, acting_for
from tenants.models import Tenant, TrainingReset

FROM = time(2)  # local time; nobody practises then


def night_of(at: datetime) -> date:
    """Return the night whose reset is due at a moment: that of the day, from two o'clock on."""
    local = at.astimezone(calendar.STOCKHOLM)
    today = local.date()
    return today if local.time() >= FROM else today - timedelta(days=1)


def reset(*, at: datetime, night: date | None = None) -> list[str]:
    """Empty every training huvudman and begin anew; return the schemas of those it was done for.

    Cut short it is completed by the next call, and two at once do it once: the row of the night is
    written in the transaction that empties. First every outbox of the county is emptied, so that
    nobody who has been emptied fetches again what another has not forgotten yet.

    :param night: of the loop, where it has been done it is left; None: now, whatever has been done
    """
    done = []
    for county in _counties():
        waiting = [it for it in county if night is None or not _is_done(it, night)]
        for name in waiting:
            with acting_as(name):
                _withdraw_letters()
        # The region is the first: its wards send what the municipalities fetch.
        for name in waiting:
            with acting_as(name):
                if _begin_anew(at=at, night=night):
                    done.append(name)
    return done


def empty() -> None:
    """Remove every person, case, message and access of the training huvudman that acts.

    :raises NotTraining: for a real one
    """
    operations.refuse_unless_training()
    with transaction.atomic():
        # Whoever is fetching is waited for, and finds nothing afterwards.
        list(Fetched.objects.select_for_update().values_list("pk", flat=True))
        feed.forget_deliveries()  # whoever subscribes goes on with what happens from now on
        with connection.cursor() as cursor:
            # Foreign keys are asked at the end of the transaction: any order will do.
            for model in isolation.case_models():
                table = sql.Identifier(model._meta.db_table)
                cursor.execute(sql.SQL("DELETE FROM {}").format(table))


def _begin_anew(*, at: datetime, night: date | None) -> bool:
    try:
        with transaction.atomic():
            TrainingReset.objects.create(owner=acting_for(), night=night, reset_at=at)
            operations.note_finished(at=at)
            empty()
            seeding.seed(at=at)
    except IntegrityError:
        if night is None or not _is_done(acting_for(), night):
            raise
        return False  # another loop has done it in the same moment
    return True


def _is_done(schema_name: str, night: date) -> bool:
    with acting_as(schema_name):
        return TrainingReset.objects.filter(owner=schema_name, night=night).exists()


def _withdraw_letters() -> None:
    operations.refuse_unless_training()
    with connection.cursor() as cursor:
        table = sql.Identifier(Outbox._meta.db_table)
        cursor.execute(sql.SQL("DELETE FROM {}").format(table))


def _counties() -> Iterable[list[str]]:
    """Give the training huvudmän of each county, the region first."""
    with acting_as("public"):
        rows = list(Tenant.objects.exclude(training_for="").order_by("county_code", "schema_name"))
    for _, group in groupby(rows, key=attrgetter("county_code")):
        of_county = sorted(group, key=lambda it: it.kind == Tenant.Kind.MUNICIPALITY)
        yield [it.schema_name for it in of_county if is_training(it.schema_name)]
