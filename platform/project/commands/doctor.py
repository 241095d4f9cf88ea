"""`samplan doctor`: what is missing or wrong here, and how to mend it."""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from django.db import connection

from project import environment
from project.commands import setup

FAULTY = 1
OLDEST_PYTHON, OLDEST_POSTGRESQL = (3, 11), 16
SECONDS_APART, SECONDS_TO_WAIT = 2, 3
LOGINS = ("DATABASE_URL", "DATABASE_MIGRATOR_URL")
VENDOR = Path(__file__).resolve().parents[2] / "portal" / "static" / "portal" / "vendor"

# What tenants/sql/cluster.sql gives each role, and nothing beyond it.
ROLES = {
    "sp_migrator": {"rolcanlogin", "rolcreaterole"},
    "sp_party": set(),
    "sp_training": set(),
    "sp_registry": set(),
    "sp_app": {"rolcanlogin"},
    "sp_backup": {"rolcanlogin", "rolbypassrls"},
}
POWERS = (
    "rolcanlogin", "rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication"
)  # fmt: skip


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, with a line for each fault: what is wrong, what to do."""

    name: str
    faults: tuple[str, ...]


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Som JSON.")] = False) -> None:
    """Visa vad som saknas eller är fel här, och hur det lagas."""
    checks = examine()
    typer.echo(_as_json(checks) if as_json else _as_text(checks))
    if any(check.faults for check in checks):
        raise typer.Exit(FAULTY)


def examine() -> list[Check]:
    """Look at everything; what needs the database is left out where there is none."""
    checks = [
        _check("Python", python),
        _check("Filer till gränssnittet", assets),
        _check("Port", port),
        _check("Databas", database),
    ]
    if not checks[-1].faults:
        setup.django(migrating=True)
        checks += [
            _check("Roller", roles),
            _check("Klocka", clock),
            _check("Isolering", isolation),
            _check("Huvudmän", tenants),
            _check("Demoläge", demo),
        ]
    return checks


def python() -> Iterator[str]:
    """Tell of a Python that is too old."""
    if sys.version_info < OLDEST_PYTHON:
        yield f"Python {sys.version.split()[0]} är för gammal. Installera 3.11 eller senare."


def assets() -> Iterator[str]:
    """Tell of files of the interface, the typeface among them, that are missing or changed."""
    sums = VENDOR / "SHA256SUMS"
    if not sums.exists():
        yield "Typsnitt, ikoner och stilmallar saknas. Kör make assets."
        return
    for line in sums.read_text().splitlines():
        wanted, name = line.split(maxsplit=1)
        file = VENDOR / name
        if not file.exists():
            yield f"{name} saknas. Kör make assets."
        elif hashlib.sha256(file.read_bytes()).hexdigest() != wanted:
            yield f"{name} är ändrad. Ta bort {VENDOR} och kör make assets."


def port() -> Iterator[str]:
    """Tell of a port that another program holds; a free one and our own are both right."""
    number = os.environ.get("SAMPLAN_PORT", "8000")
    if not number.isdigit():
        yield f"SAMPLAN_PORT={number} är inget portnummer. Ange ett heltal, till exempel 8000."
    elif not _is_free_or_ours(int(number)):
        yield (
            f"Port {number} används av ett annat program. Stoppa det, eller välj en annan port med"
            " SAMPLAN_PORT."
        )


def database() -> Iterator[str]:
    """Tell of a login that does not reach the database, and of a database that is too old."""
    for name in LOGINS:
        try:
            with psycopg.connect(environment.text(name), connect_timeout=SECONDS_TO_WAIT) as login:
                version = login.info.server_version // 10_000
        except environment.Missing as missing:
            yield str(missing)
        except psycopg.Error as error:
            said = str(error).strip().partition("\n")[0]
            yield (
                f"Databasen kan inte nås med {name} ({said}). Kontrollera att PostgreSQL är igång"
                " och att adress, namn och lösenord stämmer."
            )
        else:
            if version < OLDEST_POSTGRESQL:
                yield (
                    f"PostgreSQL {version} är för gammal. Uppgradera till {OLDEST_POSTGRESQL} eller"
                    " senare."
                )


def roles() -> Iterator[str]:
    """Tell of roles that are missing, or that may do more or less than they shall."""
    rows = _ask(
        """SELECT rolname, ARRAY(SELECT key FROM jsonb_each(to_jsonb(r))
                                 WHERE key = ANY (%s) AND value = 'true')
           FROM pg_roles r WHERE rolname ^@ 'sp_'""",
        list(POWERS),
    )
    held = {name: set(powers) for name, powers in rows}
    for role, wanted in ROLES.items():
        if role not in held:
            yield f"Rollen {role} saknas. Låt databasadministratören köra tenants/sql/cluster.sql."
            continue
        for power in sorted(held[role] - wanted):
            yield f"Rollen {role} har {power} för mycket. Ta bort det med ALTER ROLE."
        for power in sorted(wanted - held[role]):
            yield f"Rollen {role} saknar {power}. Ge den det med ALTER ROLE."


def clock() -> Iterator[str]:
    """Tell of a clock that differs from the database's, whose time is the legal one."""
    before = datetime.now(UTC)
    ((theirs,),) = _ask("SELECT clock_timestamp()")
    after = datetime.now(UTC)
    apart = max((before - theirs).total_seconds(), (theirs - after).total_seconds())
    if apart > SECONDS_APART:
        yield (
            f"Datorns klocka och databasens skiljer {apart:.0f} sekunder. Ställ in"
            " tidssynkronisering (NTP) på båda."
        )


