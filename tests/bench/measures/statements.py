"""How many SQL statements a page sends."""

import json
import subprocess
import sys

from databases import HERE, Databases
from results import Result

DATA = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


def queries(databases: Databases) -> list[Result]:
    """Count what the worklist and the page of a case send to the database."""
    known = databases.known
    return [
        *_counted(databases, "queries_worklist", "worklist page", "/", goal=6),
        *_counted(databases, "queries_case", "page of a case across 3 huvudmän",
                  f"/cases/{known.case}"),
    ]  # fmt: skip


def _counted(
    databases: Databases, name: str, what: str, path: str, *, goal: int | None = None
) -> list[Result]:
    told = subprocess.run(
        [sys.executable, HERE / "statements.py", path, databases.known.cookie],
        env=databases.environment(), stdout=subprocess.PIPE, check=True, text=True,
    )  # fmt: skip
    sent = json.loads(told.stdout)
    data = [it for it in sent if it.startswith(DATA)]
    text = f"{what}: statements on rows ({len(sent) - len(data)} more set role and path)"
    return [Result(name, text, len(data), "", goal)]
