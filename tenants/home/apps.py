"""The application's name."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """Rows of the platform at home."""

    name = "tenants.home"
    label = "home"
