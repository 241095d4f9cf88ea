"""A callback that comes late, twice, in another tab or without a cookie never stops anybody."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from cast import AT, MUNICIPALITY, REGION
from django.db.models import F
from django.http import HttpResponse
from hired import Hired, hire
from people import WARD
from visits import words

from care.identity import attempts, sessions
from care.identity.models import SignInAttempt, SignInFailure, StaffSession
from care.identity.permissions import Role
from tenants.context import acting_as
from tests.integrations.oidc.hostile import Hostile
from tests.integrations.oidc.person import Person, asked_of, to_provider


def outlive(tenant: str = REGION) -> None:
    """Let ten minutes pass for the attempts that are on their way."""
    with acting_as(tenant):
        SignInAttempt.objects.update(expires_at=F("expires_at") - timedelta(minutes=11))


def led_on(answer: HttpResponse) -> str:
    """Return the provider's address that a lost way is silently begun anew with."""
    assert answer.status_code == 302, words(answer.content)
    assert "/authorize?" in answer["Location"]
    return str(answer["Location"])


def failures() -> list[tuple[str, str]]:
    with acting_as(REGION):
        return [(it.why, it.detail) for it in SignInFailure.objects.all()]


def test_an_expired_callback_begins_anew_silently(hostile: Hostile, nurse: Hired) -> None:
    sara = Person()
    back = to_provider(sara.start())
    outlive()

    again = led_on(sara.come_back(back))
    assert sara.come_back(to_provider(again))["Location"] == "/"
    assert sara.is_in


def test_the_back_button_leads_on_to_the_first_page(hostile: Hostile, nurse: Hired) -> None:
    sara = Person()
    back = to_provider(sara.start())
    sara.come_back(back)
    token = sara.token

    answer = sara.come_back(back)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert (sara.is_in, sara.token) == (True, token)


def test_a_callback_that_is_played_again_signs_nobody_in(hostile: Hostile, nurse: Hired) -> None:
    sara, thief = Person(), Person()
    back = to_provider(sara.start())
    sara.come_back(back)

    led_on(thief.come_back(back))
    assert not thief.is_in
    sara.client.post("/sign-out")
    led_on(sara.come_back(back))
    assert not sara.is_in


def test_two_tabs_are_on_their_way_at_once(hostile: Hostile, nurse: Hired) -> None:
    sara = Person()
    first, second = sara.start(), sara.start()
    assert asked_of(first)["state"] != asked_of(second)["state"]

    assert sara.come_back(to_provider(first))["Location"] == "/"
    assert sara.come_back(to_provider(second))["Location"] == "/"
    assert sara.is_in
    with acting_as(REGION):
        assert StaffSession.objects.filter(ended_at=None).count() == 1


def test_somebody_elses_callback_signs_nobody_in(hostile: Hostile, nurse: Hired) -> None:
    """Login CSRF: the victim follows a link with the attacker's code and state."""
    attacker, victim = Person(), Person()
    back = to_provider(attacker.start())
    victim.start()

    led_on(victim.come_back(back))
    assert not victim.is_in


def test_without_cookies_it_is_tried_twice_and_then_told(hostile: Hostile, nurse: Hired) -> None:
    sara = Person()
    url = sara.start()
    for _ in range(attempts.MOST_SILENT):
        sara.client.cookies.clear()
        url = led_on(sara.come_back(to_provider(url)))
    sara.client.cookies.clear()

    answer = sara.come_back(to_provider(url))
    assert answer.status_code == 403
    page = words(answer.content)
    assert "Webbläsaren sparade inte den kaka" in page
    assert page.count("Försök igen") == 1
    assert failures() == [("no_cookie", "other_browser")]


def test_too_late_again_and_again_is_told_too(hostile: Hostile, nurse: Hired) -> None:
    sara = Person()
    url = sara.start()
    for _ in range(attempts.MOST_SILENT):
        back = to_provider(url)
        outlive()
        url = led_on(sara.come_back(back))
    back = to_provider(url)
    outlive()

    assert "tog för lång tid" in words(sara.come_back(back).content)
    assert failures() == [("too_many_tries", "expired")]
    assert sara.sign_in()["Location"] == "/"  # no waiting, no clearing: one button


def test_a_made_up_callback_begins_anew(hostile: Hostile, nurse: Hired) -> None:
    sara = Person()

    for state in ("", "x", "å", "\x00", "'; DROP TABLE identity_signinattempt"):
        led_on(sara.client.get("/sign-in/callback", {"state": state, "code": "c"}))


def test_who_breaks_off_is_told_in_one_page(hostile: Hostile, nurse: Hired) -> None:
    sara = Person()
    hostile.callback = {"error": "access_denied", "error_description": "<b>Berit Åkerlund</b>"}

    answer = sara.sign_in()
    page = words(answer.content)
    assert "avbröts innan den var klar" in page
    assert "Berit" not in page
    with acting_as(REGION):
        failure = SignInFailure.objects.get()
    assert failure.reference in page
    assert (failure.why, failure.detail) == ("cancelled", "access_denied")


