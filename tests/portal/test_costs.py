"""The joint board's books on the pages: the secretary works, every party reads and understands."""

import json
import re
from io import BytesIO
from uuid import UUID

import pytest
from cast import MUNICIPALITY, REGION, STRANGER
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hired import Hired, hire
from openpyxl import load_workbook
from people import CASE_OFFICERS, ELSEWHERE, WARD, write_units
from pypdf import PdfReader
from visits import browser, post, sent, text

from billing import operations, queries, runs
from billing.decisions import Act
from billing.operations import Line
from care.identity.permissions import Role
from tenants.context import acting_as
from tests.billing import books
from tests.billing.books import COSTS, PEOPLE


@pytest.fixture(autouse=True)
def board(committed: None) -> None:
    write_units()
    books.found_board()


@pytest.fixture
def secretary() -> Hired:
    return hire(REGION, "Gunilla Ås", "SE2999999119-P020", (WARD, Role.BOARD_SECRETARY))


@pytest.fixture
def economist() -> Hired:
    return hire(MUNICIPALITY, "Bo Ek", "SE2999999127-P020", (CASE_OFFICERS, Role.ECONOMIST))


@pytest.fixture
def other() -> Hired:
    return hire(STRANGER, "Ida Lo", "SE2999999135-P020", (ELSEWHERE, Role.ECONOMIST))


def csv(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("fil.csv", content, "text/csv")


def test_from_a_table_to_a_decision_that_every_party_has_announced(
    secretary: Hired, economist: Hired, other: Hired
) -> None:
    office = browser(secretary)
    assert "Ingenting är fördelat ännu" in text(office, "/costs")
    post(office, secretary, "/costs/populations/new", on="2025-11-01", source="SCB",
         file=csv(PEOPLE))  # fmt: skip
    table = post(office, secretary, "/costs/tables/new", title="Samplan 2026",
                 first_on="2026-01-01", last_on="2026-12-31", file=csv(COSTS))  # fmt: skip
    assert "2 000,01" in text(office, table)
    with acting_as(REGION):
        people = queries.populations()[0].id
    run = post(office, secretary, table, population=people, wanted_on="2025-11-01")
    for act, fields in (
        ("propose", {"on": "2026-03-02", "diary_number": "GN 2026/12"}),
        ("decide", {"on": "2026-03-02", "paragraph": "41"}),
        ("adjust", {"on": "2026-03-02"}),
    ):
        post(office, secretary, f"{run}/steps/{act}", **fields)

    for who in (secretary, economist, other):
        page = text(browser(who), run)
        assert "Justerad, inte tillkännagiven av alla" in page
        assert "§ 41" in page
        assert "GN 2026/12" in page
        post(browser(who), who, f"{run}/announce", on="2026-03-02")
    # Monday 2 March and three weeks: the last day is Monday 23 March.
    assert "Laga kraft 24 mars 2026" in text(browser(other), run)


def test_a_municipality_finds_and_understands_its_share(economist: Hired) -> None:
    run = books.adjusted()
    client = browser(economist)

    listed = text(client, "/costs")
    assert "300,00" in listed  # its own share, beside the total
    page = text(client, f"/costs/runs/{run}/parties/2399")
    assert "Så blev vår andel" in page
    assert "3 000 10 000 30 000,3000" in page  # weight, weights, exact quota in öre
    assert "300003/10" in page
    assert "Ja, hör till de största resterna" not in page
    assert "Beslutat av Gemensamma nämnden 2 mars 2026, § 41" in page
    assert "Ja, hör till de största resterna" in text(client, f"/costs/runs/{run}/parties/2398")


def test_the_pages_the_record_and_the_list_say_the_same(secretary: Hired) -> None:
    run = books.allocated()
    client = browser(secretary)
    response = client.get(f"/costs/runs/{run}/record.json")
    record = json.loads(response.content)

    assert response["Content-Disposition"] == 'attachment; filename="fordelning-1.json"'
    with acting_as(REGION):
        from cast import AT

        assert runs.hash_of(record) == queries.run(run, at=AT).hash
    page = text(client, f"/costs/runs/{run}")
    assert "700,01" in page
    assert "2 000,01" in page
    assert "Finansieras av respektive huvudman" in page


def test_the_paper_and_the_workbook_have_the_figures_of_the_page(economist: Hired) -> None:
    run = books.adjusted()
    client = browser(economist)
    paper = client.get(f"/costs/runs/{run}/board-paper.pdf")
    book = client.get(f"/costs/runs/{run}/workbook.xlsx")

    printed = " ".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages)
    printed = re.sub(r"[\s\u00a0]+", " ", printed)
    for figure in ("2 000,01", "1 000,01", "700,01", "300,00", "GN 2026/12", "§ 41"):
        assert figure in printed, figure
    rows = load_workbook(BytesIO(book.content), data_only=True)["Per kommun"].iter_rows()
    values = {cell.value for row in rows for cell in row}
    assert {700.01, 300} <= values
    assert paper["Content-Disposition"] == 'attachment; filename="tjansteskrivelse-1.pdf"'
    assert book["Content-Disposition"] == 'attachment; filename="fordelning-1.xlsx"'


