"""Every act has a form: what it asks for, whom it tells, what it says when something is missing."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from cast import MUNICIPALITY, REGION, STRANGER
from hired import Hired, hire
from people import (
    BERIT,
    CASE_OFFICERS,
    DAY,
    ELSEWHERE,
    HEALTH_CENTRE,
    HOUR,
    MUNICIPAL_NURSES,
    NURSE,
    WARD,
)
from visits import browser, sent

from care.cases.models import Case, Contribution, Event
from care.discharge import operations as discharge
from care.discharge.queries import OFFERED
from care.identity.permissions import Role
from care.inbox import tasks
from care.inbox.models import Message
from care.law.calendar import STOCKHOLM
from care.law.terms import STATUTORY
from portal.forms.acts import FORMS
from portal.views.acts import DO, noon
from tenants import clock
from tenants.context import acting_as

WHEN = "2026-11-20T06:30"


@pytest.fixture
def nurse(units: None) -> Hired:
    return hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))


@pytest.fixture
def coordinator(units: None) -> Hired:
    return hire(
        REGION, "Lena Uusitalo", "SE2999999119-P002", (HEALTH_CENTRE, Role.CARE_COORDINATOR)
    )


@pytest.fixture
def officer(units: None) -> Hired:
    return hire(
        MUNICIPALITY, "Karin Nyström", "SE2999999127-P001", (CASE_OFFICERS, Role.INBOX_COORDINATOR)
    )


@pytest.fixture
def case_id(units: None) -> UUID:
    """Give the ward's case of Berit, who is admitted."""
    at = clock.moment() - DAY
    with acting_as(REGION):
        case_id = discharge.open_case(
            actor=NURSE, person=BERIT, variant="somatic", admitted_at=at - HOUR,
            need_assessed_at=None, at=at,
        )  # fmt: skip
        discharge.notify_admission(
            actor=NURSE, case_id=case_id,
            recipients=[HEALTH_CENTRE, CASE_OFFICERS, MUNICIPAL_NURSES],
            admitted_at=at - HOUR, need_assessed_at=None, physician="Jonas Ek",
            expected_discharge_at=at + 3 * DAY, needs=["social_services", "outpatient_care"],
            at=at,
        )  # fmt: skip
    tasks.drain()
    return case_id


@pytest.fixture
def theirs(case_id: UUID) -> UUID:
    with acting_as(MUNICIPALITY):
        found: UUID = Case.objects.get().pk
        return found


def messages(act: str) -> int:
    with acting_as(REGION):
        return Message.objects.filter(act=act).count()


def test_every_act_that_is_offered_has_a_form_and_an_operation() -> None:
    assert set(OFFERED) == set(FORMS) == set(DO)


def test_a_ground_is_offered_where_it_holds_for_who_writes(
    nurse: Hired, officer: Hired, case_id: UUID, theirs: UUID
) -> None:
    only_in_care = "OSL 25 kap. 13 §"
    page = browser(nurse).get(f"/cases/{case_id}/send-general-message").content.decode()
    assert only_in_care in page

    client, url = browser(officer), f"/cases/{theirs}/send-general-message"
    assert only_in_care not in client.get(url).content.decode()
    told = {"subject": "Fråga", "text": "Ring mig.", "recipients": WARD}
    refused = client.post(url, sent(officer, ground="unable_to_consent", **told))
    assert refused.status_code == 422
    assert "Ring mig." in refused.content.decode()  # nothing is lost
    assert client.post(url, sent(officer, ground="vulnerable", **told)).status_code == 303


def test_no_field_says_what_only_a_programmer_understands() -> None:
    for form in FORMS.values():
        for name, field in form.base_fields.items():
            assert not field.required or str(field.error_messages["required"]), (form, name)
            assert "obligatorisk" not in str(field.error_messages.get("required", "")).lower()


WARD_ACTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("revise-expected-discharge", {"expected_discharge_at": WHEN}),
    ("submit-planning-basis", {"info_class": "health_care", "text": "Går med rollator."}),
    ("notify-ready", {"physician": "Jonas Ek", "assessed_at": WHEN}),
    ("transfer-information", {"medicines": "Alvedon vid behov", "ground": "consent"}),
    ("inform-individual", {"how": "oral_written"}),
    ("record-discharge", {"discharged_at": WHEN, "destination": "home"}),
    ("send-general-message", {"subject": "Fråga", "text": "Ring mig.", "ground": "consent",
                              "recipients": [CASE_OFFICERS]}),
    ("abort-case", {"reason": "no_need"}),
)  # fmt: skip


