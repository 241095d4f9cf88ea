"""`samplan cost`: split a table of costs among the municipalities; needs no Django, no database."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer

from billing import amounts, population, runs, simulation, table
from billing.allocation import CannotAllocate
from billing.files import BadFile
from billing.methods import Basis
from billing.population import Population
from billing.simulation import CHOICES, Model
from billing.table import REGION, AllocatedTable, CostLine

T = TypeVar("T")
WRONG_VALUE = 2
AGAIN = "Fakturera inget efter den. Hämta uträkningen på nytt från sidan och räkna om."
HOW = (
    "Varje rad är fördelad för sig efter största rest, i hela ören; vid lika rest går öret till "
    "den lägsta kommunkoden."
)

app = typer.Typer(help="Fördela kostnader.", no_args_is_help=True, add_completion=False)

TableFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="TABLE.csv", help="Kostnadstabell: aktivitet;totalt;region;kommuner;anmärkning."
    ),
]
PopulationFile = Annotated[
    Path | None, typer.Option("--population", help="Folkmängd: kommunkod;kommun;folkmängd.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Skriv svaret som JSON.")]


class BadValue(Exception):
    """A value that cannot be; the message says in Swedish what to do."""


@dataclass(frozen=True)
class Question:
    """The lines of a table, and the municipalities that share what they pay together."""

    lines: tuple[CostLine, ...]
    population: Population

    @property
    def basis(self) -> Basis:
        """Return the municipalities and their inhabitants."""
        inhabitants = self.population.inhabitants
        return Basis(parties=tuple(inhabitants), population=inhabitants)

    def by(self, model: Model) -> AllocatedTable:
        """Return the table as a model splits it."""
        return table.allocate(self.lines, model.method_id, self.basis, model.parameters)

    def at_once_by(self, model: Model) -> dict[str, int]:
        """Return what each would pay if a model split the sum of the lines."""
        return table.allocate_at_once(self.lines, model.method_id, self.basis, model.parameters)

    def named(self, party: str) -> str:
        """Return a party as it is printed."""
        return "Regionen" if party == REGION else f"{party} {self.population.names[party]}"


@app.callback()
def cost() -> None:
    """Fördela en kostnadstabell mellan regionen och kommunerna, på öret."""


@app.command()
def allocate(
    table_file: TableFile = None,
    population_file: PopulationFile = None,
    method: Annotated[str, typer.Option(help=f"{CHOICES}.")] = "population",
    as_json: AsJson = False,
) -> None:
    """Fördela kommunernas del av varje rad."""

    def answer() -> str:
        model = simulation.model(method)
        question = _question(table_file, population_file)
        return (_allocated_json if as_json else _allocated_text)(question, model)

    _tell(answer)


@app.command()
def simulate(
    table_file: TableFile = None,
    population_file: PopulationFile = None,
    method: Annotated[
        list[str] | None, typer.Option(help=f"En gång för varje modell, två till fyra: {CHOICES}.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Jämför två till fyra modeller; skillnaden räknas mot den första."""

    def answer() -> str:
        names = method or ["population", "equal"]
        models = simulation.models(names)
        question = _question(table_file, population_file)
        return (_simulated_json if as_json else _simulated_text)(question, models)

    _tell(answer)


