"""django-tenants and no other middleware: what tenancy alone costs."""

from yardstick.stock import *  # noqa: F403 - settings are read by name

MIDDLEWARE = ["django_tenants.middleware.main.TenantMainMiddleware"]
