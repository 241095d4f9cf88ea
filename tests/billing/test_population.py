"""Nobody pays by a population whose sums are wrong or whose municipalities are missing."""

import hashlib
from datetime import date

import pytest

from billing import population
from billing.files import BadFile
from billing.population import MUNICIPALITIES_OF

HEAD = "kommunkod;kommun;folkmängd\n"
GOTLAND = ("0980;Gotland;58 003", "09;Gotlands län;58 003")


def read(*rows: str) -> population.Population:
    return population.read((HEAD + "\n".join(rows)).encode())


def test_municipalities_stand_by_code_and_sums_apart() -> None:
    people = read("2380;Östersund;62 601", "2303;Ragunda;5444", "23;Jämtlands län;68\u00a0045")

    assert list(people.inhabitants.items()) == [("2303", 5444), ("2380", 62601)]
    assert people.names["2380"] == "Östersund"
    assert people.counties == {"23": 68045}


def test_a_municipality_without_a_name_is_called_by_its_code() -> None:
    assert read("2303;;5444").names == {"2303": "2303"}


def test_a_county_whose_municipalities_do_not_sum_to_it_is_refused() -> None:
    # A news item of 1 November 2021 gave a county 44 inhabitants more than its municipalities had.
    with pytest.raises(BadFile, match=r"\(23\) har tillsammans 131 870 .* anger 131 914. Hämta"):
        read("2303;Ragunda;5 214", "2380;Östersund;126 656", "23;Jämtlands län;131 914")


def test_the_realm_is_the_sum_of_everybody() -> None:
    assert read(*GOTLAND, "2303;Ragunda;1", "00;Riket;58 004").counties["00"] == 58_004
    with pytest.raises(BadFile, match=r"Riket \(00\) har tillsammans 58 003"):
        read(*GOTLAND, "00;Riket;58 004")


def test_a_snapshot_keeps_its_day_its_source_and_the_hash_of_what_was_read() -> None:
    content = (HEAD + "2303;Ragunda;5444").encode()

    taken = population.snapshot(content, on=date(2017, 12, 31), source="SCB, BefolkningNy")

    assert (taken.on, taken.source) == (date(2017, 12, 31), "SCB, BefolkningNy")
    assert taken.sha256 == hashlib.sha256(content).hexdigest()
    assert taken.population.inhabitants == {"2303": 5444}


def test_a_whole_county_with_its_sum_is_complete() -> None:
    population.refuse_incomplete(read(*GOTLAND), ["09"])


@pytest.mark.parametrize(
    ("rows", "counties", "advice"),
    [
        (GOTLAND[:1], ["09"], "Länets egen summa för 09 saknas"),
        (GOTLAND, ["09", "23"], "Län 23 har 0 kommuner i filen och ska ha 8. Lägg till"),
        ((*GOTLAND[:1], "0981;Fårö;1"), ["09"], "Län 09 har 2 kommuner i filen och ska ha 1"),
    ],
)
def test_a_county_that_is_not_whole_is_refused(
    rows: tuple[str, ...], counties: list[str], advice: str
) -> None:
    with pytest.raises(BadFile, match=advice):
        population.refuse_incomplete(read(*rows), counties)


def test_the_whole_country_has_290_municipalities_in_21_counties() -> None:
    assert (len(MUNICIPALITIES_OF), sum(MUNICIPALITIES_OF.values())) == (21, 290)
    with pytest.raises(BadFile, match="Län 01 har 0 kommuner"):
        population.refuse_incomplete(read(*GOTLAND))


@pytest.mark.parametrize(
    ("rows", "advice"),
    [
        ([], "Ingen kommun står i filen"),
        (["23;Jämtlands län;5"], "Ingen kommun"),
        (["2303;Ragunda;5 444", "2303;Ragunda;5 444"], "rad 3: kommunkoden 2303 står redan"),
        (["2303;Ragunda;"], "rad 2: folkmängden saknas för 2303. Skriv"),
        (["2303;Ragunda"], "rad 2: folkmängden saknas"),
        (["2303;Ragunda;-5"], "rad 2: .* 2303: ”-5” är inget antal. Skriv ett heltal från 1"),
        (["2303;Ragunda;0"], "heltal från 1"),
        (["2303;Ragunda;5 444,5"], "inget antal"),
        (["2303;Ragunda;många"], "inget antal"),
        (["114;Upplands Väsby;5"], "rad 2: .*”114”. Skriv fyra siffror, .* Excel tar bort nollor"),
        ([";Ragunda;5"], "Skriv fyra siffror"),
        (["02;Ingenstans;5"], "Skriv fyra siffror"),
        (["REGION;Regionen;5"], "Skriv fyra siffror"),
        (["٢٣٠٣;Ragunda;5"], "Skriv fyra siffror"),
    ],
)
def test_a_population_that_cannot_be_is_refused_with_line_and_advice(
    rows: list[str], advice: str
) -> None:
    with pytest.raises(BadFile, match=advice):
        read(*rows)


def test_a_file_without_the_column_of_inhabitants_is_refused() -> None:
    with pytest.raises(BadFile, match=r"rad 1: .* men folkmängd saknas"):
        population.read(b"kommunkod;kommun;antal\n2303;Ragunda;5\n")
