"""Signing in by the provider, through the real views: the way there, the way back, the session."""

from datetime import timedelta

from cast import AT, REGION
from django.db.models import F
from hired import Hired
from visits import words

from care.identity import sessions
from care.identity.models import SessionEvent, StaffSession
from portal.access import COOKIE
from project.sign_in.addresses import LEFT
from tenants.context import acting_as
from tests.integrations.oidc.hostile import Hostile
from tests.integrations.oidc.person import Person, asked_of


def test_a_nurse_signs_in(hostile: Hostile, nurse: Hired) -> None:
    sara = Person()

    answer = sara.sign_in()
    assert (answer.status_code, answer["Location"]) == (302, "/")
    page = sara.client.get("/tests/acting").content.decode()
    assert page == "Sara Lindmark, Avdelning 1, ward_nurse, Befattning"
    with acting_as(REGION):
        row = StaffSession.objects.get()
        assert SessionEvent.objects.get().what == "sign_in"
    assert (row.issuer, row.subject, row.sid) == (hostile.issuer, "f:staff:sara", hostile.sid)


def test_signing_out_clears_what_the_browser_keeps(hostile: Hostile, nurse: Hired) -> None:
    sara = Person()
    sara.sign_in()

    for told in (sara.client.post("/sign-out"), sara.client.post("/sign-out")):  # signed out too
        assert told["Clear-Site-Data"] == '"storage"'
        assert told.cookies[COOKIE]["max-age"] == 0
        assert "no-store" in told["Cache-Control"]


def test_id_tokens_of_sessions_that_ran_out_are_blanked(hostile: Hostile, nurse: Hired) -> None:
    Person().sign_in()
    with acting_as(REGION):
        assert sessions.forget(at=AT) == 0
        assert StaffSession.objects.exclude(id_token="").count() == 1
        StaffSession.objects.update(expires_at=F("expires_at") - timedelta(hours=10, seconds=1))
        assert sessions.forget(at=AT) == 1
        assert StaffSession.objects.get().id_token == ""
        assert sessions.forget(at=AT) == 0


def test_who_has_signed_in_again_is_told_of_no_leaving(hostile: Hostile, nurse: Hired) -> None:
    """Somebody leaves, closes the page on the way out, and signs in again."""
    sara = Person()
    sara.sign_in()
    sara.client.post("/sign-out")
    assert sara.client.cookies[LEFT].value
    state = sara.client.cookies[LEFT].value
    sara.sign_in()
    assert not sara.client.cookies[LEFT].value

    sara.client.cookies[LEFT] = state  # a second tab went out meanwhile
    answer = sara.client.get("/", {"state": "another"}, follow=True)
    assert "utloggad" not in words(answer.content)
    assert "Arbetslista" in words(answer.content)
    assert not sara.client.cookies[LEFT].value


def test_the_provider_is_asked_for_what_it_must_be(hostile: Hostile, nurse: Hired) -> None:
    asked = asked_of(Person().start())

    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "https://region.localhost/sign-in/callback"
    assert "acr_values" not in asked
    assert asked["scope"] == "openid"
    assert min(map(len, (asked["state"], asked["nonce"], asked["code_challenge"]))) >= 43
