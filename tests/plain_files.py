"""The project's settings for a web process that a test starts: files without a manifest."""

from project.settings import *  # noqa: F403 - settings are read by name

STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