def test_computing_again_says_that_it_is_the_same(secretary: Hired) -> None:
    run = books.allocated()
    answer = browser(secretary).post(f"/costs/runs/{run}/check", sent(secretary))
    assert "gav samma kontrollsumma" in answer.content.decode()


def test_models_stand_side_by_side_and_nothing_is_kept(secretary: Hired) -> None:
    table, _ = books.prepared()
    client = browser(secretary)
    page = text(client, f"/costs/tables/{table}/compare?model=population&model=equal")

    assert "Efter folkmängd" in page
    assert f"{'−'}200,00" in page or "−200,00" in page
    assert "Välj två till fyra modeller." in text(
        client, f"/costs/tables/{table}/compare?model=equal", status=422
    )
    alone = text(client, f"/costs/tables/{table}/compare?without=2398")
    assert "1 000,01" in alone
    assert "Ingenting är fördelat ännu" in text(client, "/costs")


def test_an_objection_is_answered_and_nobody_else_reads_it(
    secretary: Hired, economist: Hired, other: Hired
) -> None:
    run = books.adjusted()
    url = f"/costs/runs/{run}"
    post(browser(economist), economist, f"{url}/object", text="Fel folkmängd")
    office = browser(secretary)
    (answer,) = re.findall(rf"{url}/objections/[0-9a-f-]+", office.get(url).content.decode())
    post(office, secretary, answer, outcome="rejected", text="Siffran är SCB:s")

    assert "Siffran är SCB:s" in text(browser(economist), url)
    seen = text(browser(other), url)
    assert "Fel folkmängd" not in seen
    assert "Siffran är SCB:s" not in seen


def test_a_run_is_replaced_with_its_reason(secretary: Hired, economist: Hired) -> None:
    run = books.allocated()
    with acting_as(REGION):
        people = queries.populations()[0].id
    office = browser(secretary)
    url = f"/costs/runs/{run}/correct"
    missing = office.post(url, sent(secretary, population=people))
    assert missing.status_code == 422
    new = post(office, secretary, url, population=people, reason="Raden om resor var dubbel")

    assert "Raden om resor var dubbel" in text(browser(economist), new)
    assert "Öppna den som gäller" in text(browser(economist), f"/costs/runs/{run}")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"activity": ""}, "Skriv vad kostnaden avser."),
        ({"municipalities_ore": "mycket"}, "mycket"),
        ({"municipalities_ore": "-5"}, "negativt"),
        ({"kind": "text_only"}, "Raden har ett belopp"),
        ({"municipalities_ore": ""}, "Skriv ett belopp"),
    ],
)
def test_a_row_that_cannot_be_is_refused_and_nothing_is_lost(
    secretary: Hired, fields: dict[str, str], words: str
) -> None:
    table, _ = books.prepared()
    row = {
        "activity": "Support", "kind": "money", "region_ore": "", "municipalities_ore": "1 000,50",
        "method_id": "equal@1", "category": "support", "note": "Enligt avtal",
    }  # fmt: skip
    answer = browser(secretary).post(
        f"/costs/tables/{table}/lines/new", sent(secretary, **(row | fields))
    )

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Enligt avtal" in answer.content.decode()


