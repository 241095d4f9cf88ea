"""The provider may be away: whoever is signed in notices nothing, whoever is not is told."""

from collections.abc import Callable
from time import monotonic, sleep

import pytest
from cast import REGION
from django.db.models import F
from hired import Hired, hire
from people import WARD
from visits import text, words

from care.identity.models import Assignment, SignInFailure, Staff, StaffSession
from care.identity.permissions import Role
from project.sign_in import watch as watches
from project.sign_in.provider import provider
from project.sign_in.watch import EVERY, EVERY_AWAY, Watch
from tenants.context import acting_as
from tests.integrations.oidc.hostile import Hostile, new_key
from tests.integrations.oidc.person import Person, tell, to_provider


@pytest.fixture
def watch(hostile: Hostile) -> Watch:
    """Give the watch, which has just looked: nothing that it does beside a request disturbs."""
    watches._watch._looked = monotonic()
    return watches._watch


def within(seconds: float, holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    until = monotonic() + seconds
    while not holds():
        assert monotonic() < until
        sleep(0.05)


def test_nobody_who_is_signed_in_asks_the_provider(hostile: Hostile, nurse: Hired) -> None:
    sara = Person()
    sara.sign_in()
    hostile.is_down = True
    hostile.asked.clear()

    for _ in range(20):
        assert sara.client.get("/tests/acting").status_code == 200
    # The watch looks beside the requests, for the next page; nothing else does.
    assert set(hostile.asked) <= {"/.well-known/openid-configuration"}
    assert len(hostile.asked) <= 1


def test_the_sign_in_page_says_so_and_comes_back_by_itself(
    hostile: Hostile, nurse: Hired, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    sara = Person()
    hostile.is_down = True

    watch.look()  # as it does by itself
    assert "svarar inte just nu" in text(sara.client, "/sign-in", 503)
    assert sara.client.get("/sign-in/start").status_code == 503
    hostile.is_down = False
    monkeypatch.setattr(watch, "_looked", -EVERY)  # time goes by, and the page asks again
    within(5, lambda: sara.client.get("/sign-in").status_code == 200)
    assert "svarar inte" not in text(sara.client, "/sign-in")
    assert sara.sign_in()["Location"] == "/"


def test_the_first_who_comes_finds_it_away_and_the_next_are_told(
    hostile: Hostile, nurse: Hired, watch: Watch
) -> None:
    hostile.is_down = True

    assert Person().client.get("/sign-in/start").status_code == 503
    assert "svarar inte just nu" in text(Person().client, "/sign-in", 503)


def test_one_look_is_made_at_a_time_and_more_often_while_it_is_away(
    hostile: Hostile, nurse: Hired, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile.is_down = True
    watch.look()
    hostile.asked.clear()
    hostile.delay = 0.5
    for _ in range(20):
        monkeypatch.setattr(watch, "_looked", monotonic() - EVERY_AWAY)
        assert watch.is_away()
    within(5, lambda: not watch._is_looking)
    assert len(hostile.asked) == 1


def test_one_that_hangs_holds_nobody(
    hostile: Hostile, nurse: Hired, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    sara, nils = Person(), Person()
    sara.sign_in()
    monkeypatch.setattr("integrations.oidc.client.TIMEOUT", (0.2, 0.2))
    hostile.delay = 1.0
    watch.look()
    monkeypatch.setattr("integrations.oidc.client.TIMEOUT", (30.0, 30.0))
    hostile.delay = 20.0  # longer than any page may take

    began = monotonic()
    for page, status in (("/sign-in", 503), ("/sign-in/start", 503), ("/sign-in/diagnosis", 200)):
        assert nils.client.get(page).status_code == status, page
    assert "så du är kvar inloggad där" in words(sara.client.post("/sign-out").content)
    assert monotonic() - began < 10


def test_one_that_answers_is_not_asked_for_each_who_signs_in(
    hostile: Hostile, nurse: Hired, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.look()
    hostile.asked.clear()

    for _ in range(5):
        Person().start()
    assert hostile.asked == []
    passed = provider()._elapsed() + 31
    monkeypatch.setattr(provider(), "_elapsed", lambda: passed)
    Person().start()
    assert hostile.asked == ["/.well-known/openid-configuration"]


def test_a_provider_that_goes_away_on_the_way_is_told_of(hostile: Hostile, nurse: Hired) -> None:
    sara = Person()
    back = to_provider(sara.start())
    hostile.is_down = True

    answer = sara.come_back(back)
    assert answer.status_code == 503
    assert "Inloggningstjänsten svarar inte" in words(answer.content)
    with acting_as(REGION):
        assert SignInFailure.objects.get().why == "unreachable"


def test_pages_tell_those_who_are_signed_in(hostile: Hostile, nurse: Hired, watch: Watch) -> None:
    sara = Person()
    sara.sign_in()
    hostile.is_down = True
    watch.look()
    assert "Du kan arbeta vidare: logga inte ut" in text(sara.client, "/help")

    hostile.is_down = False
    watch.look()
    assert "logga inte ut" not in text(sara.client, "/help")


def test_whoever_signs_out_meanwhile_is_out_here(hostile: Hostile, nurse: Hired) -> None:
    sara = Person()
    sara.sign_in()
    hostile.is_down = True
    answer = sara.client.post("/sign-out")  # what the provider has told of itself is remembered

    assert answer.status_code == 200
    assert not sara.is_in
    with acting_as(REGION):
        assert StaffSession.objects.get().id_token == ""


def test_keys_that_rotate_fail_nobody(hostile: Hostile, nurse: Hired) -> None:
    Person().sign_in()
    for kid in ("second", "third"):  # one after the other, however fast
        hostile.keys.insert(0, new_key(kid))
        assert Person().sign_in()["Location"] == "/"
    hostile.keys.insert(0, new_key("fourth"))
    assert tell(hostile.logout_token()) == 200


def test_what_anybody_sends_makes_us_ask_for_keys_twice_a_minute(
    hostile: Hostile, nurse: Hired, monkeypatch: pytest.MonkeyPatch
) -> None:
    Person().sign_in()
    hostile.sign_with = new_key("forged")
    hostile.asked.clear()
    assert [tell(hostile.logout_token()) for _ in range(3)] == [400] * 3
    assert hostile.asked.count("/keys") == 1

    passed = provider()._elapsed() + 31
    monkeypatch.setattr(provider(), "_elapsed", lambda: passed)
    assert tell(hostile.logout_token()) == 400
    assert hostile.asked.count("/keys") == 2


class TestDiagnosis:
    def test_it_tells_of_this_browsers_last_attempt(self, hostile: Hostile, nurse: Hired) -> None:
        sara = Person()
        hostile.claims = {"acr": "http://id.sambi.se/loa/loa2"}
        sara.sign_in()
        with acting_as(REGION):
            reference = SignInFailure.objects.get().reference

        page = text(sara.client, "/sign-in/diagnosis")
        assert reference in page
        assert "loa2" in page
        assert "urn:siths" in page
        assert "Vår server når inloggningstjänsten." in page
        assert "Webbläsaren sparar kakor." in page

    @pytest.mark.parametrize(
        "claimed",
        [{"acr": "http://id.sambi.se/loa/loa2"}, {"identity_provider": "municipal"}],
    )
    def test_it_tells_nothing_of_somebody_who_was_only_claimed(
        self, hostile: Hostile, nurse: Hired, claimed: dict[str, str]
    ) -> None:
        sara = Person()
        hostile.claims = claimed
        sara.sign_in()

        page = text(sara.client, "/sign-in/diagnosis")
        assert "Avdelning 1" not in page
        assert "Du är upplagd här" not in page
        with acting_as(REGION):  # who looks into it reads in the log whom it was about
            assert SignInFailure.objects.get().hsa_id == nurse.hsa_id

    def test_somebody_who_was_added_since_is_told_so(self, hostile: Hostile, nurse: Hired) -> None:
        nils = Person()
        hostile.person |= {"employee_hsa_id": "SE2999999119-P002", "all_employee_hsa_ids": []}
        nils.sign_in()
        hire(REGION, "Nils Ny", "SE2999999119-P002", (WARD, Role.WARD_NURSE))

        assert "Avdelning 1, Befattning" in text(nils.client, "/sign-in/diagnosis")

    def test_it_names_nobody_to_whom_is_not_signed_in(self, hostile: Hostile, nurse: Hired) -> None:
        hire(REGION, "Anna Berg", "SE2999999119-P009", (WARD, Role.LOCAL_ADMINISTRATOR))

        page = text(Person().client, "/sign-in/diagnosis")
        assert "Lokal administratör, Avdelning 1" in page
        assert "Anna Berg" not in page

    def test_who_is_signed_in_reads_names_but_of_protected_staff(
        self, hostile: Hostile, nurse: Hired
    ) -> None:
        with acting_as(REGION):
            Assignment.objects.update(revoked_at=F("valid_from"))
        hire(REGION, "Anna Berg", "SE2999999119-P009", (WARD, Role.LOCAL_ADMINISTRATOR))
        bo = hire(REGION, "Bo Dold", "SE2999999119-P010", (WARD, Role.LOCAL_ADMINISTRATOR))
        with acting_as(REGION):
            Staff.objects.filter(pk=bo.staff_id).update(is_protected=True)
        sara = Person()
        sara.sign_in()

        for page in ("/sign-in/diagnosis", "/assignments", "/help"):
            told = text(sara.client, page)
            assert "Anna Berg, Avdelning 1" in told, page
            assert "Befattning, Avdelning 1" in told, page
            assert "Bo Dold" not in told, page

    def test_it_tells_of_nobody_elses(self, hostile: Hostile, nurse: Hired) -> None:
        hostile.claims = {"acr": "http://id.sambi.se/loa/loa2"}
        Person().sign_in()

        page = text(Person().client, "/sign-in/diagnosis")
        assert "Inget försök har misslyckats" in page
        assert "loa2" not in page
        assert "Avdelning 1" not in page

    def test_it_tells_that_the_provider_is_away(
        self, hostile: Hostile, nurse: Hired, watch: Watch
    ) -> None:
        hostile.is_down = True
        watch.look()

        assert "Vår server når inte inloggningstjänsten" in text(
            Person().client, "/sign-in/diagnosis"
        )
