"""The product's addresses, and three that answer rows as JSON."""

from django.urls import path
from ours import views

from project.urls import handler400, handler403, handler404, handler500
from project.urls import urlpatterns as of_the_product

__all__ = ["handler400", "handler403", "handler404", "handler500"]

urlpatterns = [
    *of_the_product,
    path("individuals/<uuid:pk>", views.individual),
    path("json/cases/<uuid:case_id>", views.case),
    path("json/cases/<uuid:case_id>/contributions", views.contributions),
]
