"""No line of the log holds what a row holds, whoever writes it."""

import logging
import sys
from collections.abc import Callable

import pytest
from cast import REGION
from django.conf import settings
from django.db import IntegrityError

from care.inbox import tasks
from care.individuals import operations as individuals
from care.sharing import rls
from project.celery import app
from project.logs import WithoutValues

SECRET = "Key (kind, value)=(personnummer, 194004057032) already exists."


def line(write: Callable[[logging.Logger], object], name: str = "somebody") -> str:
    """Return what the log of the settings gets of something that is logged."""
    written: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(self.format(record))

    handler = Kept()
    handler.setFormatter(WithoutValues("%(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger(name)
    logger.addHandler(handler)
    try:
        write(logger)
    finally:
        logger.removeHandler(handler)
    return "\n".join(written)


def fault() -> IntegrityError:
    try:
        individuals.identity_number(SECRET)
    except individuals.BadIdentity as bad:
        return IntegrityError(SECRET).with_traceback(bad.__traceback__)
    raise AssertionError


def test_an_exception_is_written_as_its_class_and_place() -> None:
    def raised(logger: logging.Logger) -> None:
        try:
            raise fault()
        except IntegrityError as it:
            logger.exception("Task failed: %s", it)

    place = "care.individuals.operations.identity_number"
    assert line(raised).startswith(f"ERROR somebody IntegrityError in {place}:")
    assert len(line(raised).splitlines()) == 1


@pytest.mark.parametrize(
    "write",
    [
        lambda log: log.error("it was %s", fault()),
        lambda log: log.error("it was %(fault)s", {"fault": fault()}),
        lambda log: log.error("it was", exc_info=fault()),
    ],
)
def test_no_way_of_logging_it_says_more(write: Callable[[logging.Logger], object]) -> None:
    assert "194004057032" not in line(write)
    assert "IntegrityError in care.individuals.operations" in line(write)


def test_what_brings_no_exception_is_written_as_it_is() -> None:
    assert line(lambda log: log.error("%s of %d", "one", 2)) == "ERROR somebody one of 2"
    assert line(lambda log: log.error("no value")) == "ERROR somebody no value"


def test_every_handler_of_the_settings_writes_so() -> None:
    formatters = settings.LOGGING["formatters"]

    assert {it["()"] for it in formatters.values()} == {"project.logs.WithoutValues"}
    assert all("formatter" in it for it in settings.LOGGING["handlers"].values())


def test_a_task_that_fails_leaves_no_value_in_the_log(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*, at: object) -> int:
        raise fault()

    def run(log: logging.Logger) -> None:
        app.tasks[tasks.follow_agreements.name].apply(kwargs={"tenant": REGION})

    monkeypatch.setattr(rls, "follow_agreements", failing)

    told = line(run, "celery.app.trace")
    assert told.startswith("ERROR celery.app.trace IntegrityError in care.individuals.operations")
    assert "194004057032" not in told


def test_a_worker_keeps_the_handlers_of_the_settings() -> None:
    root, streams = logging.getLogger(), (sys.stdout, sys.stderr)
    before = list(root.handlers)

    app.log.already_setup = False
    app.log.setup(loglevel="INFO", redirect_stdouts=True)

    assert root.handlers == before
    assert (sys.stdout, sys.stderr) == streams
