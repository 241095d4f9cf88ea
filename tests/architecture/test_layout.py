"""The folders are the architecture: what lies where, and what must never lie there."""

import ast
import importlib.util
import platform
import sysconfig
from pathlib import Path

import pytest
from architecture import house

ROOTS = ("project", "portal", "integrations", "care", "billing", "tenants")
FOLDERS = frozenset({
    ".ci", "api", "billing", "docs", "infra", "platform", "requirements", "tenants", "tests",
})  # fmt: skip
FILES = frozenset({
    ".gitattributes", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md", "CONTRIBUTING.md",
    "LICENSE", "Makefile", "README.en.md", "README.md", "SECURITY.md", "publiccode.yml",
    "pyproject.toml",
})  # fmt: skip
SOURCE_ROOT = house.ROOT / "platform"


def strays(names: list[str]) -> set[str]:
    """Return what the top level must not hold, of the names of files."""
    return {name for name in names if not _has_place(Path(name))}


def _has_place(path: Path) -> bool:
    return path.parts[0] in FOLDERS if len(path.parts) > 1 else path.name in FILES


def test_platform_is_the_standard_librarys() -> None:
    assert Path(platform.__file__).parent == Path(sysconfig.get_path("stdlib"))
    assert platform.python_implementation()


def test_the_source_root_is_no_package_and_holds_no_tests() -> None:
    below = [path.relative_to(SOURCE_ROOT) for path in SOURCE_ROOT.rglob("*.py")]
    ours = [path for path in below if "node_modules" not in path.parts]

    assert Path("__init__.py") not in ours
    assert [path for path in ours if path.name == "conftest.py"] == []
    assert [path for path in ours if path.name.startswith("test_")] == []


@pytest.mark.parametrize("name", ROOTS)
def test_every_import_root_is_this_repositorys(name: str) -> None:
    found = importlib.util.find_spec(name)

    assert found is not None
    assert found.origin is not None
    assert Path(found.origin).is_relative_to(house.ROOT)


def test_the_top_level_holds_the_reviewed_folders_and_files_only() -> None:
    assert strays([str(path.relative_to(house.ROOT)) for path in house.tracked()]) == set()


def test_a_stray_folder_or_file_would_be_found() -> None:
    assert strays(["bench/run.py", "uv.lock", "tests/bench/run.py", "Makefile"]) == {
        "bench/run.py",
        "uv.lock",
    }


def test_a_package_says_what_it_is_and_holds_no_code_in_its_first_file() -> None:
    inits = [
        it
        for it in house.sources()
        if it.name == "__init__.py" and {"care", "billing"} & set(it.parts)
    ]

    for path in inits:
        body = ast.parse(house.text_of(path)).body
        assert len(body) == 1, path
        assert ast.get_docstring(ast.Module(body, [])), path


def test_every_test_stands_in_a_folder_of_the_product_or_of_its_own_kind() -> None:
    folders = {
        path.relative_to(house.ROOT / "tests").parts[0]
        for path in house.tracked()
        if path.name.startswith("test_") and path.is_relative_to(house.ROOT / "tests")
    }
    kinds = {"architecture", "bench", "browser", "infra", "isolation", "journeys"}

    assert folders <= kinds | {*ROOTS, "api"}
