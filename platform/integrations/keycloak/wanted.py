"""What the realms shall be: the files in `realms/`, filled in for one deployment."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integrations.keycloak import names, providers
from integrations.keycloak.providers import Provider
from integrations.keycloak.simulated import Person

FOLDER = Path(__file__).parent / "realms"
REALMS = ("staff", "citizen", "api")
CLIENT = "samplan"
# What separates addresses in an attribute of a client.
SEPARATOR = "##"

Rows = Mapping[str, dict[str, Any]]


@dataclass(frozen=True)
class Realm:
    """One realm as it shall be, each thing by its name."""

    name: str
    settings: dict[str, Any]
    profile: tuple[dict[str, Any], ...] = ()
    flows: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    scopes: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    clients: Rows = field(default_factory=dict)
    providers: Rows = field(default_factory=dict)
    mappers: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)  # of a provider
    users: Rows = field(default_factory=dict)
    added_by_others: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Deployment:
    """What differs between deployments."""

    keycloak: str  # its address
    origins: tuple[str, ...]  # of every huvudman: scheme, host and port
    public: str  # origin of the host that is no huvudman's; Keycloak reaches it
    secret: str  # of the client `samplan`
    providers: Mapping[str, Provider] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)  # of our client at each provider
    simulated: Sequence[Person] | None = None  # who can be legitimated by a simulated provider


def realms(it: Deployment) -> list[Realm]:
    """Return every realm of a deployment; the simulated providers only where people are given."""
    wanted = [_read(FOLDER / f"{name}.json", it) for name in REALMS]
    if it.simulated is not None:
        wanted += [
            _read(FOLDER / "simulated" / f"{alias}.json", it, tongue=provider.names)
            for alias, provider in it.providers.items()
        ]
    return wanted


def _read(file: Path, it: Deployment, *, tongue: str = "") -> Realm:
    written = json.loads(file.read_text())
    spoken = names.tongue(tongue or "inera")
    trusted = it.providers if file.stem == "staff" else {}
    return Realm(
        name=file.stem,
        settings=written["settings"] | {"realm": file.stem},
        profile=tuple(names.declared(spoken, by_session=bool(tongue))),
        flows={
            alias: [_step(row, number, trusted) for number, row in enumerate(rows, 1)]
            for alias, rows in written.get("flows", {}).items()
        },
        scopes={key: _scope(rows, spoken) for key, rows in written.get("scopes", {}).items()},
        clients={
            name: _client(name, row, it, secret=it.secrets[file.stem] if tongue else it.secret)
            for name, row in written["clients"].items()
        },
        providers={
            alias: providers.representation(one, secret=it.secrets.get(alias, ""))
            for alias, one in trusted.items()
        },
        mappers={alias: list(names.kept(names.tongue(p.names))) for alias, p in trusted.items()},
        users={p.username: p.representation(spoken) for p in it.simulated or ()} if tongue else {},
        added_by_others=frozenset(written.get("added_by_others", ())),
    )


def _step(row: dict[str, Any], number: int, trusted: Mapping[str, Provider]) -> dict[str, Any]:
    """Return a step of a flow; it begins at the first provider, where the sign-in names none."""
    config = {
        key: value.replace("{first provider}", next(iter(trusted), ""))
        for key, value in row.get("config", {}).items()
    }
    return row | {"priority": 10 * number, "config": config}


def _scope(rows: Any, spoken: tuple[names.Name, ...]) -> list[dict[str, Any]]:
    if rows == "said":
        return list(names.said(spoken))
    if rows == "emitted":
        return list(names.emitted(spoken))
    return [{"protocol": "openid-connect", **row} for row in rows]


def _client(name: str, row: dict[str, Any], it: Deployment, *, secret: str) -> dict[str, Any]:
    filled = {"clientId": name, **row}
    if "redirectUris" not in row:
        return filled
    filled["redirectUris"] = [text for uri in row["redirectUris"] for text in _filled(uri, it)]
    filled["attributes"] = {
        key: SEPARATOR.join(_filled(value, it)) for key, value in row["attributes"].items()
    }
    return filled | {"secret": secret}


def _filled(text: str, it: Deployment) -> list[str]:
    """Return an address of a file as it is here; a huvudman's is one for each huvudman."""
    text = text.replace("{keycloak}", it.keycloak).replace("{public}", it.public)
    if "{origin}" not in text:
        return [text]
    return [text.replace("{origin}", origin) for origin in sorted({*it.origins, it.public})]
