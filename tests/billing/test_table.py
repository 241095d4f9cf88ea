"""The budget of a joint project goes in as it stands in its document, and comes out to the öre."""

import pytest
from architecture import house

from billing import amounts, population, table
from billing.amounts import BadAmount
from billing.files import BadFile
from billing.methods import Basis
from billing.table import REGION
from tests.billing.vectors import JAMTLAND, worked

EXAMPLES = house.DOCS / "billing"
LINK2 = (EXAMPLES / "link2.csv").read_bytes()
HEAD = "aktivitet;totalt;region;kommuner;anmärkning\n"
COUNTY = Basis(parties=tuple(JAMTLAND), population=JAMTLAND)


def read(*rows: str) -> tuple[table.CostLine, ...]:
    return table.read((HEAD + "\n".join(rows)).encode())


def test_the_example_population_is_the_one_of_the_worked_allocations() -> None:
    people = population.read((EXAMPLES / "jamtland-2017-12-31.csv").read_bytes())

    assert people.inhabitants == JAMTLAND


def test_the_budget_comes_out_to_the_krona_and_its_lines_to_the_ore() -> None:
    allocated = table.allocate(table.read(LINK2), "population@1", COUNTY)

    sums = (allocated.total_ore, allocated.region_ore, allocated.municipalities_ore)
    assert [amounts.kronor(it) for it in sums] == ["2 810 000,00", "2 245 000,00", "565 000,00"]
    by_line = {it.line.activity: it.shares_ore for it in allocated.lines}
    for activity, name in (
        ("Projektledare kommunerna 50–75 %", "A-rad-Projektledare kommunerna"),
        ("Resekostnader för samarbete med Cambio", "A-rad-Resor Cambio"),
        ("Resekostnader för besök i verksamheter", "A-rad-Resor verksamheter"),
        ("Kommunikatör 10–25 %", "A-rad-Kommunikatör"),
    ):
        assert by_line[activity].items() > worked(name).items()


def test_every_row_and_every_column_adds_up() -> None:
    allocated = table.allocate(table.read(LINK2), "population@1", COUNTY)

    for it in allocated.lines:
        assert sum(it.shares_ore.values()) == it.line.total_ore
        assert it.shares_ore[REGION] == it.line.region_ore
    for party, share in allocated.shares_ore.items():
        assert sum(it.shares_ore[party] for it in allocated.lines) == share


def test_line_by_line_and_at_once_differ_an_ore_for_two() -> None:
    lines = table.read(LINK2)

    by_line = table.allocate(lines, "population@1", COUNTY).shares_ore
    at_once = table.allocate_at_once(lines, "population@1", COUNTY)

    kronor = {it: amounts.kronor(by_line[it]) for it in ("2303", "2305", "2321", "2380")}
    assert kronor == {
        "2303": "23 695,82", "2305": "28 296,57", "2321": "49 045,66", "2380": "272 480,20",
    }  # fmt: skip
    assert at_once == worked("A-kommunandel") | {REGION: 224_500_000}
    assert {it for it in by_line if by_line[it] != at_once[it]} == {"2305", "2321"}


def test_a_line_without_amounts_is_a_text_line_and_costs_nothing() -> None:
    text, dash, money = read(
        "Arbetsgrupper;;;;Finansieras av respektive huvudman", "Lokaler;–;-;–;", "Resor;2;1;1;"
    )

    assert (text.is_text, dash.is_text, money.is_text) == (True, True, False)
    assert (text.total_ore, text.note) == (0, "Finansieras av respektive huvudman")


def test_a_line_of_nought_kronor_is_no_text_line() -> None:
    (line,) = read("Resor;0;0;0;")

    assert not line.is_text


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_read_as_spreadsheets_save_it(mark: bytes, end: str) -> None:
    content = (
        f'Aktivitet ; TOTALT;region;kommuner;anmärkning;;{end};;;;{end}"Resor; två";2;1;1{end}'
    )

    (line,) = table.read(mark + content.encode())

    assert (line.activity, line.total_ore) == ("Resor; två", 200)


