"""A joint board of a region and two municipalities, with a population and a table of costs."""

from datetime import date, datetime
from uuid import UUID

from cast import AT, MUNICIPALITY, REGION, STRANGER

from billing import operations, options
from billing.calloff import Answer, Price
from billing.decisions import Act
from billing.operations import Doer
from billing.options import OfferContent
from billing.periods import Period
from tenants.context import acting_as
from tenants.models import JointBoard

SECRETARY = Doer("Gunilla Ås", "Nämndsekreterare")
ECONOMIST = Doer("Bo Ek", "Ekonom")
TODAY = AT.date()
PEOPLE = b"kommunkod;kommun;folkm\xc3\xa4ngd\n2398;Fr\xc3\xa4mlinge;7000\n2399;Testkommun;3000\n"
COSTS = (
    "aktivitet;totalt;region;kommuner;anmärkning\n"
    "Licens;1000;1000;-;Regionens kostnad oavsett system\n"
    "Projektledare;1000,01;-;1000,01;60 %\n"
    "Utbildning;;;;Finansieras av respektive huvudman\n"
).encode()


def found_board() -> None:
    """Let the region host a board with every huvudman of the tests as its party."""
    with acting_as(REGION):
        JointBoard.objects.create(
            owner=REGION, name="Gemensamma nämnden", parties=[REGION, MUNICIPALITY, STRANGER]
        )


def prepared() -> tuple[UUID, UUID]:
    """Return a table and a population at the host."""
    with acting_as(REGION):
        people = operations.import_population(
            PEOPLE, on=date(2025, 11, 1), source="SCB", by=SECRETARY, at=AT
        )
        table = operations.make_table(
            title="Samplan 2026",
            period=Period(date(2026, 1, 1), date(2026, 12, 31)),
            content=COSTS,
            by=SECRETARY,
            at=AT,
        )
    return table.pk, people.pk


def allocated(*, supersedes: UUID | None = None) -> UUID:
    """Return a run that has been computed at the host."""
    table, people = prepared()
    with acting_as(REGION):
        return operations.allocate(
            table_id=table, population_id=people, by=SECRETARY, at=AT, supersedes=supersedes
        ).pk


def step(run: UUID, act: Act, on: date = TODAY) -> None:
    """Let the secretary record a step."""
    with acting_as(REGION):
        operations.record_step(
            act, run_id=run, on=on, paragraph="41", diary_number="GN 2026/12", by=SECRETARY, at=AT
        )


def adjusted() -> UUID:
    """Return a run that the board has decided on, with its minutes adjusted."""
    run = allocated()
    for act in Act:
        step(run, act)
    return run


def announce(run: UUID, *schemas: str) -> None:
    """Let parties put the minutes on their notice boards."""
    for schema in schemas:
        with acting_as(schema):
            operations.announce(run_id=run, on=TODAY, by=ECONOMIST, at=AT)


PRICE = Price(
    yearly_ore=1_000_01,
    one_off_ore=500_00,
    model="population",
    cap_ore=25,
    present_ore=800_00,
)
LAST_ON = date(2026, 3, 31)


def people() -> UUID:
    """Return a population at the host."""
    with acting_as(REGION):
        return operations.import_population(
            PEOPLE, on=date(2025, 11, 1), source="SCB", by=SECRETARY, at=AT
        ).pk


def content(population: UUID, *, price: Price = PRICE, last_on: date = LAST_ON) -> OfferContent:
    """Return what an offer says."""
    return OfferContent(
        "Option 1 Informationsutbyte", "Samordnad planering och SIP", price, population, last_on
    )


def offered(*, price: Price = PRICE) -> UUID:
    """Return an offer of the host."""
    population = people()
    with acting_as(REGION):
        return options.offer_option(content(population, price=price), by=SECRETARY, at=AT).option


def decide(
    schema: str, option: UUID, answer: Answer = Answer.CALL_OFF, *, at: datetime = AT
) -> None:
    """Let a municipality decide on an offer."""
    with acting_as(schema):
        options.decide_option(
            answer, option=option, on=TODAY, paragraph="17", note="", by=ECONOMIST, at=at
        )
