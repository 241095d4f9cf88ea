"""People with cards, through a provider and the realm `staff`, to the claims that we read."""

import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from realms import MUNICIPALITY, REGION, Realms
from visitor import CALLBACK, Visitor, header, read

from integrations.keycloak import prefixes, sync

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def visitor(realms: Realms) -> Visitor:
    return Visitor(realms.url)


def key_ids(realms: Realms) -> set[str]:
    keys = httpx.get(f"{realms.url}/realms/staff/protocol/openid-connect/certs", timeout=60).json()[
        "keys"
    ]
    return {it["kid"] for it in keys}


def test_a_card_gives_every_claim_that_the_sign_in_reads(realms: Realms, visitor: Visitor) -> None:
    begun = int(time.time())

    token = visitor.sign_in("nurse")["id_token"]

    assert header(token)["alg"] == "ES256"
    claims = read(token)
    assert claims["iss"] == f"{realms.url}/realms/staff"
    assert claims["aud"] == "samplan"
    assert claims["nonce"] == "nonce"
    assert claims["sub"]
    assert claims["sid"]
    assert begun - 5 <= claims["auth_time"] <= time.time() + 5
    assert claims["exp"] - claims["iat"] == 300
    assert claims["acr"] == "http://id.sambi.se/loa/loa3"
    assert claims["amr"] == ["urn:ietf:rfc:8705"]
    assert claims["identity_provider"] == "inera"
    assert claims["employee_hsa_id"] == f"{REGION}-NURSE"
    assert claims["all_employee_hsa_ids"] == [f"{REGION}-NURSE"]
    assert [it["healthCareUnitHsaId"] for it in claims["all_commissions"]] == [
        f"{REGION}-AVD1",
        f"{REGION}-AVD2",
    ]
    assert claims["all_commissions"][0]["commissionName"] == "Enhet AVD1, åäö"
    assert (claims["name"], claims["given_name"], claims["family_name"]) == (
        "Nurse Test", "Nurse", "Test",
    )  # fmt: skip


def test_nothing_of_the_person_is_in_the_access_token(visitor: Visitor) -> None:
    claims = read(visitor.sign_in("nurse")["access_token"])

    assert REGION not in str(claims)
    assert "realm_access" not in claims


def test_a_provider_that_calls_everything_otherwise_gives_the_same_claims(
    visitor: Visitor,
) -> None:
    claims = read(visitor.sign_in("officer", provider="kommun")["id_token"])

    assert claims["identity_provider"] == "kommun"
    assert claims["employee_hsa_id"] == f"{MUNICIPALITY}-OFFICER"
    assert claims["all_commissions"][0]["healthCareUnitHsaId"] == f"{MUNICIPALITY}-BIST"
    assert claims["acr"] == "http://id.sambi.se/loa/loa3"
    assert claims["family_name"] == "Test"


def test_a_weak_login_says_so_and_a_made_up_strength_says_nothing(realms: Realms) -> None:
    weak = read(Visitor(realms.url).sign_in("weak")["id_token"])
    odd = read(Visitor(realms.url).sign_in("odd")["id_token"])

    assert weak["acr"] == "http://id.sambi.se/loa/loa2"
    assert "acr" not in odd


def test_the_same_user_name_at_two_providers_is_two_people(realms: Realms) -> None:
    national = read(Visitor(realms.url).sign_in("officer")["id_token"])
    local = read(Visitor(realms.url).sign_in("officer", provider="kommun")["id_token"])

    assert national["employee_hsa_id"] == local["employee_hsa_id"]
    assert national["sub"] != local["sub"]


def test_a_provider_that_was_removed_and_came_back_knows_its_people(realms: Realms) -> None:
    for _ in range(2):  # the second time Keycloak remembers
        before = read(Visitor(realms.url).sign_in("officer", provider="kommun")["id_token"])
    realms.at("staff").delete_idp("kommun")
    realms.sync()

    after = read(Visitor(realms.url).sign_in("officer", provider="kommun")["id_token"])

    assert after["sub"] == before["sub"]


