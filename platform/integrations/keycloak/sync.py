"""Bring the realms of a Keycloak in line with what they shall be, or tell what differs.

The files are the only truth: what is changed by hand is changed back, and what has been added by
hand to `staff` and `citizen` is removed. People and their sessions are left alone. A second run
changes nothing. Two things cannot be read back, and are written when something else beside them
differs: our secret at an identity provider, and the password of a simulated person.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from keycloak import KeycloakAdmin

from integrations.keycloak.drift import ABSENT, Drift, differences, merged
from integrations.keycloak.simulated import PASSWORD
from integrations.keycloak.wanted import Realm

# Keycloak makes them in each realm, `_system` at the first logout that a provider tells of; they
# may stay, as the files have them.
BUILT_IN = frozenset({
    "_system", "account", "account-console", "admin-cli", "broker", "realm-management",
    "security-admin-console",
})  # fmt: skip
SIGNING = "ecdsa-generated"
# Beside the key that signs: two of Keycloak's own, for what it alone reads.
KEYS = frozenset({SIGNING, "hmac-generated", "aes-generated"})
KEY_TYPE = "org.keycloak.keys.KeyProvider"
FIRST_KEY: dict[str, Any] = {
    "name": "ES256",
    "providerId": SIGNING,
    "providerType": KEY_TYPE,
    "config": {
        "priority": ["100"], "enabled": ["true"], "active": ["true"],
        "ecdsaEllipticCurveKey": ["P-256"],
    },
}  # fmt: skip
EXPORTED = {key: it for key, it in FIRST_KEY.items() if key != "providerType"}
CARD = {"type": "password", "value": PASSWORD, "temporary": False}


@dataclass
class Sync:
    """One run: what it has found to differ, and whether it may change anything."""

    admin: KeycloakAdmin
    check: bool
    drift: list[Drift] = field(default_factory=list)

    def differs(self, realm: str, thing: str, wanted: object, found: object) -> bool:
        """Note what differs; tell whether it is to be changed."""
        new = [Drift(realm, thing, *row) for row in differences(wanted, found)]
        self.drift += new
        return bool(new) and not self.check

    def lacks(self, realm: str, thing: str) -> bool:
        """Note that something is not there; tell whether it is to be made."""
        self.drift.append(Drift(realm, thing, "", "upplagd", ABSENT))
        return not self.check

    def surplus(self, realm: str, thing: str) -> bool:
        """Note that something is there that shall not be; tell whether it is to be removed."""
        self.drift.append(Drift(realm, thing, "", "borttagen", "upplagd"))
        return not self.check


def synchronise(admin: KeycloakAdmin, realms: Iterable[Realm], *, check: bool) -> list[Drift]:
    """Bring every realm in line, or only tell; return what differed."""
    run = Sync(admin, check)
    there = {it["realm"] for it in admin.get_realms()}
    # The simulated ones last: nobody is sent to them before they are there.
    for realm in realms:
        if realm.name not in there:
            if not run.lacks(realm.name, "realmen"):
                continue
            # With keys of its own: making those that Keycloak would give it takes seconds each.
            admin.create_realm(
                {"realm": realm.name, "enabled": True, "components": {KEY_TYPE: [EXPORTED]}}
            )
        admin.change_current_realm(realm.name)
        for part in (_keys, _flows, _settings, _profile, _scopes, _clients, _providers, _users):
            part(run, realm)
    return run.drift


def rotate(admin: KeycloakAdmin, realm: str, *, name: str) -> None:
    """Let a new key sign from now on; the older ones only prove what they have signed.

    :param name: of the new key; nothing happens where there is one of that name
    """
    admin.change_current_realm(realm)
    keys = [it for it in _components(admin) if it["providerId"] == SIGNING]
    if name in {it["name"] for it in keys}:
        return
    highest = max((int(it["config"]["priority"][0]) for it in keys), default=0)
    admin.create_component(
        FIRST_KEY | {"name": name, "config": FIRST_KEY["config"] | {"priority": [str(highest + 1)]}}
    )
    for it in keys:
        admin.update_component(it["id"], merged({"config": {"active": ["false"]}}, it))


def _components(admin: KeycloakAdmin) -> list[dict[str, Any]]:
    return [it for it in admin.get_components() if it["providerType"] == KEY_TYPE]


def _keys(run: Sync, realm: Realm) -> None:
    found = _components(run.admin)
    signing = [it for it in found if it["providerId"] == SIGNING]
    is_signed = any(_signs(it["config"]) for it in signing)
    if not is_signed and run.lacks(realm.name, "nyckeln ES256"):
        run.admin.create_component(FIRST_KEY)
    for it in found:
        if it["providerId"] not in KEYS and run.surplus(realm.name, f"nyckeln {it['name']}"):
            run.admin.delete_component(it["id"])


def _signs(config: dict[str, list[str]]) -> bool:
    return all(config.get(key, ["true"]) == ["true"] for key in ("active", "enabled"))


def _flows(run: Sync, realm: Realm) -> None:
    there = {it["alias"] for it in run.admin.get_authentication_flows()}
    for alias, steps in realm.flows.items():
        if alias not in there:
            if not run.lacks(realm.name, f"flödet {alias}"):
                continue
            run.admin.create_authentication_flow(
                {"alias": alias, "providerId": "basic-flow", "topLevel": True, "builtIn": False}
            )
        _steps(run, realm.name, alias, steps)


def _steps(run: Sync, realm: str, alias: str, wanted: list[dict[str, Any]]) -> None:
    found = run.admin.get_authentication_flow_executions(alias)
    names = {it["provider"] for it in wanted}
    for step in found:
        name = step.get("providerId", step["displayName"])
        if name not in names and run.surplus(realm, f"flödet {alias}, steget {name}"):
            run.admin.delete_authentication_flow_execution(step["id"])
    there = {it.get("providerId"): it for it in found}
    for goal in wanted:
        name = goal["provider"]
        thing = f"flödet {alias}, steget {name}"
        if name not in there:
            if not run.lacks(realm, thing):
                continue
            run.admin.create_authentication_flow_execution({"provider": name}, alias)
            there = {
                it.get("providerId"): it
                for it in run.admin.get_authentication_flow_executions(alias)
            }
        step = there[name]
        rank = {key: goal[key] for key in ("requirement", "priority")}
        if run.differs(realm, thing, rank, step):
            run.admin.update_authentication_flow_executions(merged(rank, step), alias)
        _config(run, realm, thing, step, goal["config"])


def _config(
    run: Sync, realm: str, thing: str, step: dict[str, Any], wanted: dict[str, str]
) -> None:
    # python-keycloak can make the configuration of a step, and neither read nor change it.
    key = step.get("authenticationConfig")
    place = f"admin/realms/{realm}/authentication/config/{key}"
    found = run.admin.connection.raw_get(place).json() if key else {"config": {}}
    if not run.differs(realm, thing, wanted, found["config"]):
        return
    if key:
        run.admin.connection.raw_put(
            place, data=json.dumps(found | {"config": wanted})
        ).raise_for_status()
    else:
        run.admin.create_execution_config(step["id"], {"alias": realm, "config": wanted})


def _settings(run: Sync, realm: Realm) -> None:
    found = run.admin.get_realm(realm.name)
    if run.differs(realm.name, "inställningarna", realm.settings, found):
        run.admin.update_realm(realm.name, merged(realm.settings, found))


def _profile(run: Sync, realm: Realm) -> None:
    found = run.admin.get_realm_users_profile()
    there = {it["name"]: it for it in found["attributes"]}
    wanted = {it["name"]: it for it in realm.profile}
    surplus = [
        name for name in there.keys() - wanted.keys()
        if run.surplus(realm.name, f"attributet {name}")
    ]  # fmt: skip
    changed = [
        name for name, it in wanted.items()
        if _profile_differs(run, realm.name, name, it, there.get(name))
    ]  # fmt: skip
    if surplus or changed:
        run.admin.update_realm_users_profile(
            {"attributes": list(wanted.values()), "groups": found.get("groups", [])}
        )


def _profile_differs(
    run: Sync, realm: str, name: str, wanted: dict[str, Any], found: dict[str, Any] | None
) -> bool:
    if found is None:
        return run.lacks(realm, f"attributet {name}")
    # A requirement that is not wanted would stop the first sign-in with a form.
    return run.differs(realm, f"attributet {name}", {"required": None} | wanted, found)


def _scopes(run: Sync, realm: Realm) -> None:
    there = {it["name"]: it["id"] for it in run.admin.get_client_scopes()}
    for name, mappers in realm.scopes.items():
        if name not in there:
            if not run.lacks(realm.name, f"omfånget {name}"):
                continue
            there[name] = run.admin.create_client_scope({
                "name": name, "protocol": "openid-connect",
                # One that adds nothing to the token is told by its name, and is good for that.
                "attributes": {"include.in.token.scope": str(not mappers).lower()},
                "protocolMappers": mappers,
            })  # fmt: skip
        of = there[name]
        _mappers(
            run, realm.name, f"omfånget {name}", mappers,
            run.admin.get_mappers_from_client_scope(of),
            create=partial(run.admin.add_mapper_to_client_scope, of),
            update=partial(run.admin.update_mapper_in_client_scope, of),
            remove=partial(run.admin.delete_mapper_from_client_scope, of),
        )  # fmt: skip


def _clients(run: Sync, realm: Realm) -> None:
    there = {it["clientId"]: it for it in run.admin.get_clients()}
    for name, wanted in realm.clients.items():
        found = there.get(name)
        if found is None:
            if run.lacks(realm.name, f"klienten {name}"):
                run.admin.create_client(wanted)
        elif run.differs(realm.name, f"klienten {name}", {"protocolMappers": []} | wanted, found):
            run.admin.update_client(found["id"], merged(wanted, found))
            _scopes_of(run.admin, found, wanted)
    if "clients" not in realm.added_by_others:
        for name in sorted(there.keys() - realm.clients.keys() - BUILT_IN):
            if run.surplus(realm.name, f"klienten {name}"):
                run.admin.delete_client(there[name]["id"])


def _scopes_of(admin: KeycloakAdmin, client: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Give a client its scopes and take its own mappers; an update of it leaves both alone."""
    key = client["id"]
    for it in client.get("protocolMappers", ()):
        admin.remove_client_mapper(key, it["id"])
    if "defaultClientScopes" not in wanted:
        return
    ids = {it["name"]: it["id"] for it in admin.get_client_scopes()}
    for scope in (*client["defaultClientScopes"], *client["optionalClientScopes"]):
        admin.delete_client_default_client_scope(key, ids[scope])
        admin.delete_client_optional_client_scope(key, ids[scope])
    for kind, add in (
        ("defaultClientScopes", admin.add_client_default_client_scope),
        ("optionalClientScopes", admin.add_client_optional_client_scope),
    ):
        for scope in wanted[kind]:
            add(key, ids[scope], {"realm": admin.get_current_realm(), "client": key,
                                  "clientScopeId": ids[scope]})  # fmt: skip


