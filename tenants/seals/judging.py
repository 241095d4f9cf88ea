"""Judging an exported log: each row against its leaf, the tree against every checkpoint.

One pass, in memory that does not grow; where something is wrong, a second one tells what.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import IO

from tenants.seals import exported
from tenants.seals.exported import LEAVES, ROWS, UNSEALED, Export, Point
from tenants.seals.notes import VerifyingKey
from tenants.seals.tree import Range, leaf_hash
from tenants.seals.verdicts import Fault, Kind, Report

# A row may be committed later than it was recorded, and is sealed only then. Whatever is older than
# the last sealed one by more than this has been passed by.
OVERDUE = timedelta(hours=1)
STEP = 1 << 16  # leaves between two times that the progress is told
Tell = Callable[[str, int], object]


def judge(
    place: Path,
    *,
    witnesses: Sequence[Path] = (),
    known: Sequence[VerifyingKey] = (),
    tell: Tell = lambda *_: None,
) -> list[Report]:
    """Judge both logs of an export; a report names the first fault of its log.

    :param witnesses: files of checkpoints that were kept elsewhere
    :param known: keys that whoever judges vouches for, where an older one could not
    :param tell: called now and then, with the log and how many leaves have been read
    """
    try:
        export = exported.read(place, known=known)
    except Fault as fault:
        return [Report("", 0, 0, 0, 0, fault)]
    return [_Judge(export, log, tell).report(witnesses) for log in exported.LOGS]


class _Judge:
    """Reads one log, and keeps count of what has been found good."""

    def __init__(self, export: Export, log: str, tell: Tell) -> None:
        self.export, self.log, self.tell = export, log, tell
        self.whole = Range()
        self.checkpoints = self.witnessed = 0
        self.good = 0  # leaves up to the last checkpoint that agreed
        # Up to the last of a witness: whoever holds the key can let the export's own agree.
        self.attested = 0
        self.last = b""  # the row that was sealed last
        self.unsealed = 0

    def report(self, witnesses: Sequence[Path]) -> Report:
        """Judge the log."""
        found = None
        try:
            self._read(witnesses)
            self._refuse_overdue()
        except Fault as fault:
            found = fault
        return Report(
            self.log, self.whole.end, self.checkpoints, self.witnessed, self.unsealed, found
        )

    def _read(self, witnesses: Sequence[Path]) -> None:
        with ExitStack() as stack:
            points = self._points(witnesses, stack)
            rows = stack.enter_context(self.export.opened(self.log, ROWS))
            leaves = stack.enter_context(self.export.opened(self.log, LEAVES))
            point = next(points, None)
            while True:
                while point and point.size <= self.whole.end:
                    self._compare(point)
                    point = next(points, None)
                if not self._read_until(point, rows, leaves):
                    break
        self.tell(self.log, self.whole.end)
        if point:
            raise Fault(Kind.TAIL_CUT, self.whole.end, file=point.file)
        if self.good < self.whole.end:  # leaves that nobody has signed
            raise Fault(Kind.ROW_ADDED, self.good, file=f"{self.log}.{ROWS}")

    def _points(self, witnesses: Sequence[Path], stack: ExitStack) -> Iterator[Point]:
        streams = [exported.checkpoints(self.export, self.log)]
        streams += [exported.witnessed(self.export, self.log, it) for it in witnesses]
        opened = [stack.enter_context(closing(it)) for it in streams]
        return heapq.merge(*opened, key=attrgetter("size"))

    def _read_until(self, point: Point | None, rows: IO[bytes], leaves: IO[bytes]) -> bool:
        """Read rows up to a checkpoint; tell whether there was one at least."""
        whole, begun = self.whole, self.whole.end
        end = point.size if point else None
        while end is None or whole.end < end:
            row, leaf = rows.readline(), leaves.readline()
            if not row and not leaf:
                break
            found = leaf_hash(row[:-1])
            if leaf != b"%s\n" % found.hex().encode() or row[-1:] != b"\n":
                raise self._explained(whole.end, row, leaf)
            whole.append(found)
            self.last = row
            if not whole.end % STEP:
                self.tell(self.log, whole.end)
        return whole.end > begun

    def _refuse_overdue(self) -> None:
        """Let unsealed rows through that are young: held against the last one, by one clock."""
        with closing(exported.unsealed(self.export, self.log)) as unsealed:
            for at in unsealed:
                self.unsealed += 1
                if self.last and at + OVERDUE < self._last_at:
                    file = f"{self.log}.{UNSEALED}"
                    raise Fault(Kind.ROW_OVERDUE, self.whole.end, file=file)

    @cached_property
    def _last_at(self) -> datetime:
        return exported.recorded_at(self.last, file=f"{self.log}.{ROWS}")

    def _compare(self, point: Point) -> None:
        agrees = point.root == self.whole.root()
        if point.is_witness:
            if not agrees:
                raise Fault(Kind.TREE_REBUILT, self.attested, self.whole.end, file=point.file)
            self.attested = self.whole.end
            self.witnessed += 1
        else:
            if not agrees:
                raise Fault(Kind.LEAVES_CHANGED, self.good, self.whole.end, file=point.file)
            self.checkpoints += 1
        self.good = self.whole.end

    def _explained(self, place: int, row: bytes, leaf: bytes) -> Fault:
        """Tell what has been done where a row is not its leaf."""
        name = f"{self.log}.{ROWS}"
        if not row:
            return Fault(Kind.TAIL_CUT, place, file=name)
        if not leaf:
            return Fault(Kind.ROW_ADDED, place, file=name)
        hashed = b"%s\n" % leaf_hash(row.removesuffix(b"\n")).hex().encode()
        sealed_at = self._leaf_of(hashed)  # where the row that stands here was sealed
        is_there = self._has_row(leaf)  # whether the row that should stand here stands elsewhere
        if sealed_at is None:
            return Fault(Kind.ROW_ADDED if is_there else Kind.ROW_CHANGED, place, file=name)
        if not is_there:
            return Fault(Kind.ROW_DELETED, place, file=name)
        kind = Kind.ROW_ADDED if sealed_at < place else Kind.ROWS_REORDERED
        return Fault(kind, place, file=name)

    def _leaf_of(self, hashed: bytes) -> int | None:
        with self.export.opened(self.log, LEAVES) as leaves:
            return next((number for number, it in enumerate(leaves) if it == hashed), None)

    def _has_row(self, leaf: bytes) -> bool:
        wanted = leaf.strip().decode("ascii", "replace")
        with self.export.opened(self.log, ROWS) as rows:
            return any(leaf_hash(it.removesuffix(b"\n")).hex() == wanted for it in rows)