class TestTheWard:
    @pytest.mark.parametrize(("act", "fields"), WARD_ACTS, ids=[it[0] for it in WARD_ACTS])
    def test_does_each_of_its_acts_by_a_form(
        self, nurse: Hired, case_id: UUID, act: str, fields: dict[str, Any]
    ) -> None:
        client, place = browser(nurse), f"/cases/{case_id}/{act}"
        shown = client.get(place)
        empty = client.post(place, sent(nurse))

        done = client.post(place, sent(nurse, **fields))

        assert shown.status_code == 200
        assert empty.status_code == 422
        assert "ds-error-summary" in empty.content.decode()
        assert (done.status_code, done.headers["Location"]) == (303, f"/cases/{case_id}")
        with acting_as(REGION):
            assert Event.objects.filter(act=act.replace("-", "_")).count() == 1

    def test_withdraws_and_closes(self, nurse: Hired, case_id: UUID) -> None:
        client = browser(nurse)
        steps = (
            ("notify-ready", {"physician": "Jonas Ek", "assessed_at": WHEN}),
            ("withdraw-ready", {"reason": "worse"}),
            ("record-discharge", {"discharged_at": WHEN, "destination": "home"}),
            ("close-case", {"planning": "not_needed", "note": ""}),
        )

        answers = [
            client.post(f"/cases/{case_id}/{act}", sent(nurse, **fields)).status_code
            for act, fields in steps
        ]

        assert answers == [303] * 4
        with acting_as(REGION):
            assert Case.objects.get().state == "closed"

    def test_presses_twice_and_sends_once(self, nurse: Hired, case_id: UUID) -> None:
        client = browser(nurse)
        form = sent(nurse, physician="Jonas Ek", assessed_at=WHEN)

        answers = [client.post(f"/cases/{case_id}/notify-ready", form) for _ in range(2)]

        assert [it.status_code for it in answers] == [303, 303]
        assert messages("notify_ready") == 1

    def test_cannot_send_other_words_with_a_used_key(self, nurse: Hired, case_id: UUID) -> None:
        client, place = browser(nurse), f"/cases/{case_id}/revise-expected-discharge"
        form = sent(nurse, expected_discharge_at=WHEN)
        client.post(place, form)

        answer = client.post(place, form | {"expected_discharge_at": "2026-11-21T06:30"})

        assert answer.status_code == 422
        assert messages("revise_expected_discharge") == 1

    def test_sees_who_gets_it_and_whether_anybody_watches(
        self, nurse: Hired, case_id: UUID
    ) -> None:
        page = browser(nurse).get(f"/cases/{case_id}/notify-ready").content.decode()

        assert "Kommunal hemsjukvård, Testkommun bevakar inkorgen nu." in page
        assert "Biståndsenheten, Testkommun" in page
        assert "5 kap. 4 §" in page

    def test_needs_a_ground_for_what_goes_beyond_the_act(self, nurse: Hired, case_id: UUID) -> None:
        form = sent(nurse, physician="Jonas Ek", assessed_at=WHEN, note="Stabil")

        answer = browser(nurse).post(f"/cases/{case_id}/notify-ready", form)

        assert answer.status_code == 422
        assert "Välj sekretessgrund för ”Kort om läget”" in answer.content.decode()
        assert messages("notify_ready") == 0

    def test_is_told_at_once_when_an_act_cannot_be(self, nurse: Hired, case_id: UUID) -> None:
        answer = browser(nurse).get(f"/cases/{case_id}/withdraw-ready")

        assert answer.status_code == 409
        assert "går inte att göra nu" in answer.content.decode()

    def test_may_not_do_what_is_the_municipalitys(self, nurse: Hired, case_id: UUID) -> None:
        answer = browser(nurse).get(f"/cases/{case_id}/state-reception")

        assert answer.status_code == 403

    @pytest.mark.parametrize("act", ["open-case", "nonsense", "notify_ready", "return-case"])
    def test_finds_nothing_at_an_address_that_is_no_act(
        self, nurse: Hired, case_id: UUID, act: str
    ) -> None:
        assert browser(nurse).get(f"/cases/{case_id}/{act}").status_code == 404


OPEN_ACTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("name-care-contact", {"name": "Lena", "title": "Distriktssköterska", "phone": "063-1"}),
    ("state-availability", {"status": "not_available", "is_cause": "yes"}),
    ("call-to-planning", {"form": "home", "meeting_at": WHEN}),
)  # fmt: skip
MUNICIPAL_ACTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("answer-admission", {"answer": "known", "contact": "Karin"}),
    ("start-planning", {"contact": "Karin", "text": "Hemtjänst"}),
    ("answer-call", {"answer": "propose", "proposal": "torsdag"}),
    ("state-reception", {"can_receive": "no", "reason": "Säng saknas", "ground": "no_harm"}),
    ("confirm-homecoming", {"home_at": WHEN}),
)


