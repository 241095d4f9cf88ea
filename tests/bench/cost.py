"""What something costs: seconds of CPU and seconds on the clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What doing a thing once has cost, in seconds."""

    cpu: float  # of the process and of its database backend together
    wall: float


def of(act: Callable[[], object], *, times: int = 1) -> Cost:
    """Do something some times and return what once has cost."""
    backend = _backend()
    wall, cpu = time.perf_counter(), time.process_time() + _on_cpu(backend)
    for _ in range(times):
        act()
    cpu = time.process_time() + _on_cpu(backend) - cpu
    wall = time.perf_counter() - wall
    # What a second backend did would be missing from the figure, and nobody would notice.
    assert backend == _backend()
    return Cost(cpu / times, wall / times)


def _backend() -> int:
    from django.db import connection  # its settings are chosen by whoever measures

    connection.ensure_connection()
    assert connection.connection is not None
    number: int = connection.connection.info.backend_pid
    return number


def _on_cpu(process: int) -> float:
    """Return the seconds that a process has been on a CPU, as its scheduler counts them."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9
