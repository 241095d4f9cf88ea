"""The file of open cases as the old system is mapped to it: lines and cells, and what is wrong.

Nothing is guessed. What cannot be read is a fault with its row, and reading goes on, so that a
person sees all of it at once and mends the file once.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stdnum.luhn import is_valid as luhn_holds

# In the order of the documentation: what a row must have, and what it may have.
NEEDED = (
    "referens", "status", "personnummer", "förnamn", "efternamn", "folkbokföringskommun",
    "avdelning", "inskriven", "inskrivningsmeddelande", "mottagande_enheter",
    "beräknad_utskrivning",
)  # fmt: skip
POSSIBLE = (
    "adress", "skydd", "vårdform", "inskrivande_läkare", "behov", "inskrivning_kvitterad",
    "besvarad", "besvarad_av", "vårdkontakt", "vårdkontakt_utsedd", "vårdkontakt_enhet",
    "kallelse_skickad", "kallelse_enhet", "kallelse_av", "möte", "mötesplats", "deltagare",
    "kallelse_kvitterad", "utskrivningsklar", "klar_läkare", "klar_bedömd", "klar_kvitterad",
    "klar_återtagen", "återtagande_kvitterat", "utskriven", "utskriven_till",
    "utskrivning_kvitterad",
)  # fmt: skip
COLUMNS = (*NEEDED, *POSSIBLE)

# What the documentation shows, and the tests read.
SAMPLE = """\
referens;status;personnummer;förnamn;efternamn;folkbokföringskommun;avdelning;inskriven;\
inskrivningsmeddelande;mottagande_enheter;beräknad_utskrivning;vårdkontakt;vårdkontakt_utsedd;\
vårdkontakt_enhet;kallelse_skickad;kallelse_enhet;möte;mötesplats;utskrivningsklar;klar_läkare
M-1001;öppen;19400405-7032;Berit;Åkerlund;2326;SE2321000214-1001;2026-03-02 07:40;\
2026-03-02 09:00;SE2321000214-1002, SE2999999184-BIST;2026-03-09 12:00;;;;;;;;;
M-1002;öppen;19510203-1753;Sven;Öberg;2326;SE2321000214-1001;2026-02-25 22:15;\
2026-02-26 08:30;SE2321000214-1002, SE2999999184-BIST;2026-03-05 12:00;Lena Uusitalo;\
2026-02-27 10:00;SE2321000214-1002;2026-03-02 14:20;SE2321000214-1002;2026-03-04 10:00;\
Hälsocentralen Norr, rum 3;2026-03-02 11:15;Jonas Ek
"""

LARGEST = 20_000_000  # bytes: a region has some thousand open cases
FORMULA = ("=", "+", "-", "@")
REFERENCE = re.compile(r"\w[\w./-]{0,63}")
SAVE = "Spara filen som ”CSV UTF-8 (kommaavgränsad)” i Excel och läs in den igen."
SPLIT = (
    "Dela cellerna i Excel (markera dem, ”Centrera över kolumner”, ”Dela celler”) och skriv värdet"
    " på varje rad. Ett ärende är en rad: flera mottagande enheter står i samma cell med komma"
    " mellan."
)


class BadFile(Exception):
    """A file that cannot be read at all; the text is Swedish and says what to do."""


@dataclass(frozen=True)
class Fault:
    """Fel: what is wrong with one row, and what to do. It quotes no cell: one may be misplaced."""

    line: int
    reference: str  # empty where it has none that may be shown
    column: str
    text: str


@dataclass(frozen=True)
class Row:
    """Rad: the cells of one line by column; a column that the file lacks is empty."""

    line: int
    reference: str
    cells: Mapping[str, str]


def read(content: bytes) -> tuple[list[Row], list[Fault]]:
    """Return the rows of a file that can be read, and what is wrong with the others.

    :raises BadFile: if the file as a whole cannot be read
    """
    text, faults = _decoded(content)
    lines = _lines(text)
    header = _header(next(lines, None))
    rows: list[Row] = []
    for line, cells in lines:
        if len(cells) != len(header):
            faults.append(_wrong_width(line, cells, len(header)))
            continue
        row = _row(line, dict(zip(header, cells, strict=True)))
        wrong = _wrong_row(row, rows[-1].line if rows else 1)
        faults += wrong
        if not any(it.column == "referens" for it in wrong):
            rows.append(row)
    return rows, faults


def _decoded(content: bytes) -> tuple[str, list[Fault]]:
    """Return the text. What is not UTF-8 is read as Windows writes it, to check it, and refused.

    Which of several old encodings it is cannot be known, and å, ä and ö in a name may turn into
    something else; so a person saves it anew.
    """
    if len(content) > LARGEST:
        raise BadFile("Filen är för stor. Ta med bara öppna ärenden och kolumnerna som beskrivs.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile(f"Filen är sparad som Unicode-text, inte som CSV. {SAVE}")
    faults = []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise BadFile(f"Rad {line} är inte skriven i UTF-8. {SAVE}") from None
        faults.append(
            Fault(
                line,
                "",
                "",
                "Filen är inte sparad i UTF-8 utan troligen i Windows teckenkodning (cp1252). Då"
                f" kan å, ä och ö i namn bli fel. Det börjar på den här raden. {SAVE}",
            )
        )
    if "\0" in text:
        line = text.partition("\0")[0].count("\n") + 1
        raise BadFile(f"Rad {line} innehåller tecken som inte är text. {SAVE}")
    return text, faults


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give the number of each line that holds anything, and its cells."""
    separator = ";" if ";" in text.partition("\n")[0] else ","
    # strict: a quotation mark that is never closed is an error, not the rest of the file.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            stripped = [" ".join(cell.split()) for cell in cells]
            if any(stripped):
                yield line, stripped
            line = reader.line_num + 1
    except csv.Error:
        raise BadFile(
            f"Rad {line} går inte att läsa. Kontrollera citattecknen på raden. {SAVE}"
        ) from None


