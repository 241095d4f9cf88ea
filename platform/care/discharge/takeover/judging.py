"""All the faults of a file: of each row, of rows against one another, and against what is here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from care.discharge.takeover import entries, reading
from care.discharge.takeover.entries import Entry
from care.discharge.takeover.here import Home
from care.discharge.takeover.reading import Fault, Row
from care.identity import units


@dataclass(frozen=True)
class File:
    """Filen: what its rows say, and every fault that it has by itself."""

    rows: dict[int, Row]  # by line
    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]


def judged(content: bytes, *, home: str, at: datetime) -> File:
    """Return what a file says and all its faults, read by itself and with the address book.

    :raises reading.BadFile: if it cannot be read as a whole
    """
    rows, faults = reading.read(content)
    book = units.addresses(sorted(entries.hsa_ids(rows)))
    found: list[Entry] = []
    for row in rows:
        entry, wrong = entries.entry_of(row, book=book, home=home, at=at)
        faults += wrong
        if entry:
            found.append(entry)
    faults += _same_reference(rows)
    faults += _same_person(found)
    return File(
        {row.line: row for row in rows},
        tuple(found),
        tuple(sorted(faults, key=lambda it: (it.line, it.column))),
    )


def against(home: Home, file: File, *, system: str) -> list[Fault]:
    """Return the faults that a file has only because of what is here."""
    staying = home.staying()
    # Who leaves by this file may have come back in it.
    leaving = {
        known.case.common_id
        for it in file.entries
        if _has_left(it) and (known := home.of(it.reference))
    }
    faults: list[Fault] = []
    for entry in file.entries:
        known = home.of(entry.reference)
        if not entry.is_open:
            faults += _closed(entry, system, is_open_here=known is not None,
                              is_known=entry.reference in home.references)  # fmt: skip
        elif entry.reference not in home.references and not _has_left(entry):
            other = staying.get(entry.person.number)
            if other and other.case.common_id not in leaving:
                faults.append(
                    Fault(
                        entry.line,
                        entry.reference,
                        "personnummer",
                        "Personen har redan ett annat öppet ärende här och är inte utskriven i det."
                        " Skriv ut eller avbryt det, eller ta bort raden, och läs in filen igen.",
                    )
                )
    return faults


def _closed(entry: Entry, system: str, *, is_open_here: bool, is_known: bool) -> Iterator[Fault]:
    if is_open_here:
        yield Fault(
            entry.line,
            entry.reference,
            "status",
            f"Ärendet är avslutat i {system} men öppet här. Avsluta det här också, eller rätta"
            " statusen i filen.",
        )
    elif not is_known:
        yield Fault(
            entry.line,
            entry.reference,
            "status",
            f"Ärendet är avslutat i {system} och finns inte här. Bara öppna ärenden läses in: ta"
            " bort raden, eller rätta statusen.",
        )


def _same_reference(rows: Sequence[Row]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for row in rows:
        line = first.setdefault(row.reference, row.line)
        if line != row.line:
            yield Fault(
                row.line,
                row.reference,
                "referens",
                f"Samma referens som rad {line}. Ett ärende är en rad: slå ihop raderna eller ta"
                " bort den ena.",
            )


def _same_person(found: Sequence[Entry]) -> Iterator[Fault]:
    """Give the rows of a person who stays twice at once, or is described in two ways."""
    stays: dict[str, Entry] = {}
    seen: dict[str, Entry] = {}
    for entry in found:
        number, before = entry.person.number, seen.setdefault(entry.person.number, entry)
        if before.person != entry.person:
            yield Fault(
                entry.line,
                entry.reference,
                "personnummer",
                f"Samma personnummer som rad {before.line}, men namn, adress, kommun eller skydd är"
                " inte samma. Kontrollera vem ärendet gäller och skriv lika på båda raderna.",
            )
        if not entry.is_open or _has_left(entry):
            continue
        other = stays.setdefault(number, entry)
        if other is not entry and other.reference != entry.reference:
            yield Fault(
                entry.line,
                entry.reference,
                "personnummer",
                f"Personen har ett öppet ärende också på rad {other.line}, och är inte utskriven i"
                " något av dem. Ta bort den rad som är en dubblett, eller fyll i utskriven.",
            )


def _has_left(entry: Entry) -> bool:
    return "utskriven" in entry.times