def test_a_row_is_written_changed_and_removed(secretary: Hired) -> None:
    table, _ = books.prepared()
    client, url = browser(secretary), f"/costs/tables/{table}"
    row = {
        "activity": "Support", "kind": "money", "region_ore": "10", "municipalities_ore": "1000,50",
        "method_id": "equal@1", "category": "support", "note": "",
    }  # fmt: skip
    post(client, secretary, f"{url}/lines/new", **row)
    assert "1 010,50" in text(client, url)
    (line,) = re.findall(rf'({url}/lines/\d+)"[^>]*>Ändra<span class="ds-sr-only"> Support',
                         client.get(url).content.decode())  # fmt: skip
    assert 'value="1 000,50"' in client.get(line).content.decode().replace("\xa0", " ")
    post(client, secretary, line, **(row | {"activity": "Support dygnet runt"}))
    post(client, secretary, f"{line}/remove")
    assert "Support dygnet runt" not in text(client, url)


def test_a_row_with_a_cap_is_paid_by_the_host_above_it_and_tells_why(
    secretary: Hired, economist: Hired
) -> None:
    table, people = books.prepared()
    client, url = browser(secretary), f"/costs/tables/{table}"
    row = {
        "activity": "Jour", "kind": "money", "region_ore": "", "municipalities_ore": "1 000",
        "method_id": "equal@1", "category": "support", "note": "", "cap_ore": "0,05",
        "excess": "host",
    }  # fmt: skip
    post(client, secretary, f"{url}/lines/new", **row)
    assert "Lika delar, högst 0,05 kr per invånare, värden bär skillnaden" in text(client, url)
    run = post(client, secretary, url, population=people)

    assert "500,00 500,00" in text(client, run)  # the region above the cap, municipalities below
    own = text(browser(economist), f"{run}/parties/2399")
    assert "Jour. Efter tak och golv: 150,00 kr." in own


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"cap_ore": "1", "floor_ore": "2"}, "Sänk golvet"),
        ({"before": "equal@1", "step": "1"}, "hur många år"),
        ({"before": "equal@1", "step": "många", "steps": "3"}, "heltal"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_what_to_do(
    secretary: Hired, fields: dict[str, str], words: str
) -> None:
    table, _ = books.prepared()
    row = {
        "activity": "Jour", "kind": "money", "region_ore": "", "municipalities_ore": "1 000",
        "method_id": "equal@1", "category": "support", "note": "Enligt avtal",
    }  # fmt: skip
    answer = browser(secretary).post(
        f"/costs/tables/{table}/lines/new", sent(secretary, **(row | fields))
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Enligt avtal" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (PEOPLE + "23;Länet;10001\n".encode(), "tillsammans"),
        ("kommunkod;kommun;folkmängd\n2399;Testkommun;många\n".encode(), "många"),
        (b"a;b\n1;2\n", "kommunkod"),
    ],
)
def test_a_population_that_is_wrong_is_refused_with_what_to_do(
    secretary: Hired, content: bytes, words: str
) -> None:
    client = browser(secretary)
    answer = client.post(
        "/costs/populations/new",
        sent(secretary, on="2025-11-01", source="SCB", file=csv(content)),
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Inget underlag ännu" in text(client, "/costs/populations")


def test_a_step_out_of_order_comes_back_with_what_to_do(secretary: Hired) -> None:
    run = books.allocated()
    answer = browser(secretary).post(
        f"/costs/runs/{run}/steps/decide", sent(secretary, on="2026-03-02", paragraph="41")
    )
    assert answer.status_code == 422
    assert "föreslaget" in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["/costs/tables/new", "/costs/populations/new", "/costs/runs/{run}/steps/propose"]
)
def test_a_partys_economist_does_not_keep_the_books(economist: Hired, path: str) -> None:
    run = books.allocated()
    text(browser(economist), path.format(run=run), status=403)


def test_somebody_in_care_sees_no_books_and_no_menu_line() -> None:
    nurse = hire(REGION, "Sara Lind", "SE2999999119-P021", (WARD, Role.WARD_NURSE))
    client = browser(nurse)
    assert "Kostnader" not in text(client, "/")
    text(client, "/costs", status=403)


def test_a_run_of_nobody_is_not_found(economist: Hired) -> None:
    text(browser(economist), f"/costs/runs/{UUID(int=7)}", status=404)
    run = books.allocated()
    text(browser(economist), f"/costs/runs/{run}/parties/0000", status=404)


