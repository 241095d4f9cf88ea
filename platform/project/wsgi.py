"""The application as a web server runs it."""

import os

from django.core.wsgi import get_wsgi_application

from project.startup import refuse_if_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
refuse_if_unsafe()
application = get_wsgi_application()