@pytest.mark.parametrize(
    ("text", "ore"),
    [
        ("1 400 000", 140_000_000),
        ("1\u00a0400\u202f000,50", 140_000_050),
        ("1400000,5", 140_000_050),
        (" 0 ", 0),
        ("0,01", 1),
        ("25 000 kr", 2_500_000),
        ("1 400 000**", 140_000_000),
        ("10 000 000 000 000", 10**15),
    ],
)
def test_amounts_are_read_as_swedes_write_them(text: str, ore: int) -> None:
    assert amounts.ore(text) == ore


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("-5", "negativt. Ange ett belopp från 0"),
        ("−5", "negativt"),
        ("- 5,00", "negativt"),
        ("fem", "inget belopp. Skriv det som 1 400 000"),
        ("1.400.000", "inget belopp"),
        ("1,400,000", "inget belopp"),
        ("1 40 000", "inget belopp"),
        ("5,001", "inget belopp"),
        ("5,", "inget belopp"),
        ("1e6", "inget belopp"),
        ("٣", "inget belopp"),
        ("", "inget belopp"),
        ("10 000 000 000 001", "för stort"),
        ("9" * 5000, "för stort"),
    ],
)
def test_what_is_no_amount_is_refused_with_advice(text: str, advice: str) -> None:
    with pytest.raises(BadAmount, match=advice):
        amounts.ore(text)


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0,00"), (5, "0,05"), (-27_248_020, "-272 480,20"), (123_456_789_012, "1 234 567 890,12")],
)
def test_ore_are_printed_as_kronor(amount: int, text: str) -> None:
    assert amounts.kronor(amount) == text


@pytest.mark.parametrize(
    ("rows", "advice"),
    [
        (["Resor;50;25;24;"], "rad 2: totalt är 50,00, men .* tillsammans 49,00. Rätta"),
        (["Resor;50;;;"], "rad 2: totalt är 50,00"),
        (["Resor;;25;25;"], "rad 2: totalt saknas. Skriv summan"),
        (["Resor;2;1;1;", "Möten;-2;-1;-1;"], "rad 3: totalt: ”-2” är negativt"),
        (["Resor;2;1;fyra;"], "rad 2: kommuner: .* En text hör hemma under anmärkning"),
        ([";2;1;1;"], "rad 2: aktiviteten saknas. Skriv vad"),
        (["Resor;2;1;1;;;x"], "rad 2: raden har fler fält än rubrikens 5. Ta bort det semikolon"),
        (['"Resor" x;2;1;1;'], "rad 2: .* citattecken hör inte ihop"),
        ([], "Ingen kostnad står i filen. Skriv en rad"),
        (["Resor;2;1;1;", "Totalt;3;1;2;"], "rad 3: raderna är tillsammans 1,00 .* och 1,00"),
        (["Resor;2;1;1;", "Totalt;2;0;2;"], "rad 3: .* inte vad summan säger. Rätta"),
        (["Totalt;0;0;0;"], "Ingen kostnad"),
        (["Resor;2;1;1;", "Summa:;2;1;1;", "Möten;2;1;1;"], "rad 4: .* summan på rad 3. Flytta"),
    ],
)
def test_a_table_that_cannot_be_is_refused_with_line_and_advice(
    rows: list[str], advice: str
) -> None:
    with pytest.raises(BadFile, match=advice):
        read(*rows)


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"", "rad 1: rubriken ska vara aktivitet;totalt;region;kommuner;anm"),
        (HEAD.replace(";", ",").encode(), "men aktivitet, totalt, .* saknas. Spara filen som CSV"),
        (HEAD.replace("region", "totalt").encode(), "men region saknas"),
        (HEAD.replace("\n", ";totalt\n").encode(), "en gång var"),
        ((HEAD + "Möten;2;1;1;").encode("cp1252"), "inte i UTF-8. Spara filen som CSV UTF-8"),
        ((HEAD + "Resor;2;1;1;").encode("utf-16"), "inte i UTF-8"),
        ((HEAD + "Resor\0;2;1;1;").encode(), "ingen text"),
        (HEAD.encode() + b"x" * 5_000_000, "större än 5 MB"),
        ((HEAD + "x" * 200_000 + ";2;1;1;").encode(), "rad 2: .* ett fält är för långt. Rätta"),
    ],
    ids=range(9),
)
def test_a_file_that_is_no_table_is_refused_with_advice(content: bytes, advice: str) -> None:
    with pytest.raises(BadFile, match=advice):
        table.read(content)
