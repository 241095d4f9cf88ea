"""The tasks as Celery would run them; nothing here needs a broker."""

from project.celery import app


def test_the_tasks_of_the_inbox_are_known_by_name() -> None:
    app.loader.import_default_modules()

    known = {name for name in app.tasks if name.startswith("care.")}
    assert known >= {
        "care.inbox.tasks.fetch",
        "care.inbox.tasks.act_on_deadlines",
        "care.inbox.tasks.follow_agreements",
    }


def test_nothing_is_lost_when_a_worker_dies() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.task_default_queue_type == "quorum"
    assert app.conf.broker_transport_options == {"confirm_publish": True}


def test_a_task_does_not_ask_the_registry_each_time() -> None:
    assert app.conf.task_tenant_cache_seconds == 60


def test_without_a_broker_nothing_is_eager_and_nothing_is_sent() -> None:
    assert not app.conf.task_always_eager
    assert not app.conf.broker_url
