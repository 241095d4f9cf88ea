"""What the documents name is there: files, symbols, commands, settings, words of the pages."""

import importlib
import re
from pathlib import Path

import pytest
import typer
from architecture import house
from typer.main import get_command

from project.cli import app

TOP = ("CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md")
# Swedish for those who use it; English for those who build and run it.
DOCUMENTS = sorted(
    path
    for path in house.tracked()
    if path.suffix == ".md"
    and (path.is_relative_to(house.DOCS) or str(path.relative_to(house.ROOT)) in TOP)
)
FOLDERS = ("", "platform", "docs", "tests", "platform/care/law")
SYMBOL = re.compile(r"(?:billing|care|integrations|portal|project|tenants|infra)(?:\.\w+)+")
FILE = re.compile(r"[\w./-]+\.(?:css|html|js|json|md|po|py|sh|sql|toml|txt|yml)|[\w./-]+/")
# Made by a command, and never committed.
MADE = frozenset({".samplan/", "platform/portal/locale/en/LC_MESSAGES/django.po"})
BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
READ = re.compile(r"\b(SAMPLAN_[A-Z_]+|DATABASE_(?:[A-Z]+_)?URL|CHROMIUM)\b")
# The name of a secret in a file is the name of the secret; of the tests alone; of the toolchain.
NOT_A_SETTING = re.compile(r"\w+_FILE$(?<!OFFSET_FILE)|SAMPLAN_VECTORS")


def missing_files(text: str) -> set[str]:
    """Return the files and folders that a document names and that are not there."""
    named = {it for it in house.backticked(text) if FILE.fullmatch(it) and "/" in it}
    return {it for it in named - MADE if not _is_somewhere(it)}


def _is_somewhere(name: str) -> bool:
    return any((house.ROOT / folder / name).exists() for folder in FOLDERS)


def missing_symbols(text: str) -> set[str]:
    """Return the modules, classes and functions that a document names and that are not there."""
    named = {it for it in house.backticked(text) if SYMBOL.fullmatch(it)}
    return {it for it in named if Path(it).suffix != ".py" and not _resolves(it)}


def _resolves(name: str) -> bool:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def targets() -> set[str]:
    """Return what make can make."""
    makefile = (house.ROOT / "Makefile").read_text("utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))


def commands(group: typer.Typer = app) -> set[str]:
    """Return the console script's commands, such as "tenant add"."""
    found = set()
    for name, command in getattr(get_command(group), "commands", {}).items():
        found |= {name, *(f"{name} {below}" for below in getattr(command, "commands", {}))}
    return found


def code_of(text: str) -> list[str]:
    """Return what a document shows as code, in the line or in a block."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    indented = re.findall(r"^    \S.*$", text, flags=re.MULTILINE)
    return [*house.backticked(text), *blocks, *indented]


def unknown_commands(text: str) -> set[str]:
    """Return the make targets and commands that a document names and that do not exist."""
    shown = "\n".join(code_of(text))
    made = re.findall(r"^\s*make ([a-z][a-z-]*)", shown, flags=re.MULTILINE)
    typed = re.findall(r"^\s*samplan ([a-z]+)(?: ([a-z][a-z-]*))?", shown, flags=re.MULTILINE)
    groups = {it.split(" ")[0] for it in commands() if " " in it}
    asked = {f"{one} {two}" if one in groups and two else one for one, two in typed}
    return (set(made) - targets()) | (asked - commands())


def settings_read() -> set[str]:
    """Return every setting that the product and its tools read from the environment."""
    places = [*house.sources(), house.ROOT / "Makefile"]
    places += [it for it in house.tracked() if it.is_relative_to(house.ROOT / "infra")]
    found = {name for place in places for name in READ.findall(house.text_of(place))}
    return {name for name in found if not NOT_A_SETTING.search(name)}


def settings_told() -> set[str]:
    """Return the settings in the table of the operations document."""
    table = (house.DOCS / "operations.md").read_text("utf-8")
    table = table.partition("## Environment variables")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE))


def words_of_the_pages() -> str:
    """Return every Swedish text of the pages, in one."""
    shown = [
        path
        for path in house.tracked()
        if path.suffix in {".html", ".py"} and path.is_relative_to(house.ROOT / "platform")
    ]
    text = "\n".join(house.text_of(path) for path in shown)
    return re.sub(r'"\s*\n\s*"', "", text).lower()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda it: str(it.relative_to(house.ROOT)))
def test_what_a_document_names_is_there(path: Path) -> None:
    text = house.text_of(path)

    assert missing_files(text) == set()
    assert missing_symbols(text) == set()
    assert unknown_commands(text) == set()


def test_every_setting_stands_in_the_table_and_nothing_else_does() -> None:
    assert settings_told() == settings_read()


@pytest.mark.parametrize(
    "path",
    [it for it in DOCUMENTS if it.parent == house.DOCS / "anvandare"],
    ids=lambda it: it.stem,
)
def test_the_cribs_use_the_words_of_the_pages(path: Path) -> None:
    pages = words_of_the_pages()
    said = BOLD.findall(house.text_of(path))
    buttons = {it.rstrip(".:") for it in said if _is_a_button(it, house.text_of(path))}

    assert {it for it in buttons if it.lower() not in pages} == set()


def _is_a_button(bold: str, text: str) -> bool:
    # A line that is bold from end to end is a heading of the crib itself.
    return f"\n**{bold}**\n" not in text and bold != "och"


def test_the_decisions_are_numbered_sentences_and_stand_in_their_list() -> None:
    decisions = sorted(it for it in (house.DOCS / "adr").glob("*.md") if it.name != "index.md")
    listed = house.text_of(house.DOCS / "adr" / "index.md")

    for number, path in enumerate(decisions, start=1):
        lines = house.text_of(path).splitlines()
        assert path.name.startswith(f"{number:04d}-")
        assert lines[0].startswith(f"# {number}. ")
        assert len(lines) < 20
        assert path.stem in listed


def test_what_is_not_there_would_be_found() -> None:
    assert missing_files("`platform/care/nothing.py` and `tenants/rows.py`") == {
        "platform/care/nothing.py"
    }
    assert missing_symbols("`care.sharing.access.nothing` `care.sharing.access`") == {
        "care.sharing.access.nothing"
    }
    assert unknown_commands(
        "`make nothing`, `make test`, `samplan nothing`, `samplan tenant x`"
    ) == {
        "nothing",
        "tenant x",
    }
    assert READ.findall('environment.text("SAMPLAN_NOTHING")') == ["SAMPLAN_NOTHING"]
