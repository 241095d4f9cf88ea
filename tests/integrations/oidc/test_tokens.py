"""Each check of a token by itself, at its very edge; the suite's cases go through the views."""

from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import KeySet, OctKey

from integrations.oidc import tokens
from integrations.oidc.registration import LOA3, Registration
from integrations.oidc.tokens import BadToken, IdToken, LogoutToken, UnknownKey
from tests.integrations.oidc.hostile import ABSENT, CLIENT_ID, LOGOUT, Hostile, Key, new_key

ISSUER = "https://id.example"
REGISTRATION = Registration(ISSUER, CLIENT_ID, "secret")
NOW = 1_800_000_000
NONCE, ACCESS_TOKEN = "once", "accessing"


@pytest.fixture
def signer() -> Hostile:
    """Give a provider that signs and is not served."""
    signer = Hostile(issuer=ISSUER)
    signer.reset()
    signer.authenticated_at, signer.sid = NOW, "a session"
    signer.claims = {"iat": NOW, "exp": NOW + 300}
    return signer


def published(*keys: Key) -> KeySet:
    return tokens.signing_keys({"keys": [it.as_dict(private=False) for it in keys]})


def id_token(signer: Hostile, *, at: int = NOW, max_age: int | None = None) -> IdToken:
    """Read the ID token that a provider has signed, at a second."""
    return tokens.read_id_token(
        signer.id_token(NONCE, ACCESS_TOKEN), keys=published(*signer.keys),
        registration=REGISTRATION, nonce=NONCE, access_token=ACCESS_TOKEN, max_age=max_age,
        at=datetime.fromtimestamp(at, UTC),
    )  # fmt: skip


def logout_token(signer: Hostile, *, at: int = NOW, **over: Any) -> LogoutToken:
    told = {"iat": NOW, "exp": NOW + 1000} | over
    return tokens.read_logout_token(
        signer.logout_token(**told), keys=published(*signer.keys), registration=REGISTRATION,
        at=datetime.fromtimestamp(at, UTC),
    )  # fmt: skip


def test_what_the_registration_holds_others_to_without_being_told() -> None:
    told = Registration(ISSUER, CLIENT_ID, "secret")

    assert (told.acr_values, told.scope) == ((LOA3,), "openid")
    assert LOA3 == "http://id.sambi.se/loa/loa3"


def test_a_token_that_holds_is_given_back_whole(signer: Hostile) -> None:
    token = id_token(signer)

    assert (token.claims["sub"], token.claims["sid"]) == ("f:staff:sara", "a session")
    assert token.raw.count(".") == 2


@pytest.mark.parametrize("typ", ["JWT", "ID", ABSENT])
def test_an_id_token_may_say_its_type_or_not(signer: Hostile, typ: object) -> None:
    signer.header = {"typ": typ}

    assert id_token(signer).claims["iss"] == ISSUER


@pytest.mark.parametrize(
    ("claims", "check"),
    [
        ({"iss": ISSUER + "/"}, "iss"),
        ({"iss": ABSENT}, "iss"),
        ({"aud": "another"}, "aud"),
        ({"aud": ABSENT}, "aud"),
        ({"azp": "another"}, "azp"),
        ({"nonce": "twice"}, "nonce"),
        ({"nonce": ABSENT}, "nonce"),
        ({"at_hash": "another"}, "at_hash"),
        ({"at_hash": ABSENT}, "at_hash"),
        ({"sub": ""}, "sub"),
        ({"sub": ["x"]}, "sub"),
        ({"exp": "soon"}, "exp"),
        ({"exp": NOW - 60}, "exp"),
        ({"iat": NOW + 61}, "iat"),
        ({"at_hash": "å"}, "at_hash"),
        ({"at_hash": 7}, "at_hash"),
        ({"at_hash": {"x": "y"}}, "claims"),
    ],
    ids=str,
)
def test_each_claim_is_held_against_what_we_know(
    signer: Hostile, claims: dict[str, Any], check: str
) -> None:
    signer.claims |= claims

    with pytest.raises(BadToken) as refused:
        id_token(signer)
    assert refused.value.check == check