def isolation() -> Iterator[str]:
    """Tell of every fault in row-level security, rights and policies, as the catalogue has it."""
    from tenants import catalogue

    if not _has_registry():
        yield "Databasen är tom. Kör samplan tenant migrate."
        return
    yield from catalogue.faults()


def tenants() -> Iterator[str]:
    """Tell of huvudmän whose schemas are not in line with this version."""
    from tenants import migrating
    from tenants.models import Tenant

    if not _has_registry():
        return
    behind = Tenant.objects.exclude(fingerprint=migrating.fingerprint()).order_by("name_sort")
    for tenant in behind:
        yield f"{tenant.name} är inte uppgraderad. Kör samplan tenant migrate."


def demo() -> Iterator[str]:
    """Tell of a demo that others than this machine could reach."""
    from django.conf import settings

    from tenants.models import Domain

    if not (settings.DEMO and _has_registry()):
        return
    for domain in Domain.objects.exclude(domain__endswith=".localhost").order_by("domain"):
        yield (
            f"SAMPLAN_DEMO=1 tillåter bara värdnamn under .localhost, och {domain} är ett annat."
            " Stäng av demoläget, eller ta bort värdnamnet."
        )


def _check(name: str, look: Callable[[], Iterator[str]]) -> Check:
    return Check(name, tuple(look()))


def _is_free_or_ours(number: int) -> bool:
    served = HTTPConnection("127.0.0.1", number, timeout=SECONDS_TO_WAIT)
    try:
        served.request("GET", "/", headers={"Host": "localhost"})
        return b"Samplan" in served.getresponse().read()
    except ConnectionRefusedError:
        return True
    except (OSError, HTTPException):
        return False
    finally:
        served.close()


def _has_registry() -> bool:
    ((there,),) = _ask("SELECT to_regclass('public.tenants_tenant') IS NOT NULL")
    return bool(there)


def _ask(query: str, *values: list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _as_text(checks: list[Check]) -> str:
    lines: list[str] = []
    for check in checks:
        lines.append(f"{'fel' if check.faults else 'ok '}  {check.name}")
        lines += [f"     {fault}" for fault in check.faults]
    wrong = sum(len(check.faults) for check in checks)
    return "\n".join([*lines, "", f"{wrong} fel att laga." if wrong else "Allt är i ordning."])


def _as_json(checks: list[Check]) -> str:
    return json.dumps(
        {
            "is_well": not any(check.faults for check in checks),
            "checks": [{"name": check.name, "faults": list(check.faults)} for check in checks],
        },
        ensure_ascii=False,
        indent=2,
    )
