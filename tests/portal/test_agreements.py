"""Överenskommelser as the signatory sees them: drafted, signed by every party, ended."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import transaction
from hired import Hired, hire
from isolation.county import admit, consent
from people import CASE_OFFICERS, ELSEWHERE, NURSE, WARD
from visits import browser, sent, text, words

from care.cases.models import Case
from care.identity.permissions import Role
from care.sharing.operations import contribute
from care.sharing.simulation import Counted
from portal import forecasts
from tenants import agreements
from tenants.agreements import Agreement, State
from tenants.context import acting_as


@pytest.fixture
def signatory(units: None) -> Hired:
    return hire(REGION, "Eva Ros", "SE2999999119-P010", (WARD, Role.SIGNATORY))


@pytest.fixture
def counterpart(units: None) -> Hired:
    return hire(MUNICIPALITY, "Olof Sund", "SE2999999127-P010", (CASE_OFFICERS, Role.SIGNATORY))


@pytest.fixture
def administrator(units: None) -> Hired:
    return hire(REGION, "Anna Berg", "SE2999999119-P009", (WARD, Role.LOCAL_ADMINISTRATOR))


@pytest.fixture
def stranger(units: None) -> Hired:
    return hire(STRANGER, "Ulf Ek", "SE2999999135-P010", (ELSEWHERE, Role.SIGNATORY))


def drafted(**changes: Any) -> Agreement:
    """Return a draft between the region and the municipality."""
    given: dict[str, Any] = {
        "title": "Samverkan vid utskrivning",
        "text": "Parterna samverkar.",
        "parties": [REGION, MUNICIPALITY],
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2090, 1, 1),
        "channels": {"planning": ["A", "B"]},
        "terms": {},
    }
    with acting_as(REGION):
        return agreements.draft(**given | changes, at=AT)


def typed(**changes: Any) -> dict[str, Any]:
    """Return what is typed in the form of a draft."""
    given = {
        "title": "Samverkan i länet",
        "parties": [MUNICIPALITY],
        "valid_from": "2026-01-01",
        "valid_until": "2090-01-01",
        "text": "Parterna samverkar.",
        "channels_planning": ["A", "B"],
        "channels_health_care": ["A"],
        "grace_days": "3",
        "cutoff_time": "12:00",
    }
    return given | changes


def of(tenant: str) -> Agreement:
    """Return the only agreement of a huvudman."""
    with acting_as(tenant):
        (only,) = agreements.concerning(tenant)
    return only


class TestTheList:
    def test_names_the_state_and_who_has_yet_to_sign(self, signatory: Hired) -> None:
        drafted()

        page = browser(signatory).get("/agreements").content.decode()

        assert "Samverkan vid utskrivning" in page
        assert "Utkast" in page
        assert "Väntar på Testkommun, Region Test" in page

    def test_shows_a_stranger_nothing(self, stranger: Hired) -> None:
        agreement = drafted()
        client = browser(stranger)

        assert "Samverkan" not in client.get("/agreements").content.decode()
        assert client.get(f"/agreements/{agreement.id}").status_code == 404
        assert client.get(f"/agreements/{agreement.id}/sign").status_code == 404
        assert client.get(f"/agreements/{agreement.id}/end").status_code == 404

    def test_is_refused_to_a_nurse(self, units: None) -> None:
        nurse = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))

        answer = browser(nurse).get("/agreements")

        assert answer.status_code == 403
        assert "Din roll får inte göra det här" in answer.content.decode()


class TestADraft:
    def test_is_kept_with_only_the_terms_that_differ_from_the_act(self, signatory: Hired) -> None:
        fields = typed(grace_days="5", receipt_ready="2", receipt_ready_unit="hours")

        answer = browser(signatory).post("/agreements/new", sent(signatory, **fields), follow=True)

        written = of(REGION)
        assert "Utkastet är sparat." in answer.content.decode()
        assert written.parties == (MUNICIPALITY, REGION)
        assert written.channels["health_care"] == ("A",)
        assert written.terms == {
            "grace_days": 5,
            "receipt_times": {"notify_ready": {"hours": 2}},
        }

    def test_is_read_in_words_with_the_paragraph_that_it_deviates_from(
        self, signatory: Hired
    ) -> None:
        terms = {"grace_days": 5, "receipt_times": {"notify_admission": {"working_days": 1}}}
        agreement = drafted(terms=terms)

        page = browser(signatory).get(f"/agreements/{agreement.id}").content.decode()

        assert "Fristdagar" in page
        assert "5 kap. 4 §" in page
        assert "Inskrivningsmeddelande: 1 arbetsdag" in page
        assert "Klockslag" not in page

    @pytest.mark.parametrize(
        ("fields", "advice"),
        [
            ({"title": ""}, "Skriv en rubrik."),
            ({"parties": []}, "Välj minst en huvudman till."),
            ({"valid_until": "2025-01-01"}, "Välj en sista dag som inte ligger före den första."),
            ({"grace_days": "91"}, "Skriv ett helt antal dagar från 0 till 90."),
            ({"cutoff_time": "25:00"}, "Skriv klockslaget som 12:00."),
            ({"receipt_ready": "0"}, "Skriv ett helt tal från 1 till 1000, eller lämna tomt."),
        ],
    )
    def test_that_cannot_be_is_given_back_with_advice(
        self, signatory: Hired, fields: dict[str, Any], advice: str
    ) -> None:
        answer = browser(signatory).post("/agreements/new", sent(signatory, **typed(**fields)))

        assert answer.status_code == 422
        assert advice in answer.content.decode()

    def test_may_be_written_but_not_signed_by_a_local_administrator(
        self, administrator: Hired
    ) -> None:
        client = browser(administrator)

        client.post("/agreements/new", sent(administrator, **typed()))

        assert of(REGION).title == "Samverkan i länet"
        assert client.get(f"/agreements/{of(REGION).id}/sign").status_code == 403

    def test_of_a_further_version_keeps_the_terms_that_the_form_does_not_name(
        self, signatory: Hired
    ) -> None:
        first = drafted(terms={"invoice_period": "quarter", "charge_discharge_day": True})
        form = browser(signatory).get(f"/agreements/{first.id}/revise").content.decode()

        browser(signatory).post(f"/agreements/{first.id}/revise", sent(signatory, **typed()))

        assert 'value="Samverkan vid utskrivning"' in form
        assert of(REGION).version == 2
        assert of(REGION).terms == {"invoice_period": "quarter"}


class TestSigning:
    def test_shows_the_very_text_and_its_hash(self, signatory: Hired) -> None:
        agreement = drafted()

        page = browser(signatory).get(f"/agreements/{agreement.id}/sign").content.decode()

        assert "Parterna samverkar." in page
        assert f'name="text_hash" value="{agreement.text_hash}"' in page
        assert "Skriv under för Region Test" in page

    def test_by_both_puts_the_agreement_in_force(
        self, signatory: Hired, counterpart: Hired
    ) -> None:
        agreement = drafted()
        place, fields = f"/agreements/{agreement.id}/sign", {"text_hash": agreement.text_hash}

        first = browser(signatory).post(place, sent(signatory, **fields), follow=True)
        second = browser(counterpart).post(place, sent(counterpart, **fields), follow=True)

        assert "Nu väntar ni på Testkommun." in first.content.decode()
        assert "Alla parter har nu skrivit under." in second.content.decode()
        assert of(REGION).state(AT) is State.IN_FORCE
        assert [it.name for it in of(REGION).signatures] == ["Eva Ros", "Olof Sund"]

    def test_twice_with_one_key_signs_once(self, signatory: Hired) -> None:
        agreement = drafted()
        form = sent(signatory, key=uuid4(), text_hash=agreement.text_hash)
        client = browser(signatory)

        answers = [client.post(f"/agreements/{agreement.id}/sign", form) for _ in range(2)]

        assert [it.status_code for it in answers] == [303, 303]
        assert len(of(REGION).signatures) == 1

    def test_of_another_text_than_the_one_that_was_read_is_refused(self, signatory: Hired) -> None:
        agreement = drafted()
        form = sent(signatory, text_hash="0" * 64)

        answer = browser(signatory).post(f"/agreements/{agreement.id}/sign", form)

        assert answer.status_code == 404
        assert not of(REGION).signatures

    def test_a_second_time_is_answered_by_what_stands(self, signatory: Hired) -> None:
        agreement = drafted()
        place, fields = f"/agreements/{agreement.id}/sign", {"text_hash": agreement.text_hash}
        client = browser(signatory)
        client.post(place, sent(signatory, **fields))

        answer = client.post(place, sent(signatory, **fields))

        assert answer.status_code == 409
        assert "Ni har redan skrivit under" in answer.content.decode()


class TestEnding:
    def test_says_first_that_sharing_stops_at_once(self, signatory: Hired) -> None:
        agreement = drafted()

        page = browser(signatory).get(f"/agreements/{agreement.id}/end").content.decode()

        assert "Det slutar i samma ögonblick" in page

    def test_needs_a_reason_and_a_tick(self, signatory: Hired) -> None:
        agreement = drafted()

        answer = browser(signatory).post(f"/agreements/{agreement.id}/end", sent(signatory))

        assert answer.status_code == 422
        assert "Skriv varför ni säger upp" in answer.content.decode()
        assert "Kryssa i rutan" in answer.content.decode()
        assert of(REGION).ended_at is None

    def test_is_seen_by_the_other_party_with_the_reason(
        self, signatory: Hired, counterpart: Hired
    ) -> None:
        agreement = drafted()
        form = sent(signatory, reason="Nytt avtal skrivs.", understood="on")

        browser(signatory).post(f"/agreements/{agreement.id}/end", form)

        page = browser(counterpart).get(f"/agreements/{agreement.id}").content.decode()
        assert "Region Test sade upp överenskommelsen" in page
        assert "Nytt avtal skrivs." in page
        assert "Säg upp</a>" not in page


@pytest.fixture
def case(units: None) -> UUID:
    """Return a case at the region in which the municipality takes part, with a yes and two rows."""
    case_id = admit()
    consent(case_id=case_id)
    with acting_as(REGION), transaction.atomic():
        for info_class in ("planning", "health_care"):
            contribute(
                Case.objects.select_for_update().get(pk=case_id), actor=NURSE,
                kind="submit_planning_basis", info_class=info_class, text="Går med rollator.",
                at=AT,
            )  # fmt: skip
    return case_id


class TestTheForecast:
    def test_says_what_a_draft_would_open_as_counts_that_point_at_nobody(
        self, signatory: Hired, case: UUID
    ) -> None:
        agreement = drafted()

        page = text(browser(signatory), f"/agreements/{agreement.id}/forecast")

        assert "Testkommun läser hos er" in page
        assert "Planering färre än 5 ärenden, färre än 5 uppgifter – –" in page
        assert "Hälso- och sjukvård – – –" in page  # the draft does not name it
        assert "rollator" not in page

    def test_of_what_is_typed_saves_nothing(self, signatory: Hired, case: UUID) -> None:
        form = sent(signatory, forecast="yes", **typed())

        answer = browser(signatory).post("/agreements/new", form)

        page = words(answer.content)
        assert answer.status_code == 200
        assert "Planering färre än 5 ärenden, färre än 5 uppgifter" in page
        assert "Utkastet är inte sparat." in page
        with acting_as(REGION):
            assert agreements.concerning(REGION) == ()

    def test_then_saved_with_the_same_key_is_saved(self, signatory: Hired) -> None:
        key = uuid4()
        client = browser(signatory)
        client.post("/agreements/new", sent(signatory, key, forecast="yes", **typed()))

        client.post("/agreements/new", sent(signatory, key, **typed()))

        assert of(REGION).title == "Samverkan i länet"

    def test_of_a_later_period_says_when(self, signatory: Hired) -> None:
        agreement = drafted(valid_from=date(2089, 3, 1))

        page = text(browser(signatory), f"/agreements/{agreement.id}/forecast")

        assert "Texten börjar gälla 1 mars 2089" in page
        assert "Ingenting ändras." in page

    def test_is_of_what_is_at_home_alone(self, counterpart: Hired, case: UUID) -> None:
        page = text(browser(counterpart), f"/agreements/{drafted().id}/forecast")

        assert "Region Test läser hos er Planering – – –" in page

    def test_is_not_for_strangers_nor_for_who_may_not_draft(
        self, stranger: Hired, units: None
    ) -> None:
        operator = hire(REGION, "Ola Drift", "SE2999999119-P011", (WARD, Role.OPERATOR))
        place = f"/agreements/{drafted().id}/forecast"

        assert browser(stranger).get(place).status_code == 404
        assert browser(operator).get(place).status_code == 403

    @pytest.mark.parametrize(
        ("counted", "said"),
        [
            (Counted(0, 0), "–"),
            (Counted(1, 0), "färre än 5 ärenden, 0 uppgifter"),
            (Counted(4, 4), "färre än 5 ärenden, färre än 5 uppgifter"),
            (Counted(5, 6), "5 ärenden, 6 uppgifter"),
        ],
    )
    def test_shows_small_numbers_as_fewer_than_five(self, counted: Counted, said: str) -> None:
        assert forecasts.words(counted) == said