def test_a_huvudman_without_a_board_is_told_so(economist: Hired) -> None:
    from tenants.models import JointBoard

    with acting_as(REGION):
        JointBoard.objects.update(parties=[REGION])
    assert "inte part i någon gemensam nämnd" in text(browser(economist), "/costs")
    text(browser(economist), f"/costs/runs/{UUID(int=7)}", status=404)


def test_the_secretary_is_offered_the_step_that_comes_next(secretary: Hired) -> None:
    run = books.allocated()
    client = browser(secretary)
    assert "Föreslå för nämnden" in text(client, f"/costs/runs/{run}")
    books.step(run, Act.PROPOSE)
    page = text(client, f"/costs/runs/{run}")
    assert "Föreslå för nämnden" not in page
    assert "Anteckna nämndens beslut" in page


USERS = "kommunkod;kommun;antal\n2398;Främlinge;30\n2399;Testkommun;10\n".encode()
COUNTS = "/costs/populations/counts/new"


def hand_in(client: Client, who: Hired, **fields: object) -> str:
    """Hand in a count and return its id."""
    told = {"what": "users", "on": "2025-12-01", "source": "SITHS", "file": csv(USERS)}
    post(client, who, COUNTS, **(told | fields))
    with acting_as(REGION):
        return str(queries.counts()[0].id)


def test_a_count_is_handed_in_and_every_party_sees_it(secretary: Hired, economist: Hired) -> None:
    hand_in(browser(secretary), secretary)

    page = text(browser(economist), "/costs/populations")
    assert "Antal användare 1 december 2025 SITHS 2 40" in page
    assert "Nytt räknat underlag" not in page
    text(browser(economist), COUNTS, status=403)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"kommunkod;kommun;antal\n2399;Testkommun;10\n", "saknas för Främlinge kommun"),
        (USERS.replace(b"10", b"-3"), "rad 3: antal för 2399"),
        (USERS.replace(b"10", "många".encode()), "inget antal"),
        (USERS + b"2399;Testkommun;1\n", "står redan"),
        (b"a;b\n1;2\n", "kommunkod"),
    ],
)
def test_a_count_that_is_wrong_is_refused_with_what_to_do(
    secretary: Hired, content: bytes, words: str
) -> None:
    told = {"what": "users", "on": "2025-12-01", "source": "SITHS", "file": csv(content)}
    answer = browser(secretary).post(COUNTS, sent(secretary, **told))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Inget annat underlag är inläst" in text(browser(secretary), "/costs/populations")


def test_the_same_count_twice_is_refused_at_its_file(secretary: Hired) -> None:
    client = browser(secretary)
    hand_in(client, secretary)
    told = {"what": "users", "on": "2025-12-01", "source": "SITHS", "file": csv(USERS)}
    answer = client.post(COUNTS, sent(secretary, **told))
    assert answer.status_code == 422
    assert "redan inläst" in answer.content.decode()


def test_a_table_asks_for_the_counts_that_its_rows_need_and_for_no_others(
    secretary: Hired, economist: Hired
) -> None:
    table, people = books.prepared()
    client, url = browser(secretary), f"/costs/tables/{table}"
    assert "count_" not in client.get(url).content.decode()
    with acting_as(REGION):
        operations.write_line(
            Line("Support", municipalities_ore=400, method_id="users@1"), table_id=table
        )
    missing = client.post(url, sent(secretary, population=people))
    assert missing.status_code == 422
    assert "En rad delas efter ”Antal användare”" in missing.content.decode()

    older = hand_in(client, secretary)
    newer = hand_in(client, secretary, on="2026-01-01")
    page = client.get(url).content.decode()
    assert page.index(newer) < page.index(older)  # the newest stands first, and is preselected
    assert "count_cases" not in page
    run = post(client, secretary, url, population=people, count_users=newer)
    for page in (text(browser(economist), run), text(browser(economist), f"{run}/parties/2399")):
        assert "Antal användare 1 januari 2026 (SITHS)" in page
    again = browser(economist).post(f"{run}/check", sent(economist))
    assert "gav samma kontrollsumma" in again.content.decode()
    new = post(client, secretary, f"{run}/correct", population=people, count_users=older,
               reason="Fel dag")  # fmt: skip
    assert "Antal användare 1 december 2025" in text(client, new)


