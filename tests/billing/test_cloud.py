"""Cloud costs in the board's books: files, rules, invoices, and what keeps a table from a run."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from cast import AT, MUNICIPALITY, REGION

from billing import cloud, cloud_books, operations, queries
from billing.cloud import CloudShown
from billing.cloud_books import CORRECTION_NOTE, NoSuchCloudFile
from billing.files import BadFile
from billing.focus import ChargeGroup
from billing.models import CloudFile
from billing.operations import Line, NoSuchRow, NotTheHost, Refused
from billing.queries import NoSuchTable, RowShown
from billing.runs import Kind
from tenants.context import acting_as
from tests.billing import books, clouds
from tests.billing.books import SECRETARY
from tests.billing.clouds import INVOICED, JANUARY

LANK = ChargeGroup("Beräkning", "lank")
STORAGE = ChargeGroup("Lagring", "")
DOLLARS = clouds.file(clouds.row("10.10", BillingCurrency="USD", InvoiceId="F-3"))


@pytest.fixture(autouse=True)
def board(committed: None) -> None:
    books.found_board()


@pytest.fixture
def prepared() -> tuple[UUID, UUID]:
    return books.prepared()


@pytest.fixture
def table(prepared: tuple[UUID, UUID]) -> UUID:
    return prepared[0]


def bring(table: UUID, content: bytes = JANUARY) -> UUID:
    with acting_as(REGION):
        return cloud_books.import_cloud_cost(
            content, table_id=table, name="januari.csv", by=SECRETARY, at=AT
        ).pk


def choose(table: UUID, targets: dict[ChargeGroup, str | None], **shares: Fraction) -> None:
    """Let groups go to rows by their names."""
    with acting_as(REGION):
        cloud_books.map_cloud_cost(
            table_id=table,
            targets={group: pk(table, it) if it else None for group, it in targets.items()},
            shares={pk(table, name): share for name, share in shares.items()},
        )


def invoice(table: UUID, invoiced_ore: dict[str, int | None]) -> None:
    with acting_as(REGION):
        cloud_books.write_cloud_invoices(
            table_id=table, invoiced_ore=invoiced_ore, by=SECRETARY, at=AT
        )


def settle(table: UUID) -> None:
    """Bring a file, and let every charge go somewhere and every invoice tie."""
    bring(table)
    choose(table, {LANK: "Licens", STORAGE: "Projektledare"})
    invoice(table, dict(INVOICED))


def seen(table: UUID) -> CloudShown:
    with acting_as(REGION):
        return cloud.cloud_cost(table)


def row(table: UUID, activity: str) -> RowShown:
    with acting_as(REGION):
        rows = queries.table(table).rows
    return next(it for it in rows if it.activity == activity)


def pk(table: UUID, activity: str) -> int:
    return row(table, activity).id


def amounts_of(table: UUID, activity: str) -> tuple[int, int]:
    found = row(table, activity)
    return found.region_ore, found.municipalities_ore


def share(prepared: tuple[UUID, UUID]) -> dict[str, object]:
    table, people = prepared
    with acting_as(REGION):
        made = operations.allocate(table_id=table, population_id=people, by=SECRETARY, at=AT)
        return dict(made.record["result"])


# What a file charges


def test_a_file_is_kept_as_it_came_with_its_period() -> None:
    table, _ = books.prepared()
    bring(table)

    (shown,) = seen(table).files
    assert (shown.name, shown.rows) == ("januari.csv", 5)
    assert (shown.first_on, shown.last_on) == (date(2026, 1, 1), date(2026, 1, 31))
    with acting_as(REGION):
        assert bytes(CloudFile.objects.get().raw) == JANUARY


def test_the_same_file_twice_is_refused_and_another_table_may_have_it(table: UUID) -> None:
    bring(table)
    with pytest.raises(Refused, match="redan inläst"):
        bring(table)

    with acting_as(REGION):
        other = operations.make_table(
            title="En till", period=seen(table).table.period, content=b"", by=SECRETARY, at=AT
        )
    bring(other.pk)
    assert len(seen(table).files) == len(seen(other.pk).files) == 1


def test_a_file_that_cannot_be_is_not_kept(table: UUID) -> None:
    with pytest.raises(BadFile, match=r"ingen FOCUS 1\.2"):
        bring(table, b"a,b\n")

    assert not seen(table).is_used


def test_groups_are_listed_with_what_they_come_to_and_nothing_is_lost(table: UUID) -> None:
    bring(table)
    shown = seen(table)

    assert [(it.group, it.rows, it.ore, it.corrections_ore) for it in shown.groups] == [
        (LANK, 3, 1_500_01, -40_00), (STORAGE, 2, 350_00, 0),
    ]  # fmt: skip
    assert sum(it.ore + it.corrections_ore for it in shown.groups) == sum(INVOICED.values())
    assert shown.unmapped == shown.groups


# Rows


def test_what_is_mapped_goes_to_the_rows_in_the_proportion_that_they_had(table: UUID) -> None:
    bring(table)
    choose(table, {LANK: "Licens", STORAGE: "Projektledare"})

    assert amounts_of(table, "Licens") == (1_500_01, 0)
    assert amounts_of(table, "Projektledare") == (0, 350_00)
    assert row(table, "Licens").is_fed
    assert not row(table, "Utbildning").is_fed


def test_the_regions_share_is_split_to_the_ore(table: UUID) -> None:
    bring(table)
    choose(table, {LANK: "Licens"})
    choose(table, {}, Licens=Fraction(1, 2))

    region, municipalities = amounts_of(table, "Licens")
    assert (region, municipalities) == (750_01, 750_00)


def test_a_correction_of_earlier_periods_has_a_row_of_its_own_that_says_so(table: UUID) -> None:
    bring(table)
    choose(table, {LANK: "Licens"})

    corrected = row(table, "Licens, rättelse av tidigare perioder")
    assert (corrected.region_ore, corrected.municipalities_ore) == (-40_00, 0)
    assert corrected.note == CORRECTION_NOTE
    assert corrected.id not in seen(table).targets
    choose(table, {LANK: "Projektledare"})
    with acting_as(REGION):
        activities = [it.activity for it in queries.table(table).rows]
    assert "Licens, rättelse av tidigare perioder" not in activities
    assert "Projektledare, rättelse av tidigare perioder" in activities


def test_rows_follow_a_change_of_mapping_and_get_back_what_was_typed(table: UUID) -> None:
    bring(table)
    choose(table, {LANK: "Licens", STORAGE: "Licens"})
    assert amounts_of(table, "Licens") == (1_850_01, 0)
    choose(table, {LANK: "Projektledare", STORAGE: "Projektledare"})

    assert amounts_of(table, "Licens") == (1_000_00, 0)
    assert not row(table, "Licens").is_fed
    assert amounts_of(table, "Projektledare") == (0, 1_850_01)


def test_rows_follow_the_files(table: UUID) -> None:
    first = bring(table)
    choose(table, {LANK: "Licens", STORAGE: "Projektledare"})
    bring(table, clouds.file(clouds.row("10", bearer="lank", InvoiceId="F-9")))
    assert amounts_of(table, "Licens") == (1_510_01, 0)
    with acting_as(REGION):
        cloud_books.remove_cloud_file(table_id=table, file_id=first)

    assert amounts_of(table, "Licens") == (10_00, 0)
    assert amounts_of(table, "Projektledare") == (0, 0)


def test_the_rows_are_together_the_invoices(table: UUID) -> None:
    settle(table)

    with acting_as(REGION):
        fed = [it for it in queries.table(table).rows if it.is_fed]
    assert sum(it.total_ore for it in fed) == sum(INVOICED.values())


def test_a_fed_row_is_not_typed_over_and_not_removed(table: UUID) -> None:
    bring(table)
    choose(table, {LANK: "Licens"})
    licence = pk(table, "Licens")
    with acting_as(REGION):
        with pytest.raises(Refused, match=r"ur molnkostnader\. Ändra"):
            operations.write_line(Line("Licens", region_ore=1), table_id=table, row_id=licence)
        with pytest.raises(Refused, match="Koppla loss raden"):
            operations.remove_line(table_id=table, row_id=licence)
        operations.write_line(
            Line("Licens för lank", region_ore=1_500_01), table_id=table, row_id=licence
        )

    assert row(table, "Licens för lank").is_fed


def test_a_row_whose_amount_was_not_known_gets_one(table: UUID) -> None:
    with acting_as(REGION):
        operations.write_line(Line("Nytt", kind=Kind.UNKNOWN), table_id=table)
    bring(table)
    choose(table, {STORAGE: "Nytt"})

    assert (row(table, "Nytt").kind, amounts_of(table, "Nytt")) == (Kind.MONEY, (0, 350_00))
    choose(table, {STORAGE: None})
    assert (row(table, "Nytt").kind, amounts_of(table, "Nytt")) == (Kind.UNKNOWN, (0, 0))


# What blocks


def test_a_table_is_shared_when_all_is_mapped_and_tied(prepared: tuple[UUID, UUID]) -> None:
    settle(prepared[0])
    assert seen(prepared[0]).obstacles == ()
    result = share(prepared)

    assert result["total_ore"] == sum(INVOICED.values())
    assert result["region_ore"] == 1_500_01 - 40_00


def test_a_charge_of_no_row_blocks_and_says_what_to_do(prepared: tuple[UUID, UUID]) -> None:
    settle(prepared[0])
    choose(prepared[0], {STORAGE: None})

    with pytest.raises(Refused, match=r"2 debiteringar, tillsammans 350,00 kr, hör inte till"):
        share(prepared)


@pytest.mark.parametrize(
    ("invoiced_ore", "words"),
    [
        ({"F-2": 99_99}, "F-2 är 100,00 kr i filen och 99,99 kr enligt fakturan"),
        ({"F-2": None}, "F-2 är 100,00 kr i filen och inte med enligt fakturan"),
        ({"F-7": 1}, "F-7 är inte med i filen"),
    ],
)
def test_an_invoice_that_does_not_tie_blocks(
    prepared: tuple[UUID, UUID], invoiced_ore: dict[str, int | None], words: str
) -> None:
    settle(prepared[0])
    invoice(prepared[0], invoiced_ore)

    with pytest.raises(Refused, match=words):
        share(prepared)


def test_another_currency_blocks_until_a_rate_is_settled(prepared: tuple[UUID, UUID]) -> None:
    table = prepared[0]
    settle(table)
    bring(table, DOLLARS)
    choose(table, {ChargeGroup("Beräkning", ""): "Projektledare"})
    with pytest.raises(Refused, match=r"belopp i USD\. Ange växelkursen"):
        share(prepared)
    with acting_as(REGION):
        cloud_books.write_cloud_rate(
            table_id=table, rates={"USD": Decimal("10.4321")}, by=SECRETARY, at=AT
        )
    assert amounts_of(table, "Projektledare") == (0, 350_00 + 105_36)
    invoice(table, {"F-3": 105_36})

    assert share(prepared)["total_ore"] == sum(INVOICED.values()) + 105_36


def test_rows_that_wait_for_a_file_block(prepared: tuple[UUID, UUID]) -> None:
    table = prepared[0]
    file = bring(table)
    choose(table, {LANK: "Licens", STORAGE: "Projektledare"})
    with acting_as(REGION):
        cloud_books.remove_cloud_file(table_id=table, file_id=file)
    with pytest.raises(Refused, match="ingen fil är inläst"):
        share(prepared)
    choose(table, {LANK: None, STORAGE: None})

    assert share(prepared)["total_ore"] == 2_000_01


# Who may, and what is not there


def test_only_the_host_does_it(table: UUID) -> None:
    with acting_as(MUNICIPALITY):
        for act in (
            lambda: cloud_books.import_cloud_cost(
                JANUARY, table_id=table, name="a", by=SECRETARY, at=AT
            ),
            lambda: cloud_books.map_cloud_cost(table_id=table, targets={}, shares={}),
            lambda: cloud_books.write_cloud_rate(table_id=table, rates={}, by=SECRETARY, at=AT),
            lambda: cloud_books.write_cloud_invoices(
                table_id=table, invoiced_ore={}, by=SECRETARY, at=AT
            ),
            lambda: cloud_books.remove_cloud_file(table_id=table, file_id=uuid4()),
        ):
            with pytest.raises(NotTheHost):
                act()
        with pytest.raises(NoSuchTable):
            cloud.cloud_cost(table)


def test_what_is_not_there_is_refused(table: UUID) -> None:
    bring(table)
    with acting_as(REGION):
        text_row = pk(table, "Utbildning")
        for row_id in (0, text_row):
            with pytest.raises(NoSuchRow):
                cloud_books.map_cloud_cost(table_id=table, targets={LANK: row_id}, shares={})
        with pytest.raises(NoSuchCloudFile):
            cloud_books.remove_cloud_file(table_id=table, file_id=uuid4())
        with pytest.raises(NoSuchTable):
            cloud_books.map_cloud_cost(table_id=uuid4(), targets={}, shares={})
