"""The project's addresses where a provider is set, with a page of each rule beside them."""

from project.demo import cards_shown
from project.sign_in.urls import urlpatterns as sign_in
from tests.project.pages import (  # noqa: F401 - the handlers are looked up by name
    acting_page,
    handler400,
    handler403,
    handler404,
    handler500,
    session_page,
)  # fmt: skip
from tests.project.pages import urlpatterns as pages

urlpatterns = [
    *sign_in,
    *cards_shown.urlpatterns,
    *(it for it in pages if not str(it.pattern).startswith("sign-in")),
]
