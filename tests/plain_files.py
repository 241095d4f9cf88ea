"""Settings for a web process that a test starts: files without a manifest, over http."""

from project.settings import *  # noqa: F403 - settings are read by name

STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
SECURE_SSL_REDIRECT = False  # no gateway stands before it
