"""Measure the product beside stock yardsticks: `make bench`, or `make bench ONLY=inbox`.

Prints a table and writes `.samplan/bench.json`. What each figure means is in docs/bench.md.
"""

import argparse
import sys
from collections.abc import Callable

import databases
import results
from databases import Databases
from measures import audit, costs, directory, joining, pages, scale, sending, statements
from results import Result
from rich.console import Console

console = Console(highlight=False)
BENCHMARKS: dict[str, Callable[[Databases], list[Result]]] = {
    it.__name__: it
    for it in (
        pages.tenancy,
        pages.inbox,
        pages.case_json,
        pages.api,
        audit.audit,
        statements.queries,
        scale.worklist_scale,
        sending.send_visible,
        scale.join,
        scale.migrate_noop,
        joining.first_sign_in,
        joining.county_file,
        joining.readiness_board,
        directory.hsa_import,
        costs.allocation,
        costs.what_if,
    )
}


def main() -> int:
    """Run every benchmark, or the one that is named; 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=BENCHMARKS, help="run one benchmark")
    only = parser.parse_args().only
    found: list[Result] = []
    with databases.running(_tell) as made:
        for name in [only] if only else BENCHMARKS:
            _tell(name)
            found += BENCHMARKS[name](made)
    results.keep(found, beside=only is not None)
    results.show(found, console)
    return int(any(it.holds is False for it in found))


def _tell(what: str) -> None:
    console.print(f"[dim]{what} ...[/dim]")


if __name__ == "__main__":
    sys.exit(main())
