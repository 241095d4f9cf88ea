"""The technical check: what is measured, what a person tells, and how little is believed."""

from dataclasses import replace

import pytest
from cast import AT, MUNICIPALITY, STRANGER
from onboarded import ANNA

from tenants import checks, technical
from tenants.context import acting_as
from tenants.models import UnitCheck
from tenants.technical import Item, Measured, Outcome

WORKS, FAILS, NOT_TRIED = Outcome.WORKS, Outcome.FAILS, Outcome.NOT_TRIED
FINE = Measured(
    lacks=(), clock_seconds=2, trips_ms=(40, 30, 900), clock=NOT_TRIED, network=NOT_TRIED,
    printing=WORKS, card=Outcome.NOT_USED,
)  # fmt: skip


class TestJudging:
    def test_finds_nothing_wrong_where_all_works(self) -> None:
        assert technical.with_outcome(FINE, FAILS) == ()
        assert technical.with_outcome(FINE, NOT_TRIED) == ()

    @pytest.mark.parametrize(
        ("changed", "item"),
        [
            (replace(FINE, lacks=("has",)), Item.BROWSER),
            (replace(FINE, clock_seconds=61), Item.CLOCK),
            (replace(FINE, clock_seconds=-61), Item.CLOCK),
            (replace(FINE, has_cookies=False), Item.COOKIES),
            (replace(FINE, trips_ms=(501, 501, 3)), Item.NETWORK),
            (replace(FINE, printing=FAILS), Item.PRINTING),
            (replace(FINE, card=FAILS), Item.CARD),
        ],
    )
    def test_names_what_does_not_hold(self, changed: Measured, item: Item) -> None:
        assert technical.with_outcome(changed, FAILS) == (item,)

    def test_believes_what_is_measured_before_what_is_told(self) -> None:
        assert technical.with_outcome(replace(FINE, clock=FAILS, network=FAILS), FAILS) == ()

    def test_asks_a_person_where_nothing_is_measured(self) -> None:
        by_hand = replace(FINE, lacks=None, clock_seconds=None, trips_ms=(9, 9), clock=WORKS,
                          network=FAILS)  # fmt: skip

        assert technical.with_outcome(by_hand, NOT_TRIED) == (Item.BROWSER,)
        assert technical.with_outcome(by_hand, FAILS) == (Item.NETWORK,)


class TestWhatIsSent:
    @pytest.mark.parametrize(
        ("sent", "read"),
        [("12", 12), ("-3", -3), ("", None), ("1e9", None), ("9" * 11, None), ("²", None),
         ("2000000000", None)],
    )  # fmt: skip
    def test_is_a_number_or_nothing(self, sent: str, read: int | None) -> None:
        assert technical.seconds(sent) == read

    def test_is_few_times_that_can_be(self) -> None:
        assert technical.trips("1,x,-4,120001,2") == (1, 2)
        assert len(technical.trips(",".join(["5"] * 500))) == technical.MOST_TRIPS
        assert technical.trips("") == ()

    def test_names_known_features_alone(self) -> None:
        assert technical.features("subgrid,<script>,has,has") == ("has", "subgrid")

    @pytest.mark.parametrize(
        ("user_agent", "name"),
        [
            ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0"
             " Safari/537.36 Edg/141.0.3537.71", "Edge 141"),
            ("Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
             " Safari/537.36", "Chrome 140"),
            ("Mozilla/5.0 (Windows NT 10.0; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox 143"),
            ("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Version/18.6 Mobile/15E148 Safari/604.1",
             "Safari 18"),
            ("<script>", ""), ("", ""),
        ],
    )  # fmt: skip
    def test_names_the_browser(self, user_agent: str, name: str) -> None:
        assert technical.browser_of(user_agent) == name


@pytest.mark.django_db
class TestTheRows:
    def record(self, measured: Measured, *, unit: str = "U") -> None:
        checks.record(measured, unit_id=unit, place="Dator 2", browser="Edge 141", by=ANNA, at=AT)

    def test_tell_everybody_what_holds_and_its_huvudman_the_rest(self) -> None:
        with acting_as(MUNICIPALITY):
            self.record(replace(FINE, printing=FAILS, card=NOT_TRIED))
            (made,) = checks.made(["U", "V"])
        with acting_as(STRANGER):
            seen = checks.last([MUNICIPALITY])[MUNICIPALITY, "U"]
            assert checks.made(["U"]) == ()

        assert (made.place, made.browser, made.by) == ("Dator 2", "Edge 141", "Anna Berg")
        assert made.measured == replace(FINE, printing=FAILS, card=NOT_TRIED)
        assert (seen.failed, seen.untried) == ((Item.PRINTING,), (Item.CARD,))
        assert not seen.holds
        common = {it.name for it in UnitCheck._meta.get_fields()}
        assert not {"name", "title", "browser", "place"} & common

    def test_count_by_the_last_of_each_unit(self) -> None:
        with acting_as(MUNICIPALITY):
            self.record(replace(FINE, printing=FAILS))
            self.record(FINE)
            self.record(replace(FINE, card=FAILS), unit="V")

            last = checks.last([MUNICIPALITY])

        assert {unit: it.holds for (_, unit), it in last.items()} == {"U": True, "V": False}

    def test_of_another_huvudmans_unit_say_nothing_of_it(self) -> None:
        with acting_as(MUNICIPALITY):
            self.record(FINE)
        with acting_as(STRANGER):
            self.record(replace(FINE, printing=FAILS))

            assert checks.last([MUNICIPALITY, STRANGER])[MUNICIPALITY, "U"].holds
