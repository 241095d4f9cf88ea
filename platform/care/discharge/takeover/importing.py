"""Import of open cases from an old system: every fault first, then all of it or nothing.

A row that has been taken over is known by its number there. If it says something new, what has
been done there since is added with its own time; what contradicts our rows is left to a person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, transaction

from care.cases import operations as cases
from care.cases.operations import Doer
from care.discharge.models import CutOver, Reconciliation, TakenOverCase
from care.discharge.takeover import deeds, here, judging
from care.discharge.takeover.deeds import Source
from care.discharge.takeover.entries import Entry
from care.discharge.takeover.here import Here, Home
from care.discharge.takeover.judging import File
from care.discharge.takeover.reading import BadFile as BadFile
from care.discharge.takeover.reading import Fault
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.inbox import takeovers, terms
from care.inbox.takeovers import Told
from care.individuals import operations as individuals
from care.law.discharge import ACT_LABELS, Act
from care.sharing import access
from care.sharing.access import Case
from tenants import registry
from tenants.context import acting_for

LONGEST_NAME = 40
MEANWHILE = (
    "Någon annan läste in eller öppnade ärenden samtidigt. Ingenting är inläst. Läs in filen igen."
)


class Outcome(StrEnum):
    """Utfall: what an import does with one row."""

    REFUSED = "refused"
    ADDED = "added"
    CHANGED = "changed"
    TO_DECIDE = "to_decide"
    UNCHANGED = "unchanged"


OUTCOME_LABELS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.REFUSED: "Kan inte läsas in",
        Outcome.ADDED: "Nytt",
        Outcome.CHANGED: "Ändrat",
        Outcome.TO_DECIDE: "Att avgöra",
        Outcome.UNCHANGED: "Oförändrat",
    }
)


class Refused(Exception):
    """Nothing can be imported from this system; the text is Swedish and says what to do."""


@dataclass(frozen=True)
class Line:
    """Rad i rapporten: neither names nor personal numbers stand in it."""

    line: int
    reference: str
    outcome: Outcome
    text: str
    column: str = ""

    @property
    def subject(self) -> str:
        """Return what the line is about, as the reports of other imports call it."""
        return self.reference


@dataclass(frozen=True)
class Report:
    """Rapport: what an import would do, or has done."""

    lines: tuple[Line, ...]
    is_written: bool = False

    def of(self, outcome: Outcome) -> tuple[Line, ...]:
        """Return the lines with one outcome."""
        return tuple(it for it in self.lines if it.outcome is outcome)

    @property
    def is_refused(self) -> bool:
        """Tell whether a row was refused, so that nothing was written."""
        return bool(self.of(Outcome.REFUSED))


def import_cases(
    *, actor: Actor, system: str, content: bytes, dry_run: bool, at: datetime
) -> Report:
    """Take over the open cases of an old system; a dry run gives the same report and no more.

    The huvudman acted for leads the cases; the others get theirs by letter. What a case was there
    is recorded with the times that it had there.

    :param system: what the old system is called, such as Meddix
    :raises BadFile: if the file cannot be read
    :raises Refused: if the system has been left, or somebody else imports at the same time
    :raises access.NotAllowed: if the actor may not
    """
    access.refuse_unless(actor, Permission.TAKE_OVER_CASES)
    system = known_name(system)
    refuse_after_cut_over(system)
    file = judging.judged(content, home=acting_for(), at=at)
    try:
        with transaction.atomic():
            return _imported(actor, system, file, dry_run=dry_run, at=at)
    except IntegrityError as error:
        if "taken_over_once" not in str(error):
            raise
        raise Refused(MEANWHILE) from None
    except cases.IndividualHasOpenCase:
        raise Refused(MEANWHILE) from None


def known_name(system: str) -> str:
    """Return the name by which a system is known here, however it is spelt this time."""
    name = " ".join(system.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused(f"Ange vad det gamla systemet heter, med högst {LONGEST_NAME} tecken.")
    for rows in (CutOver.objects, TakenOverCase.objects, Reconciliation.objects):
        known = rows.filter(system__iexact=name).values_list("system", flat=True).first()
        if known:
            return str(known)
    return name


def refuse_after_cut_over(system: str) -> None:
    """Refuse what comes from a system that has been left.

    :raises Refused: if it has
    """
    if CutOver.objects.filter(system=system).exists():
        raise Refused(
            f"Övergången från {system} är gjord. Därifrån läses inget mer in: arbeta vidare här."
        )


def refused_lines(faults: Iterable[Fault]) -> list[Line]:
    """Return faults as lines of a report."""
    return [Line(it.line, it.reference, Outcome.REFUSED, it.text, it.column) for it in faults]


def _imported(actor: Actor, system: str, file: File, *, dry_run: bool, at: datetime) -> Report:
    home = here.look(actor=actor, permission=Permission.TAKE_OVER_CASES, system=system, at=at)
    lines = refused_lines([*file.faults, *judging.against(home, file, system=system)])
    refused = {it.line for it in lines}
    source = Source(system, _codes(), at)
    work = [_Work(entry, home, file, source) for entry in file.entries if entry.is_open]
    for it in work:
        if it.entry.line not in refused:
            lines += it.lines()
    lines += [
        Line(it.line, it.reference, Outcome.UNCHANGED, "")
        for it in file.entries
        if not it.is_open and it.line not in refused
    ]
    lines.sort(key=lambda it: it.line)
    is_written = not dry_run and not refused
    if is_written:
        _write(actor, [it for it in work if it.has_something], source)
    return Report(tuple(lines), is_written=is_written)


class _Work:
    """What is to be done with one row."""

    def __init__(self, entry: Entry, home: Home, file: File, source: Source) -> None:
        self.entry = entry
        self.known = home.references.get(entry.reference)
        self.here = home.of(entry.reference)
        self.hash = deeds.row_hash(file.rows[entry.line])
        self.is_same = self.known is not None and self.known.row_hash == self.hash
        self.sent = [] if self.is_same else list(deeds.deeds_of(entry, source))
        self.new: list[Told] = []
        self.left: tuple[str, ...] = ()
        if self.here and not self.is_same:
            self._compare(self.here, source)

    @property
    def has_something(self) -> bool:
        """Tell whether the row leads to anything that is written."""
        return not self.is_same and (self.known is None or self.here is not None)

    def lines(self) -> list[Line]:
        """Return what the report says of the row."""
        if self.known is None:
            acts = ", ".join(ACT_LABELS[it.act].lower() for it in self.sent)
            return [self._line(Outcome.ADDED, f"Läses in med: {acts}.")]
        if self.is_same:
            return [self._line(Outcome.UNCHANGED, "")]
        if self.here is None:
            return [
                self._line(Outcome.TO_DECIDE, "Raden är ändrad där, men ärendet är avslutat här.")
            ]
        told = []
        if self.new:
            acts = ", ".join(ACT_LABELS[it.act].lower() for it in self.new)
            told.append(self._line(Outcome.CHANGED, f"Nytt sedan sist: {acts}."))
        elif not self.left:
            told.append(self._line(Outcome.CHANGED, "Kvittenser och uppgifter utan tidpunkt."))
        if self.left:
            told.append(
                self._line(
                    Outcome.TO_DECIDE,
                    f"Skiljer sig från ärendet här: {', '.join(self.left)}. Läses inte in: avgör"
                    " vilket som stämmer, och rätta i ärendet eller i det gamla systemet.",
                )
            )
        return told

    def _compare(self, known: Here, source: Source) -> None:
        """Find what has been done there since, and what contradicts what is here."""
        facts = known.facts
        explained: set[str] = set()
        for deed in self.sent:
            if deed.act in known.by_hand or not deeds.is_later(deed, known.latest.get(deed.act)):
                continue
            if deeds.fits(deed, facts):
                self.new.append(deed)
                facts = (*facts, deeds.fact_of(deed))
                explained |= set(deeds.TELLS.get(deed.act, ()))
        differing = known.differs_from(deeds.values_of(self.entry))
        if "beräknad_utskrivning" in differing and known.is_estimated_there:
            self.new.append(deeds.revision(self.entry, source))
            explained |= set(deeds.TELLS[Act.REVISE_EXPECTED_DISCHARGE])
        self.left = tuple(it for it in differing if it not in explained)
        # What is here already goes along for its receipts.
        same = [
            it
            for it in self.sent
            if it.act not in known.by_hand and known.latest.get(it.act) == it.sent_at
        ]
        self.sent = [*same, *self.new]

    def _line(self, outcome: Outcome, text: str) -> Line:
        return Line(self.entry.line, self.entry.reference, outcome, text)


def _write(actor: Actor, work: Sequence[_Work], source: Source) -> None:
    """Write what is to be done; whoever has left goes first, and may have come back since."""
    written = []
    agreed = _Agreed(source)
    for it in sorted(work, key=lambda it: "utskriven" not in it.entry.times):
        if it.known is None:
            case = _opened(actor, it.entry, source, agreed)
        else:
            locked = access.own_case(it.known.common_id)
            assert locked is not None
            case = locked
        takeovers.take_over(case, it.sent, system=source.system, at=source.at)
        _remember(it, case, source)
        written.append(case.common_id)
    if written:
        access.log(actor=actor, owner=actor.tenant, activity="write", common_ids=written,
                   rows=len(written), at=source.at)  # fmt: skip


def _opened(actor: Actor, entry: Entry, source: Source, agreed: "_Agreed") -> Case:
    return cases.open_case(
        individual=individuals.know(
            replace(individuals.completed(entry.person), protected_at=source.at.isoformat())
        ),
        unit_id=entry.ward.hsa_id,
        variant=entry.variant,
        terms=agreed.terms(entry.person.registered_municipality),
        by=Doer(
            acting_for(),
            entry.ward.hsa_id,
            source.system,
            "",
            actor.assignment_id,
            actor.staff_id,
            entry.ward.kind,
        ),
        body={
            "admitted_at": entry.times["inskriven"].isoformat(),
            takeovers.TAKEN_OVER: deeds.origin(entry, source),
        },
        at=deeds.opened_at(entry),
    )


def _remember(it: _Work, case: Case, source: Source) -> None:
    """Keep which case an old number is; a row of which something is left is looked at again."""
    said = "" if it.left else it.hash
    if it.known is None:
        TakenOverCase.objects.create(
            system=source.system,
            reference=it.entry.reference,
            common_id=case.common_id,
            row_hash=said,
            first_at=source.at,
            latest_at=source.at,
        )
    else:
        TakenOverCase.objects.filter(pk=it.known.pk).update(row_hash=said, latest_at=source.at)


class _Agreed:
    """The terms that hold with each municipality, asked once for each."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.schemas = {code: schema for schema, code in source.codes.items()}
        self.known: dict[str, dict[str, Any]] = {}

    def terms(self, municipality: str) -> dict[str, Any]:
        """Return the terms with a municipality; the Act's own where it has not joined."""
        if municipality not in self.known:
            other = self.schemas.get(municipality, acting_for())
            found = terms.between(acting_for(), other, at=self.source.at)
            self.known[municipality] = found.to_json()
        return self.known[municipality]


def _codes() -> dict[str, str]:
    """Return the municipality code of every huvudman that has one, by schema."""
    rows = registry.kin().values_list("schema_name", "municipality_code")
    return {schema: code for schema, code in rows if code}
