"""Samtycken, spärrar och nödöppning as a browser gets them, without any script."""

import re
from uuid import UUID

import pytest
from cast import MUNICIPALITY, REGION, YEARS_AHEAD
from hired import Hired, hire
from isolation.county import agree
from people import (
    BERIT,
    CASE_OFFICERS,
    DAY,
    HEALTH_CENTRE,
    HOUR,
    MUNICIPAL_NURSES,
    NURSE,
    WARD,
)
from visits import browser, post, sent, text

from care.cases.models import Case
from care.discharge import operations as discharge
from care.identity.permissions import Role
from care.inbox import blocks, consents, tasks
from care.individuals.models import Consent
from care.sharing.models import AccessLog, EmergencyAccess
from tenants import clock
from tenants.context import acting_as

BECAUSE = "Medvetslös på golvet, blodtryckskris."


@pytest.fixture
def case_id(units: None) -> UUID:
    """Give the ward's case of Berit; everybody takes part, an agreement is in force."""
    agree()
    at = clock.moment() - 2 * DAY
    with acting_as(REGION):
        case_id = discharge.open_case(
            actor=NURSE, person=BERIT, variant="somatic", admitted_at=at - HOUR,
            need_assessed_at=None, at=at,
        )  # fmt: skip
        discharge.notify_admission(
            actor=NURSE, case_id=case_id,
            recipients=[HEALTH_CENTRE, CASE_OFFICERS, MUNICIPAL_NURSES],
            admitted_at=at - HOUR, need_assessed_at=None, physician="Jonas Ek",
            expected_discharge_at=at + 3 * DAY, needs=["social_services"], at=at,
        )  # fmt: skip
        discharge.submit_planning_basis(
            actor=NURSE, case_id=case_id, info_class="health_care", text="Går med rollator.", at=at
        )
    tasks.drain()
    return case_id


@pytest.fixture
def theirs(case_id: UUID) -> UUID:
    with acting_as(MUNICIPALITY):
        found: UUID = Case.objects.get().pk
        return found


@pytest.fixture
def nurse(units: None) -> Hired:
    return hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))


@pytest.fixture
def municipal(units: None) -> Hired:
    return hire(
        MUNICIPALITY, "Per Ek", "SE2999999127-P002", (MUNICIPAL_NURSES, Role.MUNICIPAL_NURSE)
    )


@pytest.fixture
def officer(units: None) -> Hired:
    return hire(
        MUNICIPALITY, "Karin Nyström", "SE2999999127-P001", (CASE_OFFICERS, Role.INBOX_COORDINATOR)
    )


def say_yes(case_id: UUID, **more: object) -> None:
    told: dict[str, object] = {"value": "yes", **more}
    with acting_as(REGION):
        consents.record_consent(
            actor=NURSE, case_id=case_id, type_="coordinated_record",
            info_classes=["health_care"], given_how="oral", expires_at=YEARS_AHEAD,
            at=clock.moment(), **told,  # type: ignore[arg-type]
        )  # fmt: skip
    tasks.drain()


def place_block(case_id: UUID) -> None:
    with acting_as(REGION):
        blocks.place_block(
            actor=NURSE, case_id=case_id, type_="outer_block", info_classes=(), at=clock.moment()
        )
    tasks.drain()


class TestTheRegister:
    def test_tells_what_is_unanswered_answered_and_opened(
        self, nurse: Hired, case_id: UUID
    ) -> None:
        before = text(browser(nurse), f"/cases/{case_id}/register")
        say_yes(case_id)
        after = text(browser(nurse), f"/cases/{case_id}/register")

        assert "Inget svar finns om:" in before
        assert "Läsa varandras uppgifter (sammanhållen dokumentation): Ja" in after
        assert "Öppnar det som en överenskommelse låter dem läsa" in after
        assert "Sara Lindmark, Sjuksköterska" in after
        assert "Närstående får delta" in after

    def test_who_cannot_decide_is_asked_for_what_has_been_cleared_up(
        self, nurse: Hired, case_id: UUID
    ) -> None:
        url = f"/cases/{case_id}/record-consent"
        told = {
            "type_": "coordinated_record", "value": "unable", "info_classes": "health_care",
            "given_how": "oral", "expires_on": f"{clock.moment() + 90 * DAY:%Y-%m-%d}",
        }  # fmt: skip

        post(browser(nurse), nurse, url, **told)
        unclear = text(browser(nurse), f"/cases/{case_id}/register")
        post(browser(nurse), nurse, url, **told, is_clarified="on")
        clear = text(browser(nurse), f"/cases/{case_id}/register")

        assert "Öppnar ingenting förrän personens inställning är utredd" in unclear
        assert "Omsorgsgivare får läsa hos andra omsorgsgivare, men inte i vården." in clear

    def test_the_social_services_see_why_they_are_shown_nothing_of_who_cannot_decide(
        self, officer: Hired, municipal: Hired, case_id: UUID, theirs: UUID
    ) -> None:
        say_yes(case_id, value="unable", is_clarified=True)

        theirs_page = text(browser(officer), f"/cases/{theirs}")
        nurses_page = text(browser(municipal), f"/cases/{theirs}")

        assert "Då får en omsorgsgivare bara läsa hos andra omsorgsgivare" in theirs_page
        assert "Går med rollator." not in theirs_page
        assert "Går med rollator." in nurses_page
        assert "Inställningen är utredd så långt det går, och inget talar" in nurses_page

    def test_a_partial_yes_says_what_it_leaves_out(self, nurse: Hired, case_id: UUID) -> None:
        answer = browser(nurse).post(
            f"/cases/{case_id}/record-consent",
            sent(
                nurse,
                type_="coordinated_record",
                value="partial",
                info_classes="planning",
                given_how="oral",
                expires_on=f"{clock.moment() + 90 * DAY:%Y-%m-%d}",
            ),
        )

        assert answer.status_code == 422
        assert "Skriv vad personen inte har sagt ja till." in answer.content.decode()
        with acting_as(REGION):
            assert not Consent.objects.exists()


