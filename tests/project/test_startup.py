"""What the product refuses to start with."""

import subprocess
import sys
from io import BytesIO
from urllib.error import URLError

import pytest

from project.commands import demo
from project.startup import Unsafe, refuse_if_unsafe
from tests.project.test_personas import PLATFORM

DEMO = {"SAMPLAN_DEMO": "1"}
KEYS = {"SAMPLAN_SECRET_KEY": "long and random", "SAMPLAN_OIDC_CLIENT_SECRET": "ours"}
PROVIDER = KEYS | {"SAMPLAN_OIDC_ISSUER": "https://login.example/realms/staff"}
LOCAL_PROVIDER = KEYS | {"SAMPLAN_OIDC_ISSUER": "http://localhost:8180/realms/staff"}


@pytest.mark.parametrize(
    "environment",
    [
        DEMO,
        DEMO | {"SAMPLAN_HOSTS": "localhost,.localhost", "SAMPLAN_BIND": "127.0.0.1"},
        DEMO | {"SAMPLAN_HOSTS": "krokom.localhost, are.localhost", "SAMPLAN_BIND": "::1"},
        PROVIDER,
        PROVIDER | {"SAMPLAN_BIND": "0.0.0.0"},
        {
            "SAMPLAN_SECRET_KEY_FILE": "/run/secrets/key",
            "SAMPLAN_OIDC_ISSUER_FILE": "/run/secrets/issuer",
            "SAMPLAN_OIDC_CLIENT_SECRET_FILE": "/run/secrets/ours",
        },
        DEMO | PROVIDER,
        DEMO | LOCAL_PROVIDER,
    ],
)
def test_it_starts_where_it_is_safe(environment: dict[str, str]) -> None:
    refuse_if_unsafe(environment=environment)


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "SAMPLAN_SECRET_KEY saknas"),
        ({"SAMPLAN_DEMO": "0"}, "SAMPLAN_SECRET_KEY saknas"),
        (KEYS, "SAMPLAN_OIDC_ISSUER saknas"),
        (KEYS | {"SAMPLAN_DEMO": "0"}, "SAMPLAN_OIDC_ISSUER saknas"),
        (PROVIDER | {"SAMPLAN_OIDC_CLIENT_SECRET": ""}, "SAMPLAN_OIDC_CLIENT_SECRET saknas"),
        (LOCAL_PROVIDER, "börjar inte med https"),
        (DEMO | KEYS | {"SAMPLAN_OIDC_ISSUER": "http://login.example"}, "börjar inte med https"),
        (DEMO | {"SAMPLAN_HOSTS": "samplan.example"}, "samplan.example i SAMPLAN_HOSTS"),
        (DEMO | {"SAMPLAN_HOSTS": ".localhost,*"}, "SAMPLAN_HOSTS"),
        (DEMO | {"SAMPLAN_HOSTS": "notlocalhost"}, "SAMPLAN_HOSTS"),
        (DEMO | {"SAMPLAN_BIND": "0.0.0.0"}, "0.0.0.0 i SAMPLAN_BIND"),
        (DEMO | {"SAMPLAN_BIND": "10.0.0.7"}, "Sätt SAMPLAN_BIND=127.0.0.1"),
        (DEMO | {"SAMPLAN_BIND": "::"}, "SAMPLAN_BIND"),
        (DEMO | {"SAMPLAN_BIND": "everywhere"}, "SAMPLAN_BIND"),
        (DEMO | {"SAMPLAN_SECRET_KEY": "long", "SAMPLAN_BIND": "0.0.0.0"}, "SAMPLAN_BIND"),
    ],
)
def test_it_does_not_start_where_it_is_not(environment: dict[str, str], says: str) -> None:
    with pytest.raises(Unsafe, match=says.replace("*", r"\*")):
        refuse_if_unsafe(environment=environment)


def test_the_web_server_is_told_in_one_line() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import project.wsgi"],
        env={"PYTHONPATH": f"{PLATFORM}:{PLATFORM.parent}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 1
    assert said.stderr.startswith("SAMPLAN_SECRET_KEY saknas")
    assert "Traceback" not in said.stderr


def test_the_demo_waits_for_a_server_that_is_slow_to_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers: list[Exception | BytesIO] = [TimeoutError(), URLError("refused"), BytesIO()]

    def answer(_front: object, timeout: float) -> BytesIO:
        said = answers.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    monkeypatch.setattr(demo, "urlopen", answer)

    demo._wait_for(1)

    assert answers == []
