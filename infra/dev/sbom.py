"""Write the bill of materials (CycloneDX) of every locked package: `python infra/dev/sbom.py`.

It is read from the locks, not from what happens to be installed: what runs in production is
required, what only the demo, the tests and the building of the front end need is excluded. No
address of a registry stands in it; a package is named by its purl.
"""

import base64
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation import make_schemabased_validator
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parents[2]
# Of Python's packages, the first one in production.
LOCKS = ("base", "demo", "dev", "attack", "mutation")
NPM = (
    ROOT / "platform" / "portal" / "assets" / "package-lock.json",
    ROOT / "tests" / "api" / "spectral" / "package-lock.json",
)
TO = ROOT / ".samplan" / "sbom.json"
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)


def main() -> None:
    """Write the bill, once it agrees with its schema."""
    text = written()
    TO.parent.mkdir(exist_ok=True)
    TO.write_text(text)
    print(f"{len(json.loads(text)['components'])} paket i {TO.relative_to(ROOT)}")


def written() -> str:
    """Return the bill as JSON.

    :raises ValueError: if the schema of CycloneDX does not take it
    """
    packages = [*_python(), *_npm()]
    bom = Bom(components=packages)
    bom.metadata.component = _ours()
    bom.register_dependency(bom.metadata.component, packages)
    form = (OutputFormat.JSON, SchemaVersion.V1_6)
    text = make_outputter(bom, *form).output_as_string(indent=2)
    if fault := make_schemabased_validator(*form).validate_str(text):
        raise ValueError(str(fault))
    return text


def _ours() -> Component:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return Component(
        name=project["name"], version=project["version"], type=ComponentType.APPLICATION
    )


def _python() -> Iterator[Component]:
    told: set[tuple[str, str]] = set()
    for lock in LOCKS:
        for name, version in LOCKED.findall((ROOT / "requirements" / f"{lock}.txt").read_text()):
            if (name, version) not in told:
                told.add((name, version))
                yield _component("pypi", name, version, in_production=lock == LOCKS[0])


def _npm() -> Iterator[Component]:
    told: set[tuple[str, str]] = set()
    for lock in NPM:
        for place, locked in json.loads(lock.read_text())["packages"].items():
            if place and (place, locked["version"]) not in told:
                told.add((place, locked["version"]))
                yield _component(
                    "npm", place.rpartition("node_modules/")[2], locked["version"],
                    in_production=not locked.get("dev"), integrity=locked.get("integrity", ""),
                    place=place,
                )  # fmt: skip


def _component(
    kind: str, name: str, version: str, *, in_production: bool, integrity: str = "", place: str = ""
) -> Component:
    group, _, last = name.rpartition("/")
    purl = PackageURL(kind, group or None, last, version)
    algorithm, _, digest = integrity.partition("-")
    hashes = (
        [HashType(alg=HashAlgorithm.SHA_512, content=base64.b64decode(digest).hex())]
        if algorithm == "sha512"
        else []
    )
    return Component(
        name=last, group=group or None, version=version, type=ComponentType.LIBRARY, purl=purl,
        # The same version may lie in several places, below packages that need another one beside.
        bom_ref=f"{purl}#{place}" if place else str(purl),
        scope=ComponentScope.REQUIRED if in_production else ComponentScope.EXCLUDED, hashes=hashes,
    )  # fmt: skip


if __name__ == "__main__":
    main()