class TestABlock:
    def test_is_placed_and_lifted_by_forms(
        self, nurse: Hired, municipal: Hired, case_id: UUID, theirs: UUID
    ) -> None:
        say_yes(case_id)
        assert "Går med rollator." in text(browser(municipal), f"/cases/{theirs}")

        post(
            browser(nurse), nurse, f"/cases/{case_id}/place-block", type_="outer_block",
            asked_by="individual",
        )  # fmt: skip
        tasks.drain()
        blocked = text(browser(municipal), f"/cases/{theirs}")
        own = browser(nurse).get(f"/cases/{case_id}/register").content.decode()
        lift = re.search(r'action="(/cases/[^"]+/blocks/[^"]+/lift-block)"', own)
        assert lift
        post(browser(nurse), nurse, lift[1])
        tasks.drain()

        assert "Går med rollator." not in blocked
        assert "Det finns spärrade uppgifter hos någon annan." in blocked
        opened = text(browser(municipal), f"/cases/{theirs}")
        assert "Går med rollator." in opened
        assert "Det finns spärrade uppgifter" not in opened

    def test_of_others_is_not_told_to_the_social_services(
        self, officer: Hired, case_id: UUID, theirs: UUID
    ) -> None:
        say_yes(case_id)
        place_block(case_id)

        page = text(browser(officer), f"/cases/{theirs}")

        assert "spärrade uppgifter" not in page
        assert "Går med rollator." not in page

    def test_is_not_a_guardians_to_place(self, nurse: Hired, case_id: UUID) -> None:
        answer = browser(nurse).post(
            f"/cases/{case_id}/place-block",
            sent(nurse, type_="outer_block", asked_by="guardian"),
        )

        assert answer.status_code == 422
        assert "En vårdnadshavare får inte spärra ett barns uppgifter" in answer.content.decode()


class TestAnEmergency:
    def opened(self, who: Hired, case_id: UUID) -> str:
        """Take the first step and return the address of the emergency."""
        url = f"/cases/{case_id}/open-emergency-access"
        post(browser(who), who, url, ground="danger_to_life", reason=BECAUSE, is_stated="on")
        tasks.drain()
        with acting_as(who.tenant):
            return f"/cases/{case_id}/emergencies/{EmergencyAccess.objects.get().pk}"

    def test_goes_in_two_steps_and_says_so_as_long_as_it_is_open(
        self, municipal: Hired, case_id: UUID, theirs: UUID
    ) -> None:
        assert "Samtycke saknas." in text(browser(municipal), f"/cases/{theirs}")

        address = self.opened(municipal, theirs)
        first = text(browser(municipal), f"/cases/{theirs}/open-emergency-access")
        post(browser(municipal), municipal, f"{address}/read-in-emergency", owner=REGION)
        tasks.drain()
        page = text(browser(municipal), f"/cases/{theirs}")

        assert "Har uppgifter som inte är spärrade." in first
        assert "Nödöppning pågår." in page
        assert "Går med rollator." in page
        assert "Er enhet har nödöppnat: fara för livet" in page

    def test_asks_the_owner_to_lift_a_block_and_shows_the_answer(
        self, nurse: Hired, municipal: Hired, case_id: UUID, theirs: UUID
    ) -> None:
        place_block(case_id)
        address = self.opened(municipal, theirs)
        first = text(browser(municipal), f"/cases/{theirs}/open-emergency-access")
        post(browser(municipal), municipal, f"{address}/request-lift", owner=REGION)
        tasks.drain()
        asked = browser(nurse).get(f"/cases/{case_id}").content.decode()
        answer = re.search(r'action="([^"]+/answer-lift-request)"', asked)
        assert answer
        post(browser(nurse), nurse, answer[1], answer="lifted")
        tasks.drain()

        assert "Har bara spärrade uppgifter." in first
        assert "Ni ombeds att häva en spärr." in asked
        page = text(browser(municipal), f"/cases/{theirs}/open-emergency-access")
        assert "Har uppgifter som inte är spärrade. Spärren är hävd (Sara Lindmark" in page

    @pytest.mark.parametrize(
        "told", [{"reason": "Kort."}, {"reason": BECAUSE, "is_stated": ""}, {"ground": "curious"}]
    )
    def test_asks_again_for_what_is_missing(
        self, municipal: Hired, theirs: UUID, told: dict[str, str]
    ) -> None:
        fields = {"ground": "danger_to_life", "reason": BECAUSE, "is_stated": "on", **told}

        answer = browser(municipal).post(
            f"/cases/{theirs}/open-emergency-access", sent(municipal, **fields)
        )

        assert answer.status_code == 422
        with acting_as(MUNICIPALITY):
            assert not EmergencyAccess.objects.exists()

    def test_is_refused_to_the_social_services_and_the_refusal_is_logged(
        self, officer: Hired, theirs: UUID
    ) -> None:
        page = text(browser(officer), f"/cases/{theirs}")
        refused = browser(officer).get(f"/cases/{theirs}/open-emergency-access")

        assert "Nödöppning" not in page
        assert refused.status_code == 403
        with acting_as(MUNICIPALITY):
            assert AccessLog.objects.filter(activity="denied").exists()
