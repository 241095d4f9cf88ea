"""Idle screens lock over the same page, what was typed is kept, and a proof grows old."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from cast import AT, REGION
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.http import HttpResponse
from hired import Hired, hire
from people import WARD
from visits import text, words

from care.identity import drafts, sessions
from care.identity.models import Assignment, Draft, SessionEvent, StaffSession
from care.identity.permissions import Role
from portal.access import COOKIE
from project.sign_in.addresses import BROWSER
from tenants.context import acting_as
from tests.integrations.oidc.hostile import ABSENT, Hostile
from tests.integrations.oidc.person import Person, asked_of, to_provider

ACTING = "/tests/acting"
TYPED = "Sara ringde hemtjänsten kl. 14 <och väntar>"


def pass_time(**of: float) -> None:
    """Let time pass for the sessions, by the database's clock, and at the provider."""
    past = timedelta(**of)
    with acting_as(REGION):
        StaffSession.objects.update(
            idle_expires_at=F("idle_expires_at") - past,
            fresh_until=F("fresh_until") - past,
            expires_at=F("expires_at") - past,
        )


def grow_old(hostile: Hostile, seconds: int) -> None:
    """Let the person's proof at the provider be old."""
    hostile.authenticated_at -= seconds


@pytest.fixture
def sara(hostile: Hostile, nurse: Hired) -> Person:
    person = Person()
    person.sign_in()
    return person


def sent(nurse: Hired) -> dict[str, Any]:
    return {"assignment": nurse.assignments[0], "idempotency_key": uuid4(), "text": TYPED}


def typed(person: Person, of: Hired, **over: Any) -> HttpResponse:
    """Tell of what is typed, as the page's script does."""
    told = {"path": ACTING, "page": ACTING, "fields": [["text", TYPED]]} | over
    headers = {"x-samplan-assignment": str(of.assignments[0])}
    return person.client.post(
        "/drafts/typed", told, content_type="application/json", headers=headers
    )


