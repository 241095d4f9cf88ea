"""Django without tenancy: one schema, no middleware."""

from yardstick.settings import *  # noqa: F403 - settings are read by name
from yardstick.settings import APPS, database

INSTALLED_APPS = APPS
MIDDLEWARE: list[str] = []
DATABASES = {
    "default": database(
        "django.db.backends.postgresql", OPTIONS={"options": "-c search_path=yardstick,public"}
    )
}
