"""Reading a batch of HSA: a region's 20,000 assignments at 5,000 units, and the same once more."""

from databases import Databases
from results import Result

UNITS, ASSIGNMENTS = 5_000, 20_000


def hsa_import(databases: Databases) -> list[Result]:
    """Measure the first import of a region's batch, and that the second one changes nothing."""
    first, again, changes = databases.step("read_hsa", UNITS, ASSIGNMENTS)
    what = f"a batch of HSA with {ASSIGNMENTS} assignments at {UNITS} units, read and compared"
    return [
        Result("hsa_import", f"{what}, written", first, "s", 60),
        Result("hsa_import_again", f"{what} once more", again, "s", 60),
        Result("hsa_import_changes", "what the second time changes", changes, "rows", 0),
    ]
