"""Spectral, which lints the API's document by OpenAPI's rules and OWASP's: `make spectral`.

It is installed from a lock of its own under .samplan/, so that nothing of it comes near what the
portal serves.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from portal.assets import build

HERE = Path(__file__).resolve().parent
PLACE = HERE.parents[2] / ".samplan" / "spectral"
STAMP = PLACE / "MADE_FROM"
SOURCES = ("package.json", "package-lock.json", "ruleset.yaml")
SEVERITIES = ("error", "warning", "information", "hint")
LEFT_OUT = (
    "API:ets dokument granskas inte av Spectral. Kör make spectral, med Node och nätet åtkomliga."
)


class Finding(NamedTuple):
    """What a rule says of a place in a document."""

    severity: str
    rule: str
    place: str
    message: str


def main() -> None:
    """Install it, unless it is there already; end with 1 where it cannot be had."""
    if is_installed():
        return
    try:
        install()
    except (OSError, subprocess.CalledProcessError) as fault:
        said = getattr(fault, "stderr", "") or fault
        sys.exit(f"Spectral kunde inte installeras: {said}\nUtan Spectral hoppas dess test över.")


def is_installed() -> bool:
    """Tell whether it is there, made from today's lock and rules."""
    return STAMP.exists() and STAMP.read_text() == fingerprint()


def install() -> None:
    """Install the packages of the lock, beside a copy of the rules: these name a package."""
    _, npm = build.toolchain()
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    for name in SOURCES:
        shutil.copyfile(HERE / name, PLACE / name)
    words = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(words, cwd=PLACE, check=True, capture_output=True, text=True)
    STAMP.write_text(fingerprint())


def fingerprint() -> str:
    """Return one digest over everything that decides what is installed."""
    together = b"".join((HERE / name).read_bytes() for name in SOURCES)
    return hashlib.sha256(together).hexdigest()


def lint(document: Path) -> list[Finding]:
    """Return what the rules say of a document; none of them fetches anything."""
    node, _ = build.toolchain()
    spectral = PLACE / "node_modules" / "@stoplight" / "spectral-cli" / "dist" / "index.js"
    words = [node, str(spectral), "lint", "--quiet", "--format", "json"]
    words += ["--ruleset", str(PLACE / "ruleset.yaml"), str(document)]
    outcome = subprocess.run(words, cwd=PLACE, capture_output=True, text=True, check=False)
    if outcome.returncode > 1:
        raise RuntimeError(outcome.stdout + outcome.stderr)
    return [
        Finding(
            SEVERITIES[it["severity"]], it["code"], ".".join(map(str, it["path"])), it["message"]
        )
        for it in json.loads(outcome.stdout)
    ]


if __name__ == "__main__":
    main()
