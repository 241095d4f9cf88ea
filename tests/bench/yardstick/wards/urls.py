"""Addresses of the stock projects."""

from django.urls import path
from yardstick.wards import views

urlpatterns = [
    path("individuals/<uuid:pk>", views.individual),
    path("api/cases/<uuid:pk>", views.CaseView.as_view()),
    path("api/worklist/<str:unit_id>", views.WorklistView.as_view()),
    path("worklist/<str:unit_id>", views.Worklist.as_view(), name="worklist"),
    path("cases/<uuid:pk>", views.other, name="case"),
    path("messages/<uuid:pk>", views.other, name="message"),
    path("messages/<uuid:pk>/acknowledge", views.other, name="acknowledge"),
    path("messages/<uuid:pk>/forward", views.other, name="forward"),
    path("messages/<uuid:pk>/reject", views.other, name="reject"),
    path("messages/<uuid:pk>/assign", views.other, name="assign"),
]
