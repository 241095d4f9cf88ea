"""A task runs for the huvudman that asked for it, and without a huvudman it can reach nothing."""

import pytest
from cast import MUNICIPALITY, REGION
from django.db import ProgrammingError, connection, transaction
from tenant_schemas_celery.app import CeleryApp

from tenants.context import acting_as, after_commit
from tenants.home.models import Answer

app = CeleryApp("tests", broker="memory://", backend="cache+memory://", set_as_current=False)
app.conf.update(task_always_eager=True, task_eager_propagates=True)
seen: list[tuple[str, str]] = []


@app.task
def look() -> None:
    Answer.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_schema()::text")
        seen.append(cursor.fetchone())


def test_a_task_asked_for_in_a_transaction_runs_for_the_same_huvudman(committed: None) -> None:
    seen.clear()
    with acting_as(MUNICIPALITY), transaction.atomic():
        after_commit(look.delay)
    with acting_as(REGION):
        look.delay()
    assert seen == [(MUNICIPALITY, MUNICIPALITY), (REGION, REGION)]


def test_a_task_without_a_huvudman_reaches_nothing(committed: None) -> None:
    with pytest.raises(ProgrammingError, match="does not exist"):
        look.delay()
