"""Measuring side by side: each round asks every process in turn, so all meet the same minute."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from cost import Cost

HERE = Path(__file__).resolve().parent
BATCH = 0.12  # seconds of CPU: long enough for the clock, short enough to share the minute


@dataclass(frozen=True)
class Doing:
    """A thing to be done, and under which settings."""

    settings: str
    subject: str
    arguments: Sequence[str]
    environment: Mapping[str, str]


class Process:
    """A started `doing.py`."""

    def __init__(self, doing: Doing) -> None:
        self._child = subprocess.Popen(
            [sys.executable, HERE / "doing.py", doing.settings, doing.subject, *doing.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=dict(doing.environment),
        )
        if self._read() != "ready":
            raise RuntimeError(f"{doing.settings} {doing.subject} did not start")

    def cost(self, times: int) -> Cost:
        """Do it some times and return what once has cost."""
        assert self._child.stdin
        self._child.stdin.write(f"{times}\n")
        self._child.stdin.flush()
        return Cost(**json.loads(self._read()))

    def stop(self) -> None:
        """Let it end."""
        self._child.communicate()

    def _read(self) -> str:
        assert self._child.stdout
        return self._child.stdout.readline().strip()


@contextmanager
def started(doings: Mapping[str, Doing]) -> Iterator[dict[str, Process]]:
    """Start every process; stop them at the end."""
    with ExitStack() as stack:
        processes = {}
        for name, doing in doings.items():
            processes[name] = Process(doing)
            stack.callback(processes[name].stop)
        yield processes


def rounds(doings: Mapping[str, Doing], *, count: int) -> list[dict[str, Cost]]:
    """Return, for each round, what each thing has cost; every second round goes backwards."""
    with started(doings) as processes:
        times = {}
        for name, process in processes.items():
            process.cost(10)
            times[name] = max(2, round(BATCH / process.cost(10).cpu))
        found = []
        for number in range(count):
            order = list(processes)[:: -1 if number % 2 else 1]
            found.append({name: processes[name].cost(times[name]) for name in order})
        return found


def middle(found: Sequence[dict[str, Cost]], ratio: Callable[[dict[str, float]], float]) -> Cost:
    """Return the median, over the rounds, of a ratio of CPU seconds and of seconds on the clock."""
    return Cost(
        cpu=median(ratio({name: it.cpu for name, it in one.items()}) for one in found),
        wall=median(ratio({name: it.wall for name, it in one.items()}) for one in found),
    )