def test_a_municipality_speaks_for_its_own_only(realms: Realms) -> None:
    trusted = realms.deployment.providers
    verdicts = {
        (name, provider): prefixes.judge(
            provider,
            read(Visitor(realms.url).sign_in(name, provider=provider)["id_token"]),
            providers=trusted,
        ).is_accepted
        for name in ("nurse", "officer")
        for provider in ("inera", "kommun")
    }

    assert verdicts == {
        ("nurse", "inera"): True, ("nurse", "kommun"): False,
        ("officer", "inera"): True, ("officer", "kommun"): True,
    }  # fmt: skip


def test_the_realm_sends_everybody_to_a_provider_and_asks_nobody_for_a_password(
    realms: Realms, visitor: Visitor
) -> None:
    sent = visitor.get(visitor.address())

    assert sent.headers["location"].startswith(f"{realms.url}/realms/staff/broker/inera/login")
    said = visitor.token_request(grant_type="password", username="nurse", password="x")
    assert said["error"] == "unauthorized_client"


def test_a_second_sign_in_of_the_same_browser_asks_nothing(visitor: Visitor) -> None:
    first = read(visitor.sign_in("nurse")["id_token"])

    answer = visitor.get(visitor.address(prompt="none"))

    query = parse_qs(urlsplit(answer.headers["location"]).query)
    second = read(visitor.tokens(query["code"][0])["id_token"])
    assert second["sid"] == first["sid"]
    assert second["acr"] == first["acr"]


def test_a_code_without_its_verifier_is_refused(visitor: Visitor) -> None:
    code = visitor.callback("nurse")["code"]

    assert visitor.tokens(code, code_verifier="x" * 50)["error"] == "invalid_grant"


def test_a_sign_in_without_pkce_is_refused(visitor: Visitor) -> None:
    answer = visitor.get(visitor.address(code_challenge="", code_challenge_method=""))

    assert "error=invalid_request" in answer.headers["location"]


def test_nobody_is_sent_to_a_host_that_is_no_huvudmans(visitor: Visitor) -> None:
    address = visitor.address(redirect_uri=CALLBACK.replace("municipality", "elsewhere"))

    assert visitor.get(address).status_code == 400


def test_a_refresh_token_is_good_for_once(visitor: Visitor) -> None:
    given = visitor.sign_in("nurse")["refresh_token"]
    renewal = {"grant_type": "refresh_token", "refresh_token": given}

    assert "id_token" in visitor.token_request(**renewal)

    assert visitor.token_request(**renewal)["error"] == "invalid_grant"


def test_a_new_key_signs_and_the_old_one_still_proves(realms: Realms) -> None:
    before = header(Visitor(realms.url).sign_in("nurse")["id_token"])["kid"]

    sync.rotate(realms.admin, "staff", name="next")
    sync.rotate(realms.admin, "staff", name="next")

    after = header(Visitor(realms.url).sign_in("nurse")["id_token"])["kid"]
    assert after != before
    assert {before, after} <= key_ids(realms)
    assert realms.sync(check=True) == []


def test_a_logout_elsewhere_reaches_the_back_channel_with_the_session(
    realms: Realms, visitor: Visitor
) -> None:
    claims = read(visitor.sign_in("nurse")["id_token"])
    realms.told.clear()

    realms.at("staff").user_logout(claims["sub"])

    # It may come twice: the provider, which is told as well, tells Keycloak again.
    told, *_ = [it for it in realms.told if read(it["logout_token"])["sid"] == claims["sid"]]
    assert told["path"] == "/sign-in/back-channel-logout"
    assert header(told["logout_token"])["alg"] == "ES256"
    logout = read(told["logout_token"])
    assert (logout["iss"], logout["aud"], logout["sub"]) == (
        claims["iss"], "samplan", claims["sub"],
    )  # fmt: skip
    assert "http://schemas.openid.net/event/backchannel-logout" in logout["events"]


def test_a_sign_in_leaves_an_event(realms: Realms, visitor: Visitor) -> None:
    claims = read(visitor.sign_in("nurse")["id_token"])

    kinds = {it["type"] for it in realms.at("staff").get_events({"user": claims["sub"]})}

    assert "LOGIN" in kinds
