"""The same, with the setting that saves repeated SET statements."""

from yardstick.stock_bare import *

TENANT_LIMIT_SET_CALLS = True
