"""A person's extract of the access log as a document: which unit, when, and what was done."""

from datetime import UTC, datetime

from django.utils import translation

from billing.papers.pdf import pdf
from care.individuals.queries import written
from care.law import calendar
from care.sharing.extract import Access, Extract
from care.sharing.storelog import purpose
from portal import labels, parties, times

# Seen from another century every moment has its year.
FAR_AWAY = datetime(1900, 1, 1, tzinfo=UTC)


def paper(extract: Extract) -> bytes:
    """Return an extract as a PDF."""
    with translation.override("sv"):
        content = {
            "title": "Utdrag ur åtkomstloggen",
            "owner": parties.name(extract.huvudman),
            "on": calendar.written(calendar.local_date(extract.at)),
            "number": written(extract.number),
            "accesses": [_row(it) for it in extract.accesses],
        }
    on = calendar.local_date(extract.at)
    return pdf("accesses.typ", content, verbatim={}, on=on, folder="portal.papers")


def _row(it: Access) -> list[str]:
    done = str(labels.READ_HOW.get(it.activity, it.activity))
    return [
        times.absolute(it.at, at=FAR_AWAY),
        f"{it.unit_name}, {parties.name(it.reader)}" if it.unit_name else parties.name(it.reader),
        it.title,
        f"{done} (direktåtkomst)" if it.channel == "B" else done,
        purpose(it),
        parties.name(it.owner),
    ]
