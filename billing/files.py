"""Tables from files: CSV in UTF-8, with or without a byte order mark, with semicolons."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LARGEST = 5_000_000  # bytes: far more than every municipality or every line of a budget
ADVICE = "Spara filen som CSV UTF-8 med semikolon mellan fälten."


class BadFile(Exception):
    """A file that cannot be read; the message is Swedish, names the line and what to do."""

    def __init__(self, text: str, *, line: int | None = None) -> None:
        super().__init__(text if line is None else f"rad {line}: {text}")
        self.line = line


@dataclass(frozen=True)
class Row:
    """Rad: the cells of a line of a file, by their columns, without spaces around them."""

    line: int
    cells: dict[str, str]

    def refuse(self, text: str) -> BadFile:
        """Return the verdict on this line, to be raised."""
        return BadFile(text, line=self.line)


def rows(content: bytes, columns: Sequence[str]) -> Iterator[Row]:
    """Give the rows below the head; empty ones are passed over, a short one has empty cells.

    :raises BadFile: if the file is too large, no text, lacks a column or has a field too many
    """
    reader = csv.reader(io.StringIO(_text(content), newline=""), delimiter=";", strict=True)
    try:
        # Excel saves the empty columns too that somebody has once written in.
        head = ";".join(cell.strip().lower() for cell in next(reader, [])).rstrip(";").split(";")
        _refuse_other_head(head, columns)
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped[len(head) :]):
                raise BadFile(
                    f"raden har fler fält än rubrikens {len(head)}. Ta bort det semikolon som är "
                    f"för mycket.",
                    line=reader.line_num,
                )
            if any(stripped):
                padded = stripped + [""] * (len(head) - len(stripped))
                yield Row(reader.line_num, dict(zip(head, padded, strict=False)))
    except csv.Error:
        raise BadFile(
            "raden går inte att dela i fält: citattecken hör inte ihop, eller ett fält är för "
            "långt. Rätta raden.",
            line=reader.line_num,
        ) from None


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise BadFile(
            f"Filen är större än {LARGEST // 1_000_000} MB. Ta bort det som inte hör dit."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile(f"Filen är inte i UTF-8. {ADVICE}") from None
    if "\0" in text:
        raise BadFile(f"Filen är ingen text. {ADVICE}")
    return text


def _refuse_other_head(head: Sequence[str], columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in head]
    if missing or len(set(head)) < len(head):
        raise BadFile(
            f"rubriken ska vara {';'.join(columns)}"
            + (f", men {', '.join(missing)} saknas. " if missing else ", en gång var. ")
            + ADVICE,
            line=1,
        )
