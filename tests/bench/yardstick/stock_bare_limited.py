"""The same, with the setting that saves repeated SET statements."""

from yardstick.stock_bare import *  # noqa: F403 - settings are read by name

TENANT_LIMIT_SET_CALLS = True
