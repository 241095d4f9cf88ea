"""The demo's joint board: one budget that is decided and invoiced, and one that is proposed now.

The first is that of a real project, the introduction of LINK2, as its directive prints it; the
inhabitants are Statistics Sweden's. People and decisions are invented.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings

from billing import operations
from billing.agreement import FOLLOWS_INDEX
from billing.decisions import Act
from billing.operations import Doer, Line
from billing.periods import Period
from billing.runs import Category, Kind
from project.demo import agreement, cloud, invoices, offers, outcome, settling
from project.demo.county import ECONOMIST, HUVUDMAN, REGION, SECRETARY
from tenants.context import acting_as
from tenants.models import JointBoard

EXAMPLES = settings.ROOT / "docs" / "billing"
BY = Doer(SECRETARY.name, SECRETARY.title)
NEXT = (
    Line("Licens", Kind.MONEY, Category.LICENCE, "", 700_000_00, 700_000_00),
    Line("Drift och support", Kind.MONEY, Category.OPERATION, "", 210_000_00, 210_000_00),
    Line(
        "Nämndens administration", Kind.MONEY, Category.STAFF, "Lika delar mellan kommunerna",
        0, 320_000_00, "equal@1", rule={FOLLOWS_INDEX: True},
    ),
    Line("Utbildning", Kind.TEXT_ONLY, Category.STAFF, "Finansieras av respektive huvudman"),
    Line("Nya integrationer", Kind.UNKNOWN, Category.PROJECT, "Offert väntas"),
)  # fmt: skip


def fill(now: datetime) -> None:
    """Found the board: one budget decided and invoiced, one proposed, options, liability."""
    with acting_as(REGION.schema):
        JointBoard.objects.create(
            owner=REGION.schema,
            name="Gemensamma nämnden för samordnad vård och omsorg",
            parties=[it.schema for it in HUVUDMAN],
        )
    agreement.fill(now)
    link2 = _link2(now)
    invoices.fill(link2, now)
    outcome.fill(link2, now)
    _next_year(now)
    offers.fill(now)
    settling.fill(now)


def _link2(now: datetime) -> UUID:
    with acting_as(REGION.schema):
        people = operations.import_population(
            (EXAMPLES / "jamtland-2017-12-31.csv").read_bytes(),
            on=date(2017, 12, 31),
            source="SCB (CC0)",
            by=BY,
            at=now - timedelta(days=400),
        )
        table = operations.make_table(
            title="Införandet av LINK2 2018–2019",
            period=Period(date(2018, 9, 1), date(2019, 6, 30)),
            content=(EXAMPLES / "link2.csv").read_bytes(),
            by=BY,
            at=now - timedelta(days=400),
        )
        run = operations.allocate(
            table_id=table.pk,
            population_id=people.pk,
            wanted_on=date(2017, 11, 1),
            by=BY,
            at=now - timedelta(days=399),
        )
        for act, on in (
            (Act.PROPOSE, date(2018, 8, 20)),
            (Act.DECIDE, date(2018, 9, 3)),
            (Act.ADJUST, date(2018, 9, 10)),
        ):
            operations.record_step(
                act, run_id=run.pk, on=on, paragraph="41" if act is Act.DECIDE else "",
                diary_number="GN 2018/12" if act is Act.PROPOSE else "", by=BY,
                at=now - timedelta(days=398),
            )  # fmt: skip
    for huvudman in HUVUDMAN:
        with acting_as(huvudman.schema):
            operations.announce(
                run_id=run.pk,
                on=date(2018, 9, 12),
                by=Doer(ECONOMIST.name, ECONOMIST.title),
                at=now - timedelta(days=397),
            )
    return run.pk


def _next_year(now: datetime) -> None:
    year = now.year + 1
    with acting_as(REGION.schema):
        people = operations.import_population(
            (EXAMPLES / "jamtland-2020-12-31.csv").read_bytes(),
            on=date(2020, 12, 31),
            source="SCB, enligt regionjh.se",
            by=BY,
            at=now - timedelta(days=20),
        )
        table = operations.make_table(
            title=f"Samplan {year}",
            period=Period(date(year, 1, 1), date(year, 12, 31)),
            content=b"",
            by=BY,
            at=now - timedelta(days=20),
        )
        for line in NEXT:
            operations.write_line(line, table_id=table.pk)
        cloud.fill(table.pk, year, now - timedelta(days=12))
        run = operations.allocate(
            table_id=table.pk,
            population_id=people.pk,
            wanted_on=date(now.year, 11, 1),
            by=BY,
            at=now - timedelta(days=6),
        )
        operations.record_step(
            Act.PROPOSE,
            run_id=run.pk,
            on=(now - timedelta(days=5)).date(),
            diary_number=f"GN {now.year}/118",
            by=BY,
            at=now - timedelta(days=5),
        )
