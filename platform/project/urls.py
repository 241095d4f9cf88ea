"""Addresses: the portal's, and before them the way to sign in: the provider's or the demo's."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

handler400 = handler403 = handler500 = "portal.errors.unexpected"
handler404 = "portal.errors.not_found"

urlpatterns: list[URLPattern | URLResolver] = [path("", include("portal.urls"))]
if settings.OIDC_ISSUER:
    from project.sign_in.urls import urlpatterns as sign_in

    urlpatterns = [*sign_in, *urlpatterns]
    if settings.DEMO:
        from project.demo import cards_shown

        urlpatterns += cards_shown.urlpatterns
elif settings.PERSONAS:
    from project.demo import personas

    urlpatterns += personas.urlpatterns
