"""django-tenants and no other middleware: what tenancy alone costs."""

from yardstick.stock import *

MIDDLEWARE = ["django_tenants.middleware.main.TenantMainMiddleware"]