class TestTheLock:
    def test_half_an_hour_without_doing_anything_locks(self, sara: Person) -> None:
        pass_time(minutes=29)
        assert sara.client.get(ACTING).status_code == 200
        pass_time(minutes=29)
        assert sara.client.get(ACTING).status_code == 200  # it was kept awake
        pass_time(minutes=31)

        answer = sara.client.get(ACTING)
        assert answer.status_code == 401
        page = words(answer.content)
        assert "Skärmen är låst" in page
        assert "Sara" not in page

    @pytest.mark.parametrize("by_itself", ["hx-request", "x-samplan-by-itself"])
    def test_what_a_page_asks_by_itself_keeps_nobody_awake(
        self, sara: Person, by_itself: str
    ) -> None:
        for _ in range(2):
            pass_time(minutes=16)
            answer = sara.client.get("/session", headers={by_itself: "true"})

        assert answer.status_code == 401

    def test_unlocking_leads_back_with_a_new_proof(
        self, hostile: Hostile, sara: Person, nurse: Hired
    ) -> None:
        pass_time(minutes=31)
        grow_old(hostile, 1860)
        before = sara.token

        url = sara.start(page=ACTING)
        assert asked_of(url)["max_age"] == "300"
        answer = sara.come_back(to_provider(url))
        assert answer["Location"] == ACTING
        assert sara.client.get(ACTING).status_code == 200
        assert sara.token != before
        with acting_as(REGION):
            assert StaffSession.objects.get().assignment_id == nurse.assignments[0]
            kinds = list(SessionEvent.objects.order_by("id").values_list("what", flat=True))
        assert kinds == ["sign_in", "prove_again"]

    def test_an_old_proof_unlocks_nothing(self, hostile: Hostile, sara: Person) -> None:
        pass_time(minutes=31)
        grow_old(hostile, 1860)
        hostile.ignores_max_age = True

        answer = sara.sign_in(page=ACTING)
        assert answer.status_code == 403
        assert "frågade dig inte på nytt" in words(answer.content)
        assert sara.client.get(ACTING).status_code == 401

    def test_a_way_that_was_begun_before_unlocks_nothing(
        self, hostile: Hostile, nurse: Hired
    ) -> None:
        sara = Person()
        early = sara.start()
        sara.sign_in()
        pass_time(minutes=31)
        grow_old(hostile, 1860)
        hostile.ignores_max_age = True

        answer = sara.come_back(to_provider(early))
        assert asked_of(answer["Location"])["max_age"] == "300"
        assert sara.client.get(ACTING).status_code == 401

    def test_a_colleague_takes_over_the_screen_and_not_the_session(
        self, hostile: Hostile, sara: Person, nurse: Hired
    ) -> None:
        hire(REGION, "Nils Ny", "SE2999999119-P002", (WARD, Role.WARD_NURSE))
        sara.client.post(ACTING, sent(nurse))
        pass_time(minutes=31)
        assert sara.client.post(ACTING, sent(nurse)).status_code == 401
        hostile.person |= {"sub": "f:staff:nils", "employee_hsa_id": "SE2999999119-P002",
                           "all_employee_hsa_ids": []}  # fmt: skip
        grow_old(hostile, 1860)

        assert sara.sign_in(page=ACTING)["Location"] == "/"
        assert "Nils Ny" in sara.client.get(ACTING).content.decode()
        assert sara.client.get("/drafts").status_code == 302  # nothing of Sara's

    def test_whoever_leaves_the_desk_locks_it(self, sara: Person, nurse: Hired) -> None:
        sara.client.post("/session/lock", {"assignment": nurse.assignments[0]})

        assert sara.client.get(ACTING).status_code == 401

    @pytest.mark.parametrize("is_named_by_sid", [True, False])
    def test_a_browser_that_lost_its_cookies_does_not_open_it(
        self, hostile: Hostile, nurse: Hired, is_named_by_sid: bool
    ) -> None:
        if not is_named_by_sid:
            hostile.claims = {"sid": ABSENT}
        Person().sign_in()
        pass_time(minutes=31)
        grow_old(hostile, 1860)
        passer_by = Person()  # the provider's cookies are there, ours are not

        answer = passer_by.sign_in(page=ACTING)
        asked = asked_of(answer["Location"])
        assert asked["max_age"] == "300"
        assert not passer_by.is_in
        hostile.ignores_max_age = True
        assert passer_by.come_back(to_provider(answer["Location"])).status_code == 403
        assert not passer_by.is_in
        hostile.ignores_max_age = False  # with the card
        again = passer_by.sign_in(page=ACTING)["Location"]
        assert passer_by.come_back(to_provider(again))["Location"] == "/"
        assert passer_by.is_in

    @pytest.mark.parametrize("is_named_by_sid", [True, False])
    def test_nor_does_one_whose_session_was_ended_from_another(
        self, hostile: Hostile, nurse: Hired, is_named_by_sid: bool
    ) -> None:
        """The provider's own session lives on in the browser that was left."""
        if not is_named_by_sid:
            hostile.claims = {"sid": ABSENT}
        left = Person()
        left.sign_in()
        with acting_as(REGION):
            assert sessions.end_others(staff_id=nurse.staff_id, token="", at=AT) == 1
        grow_old(hostile, 1860)
        assert not left.is_in

        answer = left.sign_in(page=ACTING)
        assert asked_of(answer["Location"])["max_age"] == "300"
        assert not left.is_in
        assert left.come_back(to_provider(answer["Location"]))["Location"] == "/"  # with the card
        assert left.is_in

    def test_a_session_that_is_not_locked_asks_nobody_again(
        self, hostile: Hostile, sara: Person
    ) -> None:
        grow_old(hostile, 1860)

        assert Person().sign_in()["Location"] == "/"

    def test_ten_hours_are_the_end(self, sara: Person) -> None:
        with acting_as(REGION):
            StaffSession.objects.update(expires_at=F("expires_at") - timedelta(hours=10))

        assert sara.client.get(ACTING)["Location"] == "/sign-in"


