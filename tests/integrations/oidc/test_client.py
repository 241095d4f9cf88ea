"""What Samplan asks of the provider, how often, and what it makes of answers that are none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from pytest_django import Settings

from integrations.oidc.client import Provider, Refused, Unreachable, Vouched
from integrations.oidc.registration import Registration
from integrations.oidc.tokens import BadToken
from tests.integrations.oidc.hostile import (
    ABSENT,
    CLIENT_ID,
    CLIENT_SECRET,
    Hostile,
    half_hash,
    new_key,
)
from tests.integrations.oidc.person import asked_of, to_provider

BACK = "http://region.localhost/sign-in/callback"
ASKED = {"state": "a state", "nonce": "once", "verifier": "v" * 43, "redirect_uri": BACK}
DISCOVERY, KEYS = "/.well-known/openid-configuration", "/keys"


@dataclass
class Clock:
    """Seconds that go by when a test says so."""

    now: float = 5.0

    def __call__(self) -> float:
        return self.now


@dataclass
class At:
    """The provider, as Samplan knows it, and the clock by which it forgets."""

    hostile: Hostile
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        registration = Registration(self.hostile.issuer, CLIENT_ID, CLIENT_SECRET)
        self.provider = Provider(registration, elapsed=self.clock)

    def code(self, **more: Any) -> str:
        """Go to the provider as a browser does, and return the code that it gives."""
        url = self.provider.authorization_url(**{**ASKED, **more})
        return asked_of(to_provider(url))["code"]

    def exchange(self, code: str, **more: Any) -> Vouched:
        given = {it: ASKED[it] for it in ("nonce", "verifier", "redirect_uri")} | more
        return self.provider.exchange(code=code, at=datetime.now(UTC), **given)  # type: ignore[arg-type]

    def asks(self, act: Callable[[], object]) -> list[str]:
        """Return of which places something asks."""
        self.hostile.asked.clear()
        act()
        return list(self.hostile.asked)


@pytest.fixture
def at(served: Hostile, settings: Settings) -> Iterator[At]:
    served.reset()
    settings.OUTGOING = ["127.0.0.1@127.0.0.0/8"]
    yield At(served)
    served.reset()


def by_userinfo(hostile: Hostile, **told: Any) -> None:
    hostile.claims = {"employee_hsa_id": ABSENT, "all_employee_hsa_ids": ABSENT}
    hostile.userinfo = {"sub": "f:staff:sara", "employee_hsa_id": "SE2999999119-P001"} | told


def test_a_person_is_asked_for_with_a_state_a_nonce_and_a_challenge(at: At) -> None:
    url = at.provider.authorization_url(**ASKED)

    asked = asked_of(url)
    assert len(asked.pop("code_challenge")) == 43
    assert url.startswith(f"{at.hostile.issuer}/authorize?")
    assert asked == {
        "response_type": "code", "client_id": CLIENT_ID, "redirect_uri": BACK, "scope": "openid",
        "state": "a state", "nonce": "once", "code_challenge_method": "S256",
    }  # fmt: skip


def test_a_new_proof_and_a_way_in_are_asked_for_where_they_are_named(at: At) -> None:
    more = asked_of(at.provider.authorization_url(**ASKED, max_age=0, through="siths"))

    assert (more["max_age"], more["kc_idp_hint"]) == ("0", "siths")


def test_a_code_stands_for_a_person_once(at: At) -> None:
    code = at.code()

    vouched = at.exchange(code)

    assert vouched.who.hsa_ids == ("SE2999999119-P001",)
    assert vouched.claims == vouched.token.claims
    assert "/userinfo" not in at.hostile.asked
    with pytest.raises(Refused) as refused:
        at.exchange(code)
    assert refused.value.error == "invalid_grant"


@pytest.mark.parametrize(
    "wrong", [{"verifier": "w" * 43}, {"redirect_uri": "http://elsewhere.localhost/"}], ids=str
)
def test_a_code_is_worth_nothing_to_who_did_not_ask_for_it(at: At, wrong: dict[str, str]) -> None:
    with pytest.raises(Refused):
        at.exchange(at.code(), **wrong)


@pytest.mark.parametrize(
    ("spoilt", "more", "check"),
    [
        ({"nonce": "twice"}, {}, "nonce"),
        ({"aud": "another"}, {}, "aud"),
        ({"at_hash": half_hash("another")}, {}, "at_hash"),
        ({"auth_time": 1_700_000_000}, {"max_age": 300}, "auth_time"),
    ],
    ids=str,
)
def test_the_token_is_held_against_what_was_asked(
    at: At, spoilt: dict[str, Any], more: dict[str, int], check: str
) -> None:
    at.hostile.claims = spoilt

    with pytest.raises(BadToken) as refused:
        at.exchange(at.code(), **more)
    assert refused.value.check == check


@pytest.mark.parametrize(
    "answer", [{"id_token": ABSENT}, {"id_token": 7}, {"access_token": ["x"]}], ids=str
)
def test_an_answer_without_tokens_is_refused(at: At, answer: dict[str, Any]) -> None:
    at.hostile.answer = answer

    with pytest.raises(BadToken) as refused:
        at.exchange(at.code())
    assert refused.value.check == "id_token"


def test_a_token_for_which_there_is_no_access_is_read_too(at: At) -> None:
    at.hostile.answer = {"access_token": ABSENT}
    at.hostile.claims = {"at_hash": half_hash("")}

    assert at.exchange(at.code()).who.subject == "f:staff:sara"


def test_who_the_token_does_not_name_is_asked_for_and_the_token_counts_more(at: At) -> None:
    by_userinfo(at.hostile, acr="none", name="Sara L", given_name="Sara")

    vouched = at.exchange(at.code())

    assert vouched.who.hsa_ids == ("SE2999999119-P001",)
    assert vouched.who.acr == at.hostile.person["acr"]
    assert vouched.token.claims["sub"] == "f:staff:sara"
    assert (vouched.claims["name"], vouched.claims["given_name"]) == ("Sara Lindmark", "Sara")


def test_it_is_asked_for_with_the_access_token(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    by_userinfo(at.hostile)
    at.hostile.answer = {"access_token": "accessing"}
    at.hostile.claims |= {"at_hash": half_hash("accessing")}
    sent: dict[str, str] = {}
    send = requests.Session.send

    def note(session: requests.Session, request: Any, **more: Any) -> requests.Response:
        sent[urlsplit(request.url).path] = request.headers.get("Authorization", "")
        return send(session, request, **more)

    monkeypatch.setattr(requests.Session, "send", note)

    at.exchange(at.code())

    assert sent["/userinfo"] == "Bearer accessing"
    assert sent["/keys"] == ""


@pytest.mark.parametrize("sub", ["f:staff:another", None])
def test_an_answer_about_another_is_refused(at: At, sub: str | None) -> None:
    by_userinfo(at.hostile, sub=sub)

    with pytest.raises(BadToken) as refused:
        at.exchange(at.code())
    assert refused.value.check == "userinfo.sub"


@pytest.mark.parametrize("kind", ["application/jwt", "application/jwt;charset=UTF-8"])
def test_a_signed_answer_is_read_by_its_signature(at: At, kind: str) -> None:
    by_userinfo(at.hostile)
    assert isinstance(at.hostile.userinfo, dict)
    told = at.hostile.userinfo | {"iss": at.hostile.issuer, "aud": CLIENT_ID}
    claims, at.hostile.claims = at.hostile.claims, {}
    at.hostile.userinfo, at.hostile.userinfo_type = at.hostile.token(told), kind
    at.hostile.claims = claims

    assert at.exchange(at.code()).who.hsa_ids == ("SE2999999119-P001",)


def test_an_answer_that_does_not_say_what_it_is_is_read_as_words(at: At) -> None:
    by_userinfo(at.hostile)
    at.hostile.userinfo_type = ""

    assert at.exchange(at.code()).who.hsa_ids == ("SE2999999119-P001",)


def test_whoever_leaves_is_led_there_and_back(at: At) -> None:
    url = at.provider.logout_url(id_token="a token", state="a state", leads_to=BACK)

    assert url.startswith(f"{at.hostile.issuer}/leave?")
    assert asked_of(url) == {
        "id_token_hint": "a token", "client_id": CLIENT_ID, "post_logout_redirect_uri": BACK,
        "state": "a state",
    }  # fmt: skip


def test_it_is_reached_where_it_answers(at: At) -> None:
    assert at.provider.is_reached() is True
    at.hostile.is_down = True
    assert at.provider.is_reached() is False


@pytest.mark.parametrize("issuer", ["https://elsewhere.example", ABSENT, None])
def test_somebody_else_who_answers_is_not_believed(at: At, issuer: object) -> None:
    at.hostile.metadata = {"issuer": issuer if issuer is not ABSENT else ""}

    assert not at.provider.is_reached()


@pytest.mark.parametrize("path", ["/realms/staff", "/realms/staff/"])
def test_an_issuer_with_a_slash_is_asked_at_the_same_place(at: At, path: str) -> None:
    provider = Provider(Registration(at.hostile.issuer + path, CLIENT_ID, CLIENT_SECRET))

    assert at.asks(provider.is_reached) == [f"/realms/staff{DISCOVERY}"]


@pytest.mark.parametrize("place", ["authorization_endpoint", "end_session_endpoint"])
@pytest.mark.parametrize("told", ["", None, 7])
def test_one_that_has_no_such_place_is_away(at: At, place: str, told: object) -> None:
    at.hostile.metadata = {place: told}
    ways: dict[str, Callable[[], str]] = {
        "authorization_endpoint": lambda: at.provider.authorization_url(**ASKED),
        "end_session_endpoint": lambda: at.provider.logout_url(
            id_token="x", state="x", leads_to=BACK
        ),
    }

    for name, way in ways.items():
        if name == place:
            with pytest.raises(Unreachable):
                way()
        else:
            assert way()


@pytest.mark.parametrize("answer", ["[]", "nonsense", '"text"', ""])
def test_an_answer_that_cannot_be_read_is_none(at: At, answer: str) -> None:
    by_userinfo(at.hostile)
    at.hostile.userinfo = answer

    with pytest.raises(Unreachable):
        at.exchange(at.code())


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("token_endpoint", ":9/"),
        ("jwks_uri", ":9/"),
        ("userinfo_endpoint", ":9/"),
        ("jwks_uri", "/nowhere"),
        ("userinfo_endpoint", "/nowhere"),
        # Where the browser is led on from, to the keys: we are not.
        ("jwks_uri", "/leave?post_logout_redirect_uri=/keys"),
        ("userinfo_endpoint", "/leave?post_logout_redirect_uri=/keys"),
    ],
)
def test_one_that_goes_away_on_the_way_is_away(at: At, place: str, path: str) -> None:
    by_userinfo(at.hostile)
    host = "http://127.0.0.1" if path.startswith(":") else at.hostile.issuer
    at.hostile.metadata = {place: host + path}

    with pytest.raises(Unreachable):
        at.exchange(at.code())


class TestHowOftenItIsAsked:
    """Rare enough that it is not in everybody's way, and often enough for a new key."""

    def test_whether_it_is_there_is_known_for_half_a_minute(self, at: At) -> None:
        def start() -> str:
            return at.provider.authorization_url(**ASKED)

        assert at.asks(start) == [DISCOVERY]
        at.clock.now += 30
        assert at.asks(start) == []
        at.clock.now += 1
        assert at.asks(start) == [DISCOVERY]

    def test_its_places_are_known_for_ten_minutes(self, at: At) -> None:
        def leave() -> str:
            return at.provider.logout_url(id_token="x", state="x", leads_to=BACK)

        assert at.asks(leave) == [DISCOVERY]
        at.clock.now += 600
        assert at.asks(leave) == []
        at.clock.now += 1
        assert at.asks(leave) == [DISCOVERY]

    def test_its_keys_are_known_for_ten_minutes(self, at: At) -> None:
        def read() -> object:
            at.provider.is_reached()
            raw = at.hostile.logout_token()
            return at.provider.logout_token(raw, at=datetime.now(UTC))

        assert at.asks(read) == [DISCOVERY, KEYS]
        at.clock.now += 600
        assert at.asks(read) == [DISCOVERY]
        at.clock.now += 1
        assert at.asks(read) == [DISCOVERY, KEYS]

    def test_an_unknown_key_of_our_own_asking_is_always_asked_for(self, at: At) -> None:
        for name in ("second", "third", "fourth"):
            at.hostile.keys = [new_key(name)]
            assert at.exchange(at.code()).who.subject == "f:staff:sara"

    def test_one_that_is_still_unknown_is_refused(self, at: At) -> None:
        at.hostile.sign_with = new_key("unheard of")

        with pytest.raises(BadToken) as refused:
            at.exchange(at.code())
        assert refused.value.check == "kid"

    def test_what_anybody_sends_makes_us_ask_twice_a_minute(self, at: At) -> None:
        def tell() -> None:
            raw = at.hostile.logout_token()
            with pytest.raises(BadToken) as refused:
                at.provider.logout_token(raw, at=datetime.now(UTC))
            assert refused.value.check == "kid"

        at.exchange(at.code())
        at.hostile.sign_with = new_key("unheard of")
        assert at.asks(tell) == [KEYS]
        at.clock.now += 29
        assert at.asks(tell) == []
        at.clock.now += 1
        assert at.asks(tell) == [KEYS]
        at.clock.now += 29
        assert at.asks(tell) == []

    def test_a_new_key_of_a_logout_is_asked_for(self, at: At) -> None:
        at.exchange(at.code())
        at.hostile.keys = [new_key("second")]

        told = at.provider.logout_token(at.hostile.logout_token(), at=datetime.now(UTC))

        assert told.issuer == at.hostile.issuer


def test_nobody_waits_long_and_nothing_is_followed(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    by_userinfo(at.hostile)
    sent: dict[str, object] = {}
    send = requests.Session.send

    def note(session: requests.Session, request: Any, **more: Any) -> requests.Response:
        sent[urlsplit(request.url).path] = more["timeout"], more["allow_redirects"]
        return send(session, request, **more)

    monkeypatch.setattr(requests.Session, "send", note)

    at.exchange(at.code())

    assert sent == dict.fromkeys([DISCOVERY, KEYS, "/token", "/userinfo"], ((2.0, 4.0), False))


def test_what_is_refused_is_told_by_the_providers_own_word(at: At) -> None:
    stranger = Provider(Registration(at.hostile.issuer, CLIENT_ID, "another secret"))

    with pytest.raises(Refused) as refused:
        stranger.exchange(
            code=at.code(), nonce="once", verifier="v" * 43, redirect_uri=BACK,
            at=datetime.now(UTC),
        )  # fmt: skip
    assert refused.value.error == "invalid_client"
