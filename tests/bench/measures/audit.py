"""What the access log costs: on a page, when it is sealed, and when it is judged."""

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pairs
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from databases import Databases
from pairs import Doing
from results import Result

from tenants.seals import exported, judging, notes, tree

ROUNDS = 31
SEALED, JUDGED, EACH = 100_000, 1_000_000, 5_000  # rows; the last: of one checkpoint
TENANT, LOG, OTHER = "b_region", "access", "event"


def audit(databases: Databases) -> list[Result]:
    """Measure the log on the page of a case, sealing, and judging an export."""
    known = databases.known
    asked = ("region.localhost", f"/cases/{known.case}", known.cookie)
    environment = databases.environment()
    found = pairs.rounds(
        {
            "logged": Doing("ours.whole", "subjects:page", asked, environment),
            "unlogged": Doing("ours.whole", "subjects:unlogged", asked, environment),
        },
        count=ROUNDS,
    )
    more = pairs.middle(found, lambda it: it["logged"] / it["unlogged"])
    sealing = databases.step("seal", SEALED)
    judged = _judged() * 10_000_000 / JUDGED
    page = "the access log on the page of a case"
    sealed = sealing * 10_000 / SEALED * 1000
    return [
        Result("audit", f"{page}, by the clock", 100 * (more.wall - 1), "%", 10),
        Result("audit_cpu", "the same: CPU of the process", 100 * (more.cpu - 1), "%"),
        Result("audit_seal", f"sealing 10,000 of {SEALED} rows", sealed, "ms"),
        Result("audit_verify", f"judging 10 M rows, from {JUDGED}: CPU", judged, "s", 120),
    ]


def _judged() -> float:
    """Write an export as the product does; return the seconds of CPU of judging it."""
    with TemporaryDirectory() as place:
        _write(Path(place))
        began = time.process_time()
        reports = judging.judge(Path(place))
        seconds = time.process_time() - began
    assert not any(it.fault for it in reports), reports
    return seconds


def _write(place: Path) -> None:
    key, name = Ed25519PrivateKey.generate(), notes.key_name(TENANT)
    known = {"key": str(notes.verifying_key(name, key)), "endorsement": ""}
    told = {"format": exported.FORMAT, "tenant": TENANT, "logs": exported.LOGS}
    (place / exported.EXPORT).write_bytes(exported.line(told))
    (place / exported.KEYS).write_bytes(exported.line(known))
    (place / f"{LOG}.{exported.UNSEALED}").write_bytes(b"")
    for what in (exported.ROWS, exported.LEAVES, exported.CHECKPOINTS, exported.UNSEALED):
        (place / f"{OTHER}.{what}").write_bytes(b"")
    whole = tree.Range()
    with (
        (place / f"{LOG}.{exported.ROWS}").open("wb") as rows,
        (place / f"{LOG}.{exported.LEAVES}").open("w") as leaves,
        (place / f"{LOG}.{exported.CHECKPOINTS}").open("wb") as checkpoints,
    ):
        for number in range(JUDGED):
            row = _row(number)
            leaf = tree.leaf_hash(row)
            rows.write(row + b"\n")
            leaves.write(f"{leaf.hex()}\n")
            whole.append(leaf)
            if not whole.end % EACH:
                point = notes.Checkpoint(
                    notes.origin(TENANT, LOG), whole.end, whole.root(), "2026-03-02T08:00:00+00:00"
                )
                note = notes.write(point, name=name, key=key)
                checkpoints.write(exported.checkpoint_line(point.size, point.root.hex(), note))


def _row(number: int) -> bytes:
    """Return a row as long as one of the access log."""
    ids = [str(UUID(int=(number + it) * 2**64)) for it in range(5)]
    told = {
        "id": number, "at": "2026-03-02T08:00:00+00:00", "owner": TENANT, "activity": "read",
        "common_ids": ids[:1], "staff_id": ids[1], "assignment_id": ids[2], "request_id": ids[3],
        "staff_name": "Sara Lindmark", "title": "Sjukskoterska", "unit_id": "SE2999999119-AVD1",
        "unit_name": "Avdelning 1", "purpose": "care", "reason": "granted", "decision": "granted",
        "device": "Mozilla/5.0 (X11; Linux x86_64) Gecko Firefox", "ip": "192.0.2.1", "rows": 1,
        "shown": [["case", ids[4], 7]], "client": "portal", "system": "Samplan",
        "transaction": number, "recorded_at": "2026-03-02T08:00:00+00:00",
    }  # fmt: skip
    return json.dumps(told).encode()


if __name__ == "__main__":
    sys.stdout.write(f"{JUDGED / _judged():.0f} rows/s\n")
