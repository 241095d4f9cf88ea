"""The cases of the OpenID Foundation's suite for clients, against a hostile provider of our own.

Each signs in through the real views, with one thing wrong, and asks the session table what came of
it. They are named after the suite's modules (`OIDCCClientTest*`, `client/logout/*`; security 8.2).
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from cast import MUNICIPALITY, REGION
from django.db import ProgrammingError
from django.test import Client
from hired import Hired, hire
from joserfc.jwk import OctKey
from people import CASE_OFFICERS
from visits import words

from care.identity import sessions
from care.identity.attempts import Why
from care.identity.models import SignInFailure, StaffSession
from care.identity.permissions import Role
from tenants.context import acting_as, acting_for
from tests.integrations.oidc.hostile import (
    ABSENT,
    CLIENT_ID,
    CLIENT_SECRET,
    LOGOUT,
    Hostile,
    broken,
    half_hash,
    new_key,
)  # fmt: skip
from tests.integrations.oidc.person import Person, tell, to_provider

LEAST = 32
ran: set[str] = set()
SKIPPED = {
    "RefreshToken (invalid issuer, invalid sub)": "no refresh token is kept or used: a session"
    " lives by itself (test_no_token_but_the_hint_is_kept)",
    "MtlsEndpointAliases": "the client proves itself by client_secret_basic",
}


@pytest.fixture(scope="module", autouse=True)
def count(request: pytest.FixtureRequest) -> Iterator[None]:
    """Say how many cases ran, and fail if that is too few; tests run in any order, so at the end.

    The file is one worker's (tests/conftest.py). Who asks for some of its tests is not counted.
    """
    ran.clear()
    yield
    asked = [it for it in request.session.items if it.path == request.path]
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        told = f"relying-party cases: {len(ran)} ran, {len(SKIPPED)} left out"
        print(f"\n{told}", file=sys.stderr)
    assert len(ran) >= LEAST or len(asked) < len(CASES) + len(LOGOUTS)


@dataclass(frozen=True)
class Case:
    """One module of the suite: what is spoilt, and which check must find it ("" if none may)."""

    module: str
    spoil: Callable[[Hostile], object]
    found_by: str
    why: Why = Why.NOT_PROVEN


def spoil(**over: Any) -> Callable[[Hostile], object]:
    return lambda hostile: hostile.claims.update(over)


def sign_with(alg: str, key: Callable[[], Any], *, publish: bool = True, kid: Any = "first") -> Any:
    def act(hostile: Hostile) -> None:
        signing = key()
        hostile.header = {"alg": alg, "kid": kid}
        hostile.sign_with = signing
        if publish:
            hostile.keys = [signing]

    return act


def rsa() -> Any:
    return new_key("first", kind="RSA")


def forge(alg: str, kind: str) -> Callable[[Hostile], object]:
    """Sign rightly with a published key, and then break the signature."""

    def act(hostile: Hostile) -> None:
        sign_with(alg, rsa if kind == "RSA" else lambda: new_key("first"))(hostile)
        hostile.finish = broken

    return act


def without_kid(hostile: Hostile) -> None:
    hostile.header["kid"] = ABSENT


def without_kid_of_several(hostile: Hostile) -> None:
    hostile.header["kid"] = ABSENT
    hostile.keys.append(new_key("second"))


def of_a_stranger(hostile: Hostile) -> None:
    hostile.sign_with = new_key("first")  # the name of the key that is published


def of_an_unknown_key(hostile: Hostile) -> None:
    hostile.sign_with = new_key("unheard of")


def by_userinfo(**told: Any) -> Callable[[Hostile], object]:
    """Leave the person out of the ID token, and tell of it at userinfo."""

    def act(hostile: Hostile) -> None:
        hostile.claims |= {"employee_hsa_id": ABSENT, "all_employee_hsa_ids": ABSENT}
        hostile.userinfo = {
            "sub": hostile.person["sub"], "employee_hsa_id": hostile.person["employee_hsa_id"],
        } | told  # fmt: skip

    return act


def by_signed_userinfo(*, stranger: bool = False, **told: Any) -> Callable[[Hostile], object]:
    def act(hostile: Hostile) -> None:
        by_userinfo()(hostile)
        assert isinstance(hostile.userinfo, dict)
        claims = hostile.userinfo | {"iss": hostile.issuer, "aud": CLIENT_ID} | told
        hostile.sign_with = new_key("first") if stranger else None
        hostile.userinfo = hostile.token(claims)
        hostile.sign_with = None
        hostile.userinfo_type = "application/jwt"

    return act


def in_an_answer(**over: Any) -> Callable[[Hostile], object]:
    return lambda hostile: hostile.answer.update(over)


def brought_back(**over: Any) -> Callable[[Hostile], object]:
    return lambda hostile: hostile.callback.update(over)


def shared_secret(hostile: Hostile) -> None:
    sign_with("HS256", lambda: OctKey.import_key(CLIENT_SECRET, {"kid": "first"}))(hostile)
    hostile.keys = [new_key("first")]


CASES = (
    Case("Plain (valid)", lambda hostile: None, ""),
    Case("InvalidIssuer", spoil(iss="https://elsewhere.example"), "iss"),
    Case("MissingIssuer", spoil(iss=ABSENT), "iss"),
    Case("InvalidAud", spoil(aud="another"), "aud"),
    Case("MissingAud", spoil(aud=ABSENT), "aud"),
    Case("MultipleAudWithoutAzp", spoil(aud=[CLIENT_ID, "another"], azp=ABSENT), "azp"),
    Case("InvalidAzp", spoil(azp="another"), "azp"),
    Case("MissingIat", spoil(iat=ABSENT), "iat"),
    Case("IatInTheFuture", spoil(iat=4_000_000_000), "iat"),
    Case("MissingSub", spoil(sub=ABSENT), "sub"),
    Case("EmptySub", spoil(sub=""), "sub"),
    Case("MissingExp", spoil(exp=ABSENT), "exp"),
    Case("Expired", spoil(exp=1_700_000_000), "exp"),
    Case("NonceInvalid", spoil(nonce="another"), "nonce"),
    Case("NonceMissing", spoil(nonce=ABSENT), "nonce"),
    Case("SignatureAlgNone", lambda hostile: hostile.header.update(alg="none"), "signature"),
    Case("InvalidSignatureRS256", forge("RS256", "RSA"), "signature"),
    Case("ValidSignatureRS256 (not on our list)", sign_with("RS256", rsa), "signature"),
    Case("InvalidSignatureES256", forge("ES256", "EC"), "signature"),
    Case("InvalidSignatureHS256 (signed with the secret)", shared_secret, "signature"),
    Case("InvalidSignaturePS256", forge("PS256", "RSA"), "signature"),
    Case("ValidSignaturePS256", sign_with("PS256", rsa), ""),
    Case("InvalidSignatureOfAStranger", of_a_stranger, "signature"),
    Case("KidAbsentSingleJwks", without_kid, ""),
    Case("KidAbsentMultipleJwks", without_kid_of_several, "kid"),
    Case("KidUnknown", of_an_unknown_key, "kid"),
    Case("InvalidAtHash", spoil(at_hash=half_hash("another")), "at_hash"),
    Case("MissingAtHash", spoil(at_hash=ABSENT), "at_hash"),
    Case("MissingIdToken", in_an_answer(id_token=ABSENT), "id_token"),
    Case("IdTokenIsAnAccessToken", lambda it: it.header.update(typ="at+jwt"), "typ"),
    Case("ScopeUserInfoClaims", by_userinfo(), ""),
    Case("UserInfoInvalidSub", by_userinfo(sub="f:staff:another"), "userinfo.sub"),
    Case("UserInfoMissingSub", by_userinfo(sub=None), "userinfo.sub"),
    Case("SignedUserInfo", by_signed_userinfo(), ""),
    Case("SignedUserInfoInvalidIssuer", by_signed_userinfo(iss="https://x.example"), "iss"),
    Case("SignedUserInfoInvalidSignature", by_signed_userinfo(stranger=True), "signature"),
    Case("AuthorizationResponseInvalidIss", brought_back(iss="https://x.example"), "iss"),
    Case("AcrTooLow", spoil(acr="http://id.sambi.se/loa/loa2"), "acr", Why.WEAK),
    Case("AcrHigher", spoil(acr="http://id.sambi.se/loa/loa4"), ""),
    Case("AcrMissing", spoil(acr=ABSENT), "acr", Why.WEAK),
    Case("CodeUnknown", brought_back(code="another"), "code"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda it: it.module)
def test_signing_in(case: Case, hostile: Hostile, nurse: Hired) -> None:
    case.spoil(hostile)

    answer = Person().sign_in()
    with acting_as(REGION):
        sessions = StaffSession.objects.count()
        failures = [(it.why, it.detail) for it in SignInFailure.objects.all()]
    if case.found_by:
        assert (sessions, failures) == (0, [(case.why, case.found_by)])
        assert answer.status_code == 403
    else:
        assert (sessions, failures) == (1, [])
        assert answer.status_code == 302
    ran.add(case.module)


def test_the_client_proves_itself_in_the_header(hostile: Hostile, nurse: Hired) -> None:
    Person().sign_in()

    (asked,) = hostile.token_requests
    assert asked["authorization"].startswith("Basic ")
    assert "client_secret" not in asked
    ran.add("ClientSecretBasic")


def test_metadata_of_another_issuer_is_not_believed(hostile: Hostile, nurse: Hired) -> None:
    hostile.metadata = {"issuer": "https://elsewhere.example"}

    answer = Person().client.get("/sign-in/start")
    assert answer.status_code == 503
    assert hostile.authorized == {}
    ran.add("DiscoveryIssuerMismatch")


def test_no_token_but_the_hint_is_kept(hostile: Hostile, nurse: Hired) -> None:
    hostile.answer = {"refresh_token": "refreshing", "access_token": "accessing"}
    hostile.claims = {"at_hash": half_hash("accessing")}

    assert Person().sign_in().status_code == 302
    with acting_as(REGION):
        row = str(StaffSession.objects.values().get())
    assert "refreshing" not in row
    assert "accessing" not in row
    assert {it["grant_type"] for it in hostile.token_requests} == {"authorization_code"}


@dataclass(frozen=True)
class Logout:
    """A module on logout tokens: what is laid over one, and whether it ends the session."""

    module: str
    claims: dict[str, Any]
    ends: bool = False
    header: dict[str, Any] | None = None
    signing: Callable[[], Any] | None = None
    finish: Callable[[str], str] | None = None


LOGOUTS = (
    Logout("BackChannelLogout (valid)", {}, ends=True),
    Logout("BackChannelLogoutBySid", {"sub": ABSENT}, ends=True),
    Logout("BackChannelLogoutBySub", {"sid": ABSENT}, ends=True),
    Logout("BackChannelLogoutAlgNone", {}, header={"alg": "none"}),
    Logout("BackChannelLogoutWrongAlg", {}, header={"alg": "HS256"},
           signing=lambda: OctKey.import_key(CLIENT_SECRET, {"kid": "first"})),
    Logout("BackChannelLogoutWrongAlgRS256", {}, header={"alg": "RS256"}, signing=rsa),
    Logout("BackChannelLogoutWrongAud", {"aud": "another"}),
    Logout("BackChannelLogoutWrongIssuer", {"iss": "https://elsewhere.example"}),
    Logout("BackChannelLogoutWrongEvent", {"events": {"https://elsewhere.example/event": {}}}),
    Logout("BackChannelLogoutEventOfNoObject", {"events": {LOGOUT: True}}),
    Logout("BackChannelLogoutNoEvent", {"events": ABSENT}),
    Logout("BackChannelLogoutWithNonce", {"nonce": "one"}),
    Logout("BackChannelLogoutNoSubOrSid", {"sub": ABSENT, "sid": ABSENT}),
    Logout("BackChannelLogoutNoJti", {"jti": ABSENT}),
    Logout("BackChannelLogoutNoIat", {"iat": ABSENT}),
    Logout("BackChannelLogoutOld", {"iat": 1_700_000_000, "exp": ABSENT}),
    Logout("BackChannelLogoutExpired", {"exp": 1_700_000_000}),
    Logout("BackChannelLogoutSidOfAnother", {"sid": "another", "sub": ABSENT}),
    Logout("BackChannelLogoutInvalidSignature", {}, finish=broken),
    Logout("BackChannelLogoutOfAStranger", {}, signing=lambda: new_key("first")),
    Logout("BackChannelLogoutIsAnIdToken", {}, header={"typ": "ID"}),
)  # fmt: skip


@pytest.mark.parametrize("case", LOGOUTS, ids=lambda it: it.module)
def test_back_channel_logout(case: Logout, hostile: Hostile, nurse: Hired) -> None:
    sara = Person()
    sara.sign_in()
    assert sara.is_in
    hostile.header = case.header or {}
    hostile.sign_with = case.signing() if case.signing else None
    hostile.finish = case.finish

    status = tell(hostile.logout_token(**case.claims))
    if case.module == "BackChannelLogoutSidOfAnother":
        assert status == 200  # it holds, and is about somebody else
    else:
        assert status == (200 if case.ends else 400)
    assert sara.is_in is not case.ends  # at the very next request
    ran.add(case.module)


def test_a_logout_that_is_played_again_is_refused(hostile: Hostile, nurse: Hired) -> None:
    sara = Person()
    sara.sign_in()
    raw = hostile.logout_token()
    assert tell(raw) == 200
    sara.sign_in()

    assert tell(raw) == 400
    assert sara.is_in
    ran.add("BackChannelLogoutReplayed")


def test_a_logout_ends_the_sessions_at_every_huvudman(hostile: Hostile, nurse: Hired) -> None:
    hire(MUNICIPALITY, nurse.name, nurse.hsa_id, (CASE_OFFICERS, Role.INBOX_COORDINATOR))
    here, there = Person(), Person(MUNICIPALITY)
    here.sign_in()
    there.sign_in()
    raw = hostile.logout_token()

    assert tell(raw, MUNICIPALITY) == 200
    assert (here.is_in, there.is_in) == (False, False)
    assert tell(raw, REGION) == 400


def test_a_logout_that_fails_at_one_huvudman_ends_the_others_and_is_sent_again(
    hostile: Hostile, nurse: Hired, monkeypatch: pytest.MonkeyPatch
) -> None:
    hire(MUNICIPALITY, nurse.name, nurse.hsa_id, (CASE_OFFICERS, Role.INBOX_COORDINATOR))
    here, there = Person(), Person(MUNICIPALITY)
    here.sign_in()
    there.sign_in()
    raw = hostile.logout_token()
    end_all, broken = sessions.end_all, [REGION, MUNICIPALITY]

    def fail(**told: Any) -> int:
        if acting_for() == broken[0]:
            raise ProgrammingError("relation does not exist")
        return end_all(**told)

    for broken_at in tuple(broken):
        with monkeypatch.context() as patched:
            patched.setattr(sessions, "end_all", fail)
            assert tell(raw) == 500
        broken.pop(0)
        assert (here.is_in, there.is_in) == (broken_at == REGION, False)
    assert tell(raw) == 400  # by now it has come to its end everywhere


def test_a_logout_is_told_of_at_the_host_that_is_nobodys(hostile: Hostile, nurse: Hired) -> None:
    here = Person()
    here.sign_in()
    public = Client(headers={"host": "samplan.localhost"})

    told = public.post("/sign-in/back-channel-logout", {"logout_token": hostile.logout_token()})

    assert told.status_code == 200
    assert not here.is_in
    assert public.get("/sign-in/start").status_code == 404


class TestRpInitiatedLogout:
    """`client/logout/rp-init`: who comes back is told what the provider has done, not more."""

    def leave(self, hostile: Hostile, **brought: Any) -> str:
        """Sign out, follow the way through the provider, and return what the page says."""
        sara = Person()
        sara.sign_in()
        hostile.callback = brought
        page = sara.client.post("/sign-out").content.decode()
        assert not sara.is_in
        url = page.split('content="0;url=')[1].split('"')[0].replace("&amp;", "&")
        (self.asked,) = [url]
        answer = sara.come_back(to_provider(url))
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in")
        return words(sara.client.get("/sign-in").content)

    def test_valid_state(self, hostile: Hostile, nurse: Hired) -> None:
        assert "också hos inloggningstjänsten" in self.leave(hostile)
        assert "id_token_hint=" in self.asked
        assert not hostile.is_signed_in
        ran.add("RpInitLogout")

    def test_invalid_state(self, hostile: Hostile, nurse: Hired) -> None:
        assert "svarade inte att den loggade ut dig" in self.leave(hostile, state="another")
        ran.add("RpInitLogoutInvalidState")

    def test_no_state(self, hostile: Hostile, nurse: Hired) -> None:
        assert "svarade inte att den loggade ut dig" in self.leave(hostile, state=ABSENT)
        ran.add("RpInitLogoutNoState")


@pytest.mark.parametrize("module", SKIPPED)
def test_left_out(module: str) -> None:
    pytest.skip(f"{module}: {SKIPPED[module]}")
