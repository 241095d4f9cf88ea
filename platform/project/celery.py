"""The tasks as Celery runs them, where there is a broker (`celery --app project.celery worker`).

Without SAMPLAN_BROKER_URL nothing is sent anywhere: `samplan work` calls the same functions in
process. The rows are the truth; the broker may be wiped at any time.
"""

import os

from celery.signals import setup_logging
from tenant_schemas_celery.app import CeleryApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")


@setup_logging.connect
def leave_logging(**_: object) -> None:
    """Keep the handlers of the settings (project.logs): a worker would put in its own."""


app = CeleryApp("samplan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    broker_transport_options={"confirm_publish": True},
    task_default_queue="samplan",
    task_default_queue_type="quorum",
    task_default_exchange_type="topic",
    # A task that was begun and not finished is done again, and one that failed is not: its row is
    # still there, and the next round finds it.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_acks_on_failure=True,
    task_acks_on_timeout=True,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_time_limit=120,
    task_soft_time_limit=100,
    # Else every task asks the registry for its huvudman.
    task_tenant_cache_seconds=60,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_soft_shutdown_timeout=20,
)
app.autodiscover_tasks(["care.inbox", "integrations.webhooks"])
