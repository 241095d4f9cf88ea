"""`samplan case`: the open cases of an old system are imported, reconciled each day, cut over."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from project.commands import setup
from project.commands.operator import operator

if TYPE_CHECKING:
    from care.discharge.takeover.importing import Report
    from care.discharge.takeover.reconciling import Result
    from care.identity.actors import Actor

DIFFERENT, WRONG = 1, 2

app = typer.Typer(no_args_is_help=True, add_completion=False)
Schema = Annotated[str, typer.Option(help="Regionens schema, till exempel t_regionjh.")]
System = Annotated[str, typer.Option(help="Vad det gamla systemet heter, till exempel Meddix.")]
File = Annotated[Path, typer.Argument(metavar="FIL.csv", help="Det gamla systemets ärenden.")]


class Form(StrEnum):
    """How a comparison is written."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"


@app.callback()
def case() -> None:
    """Öppna ärenden från ett gammalt system: läs in, stäm av varje dag, gå över."""


@app.command("import")
def import_cases(
    schema: Schema,
    system: System,
    file: File,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Visa bara rapporten.")] = False,
) -> None:
    """Läs in öppna ärenden. Är någon rad fel så läses ingenting in."""
    with _acting(schema) as (actor, at):
        from care.discharge.takeover import importing

        content = _content(file)
        try:
            report = importing.import_cases(
                actor=actor, system=system, content=content, dry_run=dry_run, at=at
            )
        except (importing.BadFile, importing.Refused) as problem:
            _refuse(str(problem))
        _tell(report)


@app.command("reconcile")
def reconcile_cases(
    schema: Schema,
    system: System,
    file: File,
    form: Annotated[Form, typer.Option("--format", help="Hur avstämningen skrivs.")] = Form.TEXT,
) -> None:
    """Stäm av det gamla systemets ärenden mot våra. Slutar med 1 om något skiljer sig."""
    with _acting(schema) as (actor, at):
        from care.discharge.takeover import importing, reconciling

        content = _content(file)
        try:
            result = reconciling.reconcile(actor=actor, system=system, content=content, at=at)
        except (importing.BadFile, importing.Refused) as problem:
            _refuse(str(problem))
        if form is Form.JSON:
            typer.echo(reconciling.as_json(result))
        elif form is Form.CSV and not result.faults:
            typer.echo(reconciling.as_csv(result), nl=False)
        else:
            _tell_result(result)
        if result.faults:
            _refuse(
                "Filen har fel, så avstämningen är inte räknad. Rätta raderna och stäm av igen."
            )
        if not result.agrees:
            raise typer.Exit(DIFFERENT)


@app.command("days")
def days(schema: Schema, system: System) -> None:
    """Visa parallelldriften dag för dag."""
    with _acting(schema) as (actor, _):
        from care.discharge.takeover import importing, reconciling

        try:
            found = reconciling.days(actor=actor, system=system)
        except importing.Refused as problem:
            _refuse(str(problem))
        for day in found:
            counts = ", ".join(
                f"{label.lower()} {day.counts[match]}"
                for match, label in reconciling.MATCH_LABELS.items()
            )
            word = "stämmer" if day.agrees else "skiljer sig"
            typer.echo(f"{day.at:%Y-%m-%d} {word}: {counts}")
        if not found:
            typer.echo("Ingen avstämning är gjord än.")


@app.command("cut-over")
def cut_over(schema: Schema, system: System) -> None:
    """Gå över: lämna det gamla systemet. Kräver att dagens avstämning stämmer helt."""
    with _acting(schema) as (actor, at):
        from care.discharge.takeover import importing, leaving

        try:
            left = leaving.cut_over(actor=actor, system=system, at=at)
        except leaving.CannotLeave as problem:
            for reason in problem.reasons:
                typer.echo(reason, err=True)
            _refuse(f"Övergången från {system} är inte gjord. Ingenting är ändrat.")
        except importing.Refused as problem:
            _refuse(str(problem))
        typer.echo(
            f"Övergången från {left.system} är gjord: {left.counts.open_cases} öppna ärenden,"
            f" {left.counts.calls} med kallelse, {left.counts.estimates} med beräknad utskrivning."
        )


@contextmanager
def _acting(schema: str) -> Iterator[tuple["Actor", datetime]]:
    """Act for a huvudman as its operator, at the moment of now."""
    setup.django()
    from tenants import clock
    from tenants.context import acting_as
    from tenants.models import Tenant

    with acting_as("public"):
        if not Tenant.objects.filter(schema_name=schema).exists():
            _refuse(f"{schema} är inte ansluten. Se namnen med samplan tenant list.")
    with acting_as(schema):
        yield operator(schema, command="samplan case"), clock.moment()


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        _refuse("Filen går inte att läsa. Kontrollera sökvägen.")


def _tell(report: "Report") -> None:
    from care.discharge.takeover.importing import OUTCOME_LABELS

    for line in report.lines:
        if line.outcome != "unchanged":
            label = OUTCOME_LABELS[line.outcome]
            typer.echo(f"{label}: rad {line.line} {line.reference} {line.text}".rstrip())
    counts = ", ".join(
        f"{label.lower()} {len(report.of(outcome))}" for outcome, label in OUTCOME_LABELS.items()
    )
    typer.echo(f"Rader: {counts}.")
    if report.is_refused:
        _refuse("Ingenting är inläst. Rätta raderna ovan i filen och läs in den igen.")
    typer.echo("Inläst." if report.is_written else "Inget är ändrat ännu.")


def _tell_result(result: "Result") -> None:
    from care.discharge.takeover.reconciling import MATCH_LABELS, Match

    for fault in result.faults:
        typer.echo(f"Går inte: rad {fault.line} {fault.reference} {fault.text}")
    for case in result.cases:
        if case.match is Match.IN_BOTH:
            continue
        where = f"rad {case.line}" if case.line else f"ärende {case.case_id}"
        fields = "; ".join(
            f"{it.column}: {it.there or '–'} där, {it.here or '–'} här"
            if it.there or it.here
            else f"{it.column} skiljer sig"
            for it in case.differences
        )
        typer.echo(f"{MATCH_LABELS[case.match]}: {case.reference} {where} {fields}".rstrip())
    for match, label in MATCH_LABELS.items():
        typer.echo(f"{label}: {len(result.of(match))}")
    for label, there, here in (
        ("Öppna ärenden", result.there.open_cases, result.here.open_cases),
        ("Med kallelse", result.there.calls, result.here.calls),
        ("Med beräknad utskrivning", result.there.estimates, result.here.estimates),
    ):
        typer.echo(f"{label}: {there} där, {here} här")


def _refuse(text: str) -> NoReturn:
    typer.echo(f"Fel: {text}", err=True)
    raise typer.Exit(WRONG)
