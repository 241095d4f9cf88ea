"""A plugin for pytest that runs the chosen tests once for each mutant, in one process.

A mutant takes the place of what it was made of in memory: nothing is written to the checkout, and
the database of the tests is started once for all of them.
"""

import ast
import json
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from time import monotonic
from types import FrameType, FunctionType, ModuleType
from typing import Any

import pytest

ASKED = json.loads(Path(os.environ["SAMPLAN_MUTANTS"]).read_text())
FIXED = ("__code__", "__defaults__", "__kwdefaults__")
failed: list[str] = []


class NotImportable(Exception):
    """The module of a mutant could not even be imported: everybody would notice."""


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note a test that fails."""
    if report.failed:
        failed.append(report.nodeid)


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Run the tests as they are, then for each mutant those that reach it, until one fails."""
    # Whoever counts tests sees that not all of them are asked for (tests/integrations/oidc).
    items, session.items = session.items, []
    module = import_module(ASKED["module"])
    reaching = {it: reached(it, str(module.__file__)) for it in items}
    if failed:
        raise pytest.UsageError(f"Without a mutant it fails: {failed}")
    items.sort(key=lambda it: reaching[it][0])
    killers: dict[str, list[pytest.Item]] = defaultdict(list)
    told = []
    for mutant in ASKED["mutants"]:
        name, at = mutant["in"], monotonic()
        asked = [it for it in items if not mutant["is_called"] or name in reaching[it][1]]
        # What has found another mutant of the same function finds this one soonest.
        asked.sort(key=lambda it: killers[name].index(it) if it in killers[name] else len(items))
        by = ""
        try:
            with put_in_place(module, mutant):
                killer = first_to_fail(asked)
        except NotImportable:
            by = "import"
        else:
            if killer:
                by = killer.nodeid
                if first_to_fail([killer]):
                    raise pytest.UsageError(f"{by} still fails after {mutant}")
                killers[name] = [killer, *(it for it in killers[name] if it is not killer)]
        told.append(mutant | {"by": by, "seconds": monotonic() - at})
        Path(ASKED["to"]).write_text(json.dumps(told))
    session._setupstate.teardown_exact(None)
    return True


def reached(item: pytest.Item, file: str) -> tuple[float, set[str]]:
    """Run a test; return how long it takes, and the functions of a file that it calls."""
    names: set[str] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename == file:
            names.add(frame.f_code.co_qualname.split(".<locals>")[0])

    at = monotonic()
    threading.setprofile(note)
    sys.setprofile(note)
    first_to_fail([item])
    sys.setprofile(None)
    threading.setprofile(None)
    return monotonic() - at, names


def first_to_fail(asked: list[pytest.Item]) -> pytest.Item | None:
    """Run tests until one fails, and return that; what the whole session shares is kept."""
    for item in asked:
        before = len(failed)
        item.ihook.pytest_runtest_protocol(item=item, nextitem=item.session)
        if len(failed) > before:
            return item
    return None


@contextmanager
def put_in_place(module: ModuleType, mutant: dict[str, Any]) -> Iterator[None]:
    """Let a mutant stand where its statement stood, and what was made of it be made anew."""
    body = ast.parse(Path(str(module.__file__)).read_text()).body
    kept = {name: it for name, it in vars(module).items() if isinstance(it, dict)}
    undo = [filled_as_now(it) for name, it in kept.items() if name != "__builtins__"]
    scratch, changed = dict(vars(module)), set[str]()
    try:
        for number, node in enumerate(
            [*ast.parse(mutant["code"]).body, *body[mutant["place"] + 1 :]]
        ):
            if number and not changed & {
                it.id for it in ast.walk(node) if isinstance(it, ast.Name)
            }:
                continue
            before = dict(scratch)
            try:
                exec(compile(ast.Module([node], []), str(module.__file__), "exec"), scratch)
            except Exception as fault:
                raise NotImportable from fault
            for name, new in scratch.items():
                if new is before.get(name) or name == "__builtins__":
                    continue
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    undo += [transplant(*them) for them in pairs(before[name], new)]
                    scratch[name] = before[name]
                else:
                    undo += [known(it, name, new) for it in knowing(name, before[name])]
                    changed.add(name)
        yield
    finally:
        for it in reversed(undo):
            it()


def filled_as_now(kept: dict[Any, Any]) -> Callable[[], None]:
    """Return how to fill what a module remembers as it is filled now."""
    now = dict(kept)

    def refill() -> None:
        kept.clear()
        kept.update(now)

    return refill


def pairs(old: Any, new: Any) -> Iterator[tuple[FunctionType, FunctionType]]:
    """Return the functions of a function or a class, each with its mutant."""
    if isinstance(old, type):
        for name, it in vars(new).items():
            if name in vars(old):
                yield from pairs(vars(old)[name], it)
    elif isinstance(old, property):
        yield from pairs(old.fget, new.fget)
    elif isinstance(old, FunctionType) and len(old.__code__.co_freevars) == len(
        new.__code__.co_freevars
    ):
        yield old, new


def transplant(old: FunctionType, new: FunctionType) -> Callable[[], None]:
    """Let everybody who holds a function call its mutant; return how to undo it."""
    kept = [(it, getattr(old, it)) for it in FIXED]
    for it in FIXED:
        setattr(old, it, getattr(new, it))
    return lambda: [setattr(old, *it) for it in kept] and None


def knowing(name: str, value: object) -> list[ModuleType]:
    """Return the modules that hold a value by its name."""
    return [it for it in sys.modules.values() if vars(it).get(name) is value]


def known(module: ModuleType, name: str, value: object) -> Callable[[], None]:
    """Let a module know another value by a name; return how to undo it."""
    old = vars(module)[name]
    vars(module)[name] = value
    return lambda: vars(module).__setitem__(name, old)
