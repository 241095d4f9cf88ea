"""What the product refuses to start with: a demo that somebody could reach, no way to sign in, a
secret that is none, any host, the rights of the migrator.

Called by project.wsgi before the first request.
"""

import os
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from integrations.keycloak import providers

LOCAL = ".localhost"
SECRET_LENGTH, SECRET_SIGNS = 50, 5  # as Django's own check for deployment asks
WHY = "I demon loggar man in utan lösenord, så den får bara nås från den egna datorn."


class Unsafe(SystemExit):
    """The product does not start like this; the text is Swedish and says what to do."""


def refuse_if_unsafe(*, environment: Mapping[str, str] = os.environ) -> None:
    """Let the product start only where what it is started with is safe.

    :raises Unsafe: otherwise
    """
    if environment.get("SAMPLAN_DEMO") == "1":
        _refuse_public_demo(environment)
    else:
        _refuse_weak_secret(environment)
        _refuse_any_host(environment)
        _refuse_without_provider(environment)
    if _has(environment, "SAMPLAN_OIDC_ISSUER"):
        _refuse_careless_provider(environment)
        _refuse_without_identity_providers(environment)
    if environment.get("SAMPLAN_MIGRATING") == "1":
        raise Unsafe(
            "SAMPLAN_MIGRATING=1 gör processen till den som äger alla tabeller. Ta bort den: bara"
            " samplan tenant sätter den, för sig själv."
        )


