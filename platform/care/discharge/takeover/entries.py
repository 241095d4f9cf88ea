"""What a row says of one case, and every fault of its cells."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from care.discharge.takeover.reading import NEEDED, Fault, Row
from care.identity.units import Address
from care.individuals.operations import BadIdentity, Person, identity_number
from care.law import calendar
from tenants.models import Unit

OPEN, CLOSED = "öppen", "avslutad"
STATUSES = MappingProxyType({OPEN: OPEN, CLOSED: CLOSED})
PROTECTIONS = MappingProxyType(
    {
        "": "",
        "sekretessmarkering": "flagged",
        "skyddad folkbokföring": "protected_registration",
        "fingerade personuppgifter": "assumed_identity",
    }
)
VARIANTS = MappingProxyType(
    {
        "": "somatic",
        "somatik": "somatic",
        "psykiatri": "psychiatric",
        "öppen tvångsvård": "open_compulsory",
    }
)
NEEDS = MappingProxyType(
    {
        "socialtjänst": "social_services",
        "kommunal hälso- och sjukvård": "municipal_health_care",
        "öppenvård": "outpatient_care",
    }
)
DESTINATIONS = MappingProxyType(
    {
        "": None,
        "hemmet": "home",
        "korttidsboende": "short_term",
        "särskilt boende": "care_home",
        "annat sjukhus": "other_hospital",
        "annat": "other",
    }
)
MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[ T](?P<clock>\d\d?[:.]\d\d)(?:[:.]\d\d(?:\.\d+)?)?"
    r" ?(?P<offset>Z|[+-]\d\d:?\d\d)?"
)
HOW = "Skriv dag och klockslag som 2026-03-02 09:00."
MUNICIPALITY = re.compile(r"\d{4}")
RECEIVING = tuple(
    it for it in Unit.Kind.values if it not in (Unit.Kind.WARD, Unit.Kind.ADMINISTRATION)
)
# What an act needs beside its time, and what says nothing without it.
BELONGS = MappingProxyType(
    {
        "besvarad": ("besvarad_av",),
        "vårdkontakt_utsedd": ("vårdkontakt", "vårdkontakt_enhet"),
        "kallelse_skickad": ("kallelse_enhet", "möte"),
        "utskrivningsklar": ("klar_läkare",),
    }
)
WITHOUT = MappingProxyType(
    {
        "kallelse_skickad": ("kallelse_av", "mötesplats", "deltagare", "kallelse_kvitterad"),
        "utskrivningsklar": ("klar_bedömd", "klar_kvitterad", "klar_återtagen"),
        "klar_återtagen": ("återtagande_kvitterat",),
        "utskriven": ("utskriven_till", "utskrivning_kvitterad"),
    }
)
# What cannot have been before what: the later one first.
AFTER = (
    ("inskrivning_kvitterad", "inskrivningsmeddelande"),
    ("besvarad", "inskrivningsmeddelande"),
    ("möte", "kallelse_skickad"),
    ("kallelse_kvitterad", "kallelse_skickad"),
    ("klar_kvitterad", "utskrivningsklar"),
    ("klar_återtagen", "utskrivningsklar"),
    ("återtagande_kvitterat", "klar_återtagen"),
    ("utskriven", "inskriven"),
    ("utskrivning_kvitterad", "utskriven"),
)
TEXTS = {
    "förnamn": 60, "efternamn": 60, "adress": 200, "inskrivande_läkare": 100, "vårdkontakt": 100,
    "kallelse_av": 100, "mötesplats": 200, "deltagare": 500, "klar_läkare": 100,
}  # fmt: skip
TIMES = (
    "inskriven", "inskrivningsmeddelande", "beräknad_utskrivning", "inskrivning_kvitterad",
    "besvarad", "vårdkontakt_utsedd", "kallelse_skickad", "möte", "kallelse_kvitterad",
    "utskrivningsklar", "klar_bedömd", "klar_kvitterad", "klar_återtagen",
    "återtagande_kvitterat", "utskriven", "utskrivning_kvitterad",
)  # fmt: skip
TO_COME = frozenset({"beräknad_utskrivning", "möte"})


@dataclass(frozen=True)
class Entry:
    """Ärende i det gamla systemet: what one row says of it, read and judged by itself."""

    line: int
    reference: str
    is_open: bool
    person: Person
    variant: str
    ward: Address
    receivers: tuple[Address, ...]
    units: Mapping[str, Address]  # by column: who answered, called, is the care contact's unit
    times: Mapping[str, datetime]  # by column; what has not happened is left out
    texts: Mapping[str, str]  # by column, of TEXTS
    needs: tuple[str, ...]
    destination: str | None


def hsa_ids(rows: Sequence[Row]) -> set[str]:
    """Return every unit that the rows name, so that the address book is asked once."""
    columns = ("avdelning", "besvarad_av", "vårdkontakt_enhet", "kallelse_enhet")
    named = {row.cells[column] for row in rows for column in columns}
    listed = {it for row in rows for it in _listed(row.cells["mottagande_enheter"])}
    return (named | listed) - {""}


def entry_of(
    row: Row, *, book: Mapping[str, Address], home: str, at: datetime
) -> tuple[Entry | None, list[Fault]]:
    """Return what a row says, or every fault that it has.

    :param book: the address book's entries of what `hsa_ids` named
    :param home: schema of the huvudman whose wards the cases are at
    :param at: nothing can have happened after it
    """
    cells = _Cells(row, book=book, at=at)
    cells.complete()
    times = {it: moment for it in TIMES if (moment := cells.moment(it))}
    cells.in_order(times)
    person = cells.person()
    ward = cells.unit("avdelning", kinds=(Unit.Kind.WARD,), owner=home)
    receivers = cells.receivers(ward)
    units = {
        "besvarad_av": cells.unit("besvarad_av", kinds=RECEIVING),
        "vårdkontakt_enhet": cells.unit("vårdkontakt_enhet", kinds=RECEIVING),
        "kallelse_enhet": cells.unit("kallelse_enhet", kinds=(*RECEIVING, Unit.Kind.WARD)),
    }
    status = cells.word("status", STATUSES)
    variant = cells.word("vårdform", VARIANTS)
    destination = cells.word("utskriven_till", DESTINATIONS)
    needs = cells.needs()
    texts = {it: cells.text(it) for it in TEXTS}
    if cells.faults:
        return None, cells.faults
    assert person is not None
    assert ward is not None
    assert variant is not None
    return (
        Entry(
            line=row.line,
            reference=row.reference,
            is_open=status == OPEN,
            person=person,
            variant=variant,
            ward=ward,
            receivers=receivers,
            units={column: unit for column, unit in units.items() if unit},
            times=times,
            texts={column: text for column, text in texts.items() if text},
            needs=needs,
            destination=destination,
        ),
        [],
    )


class _Cells:
    """The cells of one row while they are read, and what is wrong with them."""

    def __init__(self, row: Row, *, book: Mapping[str, Address], at: datetime) -> None:
        self.row = row
        self.book = book
        self.at = at
        self.faults: list[Fault] = []

    def refuse(self, column: str, text: str) -> None:
        """Note what is wrong with a cell; the first fault of a cell is enough."""
        if all(it.column != column for it in self.faults):
            self.faults.append(Fault(self.row.line, self.row.reference, column, text))

    def complete(self) -> None:
        """Refuse a row that lacks what it must have, alone or with something else."""
        cells = self.row.cells
        for column in NEEDED:
            if not cells[column]:
                self.refuse(
                    column,
                    f"Fältet {column} är tomt. Fyll i det. Är cellen sammanslagen med raden ovanför"
                    " så dela den först.",
                )
        for column, others in BELONGS.items():
            for other in others:
                if cells[column] and not cells[other]:
                    self.refuse(
                        other, f"Fältet {other} är tomt, men {column} är ifyllt. Fyll i {other}."
                    )
                if cells[other] and not cells[column]:
                    self.refuse(
                        column,
                        f"Fältet {other} är ifyllt, men {column} saknar tidpunkt. {HOW}",
                    )
        for column, others in WITHOUT.items():
            filled = [it for it in others if cells[it]]
            if filled and not cells[column]:
                self.refuse(
                    column,
                    f"Fältet {filled[0]} är ifyllt, men {column} saknar tidpunkt. {HOW}",
                )

    def text(self, column: str) -> str:
        """Return a text that is no longer than its place."""
        cell = self.row.cells[column]
        if len(cell) > TEXTS[column]:
            self.refuse(
                column, f"Fältet {column} är längre än {TEXTS[column]} tecken. Korta texten."
            )
        return cell

    def word(self, column: str, words: Mapping[str, str | None]) -> str | None:
        """Return what one of a few words stands for."""
        cell = self.row.cells[column].lower()
        if cell and cell not in words:
            listed = ", ".join(filter(None, words))
            self.refuse(column, f"Fältet {column} ska vara ett av orden: {listed}.")
        return words.get(cell)

    def needs(self) -> tuple[str, ...]:
        """Return the needs after the discharge, which are several words with commas."""
        words = [it.strip().lower() for it in self.row.cells["behov"].split(",") if it.strip()]
        if any(it not in NEEDS for it in words):
            self.refuse("behov", f"Fältet behov ska vara ett eller flera av: {', '.join(NEEDS)}.")
        return tuple(NEEDS[it] for it in words if it in NEEDS)

    def moment(self, column: str) -> datetime | None:
        """Return a moment, in Swedish time where nothing else is said."""
        cell = self.row.cells[column]
        if not cell:
            return None
        try:
            moment = _moment(cell)
        except ValueError as error:
            self.refuse(column, f"Fältet {column} {error}")
            return None
        if moment > self.at and column not in TO_COME:
            self.refuse(
                column, f"Fältet {column} ligger i framtiden. Kontrollera dag och klockslag."
            )
        return moment

    def in_order(self, times: Mapping[str, datetime]) -> None:
        """Refuse what cannot have been before what it follows on."""
        for later, earlier in AFTER:
            if later in times and earlier in times and times[later] < times[earlier]:
                self.refuse(
                    later,
                    f"Fältet {later} ligger före {earlier}. Kontrollera båda tidpunkterna. Lämna"
                    " tomt det som gäller något tidigare i samma ärende.",
                )

    def person(self) -> Person | None:
        """Return whom the case is about."""
        cells = self.row.cells
        protection = self.word("skydd", PROTECTIONS)
        if cells["folkbokföringskommun"] and not MUNICIPALITY.fullmatch(
            cells["folkbokföringskommun"]
        ):
            self.refuse(
                "folkbokföringskommun",
                "Fältet folkbokföringskommun ska vara kommunkoden med fyra siffror, till exempel"
                " 2326.",
            )
        if not cells["personnummer"]:
            return None
        try:
            kind, number = identity_number(cells["personnummer"])
        except BadIdentity as error:
            self.refuse("personnummer", str(error))
            return None
        return Person(
            kind=kind,
            number=number,
            given_name=cells["förnamn"],
            family_name=cells["efternamn"],
            registered_municipality=cells["folkbokföringskommun"],
            registered_address=cells["adress"],
            protection=protection or "",
        )

    def unit(
        self, column: str, *, kinds: Collection[str], owner: str | None = None
    ) -> Address | None:
        """Return a unit of the address book that may stand in a column."""
        cell = self.row.cells[column]
        return self._unit(column, cell, kinds, owner) if cell else None

    def receivers(self, ward: Address | None) -> tuple[Address, ...]:
        """Return the units that the admission was told to."""
        column = "mottagande_enheter"
        found = [self._unit(column, it, RECEIVING, None) for it in _listed(self.row.cells[column])]
        return tuple({it.hsa_id: it for it in found if it and it != ward}.values())

    def _unit(
        self, column: str, hsa_id: str, kinds: Collection[str], owner: str | None
    ) -> Address | None:
        unit = self.book.get(hsa_id)
        if unit is None:
            self.refuse(
                column,
                f"En enhet i fältet {column} finns inte i adressboken. Kontrollera HSA-id, eller"
                " lägg upp enheten först.",
            )
        elif unit.kind not in kinds or owner not in (None, unit.owner):
            wanted = (
                "en av era egna avdelningar" if owner else "en enhet som kan ta emot eller kalla"
            )
            self.refuse(column, f"Fältet {column} ska vara {wanted}. Kontrollera HSA-id.")
            return None
        return unit


def _listed(cell: str) -> list[str]:
    return [it for it in re.split(r"[,;|\s]+", cell) if it]


def _moment(text: str) -> datetime:
    """Return a moment in UTC; a ValueError goes on from the name of the field, in Swedish.

    An hour of a summer-time night that there is twice, or not at all, is nobody's to guess: the
    law counts from it.
    """
    match = MOMENT.fullmatch(text)
    if match is None:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ValueError(f"har en dag men inget klockslag. {HOW}")
        raise ValueError(f"är ingen tidpunkt. {HOW}")
    hours, minutes = re.split("[:.]", match["clock"])
    offset = (match["offset"] or "").replace("Z", "+00:00")
    try:
        moment = datetime.fromisoformat(f"{match['day']}T{int(hours):02d}:{minutes}{offset}")
        if moment.utcoffset() is not None:
            return _in_range(moment.astimezone(UTC))
        local = moment.replace(tzinfo=calendar.STOCKHOLM)
        once, again = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"är ingen tidpunkt som finns. {HOW}") from None
    if once != again:
        raise ValueError(
            "ligger i natten när klockan ställs om. Skriv vilken timme det är: +01:00 för vintertid"
            " eller +02:00 för sommartid efter klockslaget."
        )
    return _in_range(once)


def _in_range(moment: datetime) -> datetime:
    if moment.year not in range(1990, 2200):
        raise ValueError(f"är ingen tidpunkt som kan stämma. {HOW}")
    return moment