def _header(first: tuple[int, list[str]] | None) -> Sequence[str]:
    if first is None:
        raise BadFile(f"Filen är tom. Första raden ska ha rubrikerna: {';'.join(NEEDED)}")
    names = [cell.lower() for cell in first[1]]
    missing = [it for it in NEEDED if it not in names]
    unknown = [it for it in names if it not in COLUMNS]
    twice = sorted({it for it in names if names.count(it) > 1 and it in COLUMNS})
    told = []
    if missing:
        told.append(f"Kolumner saknas: {', '.join(missing)}.")
    if unknown:
        # A heading that is misspelt would lose its whole column; the words themselves may be data.
        numbers = ", ".join(str(names.index(it) + 1) for it in unknown)
        told.append(f"Kolumnernas rubriker känns inte igen: nummer {numbers} från vänster.")
    if twice:
        told.append(f"Kolumner står två gånger: {', '.join(twice)}.")
    if told:
        raise BadFile(
            f"Rad {first[0]} har fel rubriker. {' '.join(told)} Så heter de som finns:"
            f" {';'.join(COLUMNS)}"
        )
    return names


def _row(line: int, cells: Mapping[str, str]) -> Row:
    reference = cells["referens"]
    is_shown = bool(REFERENCE.fullmatch(reference)) and not _is_like_a_person(reference)
    return Row(line, reference if is_shown else "", dict.fromkeys(COLUMNS, "") | dict(cells))


def _wrong_width(line: int, cells: Sequence[str], wanted: int) -> Fault:
    return Fault(
        line,
        "",
        "",
        f"Raden har {len(cells)} fält men ska ha {wanted}. Det blir så när celler är sammanslagna"
        f" eller när ett skiljetecken saknas. {SPLIT}",
    )


def _wrong_row(row: Row, before: int) -> list[Fault]:
    """Return what is wrong with a row as a row; what its cells say is judged later."""
    filled = [column for column, cell in row.cells.items() if cell]
    if not row.cells["referens"]:
        return [
            Fault(
                row.line,
                "",
                "referens",
                f"Referensen saknas, men {', '.join(filled)} är ifyllt. Cellerna är troligen"
                f" sammanslagna med rad {before}. {SPLIT}",
            )
        ]
    if not row.reference:
        return [
            Fault(
                row.line,
                "",
                "referens",
                "Referensen får vara högst 64 bokstäver, siffror, punkter och streck, och inte ett"
                " personnummer. Ange ärendets nummer i det gamla systemet.",
            )
        ]
    return [
        Fault(
            row.line,
            row.reference,
            column,
            f"Fältet {column} börjar med ett tecken (= + - @) som kan tolkas som en formel. Ta bort"
            " tecknet.",
        )
        for column in filled
        if row.cells[column].startswith(FORMULA)
    ]


def _is_like_a_person(reference: str) -> bool:
    """Tell whether a reference could be a personal number, which may not stand in a report."""
    digits = re.sub(r"\D", "", reference)
    if len(digits) not in (10, 12):
        return False
    month, day = int(digits[-8:-6]), int(digits[-6:-4]) % 60
    return 1 <= month <= 12 and 1 <= day <= 31 and luhn_holds(digits[-10:])
