"""Django without tenancy: one schema, no middleware."""

from yardstick.settings import *
from yardstick.settings import APPS, database

INSTALLED_APPS = APPS
MIDDLEWARE: list[str] = []
DATABASES = {
    "default": database(
        "django.db.backends.postgresql", OPTIONS={"options": "-c search_path=yardstick,public"}
    )
}
