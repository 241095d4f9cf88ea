"""Who asks too often waits a little; nobody is locked out, and nothing typed is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cast import MUNICIPALITY, REGION
from django.db import connection
from django.db.models import F
from django.test import RequestFactory
from hired import Hired
from pytest_django import Settings

from care.inbox import tasks
from portal import paces
from project import throttling
from tenants import pace
from tenants.context import acting_as
from tenants.home.models import Allowance
from tenants.pace import Pace, seconds_to_wait
from tests.architecture.test_access_rules import VIEWS
from tests.project.conftest import browser

FEW = Pace("few", burst=3, seconds=60)
FILES = (".pdf", ".xlsx", ".csv", ".xml", ".si", ".json")


def later(**passed: float) -> None:
    """Let time have passed, for everybody."""
    Allowance.objects.update(due_at=F("due_at") - timedelta(**passed))


class TestTheRow:
    def test_so_many_at_once_and_then_one_at_a_time(self, committed: None) -> None:
        with acting_as(REGION):
            assert [seconds_to_wait(FEW, who="Sara") for _ in range(3)] == [0, 0, 0]
            assert 58 <= seconds_to_wait(FEW, who="Sara") <= 60
            later(seconds=61)
            assert seconds_to_wait(FEW, who="Sara") == 0
            assert seconds_to_wait(FEW, who="Sara") > 0

    def test_who_is_refused_does_not_wait_longer_for_having_asked(self, committed: None) -> None:
        with acting_as(REGION):
            waits = [seconds_to_wait(FEW, who="Sara") for _ in range(20)]

        assert max(waits) <= 60

    def test_each_has_an_allowance_of_the_own(self, committed: None) -> None:
        with acting_as(REGION):
            for _ in range(4):
                seconds_to_wait(FEW, who="Sara")
            assert seconds_to_wait(FEW, who="Karin") == 0
            assert seconds_to_wait(Pace("other", 3, 60), who="Sara") == 0
        with acting_as(MUNICIPALITY):
            assert seconds_to_wait(FEW, who="Sara") == 0

    def test_several_processes_count_together(self, committed: None) -> None:
        def asked(_: int) -> int:
            try:
                with acting_as(REGION):
                    return seconds_to_wait(FEW, who="Sara")
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as at_once:
            answers = list(at_once.map(asked, range(24)))

        assert answers.count(0) == FEW.burst

    def test_the_rows_tell_of_nobody_and_go_when_they_say_nothing(self, committed: None) -> None:
        with acting_as(REGION):
            seconds_to_wait(FEW, who="10.1.2.3")
            (row,) = Allowance.objects.all()
            assert (len(row.key), "10.1.2.3" in row.key) == (64, False)
            assert pace.forget() == 0
            later(seconds=61)
        assert tasks.forget(tenant=REGION) == 1


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let a pace allow three at once, and then one a minute: a busy machine lets nobody through."""

    def slower(name: str) -> None:
        kept = getattr(paces, name)
        monkeypatch.setattr(paces, name, Pace(kept.name, 3, 60))

    return slower


class TestPages:
    def test_what_was_typed_comes_back_with_when_to_send_it_again(
        self, nurse: Hired, slow: Callable[..., None]
    ) -> None:
        slow("SEND")
        client = browser(nurse)
        form = {"assignment": nurse.assignments[0], "text": "Hjälp vid dusch"}
        assert [client.post("/tests/session", form).status_code for _ in range(3)] == [200] * 3

        told = client.post("/tests/session", form)

        assert told.status_code == 429
        assert 1 <= int(told["Retry-After"]) <= 60
        text = told.content.decode()
        assert f"Vänta {told['Retry-After']} sekund" in text
        assert 'value="Hjälp vid dusch"' in text
        with acting_as(REGION):
            later(seconds=61)
        assert client.post("/tests/session", form).status_code == 200

    def test_reading_is_not_counted(self, nurse: Hired, slow: Callable[..., None]) -> None:
        slow("SEND")
        client = browser(nurse)

        assert {client.get("/tests/session").status_code for _ in range(6)} == {200}
        with acting_as(REGION):
            assert not Allowance.objects.exists()

    def test_one_who_floods_keeps_nobody_signed_in_from_working(
        self, nurse: Hired, slow: Callable[..., None]
    ) -> None:
        slow("ANYBODY")
        stranger = browser()
        answers = [stranger.get("/tests/open").status_code for _ in range(5)]
        assert answers == [200] * 3 + [429] * 2

        colleague = browser(nurse)
        assert colleague.get("/tests/open").status_code == 200
        assert colleague.post("/tests/session", {"a": "b"}).status_code == 200

    def test_sixty_at_a_care_home_sign_in_within_a_minute(self, units: None) -> None:
        home = browser()

        # The page, the way to the provider and the way back, from one address.
        answers = {home.get("/tests/open").status_code for _ in range(60 * 3)}
        assert answers == {200}

    def test_looking_people_up_goes_slower_than_writing(self) -> None:
        assert paces.pace_of(VIEWS["search"]) is paces.LOOK_UP
        assert paces.LOOK_UP.burst < paces.SEND.burst
        assert paces.LOOK_UP.seconds > paces.SEND.seconds

    @pytest.mark.parametrize("route", [it for it in VIEWS if it.endswith(FILES)])
    def test_every_file_is_handed_out_at_its_own_pace(self, route: str) -> None:
        assert paces.pace_of(VIEWS[route]) is paces.HAND_OUT

    def test_what_is_refused_is_noted_without_saying_who(
        self, nurse: Hired, slow: Callable[..., None], caplog: pytest.LogCaptureFixture
    ) -> None:
        slow("SEND")
        client = browser(nurse)
        for _ in range(4):
            client.post("/tests/session", {"a": "b"})

        noted = [it.getMessage() for it in caplog.records if it.name == throttling.__name__]
        assert noted == [f"too often at {REGION}: send"]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "8.8.8.8", "127.0.0.1"),
        (1, "", ""),
        (1, "8.8.8.8", "8.8.8.8"),
        (1, "1.1.1.1, 8.8.8.8", "8.8.8.8"),
        (2, "9.9.9.9, 1.1.1.1, 8.8.8.8", "1.1.1.1"),
        (2, "8.8.8.8", ""),
        (1, "nonsense", ""),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_what_a_client_says_of_its_own_address_is_not_believed(
    settings: Settings, proxies: int, forwarded: str, address: str
) -> None:
    settings.PROXIES = proxies

    asked = RequestFactory().get("/", headers={"x-forwarded-for": forwarded})
    assert throttling.address_of(asked) == address