@pytest.mark.parametrize("typ", ["at+jwt", "logout+jwt", "jwt", ""])
def test_a_token_of_another_type_signs_nobody_in(signer: Hostile, typ: str) -> None:
    signer.header = {"typ": typ}

    with pytest.raises(BadToken) as refused:
        id_token(signer)
    assert refused.value.check == "typ"


def test_a_header_may_say_more_than_we_know(signer: Hostile) -> None:
    signer.header = {"x-of-theirs": "x"}

    assert id_token(signer)


def test_without_a_nonce_of_ours_a_token_without_one_is_refused_too(signer: Hostile) -> None:
    signer.claims["nonce"] = ABSENT

    with pytest.raises(BadToken) as refused:
        tokens.read_id_token(
            signer.id_token("", ACCESS_TOKEN), keys=published(*signer.keys),
            registration=REGISTRATION, nonce="", access_token=ACCESS_TOKEN,
            at=datetime.fromtimestamp(NOW, UTC),
        )  # fmt: skip
    assert refused.value.check == "nonce"


def test_two_clocks_may_differ_by_a_minute(signer: Hostile) -> None:
    assert id_token(signer, at=NOW + 359)
    assert id_token(signer, at=NOW - 60)
    for at in (NOW + 360, NOW - 61):
        with pytest.raises(BadToken):
            id_token(signer, at=at)


def test_a_proof_is_no_older_than_was_asked_for(signer: Hostile) -> None:
    assert id_token(signer, at=NOW + 110, max_age=50)
    assert id_token(signer, at=NOW + 60, max_age=0)
    for at, max_age in ((NOW + 111, 50), (NOW + 61, 0)):
        with pytest.raises(BadToken) as refused:
            id_token(signer, at=at, max_age=max_age)
        assert refused.value.check == "auth_time"


@pytest.mark.parametrize("told", [ABSENT, "", "now"])
@pytest.mark.parametrize("max_age", [0, 300])
def test_a_token_that_does_not_say_when_proves_nothing_new(
    signer: Hostile, told: object, max_age: int
) -> None:
    signer.claims["auth_time"] = told

    with pytest.raises(BadToken) as refused:
        id_token(signer, max_age=max_age)
    assert refused.value.check == "auth_time"


def test_a_logout_token_tells_whose_sessions_end(signer: Hostile) -> None:
    both = logout_token(signer, jti="one")

    assert both == LogoutToken(ISSUER, "a session", "f:staff:sara", "one")
    assert logout_token(signer, sid=ABSENT, jti="one") == LogoutToken(
        ISSUER, "", "f:staff:sara", "one"
    )
    assert logout_token(signer, sub=ABSENT, jti="one") == LogoutToken(
        ISSUER, "a session", "", "one"
    )


@pytest.mark.parametrize("typ", ["JWT", "jwt", "Logout+JWT", ABSENT])
def test_a_logout_token_may_say_its_type_or_not(signer: Hostile, typ: object) -> None:
    signer.header = {"typ": typ}

    assert logout_token(signer).sid == "a session"


@pytest.mark.parametrize(
    ("claims", "check"),
    [
        ({"iss": "https://x.example"}, "iss"),
        ({"iss": ABSENT}, "iss"),
        ({"aud": "another"}, "aud"),
        ({"aud": ABSENT}, "aud"),
        ({"iat": ABSENT}, "iat"),
        ({"iat": NOW + 61}, "iat"),
        ({"iat": NOW - 361}, "iat"),
        ({"exp": NOW - 60}, "exp"),
        ({"jti": ABSENT}, "jti"),
        ({"jti": ""}, "jti"),
        ({"jti": 7}, "jti"),
        ({"events": ABSENT}, "events"),
        ({"events": "all"}, "events"),
        ({"events": [LOGOUT]}, "events"),
        ({"events": {}}, "events"),
        ({"events": {LOGOUT: True}}, "events"),
        ({"nonce": "once"}, "nonce"),
        ({"sid": ABSENT, "sub": ABSENT}, "sub"),
        ({"sid": "", "sub": ""}, "sub"),
        ({"sid": ["x"]}, "sub"),
        ({"sub": ["x"]}, "sub"),
    ],
    ids=str,
)
def test_each_claim_of_a_logout_is_held_against_what_we_know(
    signer: Hostile, claims: dict[str, Any], check: str
) -> None:
    with pytest.raises(BadToken) as refused:
        logout_token(signer, **claims)
    assert refused.value.check == check


