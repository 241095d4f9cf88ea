"""The bill of materials names every locked package, and no registry."""

import json
import re

import pytest
from architecture import house
from architecture.test_registries import named

from infra.dev import sbom

LINE = re.compile(r"^([a-z0-9-]+)==([^ \\]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def bill() -> str:
    return sbom.written()


def names(bill: str, kind: str, *, scope: str = "") -> set[str]:
    return {
        it["purl"].removeprefix(f"pkg:{kind}/")
        for it in json.loads(bill)["components"]
        if it["purl"].startswith(f"pkg:{kind}/") and scope in ("", it["scope"])
    }


def locked(name: str) -> set[str]:
    text = (house.ROOT / "requirements" / f"{name}.txt").read_text()
    return {f"{package}@{version}" for package, version in LINE.findall(text)}


def test_every_locked_package_of_python_stands_in_it(bill: str) -> None:
    every = {it for file in (house.ROOT / "requirements").glob("*.txt") for it in locked(file.stem)}

    assert len(every) > 100
    assert every == names(bill, "pypi")
    assert locked("base") == names(bill, "pypi", scope="required")


def test_every_locked_package_of_the_front_end_stands_in_it(bill: str) -> None:
    every = {
        place.rpartition("node_modules/")[2].replace("@", "%40", 1) + f"@{it['version']}"
        for lock in sbom.NPM
        for place, it in json.loads(lock.read_text())["packages"].items()
        if place
    }

    assert len(every) > 10
    assert every == names(bill, "npm")
    assert "htmx.org@4.0.1" in names(bill, "npm", scope="required")
    assert "axe-core@4.14.1" in names(bill, "npm", scope="excluded")


def test_it_names_no_registry(bill: str) -> None:
    assert named(bill) == set()
    assert set(re.findall(r"https?://([^\s/\"]+)", bill)) == {"cyclonedx.org"}