def _providers(run: Sync, realm: Realm) -> None:
    there = {it["alias"]: it for it in run.admin.get_idps()}
    for alias, wanted in realm.providers.items():
        thing = f"legitimeringstjänsten {alias}"
        found = there.get(alias)
        if found is None:
            if not run.lacks(realm.name, thing):
                continue
            run.admin.create_idp(wanted)
            # Of one that was removed Keycloak still remembers whom it had vouched for, and fails at
            # each of them because the links themselves are gone.
            run.admin.clear_user_cache()
        elif run.differs(realm.name, thing, _readable(wanted), found):
            run.admin.update_idp(alias, merged(wanted, found))
        _mappers(
            run, realm.name, thing,
            [it | {"identityProviderAlias": alias} for it in realm.mappers[alias]],
            run.admin.get_idp_mappers(alias),
            create=partial(run.admin.add_mapper_to_idp, alias),
            update=partial(run.admin.update_mapper_in_idp, alias),
            remove=partial(_remove_mapper, run.admin, alias),
        )  # fmt: skip
    for alias in sorted(there.keys() - realm.providers.keys()):
        if run.surplus(realm.name, f"legitimeringstjänsten {alias}"):
            run.admin.delete_idp(alias)


def _readable(provider: dict[str, Any]) -> dict[str, Any]:
    """Return a provider without what Keycloak shows as asterisks."""
    config = {key: it for key, it in provider["config"].items() if key != "clientSecret"}
    return provider | {"config": config}