class TestTheOthers:
    @pytest.mark.parametrize(("act", "fields"), OPEN_ACTS, ids=[it[0] for it in OPEN_ACTS])
    def test_the_health_centre_does_each_of_its_acts(
        self, coordinator: Hired, case_id: UUID, act: str, fields: dict[str, Any]
    ) -> None:
        client, place = browser(coordinator), f"/cases/{case_id}/{act}"

        assert client.get(place).status_code == 200
        assert client.post(place, sent(coordinator)).status_code == 422
        assert client.post(place, sent(coordinator, **fields)).status_code == 303

    @pytest.mark.parametrize(
        ("act", "fields"), MUNICIPAL_ACTS, ids=[it[0] for it in MUNICIPAL_ACTS]
    )
    def test_the_municipality_does_each_of_its_acts(
        self, officer: Hired, theirs: UUID, act: str, fields: dict[str, Any]
    ) -> None:
        client, place = browser(officer), f"/cases/{theirs}/{act}"

        assert client.get(place).status_code == 200
        assert client.post(place, sent(officer)).status_code == 422
        assert client.post(place, sent(officer, **fields)).status_code == 303

    def test_what_is_planned_is_kept_for_the_common_view(
        self, officer: Hired, theirs: UUID
    ) -> None:
        form = sent(officer, contact="Karin", text="Hemtjänst")
        browser(officer).post(f"/cases/{theirs}/start-planning", form)

        with acting_as(MUNICIPALITY):
            assert Contribution.objects.get().text == "Hemtjänst"

    def test_a_stranger_finds_no_form(self, theirs: UUID, case_id: UUID) -> None:
        olle = hire(
            STRANGER, "Olle Ström", "SE2999999135-P001", (ELSEWHERE, Role.INBOX_COORDINATOR)
        )
        client = browser(olle)

        for place in (theirs, case_id, uuid4()):
            assert client.get(f"/cases/{place}/answer-admission").status_code == 404


class TestAMessage:
    def test_is_opened_by_being_read_and_tells_who_has_seen_it(
        self, nurse: Hired, officer: Hired, case_id: UUID
    ) -> None:
        with acting_as(REGION):
            message_id = Message.objects.get().pk
        browser(officer).get(f"/messages/{message_id}")
        tasks.drain()

        page = browser(nurse).get(f"/messages/{message_id}").content.decode()

        assert "Öppnat, inte kvitterat:" in page
        assert "<title>Meddelande – Samplan</title>" in page

    def test_says_nothing_at_a_receiver_of_how_it_went_elsewhere(
        self, officer: Hired, case_id: UUID
    ) -> None:
        with acting_as(REGION):
            message_id = Message.objects.get().pk

        page = browser(officer).get(f"/messages/{message_id}").content.decode()

        assert "Hälsocentralen Norr" not in page
        assert page.count("Levererat, inte öppnat:") == 2

    def test_is_corrected_by_its_sender_and_both_stay_readable(
        self, nurse: Hired, case_id: UUID
    ) -> None:
        client = browser(nurse)
        client.post(
            f"/cases/{case_id}/notify-ready",
            sent(nurse, physician="Jonas Ek", assessed_at=WHEN),
        )
        with acting_as(REGION):
            first = Message.objects.get(act="notify_ready")
        place = f"/messages/{first.pk}/replace-message"

        form = client.get(place).content.decode()
        answer = client.post(
            place, sent(nurse, physician="Anna Holm", assessed_at=WHEN), follow=True
        )

        assert 'value="Jonas Ek"' in form
        assert f'value="{WHEN}"' in form
        assert "Rättelsen är skickad." in answer.content.decode()
        with acting_as(REGION):
            correction = Message.objects.get(replaces=first.pk)
        assert correction.core["physician"] == "Anna Holm"
        assert correction.core["corrects"] == "notify_ready"
        assert "Meddelandet är rättat." in client.get(f"/messages/{first.pk}").content.decode()

    def test_is_not_corrected_by_its_receiver(self, officer: Hired, case_id: UUID) -> None:
        with acting_as(REGION):
            message_id = Message.objects.get().pk

        assert browser(officer).get(f"/messages/{message_id}/replace-message").status_code == 404


class TestNoon:
    @pytest.mark.parametrize(
        ("sent_at", "is_after", "before", "after"),
        [
            (datetime(2026, 11, 20, 6, 30, tzinfo=STOCKHOLM), False, "mån 23 nov", "tis 24 nov"),
            (datetime(2026, 11, 20, 12, 30, tzinfo=STOCKHOLM), True, "mån 23 nov", "tis 24 nov"),
        ],
    )
    def test_tells_both_dates(
        self, sent_at: datetime, is_after: bool, before: str, after: str
    ) -> None:
        told = noon(STATUTORY, at=sent_at)

        assert told.is_after is is_after
        assert told.before.replace("\N{NO-BREAK SPACE}", " ") == before
        assert told.after.replace("\N{NO-BREAK SPACE}", " ") == after
        assert told.cutoff == "12.00"
