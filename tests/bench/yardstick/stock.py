"""django-tenants as its documentation installs it, over what `startproject` gives."""

from yardstick.settings import *  # noqa: F403 - settings are read by name
from yardstick.settings import APPS, STARTPROJECT, database

SHARED_APPS = ["django_tenants", "yardstick.registry", "django.contrib.contenttypes"]
TENANT_APPS = APPS
INSTALLED_APPS = [*SHARED_APPS, *(it for it in APPS if it not in SHARED_APPS)]
TENANT_MODEL = "registry.Tenant"
TENANT_DOMAIN_MODEL = "registry.Domain"
DATABASE_ROUTERS = ("django_tenants.routers.TenantSyncRouter",)
MIDDLEWARE = ["django_tenants.middleware.main.TenantMainMiddleware", *STARTPROJECT]
DATABASES = {"default": database("django_tenants.postgresql_backend")}
