"""What the tests that guard the house ask of it: its files, its modules, its documents."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
from collections.abc import Iterator
from enum import Enum
from functools import cache
from pathlib import Path
from types import ModuleType

import billing
import care
import tenants

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PRODUCT = (ROOT / "platform", ROOT / "billing", ROOT / "tenants")


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file that git knows or would take, by name."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = sorted(ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in found if path.is_file())


@cache
def text_of(path: Path) -> str:
    """Return the text of a file, or nothing for one that holds no text."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def sources(*, migrations: bool = False) -> list[Path]:
    """Return the product's own Python files."""
    return [
        path
        for path in tracked()
        if path.suffix == ".py"
        and any(path.is_relative_to(place) for place in PRODUCT)
        and (migrations or "migrations" not in path.parts)
    ]


@cache
def modules() -> tuple[ModuleType, ...]:
    """Return every module of the domain, of the costs and of the huvudmän."""
    return tuple(
        importlib.import_module(it.name)
        for root in (care, billing, tenants)
        for it in pkgutil.walk_packages(root.__path__, f"{root.__name__}.")
        if ".migrations" not in it.name
    )


def classes() -> Iterator[tuple[ModuleType, type]]:
    """Give every class that the domain defines, also those inside another, with its module."""
    for module in modules():
        for _, found in inspect.getmembers(module, inspect.isclass):
            if found.__module__ == module.__name__:
                yield module, found
                yield from ((module, it) for it in inner(found))


def inner(owner: type) -> Iterator[type]:
    """Give the classes that stand in another one."""
    for found in vars(owner).values():
        if inspect.isclass(found) and found.__qualname__.startswith(f"{owner.__qualname__}."):
            yield found


def choices() -> dict[str, type[Enum]]:
    """Return every set of choices by the name that the glossary gives it."""
    found = {}
    for module, it in classes():
        if issubclass(it, Enum):
            short = module.__name__.rpartition(".")[2]
            found[it.__qualname__ if "." in it.__qualname__ else f"{short}.{it.__name__}"] = it
    return found


def literal(tree: ast.AST, name: str) -> Iterator[str]:
    """Give the texts that are passed under a name, such as act="record_consent"."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.keyword) or node.arg != name:
            continue
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def backticked(text: str) -> list[str]:
    """Return what stands between single backticks outside blocks of code."""
    prose = re.sub(r"^( {0,3})(```|~~~).*?^\1\2", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose)
