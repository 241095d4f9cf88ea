"""What every stock project here has: production settings, and the database of the benchmark."""

import os
from typing import Any

from psycopg.conninfo import conninfo_to_dict

SECRET_KEY = os.environ["SAMPLAN_SECRET_KEY"]
DEBUG = False
ALLOWED_HOSTS = [".localhost"]
ROOT_URLCONF = "yardstick.wards.urls"
USE_TZ = True
TIME_ZONE = "Europe/Stockholm"
LANGUAGE_CODE = "sv"
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["django_tenants.W003"]

# The same file of settings as `startproject` writes, but for the admin.
APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "yardstick.wards",
]
STARTPROJECT = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
LOGGING_CONFIG = None


def database(engine: str, **more: Any) -> dict[str, Any]:
    """Return the database, reached as the owner of the stock projects' rows."""
    parts = conninfo_to_dict(os.environ["YARDSTICK_URL"])
    return {
        "ENGINE": engine,
        "NAME": parts["dbname"],
        "USER": parts["user"],
        "HOST": parts["host"],
        "PORT": str(parts.get("port", "")),
        "CONN_MAX_AGE": 600,
        **more,
    }