class TestDrafts:
    def test_a_form_that_meets_a_locked_screen_is_kept_and_shown(
        self, sara: Person, nurse: Hired
    ) -> None:
        form = sent(nurse)
        pass_time(minutes=31)

        answer = sara.client.post(ACTING, form)
        assert answer.status_code == 401
        assert TYPED not in answer.content.decode()  # the page is for whoever passes by
        assert sara.sign_in(page=ACTING)["Location"] == "/drafts"
        page = sara.client.get("/drafts").content.decode()
        assert "&lt;och väntar&gt;" in page
        assert f'name="idempotency_key" value="{form["idempotency_key"]}"' in page
        assert sara.client.post(ACTING, form).status_code == 200

    def test_it_is_shown_as_its_page_called_it(self, sara: Person, nurse: Hired) -> None:
        words = [["text", "", "Vad har hänt?", ""], ["how", "phone", "Sätt", "Telefon"],
                 ["version", "3", "", ""]]  # fmt: skip
        typed(sara, nurse, page="/help", heading="Samtal med hemtjänsten", words=words)
        pass_time(minutes=31)
        form = sent(nurse) | {"how": "phone", "version": 3, "added": "En rad till"}
        sara.client.post(ACTING, form, headers={"referer": "http://region.localhost/messages"})
        sara.sign_in()

        page = sara.client.get("/drafts").content.decode()
        assert "Samtal med hemtjänsten" in page
        assert "<dt>Vad har hänt?</dt>" in page
        assert "<dt>Sätt</dt><dd>Telefon</dd>" in page
        assert "<dt>added</dt><dd>En rad till</dd>" in page  # nothing is sent unseen
        assert "<dt>version</dt>" not in page
        assert '<a class="ds-link" href="/help">Till sidan</a>' in page

    def test_it_leads_back_to_the_page_where_the_form_stood(
        self, sara: Person, nurse: Hired
    ) -> None:
        pass_time(minutes=31)
        came_from = {"referer": "http://region.localhost/help?about=drafts"}
        sara.client.post(ACTING, sent(nurse), headers=came_from)
        sara.sign_in()

        assert '<a class="ds-link" href="/help">Till sidan</a>' in sara.client.get(
            "/drafts"
        ).content.decode()  # fmt: skip

    def test_what_is_sent_twice_waits_twice_and_what_is_typed_waits_beside_it(
        self, sara: Person, nurse: Hired
    ) -> None:
        first, second = sent(nurse), sent(nurse) | {"text": "Om någon annan"}
        pass_time(minutes=31)
        for form in (first, second, second):
            assert "sparat som ditt utkast" in words(sara.client.post(ACTING, form).content)
        sara.sign_in()
        assert typed(sara, nurse).status_code == 204

        page = sara.client.get("/drafts").content.decode()
        assert page.count("<dd>Om någon annan</dd>") == 1
        assert page.count("&lt;och väntar&gt;</dd>") == 1
        assert sara.client.get("/drafts/typed", {"path": ACTING}).json()["fields"]
        with acting_as(REGION):
            key = Draft.objects.get(fields__contains=[["text", "Om någon annan"]]).pk
        sara.client.post("/drafts/forget", {"assignment": nurse.assignments[0], "sent": key})
        page = sara.client.get("/drafts").content.decode()
        assert ("Om någon annan" in page, "och väntar" in page) == (False, True)
        assert sara.client.get("/drafts/typed", {"path": ACTING}).json()["fields"]

    def test_what_has_been_taken_is_the_one_that_was_sent(self, sara: Person, nurse: Hired) -> None:
        path = "/session/lock"  # leads on, as a form does that has been taken
        assignment = nurse.assignments[0]
        keys = [str(uuid4()), str(uuid4())]
        with acting_as(REGION):
            for key in keys:
                drafts.keep_sent(
                    staff_id=nurse.staff_id, assignment_id=assignment, path=path, page="/",
                    fields=[("idempotency_key", key)],
                )  # fmt: skip

        form = {"assignment": assignment, "idempotency_key": keys[0], "text": "Rättat"}
        assert sara.client.post(path, form).status_code == 302
        with acting_as(REGION):
            assert Draft.objects.get().fields == [["idempotency_key", keys[1]]]

    def test_a_locked_screen_keeps_no_flood(self, sara: Person, nurse: Hired) -> None:
        pass_time(minutes=31)

        for number in range(drafts.MOST_SENT):
            sara.client.post(ACTING, sent(nurse) | {"number": number})
        assert "inte sparat" in words(sara.client.post(ACTING, sent(nurse)).content)
        with acting_as(REGION):
            assert Draft.objects.count() == drafts.MOST_SENT

    def test_what_is_not_kept_is_not_said_to_be(self, sara: Person, nurse: Hired) -> None:
        pass_time(minutes=31)

        for form in (
            sent(nurse) | {"assignment": uuid4()},
            sent(nurse) | {"text": "å" * (drafts.LONGEST + 1)},
            sent(nurse) | {"file": SimpleUploadedFile("list.csv", b"1;2")},
        ):
            answer = sara.client.post(ACTING, form)
            assert answer.status_code == 401
            assert "inte skickat och inte sparat" in words(answer.content)
            assert TYPED not in answer.content.decode()
        with acting_as(REGION):
            assert not Draft.objects.exists()

    def test_what_the_page_sends_of_its_session_is_no_draft(
        self, sara: Person, nurse: Hired
    ) -> None:
        pass_time(minutes=31)

        assert typed(sara, nurse).status_code == 401
        sara.client.post("/session/lock", {"assignment": nurse.assignments[0]})
        with acting_as(REGION):
            assert not Draft.objects.exists()

    def test_a_form_of_another_assignment_that_is_held_waits_there(
        self, hostile: Hostile, units: None
    ) -> None:
        both = hire(REGION, "Sara Lindmark", "SE2999999119-P001",
                    (WARD, Role.WARD_NURSE), (WARD, Role.LOCAL_ADMINISTRATOR))  # fmt: skip
        first, second = both.assignments
        sara = Person()
        sara.sign_in()
        sara.client.post("/assignments", {"assignment": "", "chosen": second})
        pass_time(minutes=31)

        answer = sara.client.post(ACTING, sent(both))  # of a page that was made in the first
        assert "i det uppdrag som sidan gjordes för" in words(answer.content)
        assert sara.sign_in()["Location"] == "/"
        chosen = {"assignment": second, "chosen": first}
        assert sara.client.post("/assignments", chosen)["Location"] == "/drafts"
        assert "och väntar" in sara.client.get("/drafts").content.decode()

    def test_what_is_typed_is_kept_and_given_back(self, sara: Person, nurse: Hired) -> None:
        assert typed(sara, nurse, fields=[["text", f"{TYPED}\x00"]]).status_code == 204

        found = sara.client.get("/drafts/typed", {"path": ACTING}).json()
        assert found == {"fields": [["text", TYPED]]}
        sara.client.post("/drafts/forget", {"assignment": nurse.assignments[0], "path": ACTING})
        assert sara.client.get("/drafts/typed", {"path": ACTING}).json() == {"fields": []}

    def test_a_draft_is_gone_when_its_form_has_been_taken(self, sara: Person, nurse: Hired) -> None:
        typed(sara, nurse, path="/drafts/forget", page="/")

        form = {"assignment": nurse.assignments[0], "path": "/another"}
        assert sara.client.post("/drafts/forget", form).status_code == 302
        with acting_as(REGION):
            assert not Draft.objects.exists()

    @pytest.mark.parametrize(
        "body",
        ["", "[]", '{"path": 1}', '{"fields": [[1]]}', "\x00",
         '{"path": "/", "page": "/", "fields": [], "words": [["one"]]}'],
    )  # fmt: skip
    def test_what_cannot_be_read_is_refused(self, sara: Person, nurse: Hired, body: str) -> None:
        answer = sara.client.post(
            "/drafts/typed",
            body,
            content_type="application/json",
            headers={"x-samplan-assignment": str(nurse.assignments[0])},
        )

        assert answer.status_code == 400


