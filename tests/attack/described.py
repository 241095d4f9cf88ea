"""Let schemathesis try the API from its own description, as a system of every role: `make attack`.

What it must not find: a fault of the server, a status or a type of content that the description
does not know, an answer that is not as the description says. Stateful: what one operation has
answered, the next one is tried with.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from served import Demo

from care.identity.permissions import Role
from care.identity.scopes import Scope
from project.demo import county, tokens
from project.demo.county import Medarbetare
from project.demo.stage import assignment_id

FILE = Path(__file__).resolve().parents[2] / "api" / "openapi.yaml"
MINUTES = float(os.environ.get("SAMPLAN_API_MINUTES", "10"))
SHORTEST = 20  # seconds for each role
SEED = 1
CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,"
          "response_headers_conformance,response_schema_conformance")  # fmt: skip


@dataclass(frozen=True)
class Tried:
    """What came of a role: how many calls, and what was found."""

    role: Role
    calls: int
    found: tuple[str, ...]


def attack(demo: Demo) -> Iterator[Tried]:
    """Try the API as a system of every role in turn, with every scope."""
    people = {it.assignments[0][1]: it for it in reversed(county.NAMED)}
    seconds = max(SHORTEST, int(MINUTES * 60 / len(people)))
    for role, person in people.items():
        yield _tried(demo, role, person, seconds)


def _tried(demo: Demo, role: Role, person: Medarbetare, seconds: int) -> Tried:
    client, schema = f"tried-{role}", person.huvudman.schema
    scopes = [word for it in Scope for word in ("--scope", it)]
    demo.samplan("client", "add", client, "--schema", schema, "--hsa-id", person.hsa_id, *scopes)
    token = tokens.issue(
        client_id=client, tenant=schema, scopes=tuple(Scope), at=datetime.now(UTC)
    )  # fmt: skip
    words = [
        str(Path(sys.executable).with_name("schemathesis")), "run", str(FILE),
        "--url", f"http://127.0.0.1:{demo.port}/api/v1",
        "-H", f"Host: {person.huvudman.host}:{demo.port}", "-H", f"Authorization: Bearer {token}",
        # Those of somebody who holds an assignment: with any other nothing would be reached.
        "-H", f"X-Samplan-End-User: {person.hsa_id}",
        "-H", f"X-Samplan-Assignment: {assignment_id(person, person.assignments[0][0])}",
        "--max-time", str(seconds), "--continue-on-failure", "--seed", str(SEED),
        "--checks", CHECKS, "--rate-limit", "45/s", "--workers", "1", "--warnings", "off",
    ]  # fmt: skip
    done = subprocess.run(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        timeout=4 * seconds + 120,
    )  # fmt: skip
    calls = re.search(r"(\d+) generated", done.stdout)
    found = tuple(re.findall(r"^- (ST\d+ .+|.*Server error.*)$", done.stdout, re.MULTILINE))
    if done.returncode and not found:
        found = (done.stdout[-2000:],)
    print(f"schemathesis as {role}: {calls.group(1) if calls else 0} calls, {len(found)} found")
    if found:
        print(done.stdout[-6000:])
    return Tried(role, int(calls.group(1)) if calls else 0, found)
