"""Settings: one file for every environment; what differs comes from the environment."""

from pathlib import Path
from secrets import token_urlsafe

from csp.constants import NONE, SELF
from django.contrib.messages import constants as message_levels

from api import description
from integrations.keycloak.providers import SIMULATED
from project import environment

ROOT = Path(__file__).resolve().parents[2]
PORTAL = Path(__file__).resolve().parents[1] / "portal"

# The persona picker exists only with it, and the product refuses to start with it in production.
DEMO = environment.flag("SAMPLAN_DEMO")
# Who says who somebody is: an OpenID provider (project.sign_in). Beside it no persona signs in.
OIDC_ISSUER = environment.text("SAMPLAN_OIDC_ISSUER", "")
OIDC_CLIENT_ID = environment.text("SAMPLAN_OIDC_CLIENT_ID", "samplan")
OIDC_CLIENT_SECRET = environment.text("SAMPLAN_OIDC_CLIENT_SECRET", "")
OIDC_ACR_VALUES = environment.words(
    "SAMPLAN_OIDC_ACR", "http://id.sambi.se/loa/loa3,http://id.sambi.se/loa/loa4"
)
# Whom it trusts in turn, and for which HSA-ids: a file of integrations.keycloak.providers.
IDENTITY_PROVIDERS = environment.text("SAMPLAN_IDENTITY_PROVIDERS", str(SIMULATED) if DEMO else "")
PERSONAS = DEMO and not OIDC_ISSUER
# Who issues the tokens of machine clients: the realm `api`. The demo signs its own without it.
API_ISSUER = environment.text("SAMPLAN_API_ISSUER", "")
API_AUDIENCE = "samplan-api"
DEMO_API_KEY = ROOT / ".samplan" / "api-key.json"
# It belongs to no huvudman: what Samplan is, and where the provider tells of logouts. Empty: none.
PUBLIC_HOST = environment.text("SAMPLAN_PUBLIC_HOST", "localhost" if DEMO else "")
SECRET_KEY = environment.text("SAMPLAN_SECRET_KEY", token_urlsafe(50))
DEBUG = False
ALLOWED_HOSTS = environment.words("SAMPLAN_HOSTS", ".localhost")
ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"

# The login decides what the process is: sp_migrator does DDL, sp_app serves every huvudman,
# login_<schema> serves one huvudman only (the stricter tier, together with TENANT_PINNED).
MIGRATING = environment.flag("SAMPLAN_MIGRATING")
DATABASES = {
    "default": environment.database(
        environment.text("DATABASE_MIGRATOR_URL" if MIGRATING else "DATABASE_URL", "")
    )
    # A connection remembers every table that it has met, so its age is finite; one that a restart
    # of the database has cut is noticed before a request uses it.
    | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
}
DATABASE_ROUTERS = ("django_tenants.routers.TenantSyncRouter",)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
TENANT_ASSUME_ROLE = not MIGRATING  # the migrator stays what it is
TENANT_PUBLIC_ROLE = "sp_registry"  # held while no huvudman has been chosen
TENANT_PINNED = environment.text("SAMPLAN_PINNED", "") or None
# django-tenants imports contenttypes; nothing here refers to a content type.
SHARED_APPS = ["django_tenants", "tenants", "django.contrib.contenttypes"]
TENANT_APPS = [
    "tenants.home",
    "care.identity",
    "care.individuals",
    "care.cases",
    "care.sharing",
    "care.inbox",
    "care.discharge",
    "care.feed",
    "care.review",
    "care.training",
    "billing",
]
# What a training huvudman empties each night: people, their cases, messages and who has read them.
CASE_APPS = [
    "care.individuals",
    "care.cases",
    "care.sharing",
    "care.inbox",
    "care.discharge",
    "care.review",
]
INSTALLED_APPS = [
    *SHARED_APPS,
    *TENANT_APPS,
    "portal",
    "api",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "template_partials",
    "django_cotton.apps.SimpleAppConfig",
]

