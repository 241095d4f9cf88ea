"""The cost agreement on the pages: a version is written, every party reads it, tables follow it."""

import pytest
from cast import MUNICIPALITY, REGION
from hired import Hired, hire
from people import CASE_OFFICERS, WARD, write_units
from visits import browser, post, sent, text

from billing import agreed, queries
from care.identity.permissions import Role
from tenants.context import acting_as
from tests.billing import books

WRITTEN = {
    "contract": "GNS-2026-01",
    "decision": "Gemensamma nämnden 2025-12-01 § 7",
    "valid_from": "2026-01-01",
    "date_rule": "before_agreement_year",
    "members": "2399 Testkommun; från 2026-07-02",
    "gap": "host",
    "index_name": "PKV",
    "base_year": "2024",
    "lag_years": "1",
    "rounding": "100",
    "values": "2023; 100\n2024; 104\n2025; 106,5",
    "exit_terms": "Tolv månaders uppsägning.",
}


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


def test_a_version_is_written_and_every_party_reads_it(secretary: Hired, economist: Hired) -> None:
    office = browser(secretary)
    assert "Inget kostnadsavtal är skrivet" in text(office, "/costs/agreement")
    post(office, secretary, "/costs/agreement/new", **WRITTEN)
    # The next one begins as this one, and is written over what it says.
    form = office.get("/costs/agreement/new").content.decode()
    assert "2399; Testkommun; från 2026-07-02" in form
    assert "2025; 106,5" in form
    post(office, secretary, "/costs/agreement/new", **WRITTEN | {"valid_from": "2027-01-01"})

    page = text(browser(economist), "/costs/agreement")
    for told in (
        "Version 1 av GNS-2026-01", "Gäller", "Testkommun, från 2 juli 2026",
        "PKV, från 2024 års priser, 1 års eftersläpning, avrundat till hela kronor",
        "106,5", "Tolv månaders uppsägning.",
        "Värden betalar det som saknas", "Version 2",
    ):  # fmt: skip
        assert told in page
    assert "Ny version" not in page
    assert "Gäller från 1 januari 2027" in text(browser(economist), "/costs/agreement/2")
    assert browser(economist).get("/costs/agreement/9").status_code == 404
    assert browser(economist).get("/costs/agreement/new").status_code == 403


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"members": "Gotland; från 2026-07-02"}, "rad 1: ”Gotland” är ingen av kommunerna"),
        ({"valid_from": "0001-01-01"}, "Kontrollera årtalet"),
        ({"members": "2399; i somras"}, "rad 1: ”i somras” är inga dagar"),
        ({"members": "2399; från 2026-02-30"}, "är inga dagar"),
        ({"members": "2399; 2026-07-02 till 2026-01-01"}, "innan det börjar"),
        ({"date_rule": "fixed_date"}, "Välj den bestämda dagen"),
        ({"index_name": ""}, "Skriv vad indexet heter"),
        ({"base_year": ""}, "Skriv vilket års priser"),
        ({"base_year": "24"}, "Skriv ett år, till exempel 2026"),
        ({"values": ""}, "Skriv minst ett år"),
        ({"values": "2025; hundra"}, "rad 1: ”hundra” är inget tal"),
        ({"cap": "två"}, "är ingen andel"),
        ({"decision": ""}, "Skriv vem som har beslutat"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    secretary: Hired, wrong: dict[str, str], told: str
) -> None:
    office = browser(secretary)
    refused = office.post("/costs/agreement/new", sent(secretary, **WRITTEN | wrong))

    assert refused.status_code == 422
    page = refused.content.decode()
    assert told in page
    assert "Tolv månaders uppsägning." in page
    with acting_as(REGION):
        assert agreed.versions() == ()


def test_a_row_follows_the_index_and_the_page_says_by_which_version(
    secretary: Hired, economist: Hired
) -> None:
    office = browser(secretary)
    post(office, secretary, "/costs/agreement/new", **WRITTEN)
    table, people = books.prepared()
    with acting_as(REGION):
        row = next(it for it in queries.table(table).rows if it.activity == "Licens")
    written = {"activity": "Licens", "kind": "money", "category": "licence"}
    post(
        office, secretary, f"/costs/tables/{table}/lines/{row.id}", **written,
        region_ore="1 000", method_id="equal@1", region_share="40", follows_index="on",
    )  # fmt: skip
    page = text(office, f"/costs/tables/{table}")
    assert "regionen betalar 40 % av raden, följer avtalets index" in page
    assert "600,00" in page
    form = office.get(f"/costs/tables/{table}/lines/{row.id}").content.decode()
    assert 'value="40"' in form
    assert "Dag som avtalet säger" not in page
    made = post(office, secretary, f"/costs/tables/{table}", population=str(people))

    page = text(browser(economist), made)
    assert "Kostnadsavtal, version 1" in page
    assert "Testkommun är med 183 av 365 dagar. Värden betalar det som saknas." in page
    # From 2023 to 2025 the index goes from 100 to 106,5, in whole kronor: 400 and 600 become more.
    assert "omräknat med PKV från 2024 till 2026 års priser" in page
    assert "1 065,00" in page
    assert "Stämmer." in office.post(f"{made}/check", sent(secretary)).content.decode()


def test_a_share_of_the_region_is_in_percent(secretary: Hired) -> None:
    table, _ = books.prepared()
    refused = browser(secretary).post(
        f"/costs/tables/{table}/lines/new",
        sent(secretary, activity="Drift", kind="money", category="other", region_ore="100",
             method_id="population@1", region_share="140"),
    )  # fmt: skip
    assert refused.status_code == 422
    assert "Skriv den i procent från 0 till 100" in refused.content.decode()


def test_who_takes_part_later_is_not_asked_for_in_a_row(secretary: Hired) -> None:
    office = browser(secretary)
    later = {"members": "2399 Testkommun; från 2027-01-01"}
    post(office, secretary, "/costs/agreement/new", **WRITTEN | later)
    table, _ = books.prepared()
    form = office.get(f"/costs/tables/{table}/lines/new").content.decode()

    assert "2398; Främlinge kommun;" in form
    assert "2399; Testkommun" not in form