def test_a_model_in_the_place_of_what_the_rows_say_needs_no_count(secretary: Hired) -> None:
    table, people = books.prepared()
    with acting_as(REGION):
        operations.write_line(
            Line("Support", municipalities_ore=400, method_id="users@1"), table_id=table
        )
    client, url = browser(secretary), f"/costs/tables/{table}"
    run = post(client, secretary, url, population=people, model="equal")
    assert "Antal användare" not in text(client, run)
    assert "Lika delar" in text(client, f"{url}/compare")


def test_what_the_rows_say_stands_beside_the_models(secretary: Hired) -> None:
    table, _ = books.prepared()
    with acting_as(REGION):
        operations.write_line(
            Line("Support", municipalities_ore=400_00, method_id="users@1"), table_id=table
        )
    client = browser(secretary)
    url = f"/costs/tables/{table}/compare?model=own&model=equal"
    missing = text(client, url, status=422)
    assert "men inget underlag är valt för det" in missing
    count = hand_in(client, secretary)

    page = text(client, f"{url}&count_users={count}")
    assert "Som raderna säger" in page
    # 700,01 by population and 30 of 40 users of 400; half of both by equal shares.
    assert "7 000 1 000,01 0,14 700,01 0,10" in page


def test_by_fixed_shares_nobody_can_be_left_out(secretary: Hired) -> None:
    table, _ = books.prepared()
    fixed = {"shares": {"2398": "1/2", "2399": "1/2"}}
    with acting_as(REGION):
        operations.write_line(
            Line("Support", municipalities_ore=400, method_id="fixed_shares@1", parameters=fixed),
            table_id=table,
        )
    url = f"/costs/tables/{table}/compare?model=own&model=equal&without=2398"
    assert "Raden ”Support”: De fasta andelarna ska ha ett värde" in text(
        browser(secretary), url, status=422
    )


def test_paper_and_workbook_say_which_counts_were_used(secretary: Hired) -> None:
    table, people = books.prepared()
    client, url = browser(secretary), f"/costs/tables/{table}"
    with acting_as(REGION):
        operations.write_line(
            Line("Support", municipalities_ore=400, method_id="users@1"), table_id=table
        )
    count = hand_in(client, secretary)
    run = post(client, secretary, url, population=people, count_users=count)

    paper = PdfReader(BytesIO(client.get(f"{run}/board-paper.pdf").content))
    printed = re.sub(r"[\s\u00a0]+", " ", " ".join(it.extract_text() for it in paper.pages))
    assert "Antal användare 1 dec 2025: SITHS. Andel:" in printed
    book = load_workbook(BytesIO(client.get(f"{run}/workbook.xlsx").content), data_only=True)
    told = [[cell.value for cell in row] for row in book["Underlag"].iter_rows()]
    assert told[3][-1] == "Antal användare"
    assert [row[-1] for row in told[4:6]] == [30, 10]
    assert "SITHS" in {cell for row in told for cell in row}


ROW = {
    "activity": "Support", "kind": "money", "region_ore": "", "municipalities_ore": "1 000",
    "category": "support", "note": "",
}  # fmt: skip
TAX = b"kommunkod;kommun;skattekraft\n2398;A;200 000\n2399;B;300 000,50\n"


