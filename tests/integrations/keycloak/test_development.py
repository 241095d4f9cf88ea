"""Keycloak is fetched whole or not at all, and where it cannot be had, the tests say so loudly."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.dev import keycloak

ROOT = Path(__file__).parents[3]
TRIED = "tests/integrations/keycloak/test_signing_in.py::test_a_sign_in_leaves_an_event"


@pytest.fixture
def maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a user without Keycloak and without Maven, and the place where Maven would be."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin" / "mvn"


def write(place: Path, script: str) -> None:
    place.write_text(f"#!/bin/bash\n{script}\n")
    place.chmod(0o755)


def is_kept() -> bool:
    cache = Path(os.environ["XDG_CACHE_HOME"]) / "samplan"
    return any(it.is_dir() for it in cache.iterdir())


def test_without_maven_it_says_what_to_run(maven: Path) -> None:
    with pytest.raises(keycloak.NotFetched, match=r"Kör infra/dev/maven\.sh"):
        keycloak.distribution()

    assert not is_kept()


def test_where_maven_central_does_not_answer_it_says_so(maven: Path) -> None:
    write(maven, "echo Could not transfer artifact; exit 1")

    with pytest.raises(keycloak.NotFetched, match="Could not transfer artifact"):
        keycloak.distribution()

    assert not is_kept()


def test_another_file_than_the_one_that_was_reviewed_is_not_used(maven: Path) -> None:
    write(maven, 'for it; do case $it in -DoutputDirectory=*) echo x > "${it#*=}/keycloak-x.zip";; '
                 "esac; done")  # fmt: skip

    with pytest.raises(keycloak.NotFetched, match="SHA-256"):
        keycloak.distribution()

    assert not is_kept()


def test_a_run_without_keycloak_says_so_in_its_last_lines(maven: Path) -> None:
    words = [sys.executable, "-m", "pytest", "-q", "-n", "0", TRIED]

    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "KEYCLOAK IS NOT TESTED" in done.stdout
    assert "1 tests are left out: Skipped: Keycloak kan inte startas." in done.stdout
