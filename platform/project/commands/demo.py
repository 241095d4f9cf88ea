"""`samplan demo`: everything that a visitor needs, on this machine; what `make demo` calls."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from urllib.request import Request, urlopen

import psycopg
import typer
from psycopg import sql
from rich import box
from rich.console import Console
from rich.table import Table

from project.commands import setup

BIN = Path(sys.executable).parent
console = Console(highlight=False)


def demo(
    people: Annotated[int, typer.Option(min=6, help="Hur många av de 51 testpersonerna.")] = 51,
) -> None:
    """Migrera, fyll och servera demolänet. Ctrl-C stoppar allt som startades."""
    port = int(os.environ.get("SAMPLAN_PORT", "8000"))
    os.environ["SAMPLAN_DEMO"] = "1"
    os.environ.setdefault("SAMPLAN_CLOCK_OFFSET_FILE", str(Path(".samplan/clock").resolve()))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    started = time.monotonic()
    with _step("Databasen och huvudmännen"):
        _migrate()
    if os.environ.get("SAMPLAN_KEYCLOAK_URL"):
        with _step("Inloggningen i Keycloak"):
            _bring_keycloak_in_line()
    with _step("Sidornas filer"):
        _collect_static()
    if not _is_filled():
        with _step("Demolänets ärenden"):
            _run("seed", "--people", str(people))
        with _step("Övningsmiljön"):
            _add_training()
    with _served(port):
        _wait_for(port)
        _greet(port, time.monotonic() - started)
        signal.pause()


def _migrate() -> None:
    setup.django(migrating=True)
    from project.demo.county import COUNTY, HUVUDMAN
    from tenants import joining, migrating

    migrating.migrate_public()
    for huvudman in HUVUDMAN:
        joining.join(
            joining.Newcomer(
                schema_name=huvudman.schema,
                name=huvudman.name,
                kind=huvudman.kind,
                organisation_number=huvudman.organisation_number,
                county_code=COUNTY,
                municipality_code=huvudman.municipality_code,
                domain=huvudman.host,
            )
        )


def _bring_keycloak_in_line() -> None:
    from project.commands import keycloak
    from tenants.models import Domain

    hosts = Domain.objects.order_by("domain").values_list("domain", flat=True)
    keycloak.bring_in_line(hosts=hosts, check=False, simulated=True)


def _add_training() -> None:
    """Let Krokom and the region practise too; `samplan work` fills their training huvudmän."""
    from care.identity import mirroring as staff
    from project.demo.county import KROKOM
    from tenants import clock, mirroring

    for it in mirroring.mirror(of=KROKOM.schema, at=clock.moment()):
        staff.copy_staff(real=it.real, training=it.tenant.schema_name)


def _is_filled() -> bool:
    """Tell whether the region has units already, asked as the application."""
    from project.demo.county import REGION

    with psycopg.connect(os.environ["DATABASE_URL"]) as session:
        session.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(REGION.schema)))
        return session.execute("SELECT FROM tenants_unit LIMIT 1").fetchone() is not None


def _collect_static() -> None:
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def _run(*words: str) -> None:
    # A demo that is being filled can be filled again, so no commit waits for the disk.
    options = {"PGOPTIONS": "-c synchronous_commit=off"}
    subprocess.run([BIN / "samplan", *words], check=True, env=_as_application() | options)


def _as_application() -> dict[str, str]:
    """Return the environment of a process that serves: it is not the migrator."""
    return {key: value for key, value in os.environ.items() if key != "SAMPLAN_MIGRATING"}


@contextmanager
def _served(port: int) -> Iterator[None]:
    """Run the web server and the background loop, and stop both at the end."""
    bind = os.environ.get("SAMPLAN_BIND", "127.0.0.1")
    web = [str(BIN / "granian"), "--interface", "wsgi", "--host", bind, "--port", str(port),
           "--workers", "1", "--blocking-threads", "4", "--log-level", "warning",
           "project.wsgi:application"]  # fmt: skip
    processes = [
        subprocess.Popen(words, env=_as_application())
        for words in (web, [str(BIN / "samplan"), "work"])
    ]
    try:
        yield
    except KeyboardInterrupt:
        console.print("\nDemon stoppas ...")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()  # what it had not finished is done again the next time


def _wait_for(port: int) -> None:
    # By number, with the name in the header: Python does not resolve *.localhost.
    front = Request(f"http://127.0.0.1:{port}/", headers={"Host": f"localhost:{port}"})
    for _ in range(150):
        try:
            urlopen(front, timeout=5).close()  # noqa: S310
        except OSError:  # refused, or slow to answer on a busy machine
            time.sleep(0.1)
        else:
            return
    console.print(f"Fel: ingen svarar på port {port}. Är den upptagen? Sätt SAMPLAN_PORT=8001.")
    raise typer.Exit(1)


def _greet(port: int, seconds: float) -> None:
    from integrations.keycloak.simulated import PASSWORD
    from project.demo import cards
    from project.demo.county import PERSONAS

    has_cards = bool(os.environ.get("SAMPLAN_OIDC_ISSUER"))
    table = Table(box=box.SIMPLE)
    for heading in ("Vem", "Var", "Adress", *(["Användarnamn"] if has_cards else [])):
        table.add_column(heading, overflow="fold")
    for persona in PERSONAS:
        table.add_row(
            f"{persona.name}, {persona.title.lower()}",
            f"{persona.unit_name}, {persona.tenant}",
            f"http://{persona.host}:{port}/sign-in",
            *([cards.username(persona.name)] if has_cards else []),
        )
    console.print(table)
    if has_cards:
        console.print(f"Alla har lösenordet [bold]{PASSWORD}[/bold] i legitimeringstjänsterna.")
    console.print(
        f"Samplan svarar på [bold]http://localhost:{port}[/bold] efter {seconds:.0f} s."
        " Ctrl-C stoppar allt."
    )


@contextmanager
def _step(name: str) -> Iterator[None]:
    started = time.monotonic()
    console.print(f"{name} ...", end="\r")
    yield
    console.print(f"{name}: klart, {time.monotonic() - started:.1f} s")
