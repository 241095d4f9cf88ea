"""Vouchers as a SIE 4I file (.SI), which every Swedish ledger reads.

SIE is the format of Föreningen SIE-Gruppen (filformat utgåva 4C): a line for each record, and the
letters of code page 437, which has å, ä and ö, but no paragraph sign, dash or euro.

A ledger that reads a file twice books twice. #FLAGGA 0 says that nobody has read it; the control
number in #PROSA is the same for the same vouchers, whenever the file is written, so that who keeps
those that have been read can refuse the next; and each voucher says which batch it came in.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from billing import amounts
from billing.invoices.accounting import CodingString, Voucher
from billing.invoices.parties import Party
from billing.invoices.texts import CannotInvoice, refuse_unfit

ENCODING = "cp437"  # what #FORMAT PC8 says
LINE_END = "\r\n"
# 1 and 6 are reserved by the format for what they are; an own dimension begins at 20.
DIMENSIONS = {
    "responsibility": (1, "Ansvar"),
    "project": (6, "Projekt"),
    "operation": (20, "Verksamhet"),
    "activity": (21, "Aktivitet"),
    "counterparty": (22, "Motpart"),
}
ACCOUNT = "account"
# A backslash would escape the quotation mark that ends the text.
INSTEAD = str.maketrans({
    "§": "par", "–": "-", "—": "-", "−": "-", "‑": "-", "€": "EUR", "×": "x", "…": "...",
    "”": '"', "“": '"', "„": '"', "’": "'", "‘": "'", "\\": "/", "Ø": "Ö", "ø": "ö",
    "\u00a0": " ", "\u2009": " ", "\u202f": " ",
})  # fmt: skip
SERIES = re.compile(r"[0-9A-Za-z]{0,10}")


@dataclass(frozen=True)
class Batch:
    """Bunt: the vouchers of one file, in whose books they belong, and the names of its codes.

    `names` is by field of `CodingString`: what an account or another code is called; those without
    a name are left to the ledger. `series` is the ledger's for them; without one it chooses.
    """

    number: int
    made_on: date
    owner: Party
    program_version: str
    vouchers: tuple[Voucher, ...]
    series: str = ""
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.vouchers:
            raise CannotInvoice(f"Bunten {self.number} är tom. Lägg till verifikationer.")
        numbers = [it.number for it in self.vouchers]
        if twice := sorted({it for it in numbers if numbers.count(it) > 1}):
            raise CannotInvoice(
                f"Verifikationen {twice[0]} finns två gånger i bunten {self.number}. Ta bort den "
                f"ena."
            )
        if not SERIES.fullmatch(self.series):
            raise CannotInvoice(
                f"Serien ”{self.series}” går inte att skriva i en SIE-fil. Ange högst tio "
                f"bokstäver A–Z eller siffror."
            )
        refuse_unfit(self.program_version, "Programmets version")
        for called in self.names.values():
            for name in called.values():
                refuse_unfit(name, "Namnet på en kod")


def sie(batch: Batch) -> bytes:
    """Return the SIE 4I file of a batch, in code page 437.

    Letters that the code page lacks are written by what comes nearest. Vouchers that do not sum to
    zero cannot come here: `Voucher` refuses them.
    """
    head = (
        "#FLAGGA 0",
        f'#PROGRAM "Samplan" {_text(batch.program_version)}',
        "#FORMAT PC8",
        f"#GEN {_day(batch.made_on)}",
        "#SIETYP 4",
        f'#PROSA "Bunt {batch.number}, kontrollnummer {control_number(batch)}"',
        f"#ORGNR {batch.owner.organisation_number[:6]}-{batch.owner.organisation_number[6:]}",
        f"#FNAMN {_text(batch.owner.name)}",
    )
    lines = (*head, *_codes(batch), *_vouchers(batch))
    return "".join(f"{line}{LINE_END}" for line in lines).encode(ENCODING)


def control_number(batch: Batch) -> str:
    """Return twelve hexadecimal digits that stand for whose vouchers these are and what they say.

    The day and the program that wrote the file change nothing.
    """
    said = "\n".join((batch.owner.organisation_number, *_vouchers(batch)))
    return sha256(said.encode()).hexdigest()[:12]


def transliterated(text: str) -> str:
    """Return a text in the letters of code page 437: "§ 41 – 2" becomes "par 41 - 2".

    A letter with a mark that the page lacks loses the mark; what has no likeness becomes "?".
    """
    return "".join(_nearest(letter) for letter in text.translate(INSTEAD))


def _codes(batch: Batch) -> Iterator[str]:
    codings = [entry.coding for voucher in batch.vouchers for entry in voucher.entries]
    for account, name in _named(batch, ACCOUNT, _used(codings, ACCOUNT)):
        yield f"#KONTO {account} {_text(name)}"
    for dimension, (number, title) in DIMENSIONS.items():
        if codes := _used(codings, dimension):
            yield f"#DIM {number} {_text(title)}"
            for code, name in _named(batch, dimension, codes):
                yield f"#OBJEKT {number} {_text(code)} {_text(name)}"


def _used(codings: list[CodingString], of: str) -> list[str]:
    return sorted({code for it in codings if (code := getattr(it, of))})


def _named(batch: Batch, of: str, codes: list[str]) -> Iterator[tuple[str, str]]:
    # A code without a name is the ledger's own: a made-up name might replace the one it has.
    names = batch.names.get(of, {})
    return ((code, names[code]) for code in codes if code in names)


def _vouchers(batch: Batch) -> Iterator[str]:
    for it in batch.vouchers:
        # Without a number of its own: the ledger gives it the next of its series.
        text = _text(f"{it.text}, bunt {batch.number}")
        yield f"#VER {_text(batch.series)} {_text('')} {_day(it.on)} {text}"
        yield "{"
        for entry in it.entries:
            amount = amounts.plain(entry.amount_ore)
            objects = _objects(entry.coding)
            yield (
                f"#TRANS {entry.coding.account} {{{objects}}} {amount} {_day(it.on)} "
                f"{_text(entry.text)}"
            )
        yield "}"


def _objects(coding: CodingString) -> str:
    codes = ((number, getattr(coding, of)) for of, (number, _) in DIMENSIONS.items())
    return " ".join(f"{number} {_text(code)}" for number, code in codes if code)


def _text(text: str) -> str:
    """Return a text as a field: between quotation marks, which protect spaces and braces too."""
    escaped = transliterated(text).replace('"', r"\"")
    return f'"{escaped}"'


def _day(on: date) -> str:
    return on.strftime("%Y%m%d")


def _nearest(letter: str) -> str:
    for candidate in (letter, *_without_marks(letter)):
        try:
            candidate.encode(ENCODING)
        except UnicodeEncodeError:
            continue
        return candidate
    return "?"


def _without_marks(letter: str) -> Iterator[str]:
    apart = unicodedata.normalize("NFKD", letter)
    yield "".join(it for it in apart if not unicodedata.combining(it))