def _remove_mapper(admin: KeycloakAdmin, alias: str, key: str) -> None:
    # python-keycloak has no call for it.
    admin.connection.raw_delete(
        f"admin/realms/{admin.get_current_realm()}/identity-provider/instances/{alias}/mappers/{key}"
    ).raise_for_status()


def _mappers(
    run: Sync,
    realm: str,
    owner: str,
    wanted: list[dict[str, Any]],
    found: list[dict[str, Any]],
    *,
    create: Callable[[dict[str, Any]], object],
    update: Callable[[str, dict[str, Any]], object],
    remove: Callable[[str], object],
) -> None:
    there = {it["name"]: it for it in found}
    for it in wanted:
        thing = f"{owner}, mappningen {it['name']}"
        if it["name"] not in there:
            if run.lacks(realm, thing):
                create(it)
        elif run.differs(realm, thing, it, there[it["name"]]):
            update(there[it["name"]]["id"], merged(it, there[it["name"]]))
    for name in sorted(there.keys() - {it["name"] for it in wanted}):
        if run.surplus(realm, f"{owner}, mappningen {name}"):
            remove(there[name]["id"])


def _users(run: Sync, realm: Realm) -> None:
    there: Mapping[str, dict[str, Any]] = (
        {it["username"]: it for it in run.admin.get_users({"briefRepresentation": False})}
        if realm.users
        else {}
    )
    for name, wanted in realm.users.items():
        found = there.get(name)
        if found is None:
            if run.lacks(realm.name, f"personen {name}"):
                run.admin.create_user(wanted | {"credentials": [CARD]})
        elif run.differs(realm.name, f"personen {name}", wanted, found):
            run.admin.update_user(found["id"], merged(wanted | {"credentials": [CARD]}, found))
