"""How forms are written: by the project's own template engine, with our fields and widgets."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Renders forms with templates/django/forms, which know the fields of Designsystemet."""
