"""The databases that are measured, made as in production: migrated by one login, filled by another.

`county`: a region and ten municipalities, 4,400 cases. `cell`: the same county grown to 50 huvudmän
and 20,000 cases. Beside the county's schemas stands one for the stock projects, with the same rows.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from infra.dev import postgres

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COUNTY, CELL, FRESH = "county", "cell", "fresh"
SMALL, LARGE = 11, 50  # huvudmän
WARDS, MORE_WARDS = 11, 39  # with 400 cases each
TABLES = ("individuals_individual", "cases_case", "inbox_worklistrow")


@dataclass(frozen=True)
class Known:
    """What the pages that are measured are about."""

    case: str
    individual: str
    inbox: str  # the unit with fifty cases
    ward: str  # one of those with 400
    token: str

    @property
    def cookie(self) -> str:
        """Return what the browser of the ward's nurse sends."""
        return f"__Host-samplan_session={self.token}"


class Databases:
    """A running server with both databases."""

    def __init__(self, superuser: str, static: Path, tell: Callable[[str], object]) -> None:
        self._superuser = superuser
        self._static = static
        self._secret = token_urlsafe(50)
        tell("registry and 11 huvudmän")
        self._urls = {COUNTY: postgres.prepare(superuser, name=COUNTY, passwords={})}
        self.step("join", 0, SMALL)
        tell("a case across three huvudmän, an inbox, 4,400 cases")
        self.known = Known(**self.step("play", SMALL - 1, WARDS))
        self._collect_static()
        self._tell = tell
        self._has_yardstick = self._has_cell = False

    def make_yardstick(self) -> None:
        """Copy the rows of the inbox to a schema for the stock projects, with its indexes, once."""
        if self._has_yardstick:
            return
        with psycopg.connect(self._superuser, dbname=COUNTY, autocommit=True) as admin:
            admin.execute("CREATE ROLE yardstick LOGIN")
            admin.execute("CREATE SCHEMA yardstick")
            for table in TABLES:
                names = {"table": sql.Identifier(table), "unit": self.known.inbox}
                admin.execute(
                    sql.SQL(
                        "CREATE TABLE yardstick.{table} (LIKE b_region.{table} INCLUDING ALL)"
                    ).format(**names)
                )
                admin.execute(
                    sql.SQL(
                        "INSERT INTO yardstick.{table} OVERRIDING SYSTEM VALUE"
                        " SELECT * FROM b_region.{table}"
                    ).format(**names)
                )
            self.step("registry", settings="yardstick.stock", user="postgres")
            for schema in ("yardstick", "public"):
                admin.execute(
                    sql.SQL("GRANT USAGE ON SCHEMA {} TO yardstick").format(sql.Identifier(schema))
                )
            admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA yardstick TO yardstick")
            admin.execute(
                "GRANT SELECT ON public.registry_tenant, public.registry_domain TO yardstick"
            )
        self.tidy(COUNTY)
        self._has_yardstick = True

    def make_cell(self) -> None:
        """Grow a copy of the county to a whole cell, once."""
        if self._has_cell:
            return
        self._tell("50 huvudmän and 20,000 cases")
        with psycopg.connect(self._superuser, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {CELL} OWNER sp_migrator TEMPLATE {COUNTY}")
        self._urls[CELL] = postgres.prepare(self._superuser, name=CELL, passwords={})
        self.step("join", SMALL, LARGE - SMALL, database=CELL)
        self.step("grow", SMALL - 1, LARGE - SMALL, WARDS, MORE_WARDS, database=CELL)
        self.tidy(CELL)
        self._has_cell = True

    def make_fresh(self) -> None:
        """Make a database that nobody has joined."""
        self._urls[FRESH] = postgres.prepare(self._superuser, name=FRESH, passwords={})

    def tidy(self, database: str) -> None:
        """Let the planner know the rows, as it does in production after a night."""
        with psycopg.connect(self._superuser, dbname=database, autocommit=True) as admin:
            admin.execute("VACUUM ANALYZE")

    def environment(self, database: str = COUNTY, *, user: str = "yardstick") -> dict[str, str]:
        """Return the environment of a process of the application, and of the stock projects."""
        urls = self._urls[database]
        return {
            **{it: value for it, value in os.environ.items() if not it.startswith("SAMPLAN_")},
            "DATABASE_URL": urls["sp_app"],
            "DATABASE_MIGRATOR_URL": urls["sp_migrator"],
            "YARDSTICK_URL": make_conninfo(self._superuser, dbname=database, user=user),
            "SAMPLAN_SECRET_KEY": self._secret,
            "BENCH_STATIC": str(self._static),
            "SAMPLAN_SEAL_KEYS": str(self._static.parent / "keys"),
            "SAMPLAN_CHECKPOINTS": str(self._static.parent / "checkpoints"),
        }

    def step(
        self,
        name: str,
        *arguments: int,
        database: str = COUNTY,
        settings: str = "project.settings",
        user: str = "yardstick",
    ) -> Any:
        """Do one step of `making.py`, as the login that it needs."""
        environment = self.environment(database, user=user) | {"DJANGO_SETTINGS_MODULE": settings}
        if name in ("join", "enter_others", "migrate"):
            environment["SAMPLAN_MIGRATING"] = "1"
        done = subprocess.run(
            [sys.executable, HERE / "making.py", name, *map(str, arguments)],
            env=environment, stdout=subprocess.PIPE, check=True, text=True,
        )  # fmt: skip
        return json.loads(done.stdout.splitlines()[-1])

    def _collect_static(self) -> None:
        subprocess.run(
            [sys.executable, ROOT / "platform" / "manage.py", "collectstatic", "--no-input",
             "--verbosity", "0"],
            env=self.environment() | {"DJANGO_SETTINGS_MODULE": "ours.whole",
                                      "PYTHONPATH": str(HERE)},
            check=True,
        )  # fmt: skip


@contextmanager
def running(tell: Callable[[str], object]) -> Iterator[Databases]:
    """Start a server of one's own, which nobody else's load or rows are on."""
    os.environ.pop("DATABASE_URL", None)
    with TemporaryDirectory(prefix="samplan-bench-") as place:
        Path(place).chmod(0o755)  # PostgreSQL does not run as root
        with postgres.running(Path(place) / "postgres") as url:
            yield Databases(url, Path(place) / "static", tell)
