"""How long a message is on its way, with the loop running."""

import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles

from databases import CELL, LARGE, Databases
from results import Result

MESSAGES = 50
LOOP = Path(sys.executable).parent / "samplan"


def send_visible(databases: Databases) -> list[Result]:
    """Measure from the commit at the sender until the receiver's worklist tells of it."""
    databases.make_cell()
    loop = subprocess.Popen([LOOP, "work"], env=databases.environment(CELL))
    try:
        seconds = databases.step("send", MESSAGES, database=CELL)
    finally:
        loop.terminate()
        loop.wait()
    what = f"sent until visible in the receiver's worklist, {MESSAGES} messages, {LARGE} huvudmän"
    return [
        Result("send_visible", f"{what}: p99", quantiles(seconds, n=100)[98], "s", 2),
        Result("send_visible_median", "the same: median", median(seconds), "s"),
    ]
