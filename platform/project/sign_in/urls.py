"""Addresses of signing in; mounted before the portal's, where a provider is set."""

from django.urls import path

from project.sign_in import diagnosis, leaving, returning, starting

urlpatterns = [
    path("", leaving.front),
    path("sign-out", leaving.sign_out),
    path("sign-in", starting.show, name="sign_in"),
    path("sign-in/start", starting.start, name="sign_in_start"),
    path("sign-in/callback", returning.come_back, name="sign_in_callback"),
    path("sign-in/back-channel-logout", leaving.end_sessions, name="back_channel_logout"),
    path("sign-in/diagnosis", diagnosis.show, name="sign_in_diagnosis"),
    path("sign-in/diagnosis/pulse", diagnosis.answer_pulse, name="sign_in_pulse"),
]
