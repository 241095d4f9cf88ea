"""The product's settings with no middleware but its tenancy."""

from ours.whole import *

MIDDLEWARE = ["project.middleware.ActForHost"]
