"""The demo's cloud costs: a provider's file for the year of a table, all of it mapped and tied.

Provider, amounts and invoices are invented. The labels are those by which hosting says what a
resource is for.
"""

import re
from datetime import datetime
from uuid import UUID

from django.conf import settings

from billing import cloud, cloud_books
from billing.operations import Doer
from project.demo.county import SECRETARY

FILE = settings.ROOT / "docs" / "billing" / "moln.csv"
WRITTEN_FOR = 2027
YEAR = re.compile(r"\b20[0-9]{2}(?=-[0-9]{2}-[0-9]{2}T)")
INVOICED = {"NM-1001": 204_898_80, "NM-1002": 215_101_20}
ROW = "Drift och support"
BY = Doer(SECRETARY.name, SECRETARY.title)


def fill(table_id: UUID, year: int, at: datetime) -> None:
    """Let the row of operation of a table have what a provider's file of its year charges."""
    later = year - WRITTEN_FOR
    content = YEAR.sub(lambda it: f"{int(it[0]) + later}", FILE.read_text("utf-8"))
    cloud_books.import_cloud_cost(
        content.encode(), table_id=table_id, name=f"nordmoln-{year}.csv", by=BY, at=at
    )
    shown = cloud.cloud_cost(table_id)
    row = next(pk for pk, activity in shown.targets.items() if activity == ROW)
    cloud_books.map_cloud_cost(
        table_id=table_id, targets={it.group: row for it in shown.groups}, shares={}
    )
    cloud_books.write_cloud_invoices(table_id=table_id, invoiced_ore=INVOICED, by=BY, at=at)
