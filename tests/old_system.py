"""An old system's file of open cases, made up: as many as are wanted, and faults planted in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cast import AT
from people import CASE_OFFICERS, HEALTH_CENTRE, MUNICIPAL_NURSES, WARD
from stdnum import luhn

from care.discharge.takeover.reading import COLUMNS
from care.individuals import trial_identities
from care.law import calendar

SYSTEM = "Meddix"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Cells = dict[str, str]


def written(moment: datetime) -> str:
    """Return a moment as a Swedish spreadsheet writes it."""
    return f"{moment.astimezone(calendar.STOCKHOLM):%Y-%m-%d %H:%M}"


def person(number: int) -> str:
    """Return one of the published test numbers, and local reserve numbers when they are used up."""
    if number < len(trial_identities.NUMBERS):
        return trial_identities.NUMBERS[number]
    seven = f"{number:07d}"
    return f"9921{seven}{luhn.calc_check_digit(seven)}"


def case(number: int, **other: str) -> Cells:
    """Return a case of the old system: every second has a call, every third is ready.

    Everything has been receipted there; `other` says what is different.
    """
    sent = AT - DAY * 6 + timedelta(minutes=number)
    cells = {
        "referens": f"M-{number + 1001}",
        "status": "öppen",
        "personnummer": person(number),
        "förnamn": "Åsa",
        "efternamn": f"Öberg {number}",
        "adress": "Storgatan 1, 999 99 Testköping",
        "folkbokföringskommun": "2399",
        "avdelning": WARD,
        "inskriven": written(sent - 2 * HOUR),
        "inskrivningsmeddelande": written(sent),
        "mottagande_enheter": f"{HEALTH_CENTRE}, {CASE_OFFICERS}, {MUNICIPAL_NURSES}",
        "beräknad_utskrivning": written(AT + DAY * 3),
        "inskrivande_läkare": "Jonas Ek",
        "behov": "socialtjänst, kommunal hälso- och sjukvård, öppenvård",
        "inskrivning_kvitterad": written(sent + HOUR),
        "besvarad": written(sent + 2 * HOUR),
        "besvarad_av": CASE_OFFICERS,
    }
    if number % 2 == 0:
        cells |= {
            "vårdkontakt": "Lena Uusitalo",
            "vårdkontakt_utsedd": written(sent + DAY),
            "vårdkontakt_enhet": HEALTH_CENTRE,
            "kallelse_skickad": written(sent + 2 * DAY),
            "kallelse_enhet": HEALTH_CENTRE,
            "kallelse_av": "Lena Uusitalo",
            "möte": written(AT + DAY),
            "mötesplats": "Hälsocentralen Norr, rum 3",
            "kallelse_kvitterad": written(sent + 2 * DAY + HOUR),
        }
    if number % 3 == 0:
        cells |= {
            "utskrivningsklar": written(sent + 4 * DAY),
            "klar_läkare": "Jonas Ek",
            "klar_bedömd": written(sent + 4 * DAY),
            "klar_kvitterad": written(sent + 4 * DAY + HOUR),
        }
    return cells | other


def cases(count: int) -> list[Cells]:
    """Return as many cases as are wanted, each of a person of its own."""
    return [case(number) for number in range(count)]


def file_of(
    rows: Iterable[Mapping[str, str]], *, columns: Sequence[str] = COLUMNS, encoding: str = "utf-8"
) -> bytes:
    """Return rows as the file that the old system is mapped to."""
    lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    text = "\r\n".join(";".join(_cell(it) for it in line) for line in lines)
    return (text + "\r\n").encode(encoding)


def _cell(text: str) -> str:
    return f'"{text}"' if any(it in text for it in ';"\n') else text


@dataclass(frozen=True)
class Planted:
    """Where a fault was planted, and in which column it must be found."""

    line: int
    column: str


FAULTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    # Kind: the column that the fault must be reported in, and what is different in the row.
    "wrong check digit": ("personnummer", {}),
    "unknown unit": ("mottagande_enheter", {"mottagande_enheter": "SE2999999127-NIX"}),
    "call without the time of the meeting": ("möte", {"möte": ""}),
    "call without a time of sending": ("kallelse_skickad", {"kallelse_skickad": ""}),
    "call with a day and no clock": ("möte", {"möte": "2026-03-03"}),
    "no estimate of the discharge": ("beräknad_utskrivning", {"beräknad_utskrivning": ""}),
    "ward that is no ward": ("avdelning", {"avdelning": HEALTH_CENTRE}),
    "sent in the future": ("inskrivning_kvitterad", {"inskrivning_kvitterad": "2027-01-01 09:00"}),
}
EACH = 4


def with_faults(rows: Sequence[Cells]) -> tuple[list[Cells], list[Planted]]:
    """Plant four faults of each of ten kinds in at least a hundred rows, one in a row.

    The first four rows stand as closed there: whoever has them open here has the last kind.
    """
    mixed = [dict(row) for row in rows]
    planted = []
    for number in range(EACH):
        mixed[number]["status"] = "avslutad"
        planted.append(Planted(number + 2, "status"))
    place = EACH
    for column, other in FAULTS.values():
        for _ in range(EACH):
            place += 2  # an even number: it has a call
            mixed[place] |= other
            if column == "personnummer":
                mixed[place][column] = wrong_check_digit(mixed[place][column])
            planted.append(Planted(place + 2, column))
    for _ in range(EACH):
        # The same row once more at the end: a duplicate of a row that has no fault.
        place += 2
        mixed.append(dict(mixed[place]))
        planted.append(Planted(len(mixed) + 1, "referens"))
    return mixed, planted


def wrong_check_digit(number: str) -> str:
    """Return a number whose last digit is another one."""
    return f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