@pytest.mark.parametrize(
    ("fields", "method", "shares", "told"),
    [
        ({"method_id": "population@1"}, "Efter folkmängd", (700, 300), "3 000 10 000"),
        ({"method_id": "equal@1"}, "Lika delar", (500, 500), "Lika delar 1 000,00 1 2"),
        (
            {"method_id": "fixed_shares@1", "values": "2398\tFrämlinge\t51,8\nTestkommun 48,2"},
            "Fasta andelar", (518, 482), "48,2 % 100 %",
        ),
        (
            {"method_id": "mixed@1", "equal_part": "30"},
            "30 % lika delar, resten efter folkmängd", (640, 360),
            "Resten efter folkmängd 700,00 3 000 10 000",
        ),
        (
            {"method_id": "tiers@1", "bands": "0; 1 000\n5 000; 3 000"},
            "Avgift efter storlek: från 0 invånare 1 000,00 kr, från 5 000 invånare 3 000,00 kr",
            (750, 250), "1 000,00 kr 4 000,00 kr",
        ),
        (
            {"method_id": "rebate@1", "over": "5 000", "rebate": "10"},
            "Efter folkmängd, med 10 % rabatt över 5 000 invånare", (677.42, 322.58),
            "3 000 9 300",
        ),
        (
            {"method_id": "manual@1", "values": "2399; 400\n2398; 600", "reason": "Enligt § 41"},
            "För hand: Enligt § 41", (600, 400), "400,00 kr 1 000,00 kr",
        ),
        ({"method_id": "users@1"}, "Efter antal användare", (750, 250), "10 40"),
        ({"method_id": "cases@1"}, "Efter antal ärenden", (750, 250), "10 40"),
        (
            {"method_id": "tax_base@1"}, "Folkmängd gånger skattekraft", (608.7, 391.3),
            "900 001 500,00 kr 2 300 001 500,00 kr",
        ),
    ],
    ids=lambda it: it.get("method_id", "") if isinstance(it, dict) else "",
)  # fmt: skip
def test_a_row_is_shared_by_the_method_that_is_chosen_and_every_page_says_how(
    secretary: Hired, economist: Hired, fields: dict[str, str], method: str,
    shares: tuple[float, float], told: str,
) -> None:  # fmt: skip
    table, people = books.prepared()
    client, url = browser(secretary), f"/costs/tables/{table}"
    hand_in(client, secretary)
    hand_in(client, secretary, what="cases")
    hand_in(client, secretary, what="tax_capacity_ore", file=csv(TAX))
    with acting_as(REGION):
        chosen = {f"count_{it.what}": it.id for it in queries.counts()}
    post(client, secretary, f"{url}/lines/new", **(ROW | fields))
    assert method in text(client, url)
    run = post(client, secretary, url, population=people, **chosen)

    assert method in text(browser(economist), run)
    own = text(browser(economist), f"{run}/parties/2399")
    assert told in own
    assert "@1" not in own
    record = client.get(f"{run}/record.json").json()
    paid = record["result"]["lines"][-1]["shares_ore"]
    assert (paid["2398"], paid["2399"]) == tuple(round(100 * it) for it in shares)
    again = browser(economist).post(f"{run}/check", sent(economist))
    assert "gav samma kontrollsumma" in again.content.decode()
    paper = PdfReader(BytesIO(client.get(f"{run}/board-paper.pdf").content))
    printed = " ".join(it.extract_text() for it in paper.pages)
    book = load_workbook(BytesIO(client.get(f"{run}/workbook.xlsx").content))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert not [it for it in (printed, *cells) if "@1" in it]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"method_id": "fixed_shares@1"}, "Värde saknas för Främlinge kommun, Testkommun"),
        (
            {"method_id": "fixed_shares@1", "values": "2398; 50\n2399; 49,9"},
            "Andelarna är tillsammans 99,9 procent. Ändra dem så att de är 100.",
        ),
        (
            {"method_id": "fixed_shares@1", "values": "2398; 50\nNorrby; 50"},
            "rad 2: ”Norrby” är ingen av kommunerna",
        ),
        (
            {"method_id": "fixed_shares@1", "values": "2398; Främlinge kommun; \n2399; 50"},
            "rad 1: värdet saknas för Främlinge kommun",
        ),
        (
            {"method_id": "manual@1", "values": "2398; 600\n2399; 400"},
            "Skriv varför beloppen är satta för hand.",
        ),
        (
            {"method_id": "manual@1", "values": "2398; 600\n2399; 300", "reason": "x"},
            "Beloppen är tillsammans 900,00 kr, men kommunerna betalar 1 000,00 kr.",
        ),
        ({"method_id": "manual@1", "kind": "unknown", "municipalities_ore": ""}, "inte är känt"),
        ({"method_id": "mixed@1"}, "Skriv hur många procent som delas lika."),
        ({"method_id": "mixed@1", "equal_part": "100"}, "Skriv ett tal mellan 0 och 100"),
        ({"method_id": "mixed@1", "equal_part": "hälften"}, "Skriv ett tal mellan 0 och 100"),
        ({"method_id": "tiers@1"}, "Skriv stegen, det första från 0 invånare."),
        ({"method_id": "tiers@1", "bands": "0; 0\n5 000; 0"}, "Alla avgifter är noll."),
        ({"method_id": "tiers@1", "bands": "0; 1\n5 000"}, "rad 2: skriv två värden"),
        ({"method_id": "rebate@1", "rebate": "10"}, "Skriv över hur många invånare"),
        ({"method_id": "rebate@1", "over": "5 000"}, "Skriv rabatten i procent."),
        ({"method_id": "rebate@1", "over": "många", "rebate": "10"}, "”många” är inget antal"),
        ({"method_id": "random@1"}, "Välj hur kommunerna delar sin del."),
    ],
)
def test_what_a_method_lacks_is_said_at_its_field_and_nothing_is_lost(
    secretary: Hired, fields: dict[str, str], words: str
) -> None:
    table, _ = books.prepared()
    told = sent(secretary, **(ROW | {"note": "Enligt avtal"} | fields))
    answer = browser(secretary).post(f"/costs/tables/{table}/lines/new", told)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert answer.content.decode().count(words) == 2  # in the summary, and at the field
    assert "Enligt avtal" in answer.content.decode()


