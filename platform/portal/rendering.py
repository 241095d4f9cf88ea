"""How forms are written, and where what is said at the next page waits."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Renders forms with templates/django/forms, which know the fields of Designsystemet."""


class Messages(CookieStorage):
    """Keeps what is said until the next page in a signed cookie that goes to this host only."""

    cookie_name = settings.MESSAGES_COOKIE_NAME