@pytest.mark.parametrize("typ", ["at+jwt", "ID"])
def test_a_token_of_another_type_logs_nobody_out(signer: Hostile, typ: str) -> None:
    signer.header = {"typ": typ}

    with pytest.raises(BadToken) as refused:
        logout_token(signer)
    assert refused.value.check == "typ"


def test_a_logout_is_believed_for_five_minutes(signer: Hostile) -> None:
    assert logout_token(signer, at=NOW + 360)
    assert logout_token(signer, at=NOW - 60)
    with pytest.raises(BadToken):
        logout_token(signer, at=NOW + 361)


def test_a_signed_answer_about_a_person_is_this_providers_and_for_us(signer: Hostile) -> None:
    right = {"iss": ISSUER, "aud": CLIENT_ID, "sub": "f:staff:sara"}
    keys = published(*signer.keys)
    signer.claims = {}

    read = tokens.read_userinfo(signer.token(right), keys=keys, registration=REGISTRATION)

    assert read == right
    for wrong in (
        {"iss": "https://x.example"}, {"iss": ABSENT}, {"aud": "another"}, {"aud": ABSENT}
    ):  # fmt: skip
        with pytest.raises(BadToken) as refused:
            tokens.read_userinfo(signer.token(right | wrong), keys=keys, registration=REGISTRATION)
        assert refused.value.check == next(iter(wrong))


@pytest.mark.parametrize("alg", ["ES256", "PS256"])
def test_two_algorithms_are_believed(signer: Hostile, alg: str) -> None:
    signer.keys = [new_key("first", kind="EC" if alg == "ES256" else "RSA")]
    signer.header = {"alg": alg}

    assert id_token(signer)


def test_a_key_that_is_not_known_is_asked_for_and_one_without_name_is_refused(
    signer: Hostile,
) -> None:
    known = signer.keys
    signer.keys = [new_key("second")]
    raw = signer.id_token(NONCE, ACCESS_TOKEN)
    signer.header = {"kid": ABSENT}
    nameless = signer.id_token(NONCE, ACCESS_TOKEN)
    others = published(*known, new_key("third"))
    given: dict[str, Any] = {"registration": REGISTRATION, "nonce": NONCE, "keys": others,
             "access_token": ACCESS_TOKEN, "at": datetime.fromtimestamp(NOW, UTC)}  # fmt: skip

    with pytest.raises(UnknownKey):
        tokens.read_id_token(raw, **given)
    with pytest.raises(BadToken) as refused:
        tokens.read_id_token(nameless, **given)
    assert refused.value.check == "kid"


@pytest.mark.parametrize("raw", ["", "x", "a.b.c", "å.å.å", "..", "e30.e30."])
def test_what_is_no_token_is_refused(raw: str) -> None:
    with pytest.raises(BadToken) as refused:
        tokens.read_userinfo(raw, keys=published(new_key("first")), registration=REGISTRATION)
    assert refused.value.check == "signature"


def test_of_what_is_published_only_keys_that_sign_and_are_nobodys_secret_are_kept() -> None:
    signing, silent = new_key("signing").as_dict(private=False), new_key("silent").as_dict()
    del silent["use"]
    encrypting = new_key("encrypting").as_dict(private=False) | {"use": "enc"}
    shared = OctKey.import_key("a secret that is shared", {"kid": "shared", "use": "sig"}).as_dict()

    kept = tokens.signing_keys({"keys": [signing, silent, encrypting, shared]})

    assert [it.kid for it in kept.keys] == ["signing", "silent"]


@pytest.mark.parametrize(
    "published",
    [{}, {"keys": None}, {"keys": ["x"]}, {"keys": [{"kty": "?"}]}, {"keys": [{"use": "sig"}]}],
    ids=str,
)
def test_keys_that_cannot_be_read_are_refused(published: dict[str, Any]) -> None:
    with pytest.raises(BadToken) as refused:
        tokens.signing_keys(published)
    assert refused.value.check == "jwks"
