"""Pages as a browser asks for them, at the hosts of the huvudmän."""

from pathlib import Path

import pytest
from people import write_units
from pytest_django import Settings


@pytest.fixture(autouse=True)
def plain_files(settings: Settings, tmp_path: Path) -> None:
    """Serve files without a manifest."""
    settings.STATIC_ROOT = tmp_path
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}


@pytest.fixture
def units(committed: None) -> None:
    write_units()
