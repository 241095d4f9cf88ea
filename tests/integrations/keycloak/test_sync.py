"""The realms are as their files: a second run changes nothing, and each drift is found and told."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from keycloak import KeycloakAdmin
from pytest_django import Settings
from realms import HOSTS, Realms
from typer.testing import CliRunner

from integrations.keycloak import sync, wanted
from project.cli import app
from project.commands import keycloak as command
from project.demo import county

pytestmark = pytest.mark.timeout(900)


def test_a_second_run_changes_nothing(realms: Realms) -> None:
    assert realms.sync() == []
    assert realms.sync(check=True) == []


def _setting(**changed: Any) -> Callable[[KeycloakAdmin], object]:
    return lambda at: at.update_realm("staff", at.get_realm("staff") | changed)


def _client(**changed: Any) -> Callable[[KeycloakAdmin], object]:
    def plant(at: KeycloakAdmin) -> None:
        found = at.get_client(_id(at))
        attributes = found["attributes"] | changed.pop("attributes", {})
        at.update_client(_id(at), found | changed | {"attributes": attributes})

    return plant


def _id(at: KeycloakAdmin) -> str:
    found = at.get_client_id("samplan")
    assert found
    return found


def _provider(**config: str) -> Callable[[KeycloakAdmin], object]:
    def plant(at: KeycloakAdmin) -> None:
        found = at.get_idp("kommun")
        at.update_idp("kommun", found | {"config": found["config"] | config})

    return plant


def _profile(change: Callable[[list[dict[str, Any]]], object]) -> Callable[[KeycloakAdmin], object]:
    def plant(at: KeycloakAdmin) -> None:
        found = at.get_realm_users_profile()
        change(found["attributes"])
        at.update_realm_users_profile(found)

    return plant


def _named(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(it for it in rows if it["name"] == name)


def _scope(at: KeycloakAdmin, name: str) -> str:
    return next(it["id"] for it in at.get_client_scopes() if it["name"] == name)


def _mapper(at: KeycloakAdmin, name: str) -> dict[str, Any]:
    of = _scope(at, "samplan")
    return next(it for it in at.get_mappers_from_client_scope(of) if it["name"] == name)


def _change_claim(at: KeycloakAdmin) -> None:
    found = _mapper(at, "employee_hsa_id")
    found["config"]["user.attribute"] = "email"
    at.update_mapper_in_client_scope(_scope(at, "samplan"), found["id"], found)


def _remove_claim(at: KeycloakAdmin) -> None:
    at.delete_mapper_from_client_scope(
        _scope(at, "samplan"), _mapper(at, "identity_provider")["id"]
    )


def _add_claim(at: KeycloakAdmin) -> None:
    at.add_mapper_to_client_scope(_scope(at, "samplan"), HARDCODED)


def _change_what_is_kept(at: KeycloakAdmin) -> None:
    found = next(it for it in at.get_idp_mappers("kommun") if it["name"] == "employee_hsa_id")
    found["config"]["claim"] = "sub"
    at.update_mapper_in_idp("kommun", found["id"], found)


def _keep_more(at: KeycloakAdmin) -> None:
    at.add_mapper_to_idp("kommun", {
        "name": "always strong", "identityProviderAlias": "kommun",
        "identityProviderMapper": "hardcoded-user-session-attribute-idp-mapper",
        "config": {"attribute": "acr", "attribute.value": "http://id.sambi.se/loa/loa3"},
    })  # fmt: skip


def _step(at: KeycloakAdmin) -> None:
    at.create_authentication_flow_execution({"provider": "idp-confirm-link"}, "First sign-in")


def _requirement(at: KeycloakAdmin) -> None:
    step, *_ = at.get_authentication_flow_executions("First sign-in")
    at.update_authentication_flow_executions(step | {"requirement": "DISABLED"}, "First sign-in")


def _first_provider(at: KeycloakAdmin) -> None:
    _, step, *_ = at.get_authentication_flow_executions("Sign-in")
    place = f"admin/realms/staff/authentication/config/{step['authenticationConfig']}"
    found = at.connection.raw_get(place).json() | {"config": {"defaultProvider": "kommun"}}
    at.connection.raw_put(place, data=json.dumps(found)).raise_for_status()


def _rsa(at: KeycloakAdmin) -> None:
    at.create_component({
        "name": "planted", "providerId": "rsa-generated", "providerType": sync.KEY_TYPE,
        "config": {"priority": ["1000"]},
    })  # fmt: skip


WRITABLE = {"view": ["admin"], "edit": ["user"]}
HARDCODED = {
    "name": "planted", "protocol": "openid-connect",
    "protocolMapper": "oidc-hardcoded-claim-mapper",
    "config": {"claim.name": "acr", "claim.value": "x", "id.token.claim": "true"},
}  # fmt: skip

# What somebody does by hand in `staff`, and what is told of it.
DRIFT: dict[str, tuple[Callable[[KeycloakAdmin], object], str]] = {
    "a longer token": (
        _setting(accessTokenLifespan=3600),
        "staff: inställningarna, accessTokenLifespan: ska vara 300, är 3600",
    ),
    "a lock-out": (
        _setting(bruteForceProtected=True),
        "staff: inställningarna, bruteForceProtected: ska vara av, är på",
    ),
    "passwords": (
        _setting(requiredCredentials=["password"]),
        "staff: inställningarna, requiredCredentials: ska vara tomt, är password",
    ),
    "events kept for a day": (
        _setting(eventsExpiration=86400),
        "staff: inställningarna, eventsExpiration: ska vara 34560000, är 86400",
    ),
    "refresh tokens for ever": (
        _setting(revokeRefreshToken=False),
        "staff: inställningarna, revokeRefreshToken: ska vara på, är av",
    ),
    "another algorithm": (
        _setting(defaultSignatureAlgorithm="RS256"),
        "staff: inställningarna, defaultSignatureAlgorithm: ska vara ES256, är RS256",
    ),
    "another key": (_rsa, "staff: nyckeln planted: ska vara borttagen, är upplagd"),
    "an undeclared attribute": (
        _profile(lambda rows: rows.remove(_named(rows, "amr"))),
        "staff: attributet amr: ska vara upplagd, är saknas",
    ),
    "an attribute too many": (
        _profile(lambda rows: rows.append({"name": "shoe_size"})),
        "staff: attributet shoe_size: ska vara borttagen, är upplagd",
    ),
    "an attribute that the person may write": (
        _profile(lambda rows: _named(rows, "all_commissions").update(permissions=WRITABLE)),
        "staff: attributet all_commissions, permissions.edit: ska vara admin, är user",
    ),
    "an e-mail that is asked for": (
        _profile(lambda rows: _named(rows, "email").update(required={"roles": ["user"]})),
        "staff: attributet email, required: ska vara saknas, är {'roles': ['user']}",
    ),
    "a step that asks people to link": (
        _step,
        "staff: flödet First sign-in, steget idp-confirm-link: ska vara borttagen, är upplagd",
    ),
    "a step that is off": (
        _requirement,
        "staff: flödet First sign-in, steget idp-create-user-if-unique, requirement:"
        " ska vara ALTERNATIVE, är DISABLED",
    ),
    "a password form": (
        lambda at: at.create_authentication_flow_execution(
            {"provider": "auth-username-password-form"}, "Sign-in"
        ),
        "staff: flödet Sign-in, steget auth-username-password-form: ska vara borttagen",
    ),
    "another flow": (
        _setting(browserFlow="browser"),
        "staff: inställningarna, browserFlow: ska vara Sign-in, är browser",
    ),
    "another first provider": (
        _first_provider,
        "staff: flödet Sign-in, steget identity-provider-redirector, defaultProvider:"
        " ska vara inera, är kommun",
    ),
    "a claim from elsewhere": (
        _change_claim,
        "staff: omfånget samplan, mappningen employee_hsa_id, config.user.attribute:"
        " ska vara employee_hsa_id, är email",
    ),
    "a claim less": (
        _remove_claim,
        "staff: omfånget samplan, mappningen identity_provider: ska vara upplagd, är saknas",
    ),
    "a claim more": (
        _add_claim, "staff: omfånget samplan, mappningen planted: ska vara borttagen, är upplagd",
    ),
    "an address more": (
        _client(redirectUris=["*"]),
        "staff: klienten samplan, redirectUris: ska vara "
    ),
    "full scope": (
        _client(fullScopeAllowed=True),
        "staff: klienten samplan, fullScopeAllowed: ska vara av, är på",
    ),
    "no PKCE": (
        _client(attributes={"pkce.code.challenge.method": ""}),
        "staff: klienten samplan, attributes.pkce.code.challenge.method: ska vara S256, är saknas",
    ),
    "no back channel": (
        _client(attributes={"backchannel.logout.url": ""}),
        "staff: klienten samplan, attributes.backchannel.logout.url: ska vara http://localhost:",
    ),
    "another secret": (
        _client(secret="planted"),
        "staff: klienten samplan, secret: ska vara det som är angivet, är något annat",
    ),
    "a scope of the client": (
        lambda at: at.add_client_default_client_scope(_id(at), _scope(at, "acr"), {}),
        "staff: klienten samplan, defaultClientScopes: ska vara samplan, är ",
    ),
    "a claim of the client's own": (
        lambda at: at.add_mapper_to_client(_id(at), HARDCODED),
        "staff: klienten samplan, protocolMappers: ska vara tomt, är ",
    ),
    "a client more": (
        lambda at: at.create_client({"clientId": "planted"}),
        "staff: klienten planted: ska vara borttagen, är upplagd",
    ),
    "no client": (
        lambda at: at.delete_client(_id(at)),
        "staff: klienten samplan: ska vara upplagd, är saknas",
    ),
    "a provider whose signature is not checked": (
        _provider(validateSignature="false"),
        "staff: legitimeringstjänsten kommun, config.validateSignature: ska vara true, är false",
    ),
    "a provider that is another": (
        _provider(issuer="http://localhost:1/realms/kommun"),
        "staff: legitimeringstjänsten kommun, config.issuer: ska vara http://localhost:",
    ),
    "a provider more": (
        lambda at: at.create_idp({"alias": "planted", "providerId": "oidc", "config": {}}),
        "staff: legitimeringstjänsten planted: ska vara borttagen, är upplagd",
    ),
    "a provider less": (
        lambda at: at.delete_idp("kommun"),
        "staff: legitimeringstjänsten kommun: ska vara upplagd, är saknas",
    ),
    "another thing kept as the HSA-id": (
        _change_what_is_kept,
        "staff: legitimeringstjänsten kommun, mappningen employee_hsa_id, config.claim:"
        " ska vara http://sambi\\.se/attributes/1/employeeHsaId, är sub",
    ),
    "a strength that is always there": (
        _keep_more,
        "staff: legitimeringstjänsten kommun, mappningen always strong:"
        " ska vara borttagen, är upplagd",
    ),
}  # fmt: skip

# Without a provider, each of its mappers is missing too, once there is one again.
FOLLOW = ("staff: legitimeringstjänsten kommun, mappningen",)

# Where these are gone, nothing else of them can be told.
GONE = frozenset({"no client", "a provider less"})


@pytest.mark.parametrize("kinds", [DRIFT.keys() - GONE, GONE], ids=["changed", "gone"])
def test_what_is_changed_by_hand_is_found_told_and_changed_back(
    realms: Realms, kinds: frozenset[str]
) -> None:
    told = {kind: DRIFT[kind][1] for kind in DRIFT if kind in kinds}
    for kind in told:
        DRIFT[kind][0](realms.at("staff"))

    found = [str(it) for it in realms.sync(check=True)]

    # All of it is told, and nothing besides.
    assert [it for it in told if not any(line.startswith(told[it]) for line in found)] == []
    assert [it for it in found if not it.startswith((*told.values(), *FOLLOW))] == []
    # To look changes nothing: what was found is found again, and put right once.
    assert {str(it) for it in realms.sync()} >= set(found)
    assert realms.sync(check=True) == []


def test_a_secret_is_never_told(realms: Realms) -> None:
    _client(secret="planted")(realms.at("staff"))

    found = "".join(str(it) for it in realms.sync())

    assert "planted" not in found
    assert realms.deployment.secret not in found


def test_what_integrators_have_in_the_realm_of_machines_stays(realms: Realms) -> None:
    realms.at("api").create_client({"clientId": "journal-system"})

    assert realms.sync() == []

    assert realms.at("api").get_client_id("journal-system")


def test_a_huvudman_that_joins_gets_its_addresses(realms: Realms) -> None:
    origins = (*realms.deployment.origins, "http://newcomer.localhost:8000")
    deployment = replace(realms.deployment, origins=origins)

    found = sync.synchronise(realms.admin, wanted.realms(deployment), check=True)

    told = {(it.realm, word) for it in found for word in re.split("##|, ", it.wanted)}
    assert ("staff", "http://newcomer.localhost:8000/sign-in/callback") in told
    assert {realm for realm, word in told if word == "http://newcomer.localhost:8000/"} == {
        "staff", "inera", "kommun",
    }  # fmt: skip


def test_without_people_to_simulate_there_is_no_simulated_realm(realms: Realms) -> None:
    product = replace(realms.deployment, providers={}, simulated=None)

    assert [it.name for it in wanted.realms(product)] == ["staff", "citizen", "api"]
    assert all(not it.providers and not it.users for it in wanted.realms(product))


@pytest.fixture
def operator(
    realms: Realms, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Callable[..., Any]:
    """Give a way to run the command with the environment of an operator."""
    settings.OUTGOING = ["localhost@127.0.0.0/8", "localhost@::1/128"]
    monkeypatch.setattr(command, "deployment", lambda **_: realms.deployment)
    for name, value in realms.environment.items():
        monkeypatch.setenv(name, value)
    hosts = [word for it in HOSTS for word in ("--host", it)]
    return lambda *words: CliRunner().invoke(app, ["keycloak", "sync", *words, *hosts])


def test_the_command_tells_by_its_exit_status(realms: Realms, operator: Callable[..., Any]) -> None:
    assert (operator("--check").exit_code, operator().exit_code) == (0, 0)
    _setting(accessTokenLifespan=60)(realms.at("staff"))

    found = operator("--check")

    assert found.exit_code == 1
    assert "staff: inställningarna, accessTokenLifespan: ska vara 300, är 60" in found.output
    assert operator().exit_code == 0
    assert operator("--check").exit_code == 0


def test_everybody_of_the_demo_has_a_card_at_both_simulated_providers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        "DEMO": "1", "PORT": "18000", "KEYCLOAK_URL": "http://k", "OIDC_CLIENT_SECRET": "s",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"SAMPLAN_{name}", value)

    deployment = command.deployment(hosts=["krokom.localhost"], simulated=True)

    *_, national, municipal = wanted.realms(deployment)
    assert national.users.keys() == municipal.users.keys()
    assert len(national.users) == len(county.NAMED)
    nurse = national.users["sara.lindmark"]["attributes"]
    assert nurse["employee_hsa_id"] == [county.NURSE.hsa_id]
    assert len(nurse["all_commissions"]) == 2
    staff, *_ = wanted.realms(deployment)
    assert staff.clients["samplan"]["redirectUris"] == [
        "http://krokom.localhost:18000/sign-in/callback",
        "http://localhost:18000/sign-in/callback",
    ]
    for provider, told in staff.providers.items():
        there = {national.name: national, municipal.name: municipal}[provider].clients
        assert told["config"]["clientSecret"] == there["samplan-staff"]["secret"]


def test_the_command_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAMPLAN_KEYCLOAK_URL", raising=False)

    said = CliRunner().invoke(app, ["keycloak", "sync", "--host", "krokom.localhost"])

    assert said.exit_code == 2
    assert "SAMPLAN_KEYCLOAK_URL saknas" in said.output


def test_the_administrators_password_goes_to_no_host_that_is_not_listed(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.OUTGOING = ["login.example"]
    for name in ("KEYCLOAK_URL", "KEYCLOAK_USER", "KEYCLOAK_PASSWORD"):
        monkeypatch.setenv(f"SAMPLAN_{name}", "http://127.0.0.1:9")

    said = CliRunner().invoke(app, ["keycloak", "rotate-key", "2027-01"])

    assert said.exit_code == 2
    assert "127.0.0.1 får inte anropas" in said.output


def test_a_simulated_provider_is_refused_outside_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAMPLAN_DEMO", raising=False)
    for name in ("URL", "USER", "PASSWORD"):
        monkeypatch.setenv(f"SAMPLAN_KEYCLOAK_{name}", "http://localhost:1")

    said = CliRunner().invoke(app, ["keycloak", "sync", "--simulated", "--host", "a.localhost"])

    assert said.exit_code == 2
    assert "bara i demon" in said.output
