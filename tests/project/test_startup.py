"""What the product refuses to start with."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from urllib.error import URLError

import pytest

from integrations.keycloak.providers import SIMULATED
from project.commands import demo
from project.startup import Unsafe, refuse_if_unsafe
from tests.project.test_personas import PLATFORM

DEMO = {"SAMPLAN_DEMO": "1"}
SECRET = "0123456789abcdefghij" * 3
OURS = {"SAMPLAN_OIDC_CLIENT_SECRET": "ours"}
PROVIDER = OURS | {
    "SAMPLAN_OIDC_ISSUER": "https://login.example/realms/staff",
    "SAMPLAN_OUTGOING": "statistik.example, Login.example@10.0.0.0/8",
    "SAMPLAN_IDENTITY_PROVIDERS": str(SIMULATED),
}
LOCAL_PROVIDER = OURS | {"SAMPLAN_OIDC_ISSUER": "http://localhost:8180/realms/staff"}
KEYS = {"SAMPLAN_SECRET_KEY": SECRET, "SAMPLAN_HOSTS": "region.example, .region.example"}
PRODUCTION = KEYS | PROVIDER


@pytest.mark.parametrize(
    "environment",
    [
        DEMO,
        DEMO | {"SAMPLAN_HOSTS": "localhost,.localhost", "SAMPLAN_BIND": "127.0.0.1"},
        DEMO | {"SAMPLAN_HOSTS": "krokom.localhost, are.localhost", "SAMPLAN_BIND": "::1"},
        DEMO | PROVIDER,
        DEMO | LOCAL_PROVIDER,
        PRODUCTION,
        PRODUCTION | {"SAMPLAN_BIND": "0.0.0.0"},
        PRODUCTION | {"SAMPLAN_OIDC_ISSUER": "https://LOGIN.example/realms/staff"},
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
        (PRODUCTION | {"SAMPLAN_OIDC_CLIENT_SECRET": ""}, "SAMPLAN_OIDC_CLIENT_SECRET saknas"),
        (KEYS | LOCAL_PROVIDER, "börjar inte med https"),
        (PRODUCTION | {"SAMPLAN_OUTGOING": "scb.example"}, "login.example i SAMPLAN_OIDC_ISSUER"),
        (PRODUCTION | {"SAMPLAN_OIDC_ISSUER_FILE": "/no/such/issuer"}, "/no/such/issuer går inte"),
        (PRODUCTION | {"SAMPLAN_IDENTITY_PROVIDERS": ""}, "SAMPLAN_IDENTITY_PROVIDERS saknas"),
        (PRODUCTION | {"SAMPLAN_IDENTITY_PROVIDERS": "/no/such"}, "/no/such går inte att läsa som"),
        (PRODUCTION | {"SAMPLAN_IDENTITY_PROVIDERS": __file__}, "går inte att läsa som"),
        (DEMO | PROVIDER | {"SAMPLAN_IDENTITY_PROVIDERS": "/no/such"}, "/no/such går inte"),
        (DEMO | OURS | {"SAMPLAN_OIDC_ISSUER": "http://login.example"}, "börjar inte med https"),
        ({"SAMPLAN_SECRET_KEY": "long and random"}, "SAMPLAN_SECRET_KEY går att gissa"),
        ({"SAMPLAN_SECRET_KEY": "abab" * 20}, "SAMPLAN_SECRET_KEY går att gissa"),
        ({"SAMPLAN_SECRET_KEY_FILE": "/no/such/file"}, "/no/such/file går inte att läsa"),
        (PRODUCTION | {"SAMPLAN_HOSTS": "region.example, *"}, "SAMPLAN_HOSTS är *"),
        (PRODUCTION | {"SAMPLAN_MIGRATING": "1"}, "SAMPLAN_MIGRATING=1"),
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


def test_the_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")

    environment = PROVIDER | {"SAMPLAN_SECRET_KEY_FILE": str(file)}
    refuse_if_unsafe(environment=environment)
    file.write_text("short\n")
    with pytest.raises(Unsafe, match="går att gissa"):
        refuse_if_unsafe(environment=environment)


def test_issuer_and_way_out_may_lie_in_files_and_are_asked_the_same(tmp_path: Path) -> None:
    issuer, outgoing = tmp_path / "issuer", tmp_path / "outgoing"
    issuer.write_text("https://login.example/realms/staff\n")
    outgoing.write_text("login.example\n")
    environment = KEYS | OURS | {
        "SAMPLAN_OIDC_ISSUER_FILE": str(issuer),
        "SAMPLAN_OUTGOING_FILE": str(outgoing),
        "SAMPLAN_IDENTITY_PROVIDERS": str(SIMULATED),
    }  # fmt: skip

    refuse_if_unsafe(environment=environment)
    outgoing.write_text("scb.example")
    with pytest.raises(Unsafe, match=r"login\.example i SAMPLAN_OIDC_ISSUER"):
        refuse_if_unsafe(environment=environment)
    issuer.write_text("http://login.example/realms/staff")
    with pytest.raises(Unsafe, match="börjar inte med https"):
        refuse_if_unsafe(environment=environment)


def test_a_file_that_names_no_identity_provider_lets_nobody_in(tmp_path: Path) -> None:
    file = tmp_path / "providers.json"
    file.write_text("{}")

    with pytest.raises(Unsafe, match="nämner ingen legitimeringstjänst"):
        refuse_if_unsafe(environment=PRODUCTION | {"SAMPLAN_IDENTITY_PROVIDERS": str(file)})


def test_djangos_check_for_deployment_finds_nothing_and_is_told_to_overlook_nothing() -> None:
    checked = subprocess.run(
        [sys.executable, "-W", "ignore", str(PLATFORM / "manage.py"), "check", "--deploy",
         "--fail-level", "DEBUG"],
        env={"PYTHONPATH": f"{PLATFORM}:{PLATFORM.parent}", "DATABASE_URL": "postgresql:///x"}
        | PRODUCTION,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip

    assert "System check identified no issues (0 silenced)." in checked.stdout, checked.stderr
    assert checked.returncode == 0


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
