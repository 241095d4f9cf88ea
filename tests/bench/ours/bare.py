"""The product's settings with no middleware but its tenancy."""

from ours.whole import *  # noqa: F403 - settings are read by name

MIDDLEWARE = ["project.middleware.ActForHost"]