def _refuse_weak_secret(environment: Mapping[str, str]) -> None:
    secret = _told(environment, "SAMPLAN_SECRET_KEY")
    if not secret:
        raise Unsafe(
            "SAMPLAN_SECRET_KEY saknas, så alla skulle loggas ut vid varje omstart. Sätt den till"
            " en lång slumpad text, eller SAMPLAN_SECRET_KEY_FILE till filen som har den. För att"
            " prova lokalt: sätt SAMPLAN_DEMO=1."
        )
    if len(secret) < SECRET_LENGTH or len(set(secret)) < SECRET_SIGNS:
        raise Unsafe(
            f"SAMPLAN_SECRET_KEY går att gissa. Sätt den till minst {SECRET_LENGTH} slumpade"
            " tecken: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )


def _refuse_without_provider(environment: Mapping[str, str]) -> None:
    if not _has(environment, "SAMPLAN_OIDC_ISSUER"):
        raise Unsafe(
            "SAMPLAN_OIDC_ISSUER saknas, så ingen skulle kunna logga in. Sätt den till"
            " inloggningstjänstens adress (issuer). För att prova lokalt: sätt SAMPLAN_DEMO=1."
        )


def _refuse_careless_provider(environment: Mapping[str, str]) -> None:
    if not _has(environment, "SAMPLAN_OIDC_CLIENT_SECRET"):
        raise Unsafe(
            "SAMPLAN_OIDC_CLIENT_SECRET saknas. Sätt den till Samplans hemlighet hos"
            " inloggningstjänsten, eller SAMPLAN_OIDC_CLIENT_SECRET_FILE till filen som har den."
        )
    issuer = urlsplit(_told(environment, "SAMPLAN_OIDC_ISSUER"))
    is_here = environment.get("SAMPLAN_DEMO") == "1" and _is_loopback(issuer.hostname or "")
    if issuer.scheme != "https" and not is_here:
        raise Unsafe(
            "SAMPLAN_OIDC_ISSUER börjar inte med https, så svaren därifrån kunde bytas ut på vägen."
            " Ange en adress med https. Bara i demon får den vara http på den egna datorn."
        )
    listed = [
        it.partition("@")[0].strip().lower()
        for it in _told(environment, "SAMPLAN_OUTGOING").split(",")
    ]
    if issuer.hostname not in listed and not is_here:
        raise Unsafe(
            f"{issuer.hostname or 'Värdnamnet'} i SAMPLAN_OIDC_ISSUER saknas i SAMPLAN_OUTGOING, så"
            " ingen skulle kunna logga in. Lägg till värdnamnet där, med sitt nät om det är ett"
            " eget."
        )


def _refuse_without_identity_providers(environment: Mapping[str, str]) -> None:
    named = _told(environment, "SAMPLAN_IDENTITY_PROVIDERS")
    if not named:
        if environment.get("SAMPLAN_DEMO") == "1":
            return  # the simulated ones
        raise Unsafe(
            "SAMPLAN_IDENTITY_PROVIDERS saknas, så ingen skulle släppas in. Sätt den till filen med"
            " legitimeringstjänsterna. Se Keycloak i docs/operations.md."
        )
    try:
        known = providers.load(Path(named))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise Unsafe(
            f"SAMPLAN_IDENTITY_PROVIDERS: {named} går inte att läsa som en fil med"
            " legitimeringstjänster. Kontrollera sökvägen, rättigheterna och innehållet. Se"
            " Keycloak i docs/operations.md."
        ) from None
    if not known:
        raise Unsafe(
            f"SAMPLAN_IDENTITY_PROVIDERS: {named} nämner ingen legitimeringstjänst, så ingen skulle"
            " släppas in. Skriv in dem. Se Keycloak i docs/operations.md."
        )


def _has(environment: Mapping[str, str], name: str) -> bool:
    return bool(environment.get(name) or environment.get(f"{name}_FILE"))


def _told(environment: Mapping[str, str], name: str) -> str:
    """Return a value, out of the file that NAME_FILE names if there is one.

    :raises Unsafe: if that cannot be read
    """
    file = environment.get(f"{name}_FILE")
    if not file:
        return environment.get(name, "")
    try:
        return Path(file).read_text().strip()
    except (OSError, ValueError):
        raise Unsafe(
            f"{name}_FILE: {file} går inte att läsa. Kontrollera sökvägen och rättigheterna."
        ) from None


def refuse_unsealed(*, keys: str, checkpoints: str) -> None:
    """Let the worker start only where it can seal the logs.

    :raises Unsafe: otherwise
    """
    if not (keys and checkpoints):
        raise Unsafe(
            "Loggarna kan inte förseglas. Sätt SAMPLAN_SEAL_KEYS till mappen för nycklarna och"
            " SAMPLAN_CHECKPOINTS till mappen för kontrollpunkterna, båda utanför databasen, och"
            " starta igen. Se Förseglade loggar i docs/operations.md."
        )


def _refuse_any_host(environment: Mapping[str, str]) -> None:
    # Whoever may choose the host chooses where a link in an answer leads.
    if "*" in map(str.strip, environment.get("SAMPLAN_HOSTS", "").split(",")):
        raise Unsafe(
            "SAMPLAN_HOSTS är *, så vem som helst kan välja värdnamn. Skriv huvudmännens värdnamn,"
            " eller .regionen.example för alla under ett."
        )


def _refuse_public_demo(environment: Mapping[str, str]) -> None:
    hosts = environment.get("SAMPLAN_HOSTS", LOCAL).split(",")
    outside = [it for it in map(str.strip, hosts) if it and not _is_local(it)]
    if outside:
        raise Unsafe(
            f"{WHY} {', '.join(outside)} i SAMPLAN_HOSTS slutar inte med {LOCAL}. Ta bort det"
            " värdnamnet, eller ta bort SAMPLAN_DEMO."
        )
    bind = environment.get("SAMPLAN_BIND", "127.0.0.1")
    if not _is_loopback(bind):
        raise Unsafe(
            f"{WHY} Adressen {bind} i SAMPLAN_BIND nås från nätet. Sätt SAMPLAN_BIND=127.0.0.1,"
            " eller ta bort SAMPLAN_DEMO."
        )


def _is_local(host: str) -> bool:
    return host == LOCAL.removeprefix(".") or host.endswith(LOCAL)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address == "localhost"
