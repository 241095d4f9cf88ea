"""Which source the installation has connected: the setting names its class, or nothing."""

from django.conf import settings
from django.utils.module_loading import import_string

from billing.liability.port import LiabilitySource


def connected() -> LiabilitySource | None:
    """Return the source of the days, None where none is connected."""
    if not settings.LIABILITY_SOURCE:
        return None
    made: LiabilitySource = import_string(settings.LIABILITY_SOURCE)()
    return made
