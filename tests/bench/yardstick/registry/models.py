"""The registry as the tutorial of django-tenants writes it."""

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


class Tenant(TenantMixin):
    """A tenant."""

    name = models.CharField(max_length=100)
    auto_create_schema = False

    def __str__(self) -> str:
        return self.name


class Domain(DomainMixin):
    """Its host name."""
