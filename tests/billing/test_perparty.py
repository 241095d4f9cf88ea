"""Values of each municipality, written by hand or pasted: who, what, and on which line it fails."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import amounts, perparty
from billing.amounts import BadAmount
from billing.perparty import BadText

NAMES = {
    "2303": "Ragunda kommun", "2321": "Åre kommun", "2380": "Östersunds kommun",
    "0114": "Upplands Väsby kommun",
}  # fmt: skip


def read(text: str) -> dict[str, Fraction]:
    return perparty.by_code(text, NAMES, amounts.percent)


@pytest.mark.parametrize(
    "line",
    [
        "2380; 48,2", "2380 Östersund; 48,2", "2380;Östersund;48,2", "2380\tÖstersund\t48,2",
        "Östersund 48,2",
        "östersunds kommun: 48,2 %", "2380 48,2", "2380 Östersund 48,2", "Östersund;48,2;;",
        "2380\tSolstaden\t48,2", "2380\u00a0Östersunds\u00a0kommun 48,2", "2380 Östersunds  48.2",
    ],
)  # fmt: skip
def test_a_line_may_be_written_in_many_ways(line: str) -> None:
    assert read(line) == {"2380": Fraction(241, 500)}


def test_amounts_with_spaces_names_with_spaces_and_empty_lines_are_read() -> None:
    told = "\nUpplands Väsby 1 200 000,50\n\n2380 2 303\nÅre; 2380 kr\n"
    assert perparty.by_code(told, NAMES, amounts.ore) == {
        "0114": 120_000_050, "2380": 230_300, "2321": 238_000,
    }  # fmt: skip


def test_other_keys_than_municipalities_are_read_too() -> None:
    years = {"2024": "2024", "2025": "2025"}
    assert perparty.by_code("2024\t2025\n2025 2024", years, amounts.whole) == {
        "2024": 2025, "2025": 2024,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2303 5\nÖstersnd 5", "rad 2: ”Östersnd 5” är ingen av kommunerna. Börja raden"),
        ("Kod;Kommun;Andel\n2303;Ragunda;5", "rad 1: ”Kod” är ingen"),
        ("Summa 100", "ta bort rubriker och summor"),
        ("2303 5\nRagunda 6", "rad 2: Ragunda kommun står redan"),
        ("\n2303;Ragunda;", "rad 2: värdet saknas för Ragunda kommun"),
        ("2303", "värdet saknas"),
        ("2303;Åre;5", "rad 1: 2303 och Åre är inte samma kommun"),
        ("Ragunda många", "rad 1: ”många” är ingen andel"),
        ("Ragunda -5", "”-5” är ingen andel"),
        ("Ragunda 101", "från 0 till 100"),
    ],
)
def test_a_line_that_cannot_be_is_refused_by_its_number(text: str, says: str) -> None:
    with pytest.raises(BadText, match=says):
        read(text)


def test_who_is_missing_is_named() -> None:
    with pytest.raises(BadText, match="Värde saknas för Ragunda kommun, Åre kommun, Upplands"):
        perparty.of_everybody(read("2380 5"), NAMES)


@pytest.mark.parametrize("text", ["0; 1 000\n10 000; 3 000", "0\t1000\n10000\t3000\t"])
def test_pairs_are_read(text: str) -> None:
    assert perparty.pairs(text, amounts.whole, amounts.ore) == {0: 100_000, 10_000: 300_000}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0;1\n0;2", "rad 2: 0 står redan"),
        ("10 000 3 000", "rad 1: skriv två värden"),
        ("5 000", "med semikolon"),
        ("0;1;2", "två värden"),
        ("från noll;1", "”från noll” är inget antal"),
    ],
)
def test_a_pair_that_cannot_be_is_refused_by_its_line(text: str, says: str) -> None:
    with pytest.raises(BadText, match=says):
        perparty.pairs(text, amounts.whole, amounts.ore)


PARTS = st.fractions(0, 1, max_denominator=999)


@given(st.dictionaries(st.sampled_from(list(NAMES)), PARTS, min_size=4))
def test_what_is_written_is_read_back_exactly(shares: dict[str, Fraction]) -> None:
    told = {code: amounts.in_percent(share) for code, share in shares.items()}
    assert read(perparty.written(told, NAMES)) == shares


def test_who_has_no_value_gets_a_line_to_fill_in() -> None:
    told = perparty.written({}, {"2303": "Ragunda kommun"})
    assert told == "2303; Ragunda kommun; "
    with pytest.raises(BadText, match="värdet saknas"):
        read(told)


@pytest.mark.parametrize("text", ["", "1/0", "101", "3/2", "-1", "1e3", "nan", "%"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(BadAmount, match="Skriv den i procent"):
        amounts.percent(text)
