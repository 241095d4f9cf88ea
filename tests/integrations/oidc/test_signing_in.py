"""Signing in by the provider, through the real views: the way there, the way back, the session."""

from cast import REGION
from hired import Hired

from care.identity.models import SessionEvent, StaffSession
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


def test_the_provider_is_asked_for_what_it_must_be(hostile: Hostile, nurse: Hired) -> None:
    asked = asked_of(Person().start())

    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "https://region.localhost/sign-in/callback"
    assert "acr_values" not in asked
    assert asked["scope"] == "openid"
    assert min(map(len, (asked["state"], asked["nonce"], asked["code_challenge"]))) >= 43
