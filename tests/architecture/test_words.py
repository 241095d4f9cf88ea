"""Words we do without: names that accept anything, a clock in the domain, notes to ourselves."""

import ast
import re
from pathlib import Path

from architecture import house

EMPTY = frozenset({
    "common", "constants", "helper", "helpers", "manager", "managers", "misc", "service",
    "services", "signals", "util", "utilities", "utils",
})  # fmt: skip
CLOCK = re.compile(r"\b(?:now|today|utcnow)\(\)|\btime\.time\(\)|\bclock\.moment\(\)")
# Here the domain begins: a task is a view without a browser, and takes the moment once.
DOORS = frozenset({"platform/care/inbox/tasks.py"})
LATER = re.compile(r"(?:#|//|/\*|<!--)[^\n]*\b(?:TODO|FIXME|XXX|HACK)\b")


def empty_names(names: list[str]) -> list[str]:
    """Return the files and folders whose name says nothing."""
    return [name for name in names if EMPTY & {Path(part).stem for part in Path(name).parts}]


def reads_the_clock(source: str) -> bool:
    """Tell whether code takes the time itself; a policy's SQL, which is text, is none."""
    bare = re.sub(r'"""[\s\S]*?"""|"[^"\n]*"|\'[^\'\n]*\'|#.*', "", source)
    return CLOCK.search(bare) is not None


def named(source: str) -> set[str]:
    """Return every name that code gives."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


def relative() -> list[str]:
    """Return the names of all files."""
    return [str(path.relative_to(house.ROOT)) for path in house.tracked()]


def test_no_file_has_a_name_that_accepts_anything() -> None:
    assert empty_names([it for it in relative() if it.endswith((".py", ".html"))]) == []


def test_the_domain_takes_the_moment_as_an_argument() -> None:
    folders = (house.ROOT / "platform" / "care", house.ROOT / "billing")
    domain = [it for it in house.sources() if any(it.is_relative_to(place) for place in folders)]
    found = {str(it.relative_to(house.ROOT)) for it in domain if reads_the_clock(house.text_of(it))}

    assert found - DOORS == set()


def test_nobody_leaves_work_for_later_in_the_code() -> None:
    mine = Path(__file__).name
    files = [
        path
        for path in house.tracked()
        if path.suffix in {".py", ".html", ".js", ".css", ".toml", ".md"} and path.name != mine
    ]

    assert [path.name for path in files if LATER.search(house.text_of(path))] == []


def test_names_in_the_code_are_english_letters() -> None:
    given = {name for path in house.sources() for name in named(house.text_of(path))}

    assert {name for name in given if not name.isascii()} == set()


def test_what_is_forbidden_would_be_found() -> None:
    assert empty_names(["platform/care/utils.py", "platform/care/helpers/a.py", "a/shown.py"]) == [
        "platform/care/utils.py",
        "platform/care/helpers/a.py",
    ]
    assert reads_the_clock("at = datetime.now()")
    assert not reads_the_clock('POLICY = "now()"  # now()')
    assert named("def räkna(å): pass") == {"räkna", "å"}
    assert LATER.search("x = 1  # " + "TODO: later")
    assert not LATER.search("view = View." + "TODO")
