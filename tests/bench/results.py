"""What a benchmark has found: the table on the terminal and the file that is kept."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

FILE = Path(__file__).resolve().parents[2] / ".samplan" / "bench.json"


@dataclass(frozen=True)
class Result:
    """One figure; without a goal it stands beside one that has a goal."""

    id: str
    what: str
    value: float
    unit: str
    goal: float | None = None

    @property
    def holds(self) -> bool | None:
        """Tell whether the figure is within its goal; None where there is none."""
        return None if self.goal is None else self.value <= self.goal


def keep(results: Iterable[Result], *, beside: bool) -> None:
    """Write the figures.

    :param beside: let those of benchmarks that were not run stay
    """
    new = {it.id: {**asdict(it), "value": round(it.value, 4), "holds": it.holds} for it in results}
    old = {it["id"]: it for it in json.loads(FILE.read_text())} if beside and FILE.exists() else {}
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(list((old | new).values()), ensure_ascii=False, indent=2) + "\n")


def show(results: Iterable[Result], console: Console) -> None:
    """Print the figures as a table."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("what", overflow="fold")
    for heading in ("measured", "goal"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("holds", no_wrap=True)
    for it in results:
        table.add_row(
            f"[bold]{it.id}[/bold]  {it.what}",
            f"{it.value:.3g} {it.unit}",
            "" if it.goal is None else f"≤ {it.goal:g}",
            {True: "[green]yes[/green]", False: "[red]no[/red]", None: ""}[it.holds],
        )
    console.print(table)
