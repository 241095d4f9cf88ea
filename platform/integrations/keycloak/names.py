"""What others call the things we ask of an identity provider, as data: `attributes.json`.

Each provider speaks one of the tongues there. From a row come the mapper that keeps what the
provider says, the declaration without which Keycloak drops it silently, and the mapper that says it
on in our token.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("attributes.json")
# Keycloak reads a dot as a step into an object.
STEP = re.compile(r"([.\\])")
# They are Keycloak's own, and are set by it.
PROPERTIES = frozenset({"firstName", "lastName"})
LONGEST = 2000


@dataclass(frozen=True)
class Name:
    """One claim of ours, and what a provider calls it."""

    ours: str
    claim: str
    attribute: str  # of the user, where it is kept for a login only
    many: bool
    is_json: bool  # words that are JSON come out of our token as what they say
    values: tuple[str, ...]  # the only ones that are passed on, in the session and nowhere else


def tongue(name: str) -> tuple[Name, ...]:
    """Return every name of a tongue."""
    rows: dict[str, dict[str, Any]] = json.loads(FILE.read_text())[name]
    return tuple(
        Name(
            ours=ours,
            claim=row["claim"],
            attribute=row.get("attribute", ours),
            many=row.get("many", False),
            is_json=row.get("json", False),
            values=tuple(row.get("values", ())),
        )
        for ours, row in rows.items()
    )


def kept(names: tuple[Name, ...]) -> Iterator[dict[str, Any]]:
    """Give the mappers that keep what a provider says."""
    # Two providers may know the same user name; they are two people until we know better.
    yield _kept("username", "oidc-username-idp-mapper", template="${ALIAS}.${CLAIM.sub}")
    for name in names:
        for value in name.values:
            # A session of its own: another login of the same person does not change how strong
            # this one was. What is not listed is not passed on at all.
            yield _kept(
                f"{name.ours} {value}",
                "oidc-user-session-note-idp-mapper",
                claims=json.dumps([{"key": _escaped(name.claim), "value": value}]),
                **{"are.claim.values.regex": "false"},
            )
        if not name.values:
            yield _kept(
                name.ours,
                "oidc-user-attribute-idp-mapper",
                claim=_escaped(name.claim),
                **{"user.attribute": name.attribute},
            )


def said(names: tuple[Name, ...]) -> Iterator[dict[str, Any]]:
    """Give the mappers by which our own token says it on."""
    yield _said("sub", "oidc-sub-mapper", **{"access.token.claim": "true"})
    yield _note("auth_time", "AUTH_TIME", kind="long")
    yield _note("identity_provider", "identity_provider")
    yield _said("name", "oidc-full-name-mapper", **{"id.token.claim": "true"})
    for name in names:
        if name.values:
            yield _note(name.ours, name.claim)
        else:
            yield _attribute(name.ours, name)


def emitted(names: tuple[Name, ...]) -> Iterator[dict[str, Any]]:
    """Give the mappers by which a simulated provider speaks the tongue."""
    # Without it a fresh login is refused: Keycloak takes it for one of 1970.
    yield _note("auth_time", "AUTH_TIME", kind="long")
    for name in names:
        # Keycloak reads words out of a list; of an object it would keep what Java prints.
        yield _attribute(_escaped(name.claim), replace(name, is_json=False))


def declared(names: tuple[Name, ...], *, by_session: bool = False) -> Iterator[dict[str, Any]]:
    """Give the declarations of a realm's user profile; only an administrator may see or edit.

    :param by_session: also what is kept in the session only: a simulated provider has to know it
    """
    for name in ("username", "email", "firstName", "lastName"):
        yield _declared(name)
    for it in names:
        if it.attribute not in PROPERTIES and (by_session or not it.values):
            yield _declared(it.attribute, multivalued=it.many)


def _kept(name: str, kind: str, **config: str) -> dict[str, Any]:
    return {
        "name": name,
        "identityProviderMapper": kind,
        "config": {"syncMode": "FORCE", **config},
    }


def _said(name: str, kind: str, **config: str) -> dict[str, Any]:
    return {
        "name": name,
        "protocol": "openid-connect",
        "protocolMapper": kind,
        "config": {"introspection.token.claim": "true", **config},
    }


def _note(claim: str, note: str, *, kind: str = "String") -> dict[str, Any]:
    return _said(
        claim,
        "oidc-usersessionmodel-note-mapper",
        **{
            "user.session.note": note,
            "claim.name": claim,
            "jsonType.label": kind,
            "id.token.claim": "true",
        },
    )


def _attribute(claim: str, name: Name) -> dict[str, Any]:
    return _said(
        name.ours,
        "oidc-usermodel-attribute-mapper",
        **{
            "user.attribute": name.attribute,
            "claim.name": claim,
            "jsonType.label": "JSON" if name.is_json else "String",
            "multivalued": "true" if name.many else "false",
            "id.token.claim": "true",
        },
    )


def _declared(name: str, *, multivalued: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "displayName": name,
        "multivalued": multivalued,
        "permissions": {"view": ["admin"], "edit": ["admin"]},
        "validations": {} if name == "username" else {"length": {"max": LONGEST}},
    }


def _escaped(claim: str) -> str:
    return STEP.sub(r"\\\1", claim)