def test_nothing_of_the_address_goes_along(hostile: Hostile, nurse: Hired) -> None:
    case = "/cases/6c8f0b0e-0000-4000-8000-000000000001"

    url = Person().start(page=case)
    back = to_provider(url)
    assert "6c8f0b0e" not in url + back
    assert set(asked_of(url)) == {
        "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge",
        "code_challenge_method", "nonce",
    }  # fmt: skip


def test_nobody_is_led_away_from_our_pages(hostile: Hostile, nurse: Hired) -> None:
    sara = Person()
    sara.sign_in()
    for before in ("http://elsewhere.example/cases", "http://region.localhost//elsewhere.example"):
        answer = sara.client.get("/sign-in/start", headers={"referer": before})
        assert sara.come_back(to_provider(answer["Location"]))["Location"] == "/"


class TestWhoMayComeIn:
    def test_another_of_the_persons_ids_is_known(self, hostile: Hostile, nurse: Hired) -> None:
        hostile.person["employee_hsa_id"] = "SE2999999127-X9"
        hostile.person["all_employee_hsa_ids"] = ["SE2999999127-X9", nurse.hsa_id]

        assert Person().sign_in()["Location"] == "/"

    def test_somebody_unknown_is_told_whom_to_turn_to(self, hostile: Hostile, nurse: Hired) -> None:
        hire(REGION, "Anna Berg", "SE2999999119-P009", (WARD, Role.LOCAL_ADMINISTRATOR))
        hostile.person["employee_hsa_id"] = "SE2999999119-NEW"
        hostile.person["all_employee_hsa_ids"] = []
        stranger = Person()

        answer = stranger.sign_in()
        assert answer.status_code == 403
        assert "Lokal administratör, Avdelning 1" in words(answer.content)
        assert "Anna Berg" not in words(answer.content)
        assert not stranger.is_in
        with acting_as(REGION):
            failure = SignInFailure.objects.get()
        assert (failure.why, failure.hsa_id) == ("unknown_here", "SE2999999119-NEW")

    def test_who_is_refused_leaves_the_provider_before_trying_again(
        self, hostile: Hostile, nurse: Hired
    ) -> None:
        hostile.person["employee_hsa_id"] = "SE2999999119-NEW"
        hostile.person["all_employee_hsa_ids"] = []
        stranger = Person()
        page = stranger.sign_in().content.decode()
        way_out = unescape(re.findall(r'href="([^"]+/leave[^"]*)"', page)[0])

        # Offered only: who does something else is told nothing of leaving.
        assert "utloggad" not in words(stranger.client.get("/", follow=True).content)
        answer = stranger.come_back(to_provider(way_out))

        assert answer["Location"] == "/sign-in"
        assert "också hos inloggningstjänsten" in words(stranger.client.get("/sign-in").content)
        assert not hostile.is_signed_in

    def test_an_identity_provider_speaks_for_its_own_only(
        self, hostile: Hostile, nurse: Hired, caplog: pytest.LogCaptureFixture
    ) -> None:
        spoken: tuple[tuple[str, dict[str, Any]], ...] = (
            ("alias", {"identity_provider": "municipal"}),
            ("alias", {"identity_provider": None}),
            ("prefix", {"all_employee_hsa_ids": ["SE2999999119-P001", "SE2321000016-P1"]}),
            ("prefix", {"all_commissions": [{"healthCareUnitHsaId": "SE2321000016-U1"}]}),
            ("form", {"employee_hsa_id": "P001", "all_employee_hsa_ids": []}),
        )
        friendly = dict(hostile.person)
        for _, told in spoken:
            hostile.person = friendly | told
            assert Person().sign_in().status_code == 403, told
        assert failures() == [("foreign_prefix", kind) for kind, _ in spoken]
        alarms = [it for it in caplog.records if it.levelname == "ERROR"]
        assert len(alarms) == len(spoken)

    def test_who_has_no_hsa_id_is_told_so_without_an_alarm(
        self, hostile: Hostile, nurse: Hired, caplog: pytest.LogCaptureFixture
    ) -> None:
        hostile.person |= {"employee_hsa_id": "", "all_employee_hsa_ids": []}
        hostile.userinfo = {"sub": hostile.person["sub"]}

        answer = Person().sign_in()
        assert answer.status_code == 403
        page = words(answer.content)
        assert "Inloggningstjänsten sa inget HSA-id för dig." in page
        assert "Be din HSA-administratör om hjälp." in page
        assert failures() == [("no_hsa_id", "absent")]
        assert [it for it in caplog.records if it.levelname == "ERROR"] == []

    def test_each_host_has_a_session_of_its_own(
        self, hostile: Hostile, nurse: Hired, coordinator: Hired
    ) -> None:
        sara, karin = Person(), Person(MUNICIPALITY)
        sara.sign_in()
        hostile.person |= {
            "sub": "f:staff:karin", "employee_hsa_id": coordinator.hsa_id,
            "all_employee_hsa_ids": [],
        }  # fmt: skip
        karin.sign_in()
        assert (sara.is_in, karin.is_in) == (True, True)

        karin.client.cookies = sara.client.cookies
        assert not karin.is_in
        with acting_as(MUNICIPALITY):
            sessions.end_all(issuer=hostile.issuer, sid="", subject="f:staff:sara", jti="x", at=AT)
        assert sara.is_in
