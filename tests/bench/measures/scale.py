"""What more huvudmän cost: the worklist beside itself, joining, migrating."""

from statistics import median

import pairs
from databases import CELL, COUNTY, LARGE, Databases
from pairs import Doing
from results import Result

ROUNDS = 41
JOINING = 3
SWEDEN = 311  # regions and municipalities


def worklist_scale(databases: Databases) -> list[Result]:
    """Measure the same worklist among 50 huvudmän and 20,000 cases, and among 11 and 4,400."""
    databases.make_cell()
    found = pairs.rounds(
        {
            name: Doing(
                "project.settings", "subjects:worklist", ("b_region", databases.known.ward),
                databases.environment(name),
            )
            for name in (COUNTY, CELL)
        },
        count=ROUNDS,
    )  # fmt: skip
    ratio = pairs.middle(found, lambda it: it[CELL] / it[COUNTY])
    what = "worklist of a unit with 100 open cases, 50 huvudmän and 20,000 cases over 11 and 4,400"
    return [
        Result("worklist_scale", f"{what}: CPU", ratio.cpu, "×", 1.10),
        Result("worklist_scale_wall", "the same by the clock", ratio.wall, "×"),
    ]


def join(databases: Databases) -> list[Result]:
    """Measure how long a huvudman takes to join: schema, tables, role, policies, registry."""
    databases.make_cell()
    seconds = databases.step("join", LARGE, JOINING, database=CELL)
    what = f"a huvudman joins {LARGE} others: registry, schema, tables, role, policies"
    return [Result("join", f"{what} (median of {JOINING}, by the clock)", median(seconds), "s", 2)]


def migrate_noop(databases: Databases) -> list[Result]:
    """Measure a deployment with nothing to migrate, for as many huvudmän as Sweden has."""
    databases.make_cell()
    real = databases.step("enter_others", SWEDEN, database=CELL)
    seconds = databases.step("migrate", database=CELL)
    what = (
        f"no-op migration of {SWEDEN} huvudmän, {real} with a schema, {SWEDEN - real} rows of the"
    )
    return [Result("migrate_noop", f"{what} registry with its fingerprint", seconds, "s", 10)]
