"""The product as it is served, with a real Keycloak to sign in by."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
from cast import MUNICIPALITY, REGION
from hired import hire
from people import CASE_OFFICERS, WARD, write_units
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from realms import MUNICIPALITY as MUNICIPAL
from realms import REGION as REGIONAL
from realms import Realms
from trouble import Trouble, between

from care.identity.permissions import Role
from infra.dev.keycloak import free_port
from integrations.keycloak import providers, sync, wanted

ROOT = Path(__file__).parents[1]
WARD_HOST, MUNICIPAL_HOST, PUBLIC_HOST = "region.localhost", "municipality.localhost", "localhost"


@dataclass(frozen=True)
class Product:
    """The running product, its Keycloak, and a superuser's way to its database."""

    port: int
    realms: Realms
    database: str
    trouble: Trouble

    def url(self, path: str = "/", *, host: str = WARD_HOST) -> str:
        """Return the address of a page."""
        return f"http://{host}:{self.port}{path}"

    def ask(
        self, path: str = "/", *, host: str = WARD_HOST, cookies: str = ""
    ) -> tuple[int, str, str]:
        """Ask for a page without a browser; return status, text, and where it leads."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Host": f"{host}:{self.port}", "Cookie": cookies}
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers.get("Location", "")
        finally:
            connection.close()

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Do something to the database behind the product's back, or look into it."""
        with psycopg.connect(self.database, autocommit=True) as superuser:
            found = superuser.execute(statement, values)  # type: ignore[call-overload]
            return found.fetchall() if found.description else []


def hire_everybody() -> None:
    """Let those who have a card work: in the region, and one in the municipality."""
    write_units()
    for name in ("nurse", "weak", "odd"):
        hire(REGION, f"{name.title()} Test", f"{REGIONAL}-{name.upper()}", (WARD, Role.WARD_NURSE))
    officer = (CASE_OFFICERS, Role.INBOX_COORDINATOR)
    hire(MUNICIPALITY, "Officer Test", f"{MUNICIPAL}-OFFICER", officer)


@contextmanager
def served(
    realms: Realms, *, application: str, superuser: str, place: Path, **environment: str
) -> Iterator[Product]:
    """Serve the tests' huvudmän beside Keycloak, whose addresses are ours meanwhile.

    :param application: the database, as the product's login
    :param superuser: the same, as one who may do everything
    """
    port = free_port()
    hosts = (WARD_HOST, MUNICIPAL_HOST, "stranger.localhost")
    deployment = replace(
        realms.deployment,
        origins=tuple(f"http://{it}:{port}" for it in hosts),
        public=f"http://{PUBLIC_HOST}:{port}",
    )
    sync.synchronise(realms.admin, wanted.realms(deployment), check=False)
    words = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi",
             "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
             "--blocking-threads", "4", "--log-level", "warning",
             "project.wsgi:application"]  # fmt: skip
    told = os.environ | realms.environment | {
        "DATABASE_URL": application, "SAMPLAN_DEMO": "1",
        "SAMPLAN_OIDC_CLIENT_SECRET": realms.deployment.secret,
        "SAMPLAN_IDENTITY_PROVIDERS": _identity_providers(place),
    } | environment  # fmt: skip
    collect = [sys.executable, str(ROOT / "platform" / "manage.py"), "collectstatic", "--no-input"]
    subprocess.run(collect, env=told, check=True, capture_output=True)
    with (
        between() as trouble,
        (place / "log").open("w") as log,
        subprocess.Popen(
            words, env=told | {"SAMPLAN_OUTGOING_PROXY": trouble.address}, stdout=log, stderr=log
        ) as process,
    ):
        try:
            _wait_for(port, process, place / "log")
            yield Product(port, realms, superuser, trouble)
        finally:
            process.terminate()
            process.wait(timeout=30)
            realms.sync()


def login(url: str) -> str:
    """Return a login's address as the product reads it."""
    return make_conninfo(**{it: str(told) for it, told in conninfo_to_dict(url).items()})


def _identity_providers(place: Path) -> str:
    """Write whom the product trusts: as the realms, and for the tests' municipality too."""
    rows = json.loads(providers.SIMULATED.read_text())
    rows["kommun"]["hsa_prefixes"].append("SE2999999127")
    file = place / "identity_providers.json"
    file.write_text(json.dumps(rows))
    return str(file)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(480):
        if process.poll() is not None:
            break
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/sign-in", headers={"Host": f"{WARD_HOST}:{port}"})
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.25)
    raise RuntimeError(f"the county is not served: {log.read_text()}")