@app.command()
def verify(
    run: Annotated[
        Path | None, typer.Argument(metavar="RUN.json", help="Uträkningen, hämtad från sidan.")
    ] = None,
    expected: Annotated[
        str, typer.Option("--hash", help="Kontrollsumman i beslutet eller på pappret.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Räkna om en fördelning ur sitt eget underlag och jämför, utan databas."""
    if run is None:
        _refuse("RUN.json saknas. Ange filen med uträkningen.")
    try:
        record = json.loads(run.read_bytes())
        computed = runs.hash_of(runs.computed_again(record))
    except OSError:
        _refuse(f"{run} går inte att läsa. Kontrollera sökvägen.")
    except (ValueError, AttributeError):
        _refuse(f"{run} är ingen uträkning. Hämta den på nytt från sidan för fördelningen.")
    except (runs.BadRecord, CannotAllocate) as bad:
        _refuse(f"{run}: {bad}")
    kept = runs.hash_of(record)
    is_same = computed == kept and expected in {"", kept}
    if as_json:
        typer.echo(_dump({"hash": kept, "computed_hash": computed, "is_same": is_same}))
    elif is_same:
        typer.echo(f"Stämmer. SHA-256 {kept}")
    elif computed != kept:
        typer.echo(
            f"Stämmer inte: filen har {kept}, men underlaget ger {computed}. {AGAIN}", err=True
        )
    else:
        typer.echo(
            f"Stämmer inte: filen har {kept}, men beslutet har {expected}. {AGAIN}", err=True
        )
    raise typer.Exit(int(not is_same))


def _refuse(text: str) -> NoReturn:
    typer.echo(f"Fel: {text}", err=True)
    raise typer.Exit(WRONG_VALUE)


def _tell(answer: Callable[[], str]) -> None:
    """Print the whole answer, or what is wrong and nothing else."""
    try:
        text = answer()
    except (BadValue, CannotAllocate) as error:
        _refuse(str(error))
    typer.echo(text)


def _question(table_file: Path | None, population_file: Path | None) -> Question:
    if table_file is None:
        raise BadValue("TABLE.csv saknas. Ange filen med kostnadstabellen.")
    if population_file is None:
        raise BadValue("--population saknas. Ange filen med kommunernas folkmängd.")
    return Question(_read(table_file, table.read), _read(population_file, population.read))


def _read(path: Path, read: Callable[[bytes], T]) -> T:
    try:
        return read(path.read_bytes())
    except OSError:
        raise BadValue(f"{path} går inte att läsa. Kontrollera sökvägen.") from None
    except BadFile as error:
        raise BadValue(f"{path}: {error}") from None


def _allocated_text(question: Question, model: Model) -> str:
    allocated = question.by(model)
    lines = [
        (it.activity, "", "", "") if it.is_text else _sums(it.activity, it)
        for it in (allocated_line.line for allocated_line in allocated.lines)
    ]
    inhabitants = question.population.inhabitants
    shares = [
        (question.named(it), amounts.thousands(count), amounts.kronor(allocated.shares_ore[it]))
        for it, count in inhabitants.items()
    ]
    everybody = amounts.thousands(sum(inhabitants.values()))
    return "\n".join([
        *_columns([
            ("Aktivitet", "Totalt", "Region", "Kommuner"), *lines, _sums("Summa", allocated),
        ]),
        "",
        *(f"{it.line.activity}: {it.line.note}" for it in allocated.lines if it.line.note),
        "",
        f"Kommunernas del: {model.label_sv.lower()} ({model.method_id}).",
        "",
        *_columns([
            ("Kommun", "Folkmängd", "Kronor"),
            *shares,
            ("Summa", everybody, amounts.kronor(allocated.municipalities_ore)),
        ]),
        "",
        HOW,
        *_at_once_text(question, model, allocated),
    ])  # fmt: skip


def _sums(name: str, of: CostLine | AllocatedTable) -> tuple[str, ...]:
    several_ore = (of.total_ore, of.region_ore, of.municipalities_ore)
    return (name, *(amounts.kronor(it) for it in several_ore))


def _at_once_text(question: Question, model: Model, allocated: AllocatedTable) -> list[str]:
    differing = ", ".join(
        f"{question.named(party)} {amounts.kronor(share)}"
        for party, share in question.at_once_by(model).items()
        if share != allocated.shares_ore[party]
    )
    return [f"Fördelas summan i stället på en gång: {differing}."] if differing else []


def _simulated_text(question: Question, models: Sequence[Model]) -> str:
    outcomes = [question.by(model).shares_ore for model in models]
    inhabitants = question.population.inhabitants
    per_inhabitant = [simulation.per_inhabitant(it, inhabitants) for it in outcomes]
    head = [cell for model in models for cell in (model.name, "kr/inv", "skillnad")]
    rows = [
        [
            question.named(party),
            *(
                cell
                for shares, each in zip(outcomes, per_inhabitant, strict=True)
                for cell in (
                    amounts.kronor(shares[party]),
                    amounts.kronor(each[party]) if party in each else "",
                    amounts.kronor(shares[party] - outcomes[0][party]),
                )
            ),
        ]
        for party in outcomes[0]
    ]
    legend = [f"{it.name}: {it.label_sv.lower()} ({it.method_id})." for it in models]
    return "\n".join([*_columns([["Part", *head], *rows]), "", *legend, "", HOW])


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as text: the first column to the left, the amounts to the right."""
    names, *several = (max(map(len, column)) for column in zip(*rows, strict=True))
    return [
        "  ".join([
            row[0].ljust(names),
            *(cell.rjust(width) for cell, width in zip(row[1:], several, strict=True)),
        ]).rstrip()
        for row in rows
    ]  # fmt: skip


def _allocated_json(question: Question, model: Model) -> str:
    allocated = question.by(model)
    lines = [
        {
            "activity": it.line.activity,
            "note": it.line.note,
            "is_text": it.line.is_text,
            **_amounts_json(it.line, it.shares_ore),
        }
        for it in allocated.lines
    ]
    return _dump({
        "method": model.method_id,
        "parameters": model.parameters,
        **_amounts_json(allocated, allocated.shares_ore),
        "lines": lines,
    })  # fmt: skip


def _amounts_json(
    of: CostLine | AllocatedTable, shares_ore: Mapping[str, int]
) -> dict[str, object]:
    return {
        "total_ore": of.total_ore,
        "region_ore": of.region_ore,
        "municipalities_ore": of.municipalities_ore,
        "shares_ore": dict(shares_ore),
    }


def _simulated_json(question: Question, models: Sequence[Model]) -> str:
    outcomes = [question.by(model).shares_ore for model in models]
    return _dump({
        "models": [
            {
                "method": model.method_id,
                "parameters": model.parameters,
                "shares_ore": dict(shares),
                "per_inhabitant_ore": simulation.per_inhabitant(
                    shares, question.population.inhabitants
                ),
                "difference_ore": {it: shares[it] - outcomes[0][it] for it in shares},
            }
            for model, shares in zip(models, outcomes, strict=True)
        ]
    })  # fmt: skip


def _dump(answer: Mapping[str, object]) -> str:
    return json.dumps(answer, ensure_ascii=False, indent=2)


if __name__ == "__main__":
    app(prog_name="samplan cost")