def test_what_another_method_asks_for_is_not_kept(secretary: Hired) -> None:
    table, _ = books.prepared()
    client, url = browser(secretary), f"/costs/tables/{table}"
    post(client, secretary, f"{url}/lines/new",
         **(ROW | {"method_id": "equal@1", "values": "vad som helst", "reason": "x"}))  # fmt: skip
    text_only = {"kind": "text_only", "municipalities_ore": "", "activity": "Kurs"}
    post(client, secretary, f"{url}/lines/new", **(ROW | {"method_id": "users@1"} | text_only))
    with acting_as(REGION):
        shown = queries.table(table)
    assert [it.parameters for it in shown.rows[-2:]] == [{}, {}]
    assert shown.counted == ()


@pytest.mark.parametrize(
    ("fields", "held"),
    [
        (
            {"method_id": "fixed_shares@1", "values": "2399; 1/3\n2398 2/3"},
            "2398; Främlinge kommun; 2/3\n2399; Testkommun; 1/3",
        ),
        (
            {"method_id": "manual@1", "values": "2399; 399,5\n2398 600,50", "reason": "§ 41"},
            "2398; Främlinge kommun; 600,50\n2399; Testkommun; 399,50",
        ),
        ({"method_id": "tiers@1", "bands": "5 000; 3 000\n0; 1 000"}, "0; 1 000,00\n5 000; 3 000"),
        ({"method_id": "mixed@1", "equal_part": "33,5 %"}, 'value="33,5"'),
        ({"method_id": "rebate@1", "over": "200 000", "rebate": "10"}, 'value="200 000"'),
        ({"method_id": "equal@1"}, "2398; Främlinge kommun; \n2399; Testkommun; "),
    ],
)
def test_a_row_is_opened_again_with_what_it_keeps_and_saved_as_it_was(
    secretary: Hired, fields: dict[str, str], held: str
) -> None:
    table, _ = books.prepared()
    client, url = browser(secretary), f"/costs/tables/{table}"
    post(client, secretary, f"{url}/lines/new", **(ROW | fields))
    with acting_as(REGION):
        row = queries.table(table).rows[-1]
    response = client.get(f"{url}/lines/{row.id}")
    assert held in response.content.decode()

    shown = response.context["form"].initial
    post(client, secretary, f"{url}/lines/{row.id}",
         **{name: value for name, value in shown.items() if value is not None})  # fmt: skip
    with acting_as(REGION):
        assert queries.table(table).rows[-1] == row


def test_a_row_was_shared_before_by_what_asks_for_nothing_more(secretary: Hired) -> None:
    table, _ = books.prepared()
    form = browser(secretary).get(f"/costs/tables/{table}/lines/new").context["form"]
    before = {value for value, _ in form.fields["before"].choices}
    assert before == {"", "population@1", "equal@1", "users@1", "cases@1", "tax_base@1"}
    assert len(form.fields["method_id"].choices) == 10
