"""`samplan keycloak`: the realms by which people and machines sign in, as this version wants them.

The addresses of the huvudmän come from their registry, everything else from the environment.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from project import environment
from project.commands import setup

if TYPE_CHECKING:
    # Imported inside the functions: no other command waits for the client of Keycloak.
    from keycloak import KeycloakAdmin

    from integrations.keycloak.drift import Drift
    from integrations.keycloak.simulated import Person
    from integrations.keycloak.wanted import Deployment

DIFFERS, WRONG_VALUE = 1, 2
SIMULATED_SECRET = "simulerad"  # noqa: S105 - between two realms of the same development server

app = typer.Typer(help="Inloggningens realmer i Keycloak.", no_args_is_help=True)


@app.command("sync")
def synchronise(
    check: Annotated[
        bool, typer.Option("--check", help="Ändra ingenting, visa bara vad som skiljer.")
    ] = False,
    host: Annotated[
        list[str] | None,
        typer.Option(help="Värdnamn som man loggar in på. Utan det: alla anslutna huvudmäns."),
    ] = None,
    simulated: Annotated[
        bool,
        typer.Option("--simulated", help="Med simulerade legitimeringstjänster, bara i demon."),
    ] = False,
) -> None:
    """Gör realmerna som de ska vara. Med --check blir svaret 1 om något skiljer."""
    with _refusing():
        differs = bring_in_line(hosts=host or _hosts(), check=check, simulated=simulated)
    for it in differs:
        typer.echo(str(it))
    if not differs:
        typer.echo("Realmerna är som de ska vara.")
    elif check:
        typer.echo(f"{len(differs)} skillnader. Kör samplan keycloak sync för att rätta dem.")
        raise typer.Exit(DIFFERS)
    else:
        typer.echo(f"{len(differs)} skillnader är rättade.")


@app.command("rotate-key")
def rotate_key(
    name: Annotated[str, typer.Argument(help="Den nya nyckelns namn, till exempel 2027-01.")],
    realm: Annotated[str, typer.Option(help="Realmen som får den.")] = "staff",
) -> None:
    """Låt en ny nyckel skriva under inloggningar. Det som den gamla har skrivit under gäller."""
    from integrations.keycloak import sync

    with _refusing():
        sync.rotate(administrator(), realm, name=name)
    typer.echo(f"{name} skriver under i {realm}.")


def bring_in_line(*, hosts: Iterable[str], check: bool, simulated: bool) -> "list[Drift]":
    """Bring the realms in line, or only tell; return what differed.

    :raises Missing: if the environment does not say what is needed
    """
    from integrations.keycloak import sync, wanted

    realms = wanted.realms(deployment(hosts=hosts, simulated=simulated))
    return sync.synchronise(administrator(), realms, check=check)


def administrator() -> "KeycloakAdmin":
    """Return a session with Keycloak as the one who may change its realms.

    Its client has sessions of its own, so that the list is asked here: the password of the one who
    may do everything goes to a host that is on it, and by https.

    :raises Missing: if the environment does not name one
    :raises outgoing.Refused: if it may not be called
    """
    from keycloak import KeycloakAdmin

    from integrations import outgoing

    url = environment.text("SAMPLAN_KEYCLOAK_URL")
    setup.django()
    outgoing.refuse_unless_listed(url)
    return KeycloakAdmin(
        server_url=url,
        username=environment.text("SAMPLAN_KEYCLOAK_USER"),
        password=environment.text("SAMPLAN_KEYCLOAK_PASSWORD"),
        realm_name="master",
        user_realm_name="master",
    )


def deployment(*, hosts: Iterable[str], simulated: bool) -> "Deployment":
    """Return what the environment says of this deployment.

    :raises Missing: if it does not say what is needed
    """
    from integrations.keycloak import providers, wanted

    keycloak = environment.text("SAMPLAN_KEYCLOAK_URL").rstrip("/")
    in_demo = environment.flag("SAMPLAN_DEMO")
    if simulated and not in_demo:
        _refuse("--simulated släpper in vem som helst och finns bara i demon (SAMPLAN_DEMO=1).")
    file = providers.SIMULATED if simulated else _file()
    trusted = providers.load(file, keycloak=keycloak) if file else {}
    return wanted.Deployment(
        keycloak=keycloak,
        origins=tuple(_origin(it, in_demo=in_demo) for it in hosts),
        public=_origin(
            environment.text("SAMPLAN_PUBLIC_HOST", "localhost" if in_demo else None),
            in_demo=in_demo,
        ),
        secret=environment.text("SAMPLAN_OIDC_CLIENT_SECRET"),
        providers=trusted,
        secrets=(
            dict.fromkeys(trusted, SIMULATED_SECRET)
            if simulated
            else json.loads(environment.text("SAMPLAN_IDENTITY_PROVIDER_SECRETS", "{}"))
        ),
        simulated=_people() if simulated else None,
    )


def _file() -> Path | None:
    named = environment.text("SAMPLAN_IDENTITY_PROVIDERS", "")
    return Path(named) if named else None


def _origin(host: str, *, in_demo: bool) -> str:
    if in_demo:
        return f"http://{host}:{os.environ.get('SAMPLAN_PORT', '8000')}"
    return f"https://{host}"


def _people() -> "tuple[Person, ...]":
    from project.demo import cards

    return cards.people()


def _hosts() -> list[str]:
    setup.django()
    from tenants.models import Domain

    return list(Domain.objects.order_by("domain").values_list("domain", flat=True))


@contextmanager
def _refusing() -> Iterator[None]:
    """Say in plain words what the environment lacks, or that Keycloak does not answer."""
    from keycloak.exceptions import KeycloakError

    from integrations.outgoing import Refused

    try:
        yield
    except (environment.Missing, Refused) as missing:
        _refuse(str(missing))
    except (KeycloakError, OSError) as error:
        _refuse(f"Keycloak svarar inte som det ska. Kontrollera adress och lösenord ({error}).")


def _refuse(text: str) -> NoReturn:
    typer.echo(f"Fel: {text}", err=True)
    raise typer.Exit(WRONG_VALUE)
