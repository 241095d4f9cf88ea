"""Spoil what decides and who signs in, and see whether a test notices: `make mutation`.

Each module is held against the tests named here and no others, so that a whole run is bounded.
Ends with 1 where fewer than 90 of 100 mutants are noticed. `docs/security/mutants.json` names those
that do the same as what they were made of, with the reason; they are not counted.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / ".samplan" / "mutation" / "bin" / "python"
EXPLAINED = ROOT / "docs" / "security" / "mutants.json"
TO = ROOT / ".samplan" / "mutation.json"
LEAST = 90  # of 100
AT_MOST = 1200  # seconds for a module


@dataclass(frozen=True)
class Target:
    """A module, the tests that concern it, and which of its definitions are meant (none: all)."""

    file: str
    tests: tuple[str, ...]
    names: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """Return by which name it is imported."""
        return self.file.removeprefix("platform/").removesuffix(".py").replace("/", ".")


OIDC = "tests/integrations/oidc/test_"
IDENTITY = "tests/care/identity/test_"
TARGETS = (
    Target("platform/care/sharing/policy.py", ("tests/care/sharing/test_policy.py",)),
    Target(
        "platform/care/identity/queries.py", (f"{IDENTITY}queries.py", f"{IDENTITY}sessions.py")
    ),
    Target(
        "platform/portal/access.py",
        ("tests/portal/test_access.py", "tests/project/test_who_acts.py"),
    ),
    Target("platform/integrations/oidc/client.py", (f"{OIDC}client.py",)),
    Target("platform/integrations/oidc/mapping.py", (f"{OIDC}mapping.py",)),
    Target("platform/integrations/oidc/registration.py", (f"{OIDC}tokens.py",)),
    Target("platform/integrations/oidc/tokens.py", (f"{OIDC}tokens.py",)),
    Target(
        "tenants/agreements.py", ("tests/tenants/test_agreements.py",),
        ("Agreement", "sign", "end", "in_force", "in_force_with", "bound", "between",
         "_newest_begun", "_counted", "_hash_of", "_read", "_agreement"),
    ),
)  # fmt: skip


def main(only: list[str]) -> int:
    """Judge every module, or those whose name has one of some words in it."""
    chosen = [it for it in TARGETS if not only or any(word in it.module for word in only)]
    explained = json.loads(EXPLAINED.read_text())
    found = {it.module: judged(it, explained) for it in chosen}
    TO.write_text(json.dumps(found, indent=1, ensure_ascii=False))
    for name, mutants in found.items():
        for it in mutants:
            if not it["by"]:
                print(f"{name}: {it['in']}: {it['was']!r} -> {it['now']!r}")
    print(f"{'module':40}{'killed':>8}{'survived':>10}{'score':>8}")
    everything = [it for mutants in found.values() for it in mutants]
    for name, mutants in {**found, "all": everything}.items():
        killed = sum(bool(it["by"]) for it in mutants)
        print(f"{name:40}{killed:8}{len(mutants) - killed:10}{100 * killed / len(mutants):7.1f}%")
    return int(sum(bool(it["by"]) for it in everything) * 100 < LEAST * len(everything))


def judged(target: Target, explained: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return the mutants of a module that are not explained, each with the test that found it."""
    began = time.monotonic()
    words: list[str | Path]
    words = [TOOL, Path(__file__).with_name("mutants.py"), target.file, *target.names]
    made = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    alike = {told_apart(it) for it in explained if it["module"] == target.module}
    mutants = json.loads(made)
    if gone := alike - {told_apart(it) for it in mutants}:
        raise SystemExit(f"{EXPLAINED.name} explains what is no mutant of {target.module}: {gone}")
    with TemporaryDirectory() as place:
        asked, to = Path(place) / "asked.json", Path(place) / "told.json"
        kept = [it for it in mutants if told_apart(it) not in alike]
        asked.write_text(json.dumps({"module": target.module, "mutants": kept, "to": str(to)}))
        words = [sys.executable, "-m", "pytest", "-n", "0", "-q", "--tb=no", "--no-summary",
                 "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "tests.mutation.plugin",
                 "--timeout", "30", *target.tests]  # fmt: skip
        env = os.environ | {"SAMPLAN_MUTANTS": str(asked), "PYTHONPATH": f"{ROOT}:{ROOT}/platform"}
        done = subprocess.run(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT, timeout=AT_MOST, check=False)  # fmt: skip
        told = json.loads(to.read_text()) if to.exists() else []
    if len(told) < len(kept):
        raise SystemExit(done.stdout[-3000:])
    print(f"{target.module}: {len(told)} mutants in {time.monotonic() - began:.0f} s", flush=True)
    return told


def told_apart(mutant: dict[str, Any]) -> tuple[str, str, str]:
    """Return what tells a mutant from the others of its module."""
    return mutant["in"], mutant["was"], mutant["now"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
