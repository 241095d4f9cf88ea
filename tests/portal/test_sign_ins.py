"""Mina inloggningar, and what a local administrator ends, as browsers meet it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from cast import MUNICIPALITY
from django.db.models.functions import Now
from hired import Hired, hire
from people import CASE_OFFICERS, DUTY
from visits import browser, post, sent, text, words

from care.identity import drafts
from care.identity.models import DirectoryEvent, Draft, SessionEvent, StaffSession
from care.identity.permissions import Role
from care.identity.sessions import token_hash
from portal.access import COOKIE
from tenants.context import acting_as

PAGE, OTHERS = "/my-sign-ins", "/my-sign-ins/end-others"


@pytest.fixture
def per(units: None) -> Hired:
    return hire(MUNICIPALITY, "Per Ek", "SE2999999127-P020", (CASE_OFFICERS, Role.CASE_OFFICER))


@pytest.fixture
def anna(units: None) -> Hired:
    place = (DUTY, Role.LOCAL_ADMINISTRATOR)
    return hire(MUNICIPALITY, "Anna Berg", "SE2999999127-P009", place)


def ways_to_end(page: bytes) -> list[str]:
    """Return where the sessions of a page are ended, one by one."""
    return re.findall(rf'href="({PAGE}/\w+/end)"', page.decode())


def age_proofs() -> None:
    """Let the proofs of everybody grow old."""
    with acting_as(MUNICIPALITY):
        StaffSession.objects.update(fresh_until=Now())


def events(of: Hired) -> list[str]:
    with acting_as(MUNICIPALITY):
        rows = SessionEvent.objects.filter(staff_id=of.staff_id).order_by("id")
        return list(rows.values_list("what", flat=True))


class TestMySignIns:
    def test_each_is_shown_with_its_assignment_and_which_is_this(self, per: Hired) -> None:
        client, _ = browser(per), browser(per)

        answer = client.get(PAGE)
        page = words(answer.content)
        assert len(ways_to_end(answer.content)) == 1
        assert page.count("Den här") == 1
        assert page.count("Biståndsenheten Handläggare") == 2
        assert "Datorer på en avdelning delas" in page

    def test_the_menu_leads_there(self, per: Hired) -> None:
        page = browser(per).get("/help").content.decode()

        assert f'href="{PAGE}"' in page[page.index("menu-panel") : page.index("Logga ut")]

    def test_a_locked_one_is_told_as_such(self, per: Hired) -> None:
        client, other = browser(per), browser(per)
        other.post("/session/lock", sent(per))

        assert "Låst" in text(client, PAGE)

    def test_who_is_signed_in_once_has_nothing_to_end(self, per: Hired) -> None:
        page = browser(per).get(PAGE).content

        assert ways_to_end(page) == []
        assert OTHERS not in page.decode()
        assert "Du är inte inloggad någon annanstans här." in words(page)

    def test_nobody_elses_is_shown(self, per: Hired, anna: Hired) -> None:
        browser(anna)

        assert ways_to_end(browser(per).get(PAGE).content) == []

    def test_one_that_has_ended_or_run_out_is_not_shown(self, per: Hired) -> None:
        client, left, forgotten = browser(per), browser(per), browser(per)
        left.post("/sign-out")
        with acting_as(MUNICIPALITY):
            kept = StaffSession.objects.filter(
                token_hash=token_hash(forgotten.cookies[COOKIE].value)
            )
            kept.update(expires_at=Now() - timedelta(seconds=1))

        assert ways_to_end(client.get(PAGE).content) == []

    def test_nothing_that_leads_to_a_session_stands_on_the_page(self, per: Hired) -> None:
        client, other = browser(per), browser(per)

        page = client.get(PAGE).content.decode()
        for it in (client, other):
            token = it.cookies[COOKIE].value
            assert token not in page
            assert token_hash(token) not in page


class TestEndingOnesOwn:
    def test_another_session_is_ended_and_refused_at_the_next_request(self, per: Hired) -> None:
        client, other = browser(per), browser(per)
        (place,) = ways_to_end(client.get(PAGE).content)
        assert "Biståndsenheten" in text(client, place)

        assert post(client, per, place) == PAGE
        assert "Inloggningen är avslutad." in text(client, PAGE)
        answer = other.get(PAGE)
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in")
        assert other.post("/session/lock", sent(per)).status_code == 401
        assert events(per) == ["sign_in", "sign_in", "end_own"]

    def test_all_others_are_ended_and_this_one_goes_on(self, per: Hired, anna: Hired) -> None:
        client, others, hers = browser(per), [browser(per), browser(per)], browser(anna)
        assert "Avsluta alla andra" in text(client, OTHERS)

        assert post(client, per, OTHERS) == PAGE
        assert "Dina andra inloggningar är avslutade." in text(client, PAGE)
        assert [it.get(PAGE).status_code for it in others] == [302, 302]
        assert hers.get(PAGE).status_code == 200
        assert events(per).count("end_own") == 2

    def test_it_asks_for_a_fresh_proof_and_looking_does_not(self, per: Hired) -> None:
        client, other = browser(per), browser(per)
        (place,) = ways_to_end(client.get(PAGE).content)
        age_proofs()

        assert client.get(PAGE).status_code == 200
        for asked in (place, OTHERS):
            assert client.get(asked).status_code == 401
            answer = client.post(asked, sent(per))
            assert answer.status_code == 401
            assert "Visa vem du är en gång till" in words(answer.content)
        assert other.get(PAGE).status_code == 200

    def test_somebody_elses_cannot_be_ended(self, per: Hired, anna: Hired) -> None:
        client, hers = browser(per), browser(anna)
        (place,) = ways_to_end(browser(anna).get(PAGE).content)[:1]

        assert client.get(place).status_code == 404
        assert client.post(place, sent(per)).status_code == 404
        assert hers.get(PAGE).status_code == 200

    def test_nor_the_one_that_asks(self, per: Hired) -> None:
        client, other = browser(per), browser(per)
        (place,) = ways_to_end(other.get(PAGE).content)  # the name of the first

        assert client.get(place).status_code == 404
        assert client.post(place, sent(per)).status_code == 404
        assert client.get(PAGE).status_code == 200

    def test_one_that_has_ended_meanwhile_is_told_as_such(self, per: Hired) -> None:
        client, other = browser(per), browser(per)
        (place,) = ways_to_end(client.get(PAGE).content)
        other.post("/sign-out")

        for answer in (client.get(place), client.post(place, sent(per))):
            assert answer.status_code == 404
            assert "Inloggningen finns inte längre" in words(answer.content)
        assert events(per).count("end_own") == 0

    def test_what_was_typed_there_stays(self, per: Hired) -> None:
        client, _ = browser(per), browser(per)
        with acting_as(MUNICIPALITY):
            drafts.keep_sent(
                staff_id=per.staff_id, assignment_id=per.assignments[0], path="/x", page="/",
                fields=[("text", "Skrivet")],
            )  # fmt: skip

        post(client, per, OTHERS)
        with acting_as(MUNICIPALITY):
            assert Draft.objects.count() == 1


class TestByAnAdministrator:
    def place(self, of: Hired) -> str:
        return f"/staff/{of.staff_id}/end-sessions"

    def test_an_administrator_ends_every_session_of_a_person(self, per: Hired, anna: Hired) -> None:
        client, theirs = browser(anna), [browser(per), browser(per)]
        assert self.place(per) in client.get("/staff").content.decode()
        assert "Personen har 2 inloggningar här." in text(client, self.place(per))

        assert post(client, anna, self.place(per)) == "/staff"
        assert "Inloggningarna är avslutade." in text(client, "/staff")
        for it in theirs:
            answer = it.get(PAGE)
            assert (answer.status_code, answer["Location"]) == (302, "/sign-in")
        assert client.get("/staff").status_code == 200
        assert browser(per).get(PAGE).status_code == 200  # who signs in anew comes in

    def test_it_is_logged_who_did_it(self, per: Hired, anna: Hired) -> None:
        browser(per)

        post(browser(anna), anna, self.place(per))
        assert events(per) == ["sign_in", "end_by_administrator"]
        with acting_as(MUNICIPALITY):
            event = DirectoryEvent.objects.get()
        assert (event.what, event.subject) == ("end_sessions", per.hsa_id)
        assert (event.staff_id, event.staff_name) == (anna.staff_id, "Anna Berg")
        assert event.after == {"sessions": 1}

    def test_it_asks_for_a_fresh_proof(self, per: Hired, anna: Hired) -> None:
        client, theirs = browser(anna), browser(per)
        age_proofs()

        assert client.get(self.place(per)).status_code == 401
        assert client.post(self.place(per), sent(anna)).status_code == 401
        assert theirs.get(PAGE).status_code == 200

    def test_nobody_else_does(self, per: Hired, anna: Hired) -> None:
        hers = browser(anna)

        assert browser(per).post(self.place(anna), sent(per)).status_code == 403
        assert hers.get(PAGE).status_code == 200

    def test_who_is_not_signed_in_has_nothing_to_end(self, per: Hired, anna: Hired) -> None:
        page = text(browser(anna), self.place(per))

        assert "Personen är inte inloggad här." in page

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_of_nobody_is_not_found(self, anna: Hired, method: str) -> None:
        answer = getattr(browser(anna), method)(f"/staff/{uuid4()}/end-sessions", sent(anna))

        assert answer.status_code == 404