class TestTheSession:
    def test_a_token_that_was_planted_is_not_taken_over(
        self, hostile: Hostile, nurse: Hired
    ) -> None:
        sara = Person()
        sara.client.cookies[COOKIE] = "planted"
        sara.client.get("/sign-in")
        before = sara.client.cookies[settings.CSRF_COOKIE_NAME].value

        sara.sign_in()
        assert sara.token != "planted"
        assert sara.client.cookies[settings.CSRF_COOKIE_NAME].value != before

    def test_the_cookies_go_to_this_host_and_no_script(self, sara: Person) -> None:
        for name in (COOKIE, BROWSER):
            morsel = sara.client.cookies[name]
            assert (morsel["httponly"], morsel["secure"], morsel["domain"]) == (True, True, "")
            assert (morsel["samesite"], morsel["max-age"]) == ("Lax", "")

    def test_a_revoked_assignment_is_refused_at_the_next_request(self, sara: Person) -> None:
        assert sara.client.get(ACTING).status_code == 200

        with acting_as(REGION):
            Assignment.objects.update(revoked_at=F("valid_from"))
        assert sara.client.get(ACTING).status_code == 403


class TestStepUp:
    @pytest.fixture
    def anna(self, hostile: Hostile, units: None) -> Person:
        hire(REGION, "Anna Berg", "SE2999999119-P001", (WARD, Role.LOCAL_ADMINISTRATOR))
        person = Person()
        person.sign_in()
        return person

    def test_who_has_just_signed_in_is_not_asked(self, anna: Person) -> None:
        assert anna.client.get("/staff/import").status_code == 200

    @pytest.mark.parametrize("page", ["/staff/import", "/staff/import-hsa"])
    def test_each_way_to_give_an_assignment_asks(self, anna: Person, page: str) -> None:
        pass_time(minutes=6)

        assert "Visa vem du är en gång till" in text(anna.client, page, 401)

    def test_after_five_minutes_it_is_asked_for_again(self, hostile: Hostile, anna: Person) -> None:
        pass_time(minutes=6)
        grow_old(hostile, 360)

        assert "Visa vem du är en gång till" in text(anna.client, "/staff/import", 401)
        assert anna.client.get("/staff").status_code == 200  # reading asks for nothing
        url = anna.start(page="/staff/import")
        assert asked_of(url)["max_age"] == "300"
        assert anna.come_back(to_provider(url))["Location"] == "/staff/import"
        assert anna.client.get("/staff/import").status_code == 200

    def test_what_was_sent_is_kept_meanwhile(self, hostile: Hostile, anna: Person) -> None:
        pass_time(minutes=6)
        with acting_as(REGION):
            assignment = Assignment.objects.get().pk
        path = f"/units/{WARD}/assignments/new"
        form = {"assignment": assignment, "name": "Nils Ny"}
        answer = anna.client.post(path, form)
        if answer.status_code == 404:
            pytest.fail("the address of adding an assignment has changed")

        assert answer.status_code == 401
        assert anna.sign_in(page=path)["Location"] == "/drafts"
        assert "Nils Ny" in text(anna.client, "/drafts")

    def test_what_is_not_kept_comes_back_with_the_page(self, anna: Person) -> None:
        pass_time(minutes=6)
        with acting_as(REGION):
            assignment = Assignment.objects.get().pk
        form = {"assignment": assignment, "name": "Nils Ny", "note": "å" * (drafts.LONGEST + 1)}
        answer = anna.client.post(f"/units/{WARD}/assignments/new", form)

        assert answer.status_code == 401
        assert "inte skickat och inte sparat" in words(answer.content)
        page = answer.content.decode()
        assert 'name="name" value="Nils Ny"' in page
        assert "noreferrer" in page  # the sign-in leads back to no address that only a form has
