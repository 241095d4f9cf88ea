"""Which logs are sealed: that of what was done, and that of what was read."""

from datetime import datetime

from care.cases.models import Event
from care.sharing.models import AccessLog
from tenants.apart import is_training
from tenants.context import acting_for
from tenants.sealing import sealer, witnesses
from tenants.sealing.sealer import Log

ACCESS, EVENT = Log("access", AccessLog), Log("event", Event)
LOGS = (ACCESS, EVENT)


def seal(*, at: datetime, is_whole: bool = False) -> int:
    """Seal both logs of the acting huvudman; return how many rows were sealed.

    :param is_whole: look for rows that were passed by, too
    The logs of a training huvudman are not: they tell of nobody, and are emptied each night.
    """
    if is_training(acting_for()):
        return 0
    return sum(sealer.seal(it, at=at, is_whole=is_whole) for it in LOGS)


def witness(*, at: datetime) -> int:
    """Copy what the acting huvudman witnesses of others; return how many were new."""
    if is_training(acting_for()):
        return 0
    return witnesses.witness_all(at=at)
