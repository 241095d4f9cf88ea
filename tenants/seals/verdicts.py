"""What can be wrong with a sealed log, and how it is told."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What has been done to the log."""

    ROW_CHANGED = "row_changed"
    ROW_DELETED = "row_deleted"
    ROW_ADDED = "row_added"
    ROW_OVERDUE = "row_overdue"
    ROWS_REORDERED = "rows_reordered"
    TAIL_CUT = "tail_cut"
    LEAVES_CHANGED = "leaves_changed"
    TREE_REBUILT = "tree_rebuilt"
    KEY_SWAPPED = "key_swapped"
    KEY_UNVOUCHED = "key_unvouched"
    SIGNATURE_BROKEN = "signature_broken"
    WITNESS_BROKEN = "witness_broken"
    UNREADABLE = "unreadable"


TEXTS = {
    Kind.ROW_CHANGED: "raden är ändrad",
    Kind.ROW_DELETED: "raden är borttagen",
    Kind.ROW_ADDED: "en rad är tillagd här",
    Kind.ROW_OVERDUE: "en rad är inte förseglad fast den är äldre än den som förseglades sist",
    Kind.ROWS_REORDERED: "raderna står i en annan ordning",
    Kind.TAIL_CUT: "härifrån saknas loggens slut",
    Kind.LEAVES_CHANGED: "rader och blad är ändrade: de ger inte det träd som är undertecknat",
    Kind.TREE_REBUILT: "trädet är byggt på nytt: det är ett annat än det som vittnet har kopierat",
    Kind.KEY_SWAPPED: "nyckeln är en annan än den som har undertecknat",
    Kind.KEY_UNVOUCHED: (
        "härifrån undertecknar en nyckel som ingen äldre går i god för; vet du att den är"
        " huvudmannens, pröva resten med --key"
    ),
    Kind.SIGNATURE_BROKEN: "kontrollpunkten är inte vad som undertecknades",
    Kind.WITNESS_BROKEN: "vittnets fil är skadad eller inte i ordning",
    Kind.UNREADABLE: "filen saknas eller kan inte läsas",
}

NO_WITNESS = (
    "inget vittne är jämfört. Att någon med nyckeln har skrivit om allt, eller tagit bort slutet,"
    " syns bara med --witness."
)


@dataclass(eq=False)
class Fault(Exception):
    """The first fault of a log: in which leaf, or between which two."""

    kind: Kind
    leaf: int
    until: int | None = None  # the first leaf that is known to be good; None: it is this leaf
    file: str = ""

    def __str__(self) -> str:
        """Tell it in Swedish."""
        place = f"Blad {self.leaf}"
        if self.until is not None and self.until > self.leaf + 1:
            place = f"Något av bladen {self.leaf}-{self.until - 1}"
        return f"{place}: {TEXTS[self.kind]}{f' ({self.file})' if self.file else ''}."


@dataclass(frozen=True)
class Report:
    """What was found of one log."""

    log: str
    leaves: int
    checkpoints: int  # of the export that were compared
    witnessed: int  # of witnesses that were compared
    unsealed: int  # rows that were too young to be sealed, and are not judged
    fault: Fault | None
