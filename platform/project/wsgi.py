"""The application as a web server runs it."""

import os

import holidays.countries.sweden  # noqa: F401 - here and not in the first request that needs it
from django.core.wsgi import get_wsgi_application

from project.startup import refuse_if_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
refuse_if_unsafe()
application = get_wsgi_application()
