"""The moment is the database's; only the demo and the tests may move it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tenants import clock

HOUR = timedelta(hours=1)


@pytest.fixture
def offset_file(tmp_path: Path, settings: Any) -> Path:
    settings.CLOCK_OFFSET_FILE = str(tmp_path / "clock")
    return tmp_path / "clock"


@pytest.mark.django_db
def test_the_moment_is_the_databases_and_knows_its_zone() -> None:
    moment = clock.moment()
    assert moment.tzinfo is not None
    assert abs(moment - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.django_db
def test_the_moment_goes_on_inside_a_transaction() -> None:
    assert clock.moment() < clock.moment()


def test_without_a_file_of_its_own_the_clock_cannot_be_moved(settings: Any) -> None:
    settings.CLOCK_OFFSET_FILE = None
    with pytest.raises(RuntimeError):
        clock.move(HOUR)
    assert clock.offset() == timedelta()


def test_a_clock_that_nobody_has_moved_has_no_offset(offset_file: Path) -> None:
    assert clock.offset() == timedelta()


@pytest.mark.django_db
def test_a_moved_clock_is_moved_for_everybody_who_shares_the_file(offset_file: Path) -> None:
    clock.move(HOUR)
    assert clock.offset() == HOUR
    assert clock.moment() - datetime.now(UTC) > HOUR - timedelta(seconds=5)
    clock.move(-HOUR)
    assert clock.offset() == -HOUR


def test_moving_leaves_nothing_beside_the_file(offset_file: Path) -> None:
    clock.move(HOUR)
    assert list(offset_file.parent.iterdir()) == [offset_file]
