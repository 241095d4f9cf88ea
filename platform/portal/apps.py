"""The portal as Django sees it."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages for people; it has no rows of its own."""

    name = "portal"