MIDDLEWARE = [
    # Before the files: theirs are answers too.
    "django.middleware.security.SecurityMiddleware",
    "project.middleware.Edge",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # The API has a door of its own, before everything that is for browsers.
    "project.machines.Door",
    # Before the first question to the database: the page that says that it is away is in the
    # reader's language, and its form has a token that the browser can send again.
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "project.middleware.Translate",
    "project.middleware.ActForHost",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "project.throttling.Throttle",
    "project.middleware.WhoActs",
]
AUTHENTICATION_BACKENDS = ["project.demo.personas.PersonaBackend"] if PERSONAS else []
CSRF_FAILURE_VIEW = "portal.errors.form_expired"
# The prefix binds a cookie to TLS, this host and the path /. Browsers refuse it over http, which is
# what the demo speaks; so every name of a cookie is made here.
HOST_ONLY = "" if DEMO else "__Host-"
SESSION_COOKIE_NAME = f"{HOST_ONLY}samplan_session"
CSRF_COOKIE_NAME = f"{HOST_ONLY}samplan_csrf"
LANGUAGE_COOKIE_NAME = f"{HOST_ONLY}samplan_language"
MESSAGES_COOKIE_NAME = f"{HOST_ONLY}samplan_messages"
KEYS_COOKIE_NAME = f"{HOST_ONLY}samplan_keys"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEMO
LANGUAGE_COOKIE_SAMESITE = "Lax"
# How many gateways stand before the process: what they say of the client's address and of TLS is
# believed, and nothing that the client says itself.
PROXIES = environment.number("SAMPLAN_PROXIES", 0 if DEMO else 1)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_SSL_REDIRECT = not DEMO
# A call with a token that came in the clear is refused, and not led on as if nothing had happened.
SECURE_REDIRECT_EXEMPT = [r"^api/"]
SECURE_HSTS_SECONDS = 0 if DEMO else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True  # a consent only: nothing is preloaded before the domain's owner asks
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer", "camera", "display-capture", "geolocation", "gyroscope",
        "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb",
    )
}  # fmt: skip

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PORTAL / "components"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csrf",
                "django.contrib.messages.context_processors.messages",
                "portal.context.frame",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.i18n"],
        },
    }
]
COTTON_DIR = "."
FORM_RENDERER = "portal.rendering.Renderer"
MESSAGE_TAGS = {message_levels.ERROR: "danger"}  # the colour that the design system calls it
MESSAGE_STORAGE = "portal.rendering.Messages"

LANGUAGE_CODE = "sv"  # the source language of the texts; English is a complete catalogue
LANGUAGES = [("sv", "Svenska"), ("en", "English")]
LOCALE_PATHS = [PORTAL / "locale"]
TIME_ZONE = "Europe/Stockholm"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# What is sent is read to a bound: a form in memory, a file by its parts.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_HANDLERS = [
    "portal.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / ".samplan" / "static"
STORAGES = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
}

# Only the demo and the tests may move the clock (tenants.clock).
CLOCK_OFFSET_FILE = environment.text("SAMPLAN_CLOCK_OFFSET_FILE", "") or None if DEMO else None
# Who computes the days of payment liability (billing.liability.port): a class by its dotted path.
LIABILITY_SOURCE = environment.text(
    "SAMPLAN_LIABILITY_SOURCE", "project.demo.liability.Stays" if DEMO else ""
)
# A worker without a broker runs the same functions in process (decision 25).
# Identities by which a huvudman tries the product, besides those that are published.
TEST_IDENTITIES = environment.words("SAMPLAN_TEST_IDENTITIES", "")

# So few answers to the survey of readiness for change are never shown; three at the least.
SURVEY_THRESHOLD = max(3, int(environment.text("SAMPLAN_SURVEY_THRESHOLD", "5")))

# Outside the database: the keys that sign the checkpoints of the logs, and the files to which each
# is added. Empty: nothing is sealed, and `samplan work` refuses to start.
SEALS = ROOT / ".samplan" / "seals"
SEAL_KEYS = environment.text("SAMPLAN_SEAL_KEYS", str(SEALS / "keys") if DEMO else "")
CHECKPOINTS = environment.text("SAMPLAN_CHECKPOINTS", str(SEALS / "checkpoints") if DEMO else "")

# Whom the product may call: hosts, and behind an @ the private network that one may lie in.
OUTGOING = environment.words(
    "SAMPLAN_OUTGOING",
    "statistikdatabasen.scb.se"
    + (",localhost@127.0.0.0/8,localhost@::1/128,127.0.0.1@127.0.0.0/8" if DEMO else ""),
)
# The proxy that all of it goes through, where the network lets nothing out by itself.
OUTGOING_PROXY = environment.text("SAMPLAN_OUTGOING_PROXY", "")

CELERY_BROKER_URL = environment.text("SAMPLAN_BROKER_URL", "")

REST_FRAMEWORK = {
    # Who calls is told by project.machines, before any view.
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = description.SETTINGS

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "project.logs.WithoutValues",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # They would write addresses, and of a fault its own words, which may quote a row;
        # portal.errors logs a reference and the kind of fault instead.
        "django.request": {"level": "CRITICAL"},
        "django.security.csrf": {"level": "CRITICAL"},
    },
}
