"""The door of the API: who calls by which token, for which huvudman, within what."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cast import MUNICIPALITY, REGION
from django.test import Client
from hired import hire
from machines import Machine, token_of
from people import CASE_OFFICERS, HEALTH_CENTRE, WARD
from visits import HOSTS

from care.identity import clients
from care.identity.models import Assignment
from care.identity.permissions import Role
from care.identity.scopes import Scope
from care.sharing.models import AccessLog
from project import machines
from tenants.context import acting_as
from tenants.pace import Pace

CASES = "/api/v1/cases"


def asked(token: str, *, host: str = REGION, path: str = CASES, **headers: str) -> Any:
    told = {"host": HOSTS[host], "authorization": f"Bearer {token}", **headers}
    return Client(raise_request_exception=False).get(path, headers=told)


def type_of(answer: Any) -> str:
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert {"type", "title", "status", "detail", "instance", "reference"} <= set(told)
    assert told["status"] == answer.status_code
    return str(told["type"]).removeprefix("urn:samplan:problem:")


class TestTokens:
    def test_a_token_that_holds_is_let_in(self, ward: Machine) -> None:
        assert asked(ward.token).status_code == 200

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "e" * 9000])
    def test_what_is_no_token_is_refused(self, ward: Machine, token: str) -> None:
        answer = asked(token)

        assert type_of(answer) == "invalid-token"
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")

    def test_one_that_has_run_out_is_refused(self, ward: Machine) -> None:
        before = datetime.now(UTC) - timedelta(hours=2)
        old = token_of(REGION, ward.client_id, tuple(Scope), at=before)

        assert type_of(asked(old)) == "invalid-token"

    def test_one_for_another_huvudman_is_refused(
        self, ward: Machine, municipality: Machine
    ) -> None:
        assert type_of(asked(ward.token, host=MUNICIPALITY)) == "invalid-token"
        forged = token_of(REGION, municipality.client_id, tuple(Scope))
        assert type_of(asked(forged)) == "invalid-token"

    def test_a_client_that_has_been_ended_is_refused_at_the_next_call(self, ward: Machine) -> None:
        with acting_as(REGION):
            clients.end(client_id=ward.client_id, at=datetime.now(UTC))

        assert type_of(asked(ward.token)) == "invalid-token"

    def test_without_the_demo_its_tokens_are_worth_nothing(
        self, ward: Machine, settings: Any
    ) -> None:
        settings.DEMO = False

        assert type_of(asked(ward.token)) == "invalid-token"

    def test_a_browsers_session_is_no_way_in(self, ward: Machine) -> None:
        nurse = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))
        browser = Client(headers={"host": HOSTS[REGION]})
        browser.cookies["samplan_session"] = nurse.sign_in()

        assert type_of(browser.get(CASES)) == "invalid-token"


class TestAssignments:
    def test_an_assignment_that_has_been_revoked_is_refused_at_the_next_call(
        self, ward: Machine
    ) -> None:
        with acting_as(REGION):
            Assignment.objects.update(revoked_at=datetime.now(UTC))

        assert type_of(asked(ward.token)) == "no-assignment"

    def test_of_several_the_call_says_which(self, ward: Machine) -> None:
        with acting_as(REGION):
            first = Assignment.objects.get(staff=ward.hired.staff_id)
            second = Assignment.objects.create(
                staff_id=ward.hired.staff_id, unit_id=HEALTH_CENTRE, title="System",
                role=Role.CARE_COORDINATOR, valid_from=first.valid_from,
            )  # fmt: skip

        answer = asked(ward.token)

        assert type_of(answer) == "choose-assignment"
        assert set(answer.json()["assignments"]) == {str(first.pk), str(second.pk)}
        assert asked(ward.token, **{"x-samplan-assignment": str(second.pk)}).status_code == 200

    def test_a_person_is_asserted_only_at_a_unit_of_the_system(self, ward: Machine) -> None:
        here = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))
        elsewhere = hire(REGION, "Maja Lund", "SE2999999119-P002",
                         (HEALTH_CENTRE, Role.CARE_COORDINATOR))  # fmt: skip

        assert ward.used_by(here).get("/cases").status_code == 200
        assert type_of(ward.used_by(elsewhere).get("/cases")) == "no-assignment"

    def test_the_access_log_names_person_and_client(self, ward: Machine) -> None:
        nurse = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))

        ward.used_by(nurse).get("/cases")

        with acting_as(REGION):
            row = AccessLog.objects.latest("id")
        assert (row.staff_name, row.activity) == ("Sara Lindmark", "list")
        assert row.client == f"api:{ward.client_id}"[:30]


class TestScopes:
    def test_a_scope_only_narrows_what_the_role_may(self, ward: Machine) -> None:
        reader = ward.within(Scope.DIRECTORY_READ)

        assert reader.get("/assignments").status_code == 200
        assert type_of(reader.get("/cases")) == "not-allowed"

    def test_a_token_is_good_for_no_more_than_the_client_was_registered_for(
        self, ward: Machine
    ) -> None:
        with acting_as(REGION):
            clients.register(
                client_id=ward.client_id, hsa_id=ward.hired.hsa_id, by="test",
                granted=[Scope.DIRECTORY_READ], at=datetime.now(UTC),
            )  # fmt: skip

        assert type_of(ward.get("/cases")) == "not-allowed"

    def test_a_scope_gives_no_role_what_it_has_not(self, municipality: Machine) -> None:
        body = {
            "person": {"number": "19400107-9120", "given_name": "Tilda",
                       "family_name": "Åkerlund", "registered_municipality": "2303"},
            "variant": "somatic", "admitted_at": "2026-03-02T08:15:00Z",
        }  # fmt: skip

        assert type_of(municipality.post("/cases", body)) == "not-allowed"


class TestAnswers:
    def test_what_is_not_the_units_does_not_exist(self, ward: Machine, stranger: Machine) -> None:
        nothing = "00000000-0000-4000-8000-000000000000"

        answer = stranger.get(f"/cases/{nothing}")

        assert (answer.status_code, type_of(answer)) == (404, "not-found")

    def test_an_address_that_nothing_has_says_so(self, ward: Machine) -> None:
        assert type_of(ward.get("/nothing")) == "not-found"

    def test_a_method_that_an_address_lacks_says_so(self, ward: Machine) -> None:
        answer = ward.sent("DELETE", "/cases", {})

        assert type_of(answer) == "method-not-allowed"
        assert "GET" in answer["Allow"]

    @pytest.mark.parametrize(
        ("body", "name"), [("{", "malformed"), ('"x"', "invalid"), ("[]", "invalid")]
    )
    def test_what_cannot_be_read_says_so(self, ward: Machine, body: str, name: str) -> None:
        key = {"Idempotency-Key": "12345678"}

        assert type_of(ward.sent("POST", "/cases", body, **key)) == name

    def test_a_change_without_a_key_says_so(self, ward: Machine) -> None:
        assert type_of(ward.sent("POST", "/cases", {})) == "idempotency-key-missing"

    def test_a_field_that_is_wrong_is_pointed_at(self, ward: Machine) -> None:
        told = ward.post("/cases", {"person": {"number": "1"}, "variant": "x", "extra": 1}).json()

        assert "#/extra" in {it["pointer"] for it in told["errors"]}

    def test_what_is_wrong_is_said_in_swedish(self, ward: Machine) -> None:
        case = "/cases/00000000-0000-4000-8000-000000000000/notify-admission"
        body = {
            "recipients": [], "admitted_at": None, "physician": "", "needs": ["x"],
            "expected_discharge_at": 1, "reason": "x" * 4001, "ground": "y",
        }  # fmt: skip

        told = {it["pointer"]: it["detail"] for it in ward.post(case, body).json()["errors"]}

        assert len(told) == 7
        english = {"this", "ensure", "not", "valid", "field", "choice", "may", "required"}
        assert [it for it in told.values() if english & set(it.lower().split())] == []

    def test_a_moment_without_a_zone_is_asked_for_again(self, ward: Machine) -> None:
        body = {"person": {}, "variant": "somatic", "admitted_at": "2026-03-02T08:15:00"}

        told = ward.post("/cases", body).json()

        assert "#/admitted_at" in {it["pointer"] for it in told["errors"]}

    def test_the_pace_is_told_and_kept(self, ward: Machine, monkeypatch: Any) -> None:
        monkeypatch.setattr(machines, "MACHINE", Pace("machine", burst=2, seconds=60))

        answers = [ward.get("/assignments") for _ in range(3)]

        assert [it.status_code for it in answers] == [200, 200, 429]
        assert int(answers[2]["Retry-After"]) > 0
        assert answers[0]["RateLimit"] == '"client";r=1;t=0'

    def test_anybody_may_ask_what_the_api_is(self, units: None) -> None:
        answer = Client().get("/api/v1/api-info", headers={"host": HOSTS[REGION]})

        assert answer.json()["api_status"] == "active"

    def test_what_a_head_asks_is_judged_as_what_a_get_does(self, ward: Machine) -> None:
        answer = ward.sent("HEAD", "/cases", "")
        nobody = Client(raise_request_exception=False).head(CASES, headers={"host": HOSTS[REGION]})

        assert (answer.status_code, answer.content) == (200, b"")
        assert nobody.status_code == 401

    def test_nothing_else_is_answered(self, ward: Machine) -> None:
        assert ward.sent("OPTIONS", "/cases", "").status_code == 405

    def test_whoever_tries_tokens_keeps_a_pace(
        self, ward: Machine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(machines, "MACHINE", Pace("machine", burst=2, seconds=60))

        assert [asked("x").status_code for _ in range(3)] == [401, 401, 429]
        assert asked(ward.token).status_code == 200

    def test_a_key_of_one_assignment_is_not_anothers(self, ward: Machine) -> None:
        nurse = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))
        key, body = {"Idempotency-Key": "12345678"}, {
            "person": {"number": "19400107-9120", "given_name": "Tilda",
                       "family_name": "Åkerlund", "registered_municipality": "2303"},
            "variant": "somatic", "admitted_at": "2026-03-02T08:15:00Z",
        }  # fmt: skip

        assert ward.post("/cases", body, **key).status_code == 201
        assert type_of(ward.used_by(nurse).post("/cases", body, **key)) == "idempotency-key-reused"

    def test_a_call_in_the_clear_is_refused_and_not_led_on(
        self, ward: Machine, settings: Any
    ) -> None:
        settings.SECURE_SSL_REDIRECT = True

        assert type_of(ward.get("/cases")) == "tls-needed"

    def test_a_host_that_belongs_to_nobody_is_a_problem(self, units: None) -> None:
        answer = Client().get(CASES, headers={"host": "nowhere.localhost"})

        assert type_of(answer) == "not-found"


class TestVersions:
    def test_what_has_not_changed_is_not_sent_again_nor_logged(self, ward: Machine) -> None:
        first = ward.get("/cases")
        with acting_as(REGION):
            before = AccessLog.objects.count()

        again = ward.get("/cases", **{"If-None-Match": first["ETag"]})

        assert (again.status_code, again.content) == (304, b"")
        with acting_as(REGION):
            assert AccessLog.objects.count() == before

    def test_a_receiver_has_its_own_address(self, ward: Machine) -> None:
        assert ward.get(f"/units/{CASE_OFFICERS}").json()["owner"] == MUNICIPALITY
        assert type_of(ward.get("/units/SE0000000000-0000")) == "not-found"
