"""Who there is to have anything to do with: the one place where the registry is read for others.

Whoever asks for huvudmän to write to, agree with, count or follow asks here, and is told of those
of the own kind: a real one of the real, a training one of the training.
"""

from django.db.models import Q, QuerySet

from tenants.apart import is_training
from tenants.context import acting_for
from tenants.models import Tenant


def kin() -> "QuerySet[Tenant]":
    """Return the huvudmän of the kind of the one that acts; for nobody, the real ones."""
    others: QuerySet[Tenant] = Tenant.objects.exclude(schema_name="public")
    real = Q(training_for="")
    return others.filter(~real if is_training(acting_for()) else real)


def kin_names() -> list[str]:
    """Return the schemas of the huvudmän of the own kind."""
    return list(kin().order_by("schema_name").values_list("schema_name", flat=True))
