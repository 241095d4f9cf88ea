"""Addresses: the portal's, and in the demo the way to sign in."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

handler400 = handler403 = handler500 = "portal.errors.unexpected"
handler404 = "portal.errors.not_found"

urlpatterns: list[URLPattern | URLResolver] = [path("", include("portal.urls"))]
if settings.DEMO:
    from project.demo import personas

    urlpatterns += personas.urlpatterns
