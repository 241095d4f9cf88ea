"""Keep the English catalogue in line with the Swedish texts.

    python infra/dev/messages.py            # bring locale/en/LC_MESSAGES/django.po in line
    python infra/dev/messages.py --check    # fail on what is missing, fuzzy, obsolete or differs
    python infra/dev/messages.py --compile  # write the .mo file that the product reads

Swedish is the source: a msgid is the Swedish text itself. Texts come from templates, from gettext
calls in Python, and from the tables of the law and the roles, which hold plain Swedish. Sentences
that the law composes with dates and numbers (`care.law.explain`, the reasons of an assessment) are
Swedish in every language.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polib  # type: ignore[import-untyped]
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    ROOT / "platform" / "portal",
    ROOT / "platform" / "project",
    ROOT / "platform" / "care",
    ROOT / "tenants",
)
SKIPPED = frozenset({"assets", "migrations", "static", "__pycache__", "locale"})
CATALOGUE = ROOT / "platform" / "portal" / "locale" / "en" / "LC_MESSAGES" / "django.po"
COMPILED = CATALOGUE.with_suffix(".mo")
ONE = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop"})
MANY = frozenset({"ngettext", "ngettext_lazy"})
LITERAL = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(
    rf"\b(?:n?gettext|_)\(\s*u?({LITERAL})(?:\s*,\s*u?({LITERAL}))?|(?<!\w)_\(\s*u?({LITERAL})"
)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")
HEADER = {
    "Project-Id-Version": "samplan",
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}

# A text and its plural (empty where it has none), and the files that hold it.
Text = tuple[str, str]
Texts = dict[Text, set[str]]


@cache
def texts() -> Texts:
    """Return every Swedish text of the product, and where it stands."""
    found: Texts = {}
    for path in _files(".py"):
        _add(found, in_python(path.read_text()), path)
    for path in _files(".html"):
        _add(found, in_template(path.read_text()), path)
    for place, table in _tables():
        for text in table:
            found.setdefault((text, ""), set()).add(place)
    return found


def in_python(source: str) -> Iterator[Text]:
    """Give the texts of the gettext calls in a module; a text that is looked up is in a table."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        words = [it.value for it in node.args if isinstance(it, ast.Constant)]
        if node.func.id in ONE and words and isinstance(words[0], str):
            yield words[0], ""
        elif node.func.id in MANY and len(words) >= 2:
            yield str(words[0]), str(words[1])


def in_template(source: str) -> Iterator[Text]:
    """Give the texts of a template, trimmed as Django trims them."""
    for match in IN_TEMPLATE.finditer(templatize(source)):
        one, many = match[1] or match[3], match[2]
        yield ast.literal_eval(one), ast.literal_eval(many) if many else ""


def bring_in_line() -> polib.POFile:
    """Return the catalogue with a new entry for each new text, and without those that are gone."""
    known = {_key(it): it for it in _read()} if CATALOGUE.exists() else {}
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = HEADER
    for text, places in sorted(texts().items()):
        entry = known.get(text) or _new(text)
        entry.occurrences = [(place, "") for place in sorted(places)]
        entry.obsolete = False
        catalogue.append(entry)
    return catalogue


def faults() -> Iterator[str]:
    """Give what is wrong with the catalogue, one line for each fault."""
    wanted, known = set(texts()), {_key(it): it for it in _read()}
    for one, _ in sorted(wanted - known.keys()):
        yield f"missing: {one!r}. Run make messages and translate it."
    for one, _ in sorted(known.keys() - wanted):
        yield f"obsolete: {one!r}. Run make messages."
    for key in sorted(wanted & known.keys()):
        yield from _faults_of(known[key])


def compile_catalogue(to: Path = COMPILED) -> None:
    """Write the catalogue in the form that the product reads."""
    to.parent.mkdir(parents=True, exist_ok=True)
    _read().save_as_mofile(str(to))


def _faults_of(entry: polib.POEntry) -> Iterator[str]:
    said = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if entry.fuzzy:
        yield f"fuzzy: {entry.msgid!r}. Read the translation and remove the mark."
    if not said or not all(said):
        yield f"untranslated: {entry.msgid!r}."
        return
    allowed = _placeholders(entry.msgid) | _placeholders(entry.msgid_plural)
    for text in said:
        if not _placeholders(text) <= allowed or (
            not entry.msgid_plural and _placeholders(text) != allowed
        ):
            yield f"placeholders differ: {entry.msgid!r} and {text!r}."


def _placeholders(text: str) -> set[str]:
    return {named or braced for named, braced in PLACEHOLDER.findall(text)}


def _tables() -> Iterator[tuple[str, Iterable[str]]]:
    """Give the tables that hold plain Swedish, and the module of each."""
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    from care.identity.permissions import ROLE_LABELS
    from care.law import deadlines, discharge, duties, guards, terms
    from care.review import signs
    from care.training import scenarios, survey
    from tenants import onboarding

    yield "platform/care/law/discharge.py", discharge.STATE_LABELS.values()
    yield "platform/care/law/discharge.py", discharge.ACT_LABELS.values()
    yield "platform/care/law/guards.py", (it.text_sv for it in guards.GUARDS)
    yield "platform/care/law/deadlines.py", (it.text_sv for it in deadlines.RULES)
    yield "platform/care/law/duties.py", (it.text_sv for it in duties.DUTIES)
    yield "platform/care/law/duties.py", duties.COMPLIANCE_LABELS.values()
    yield "platform/care/law/terms.py", (it.swedish for it in terms.TERMS)
    yield "platform/care/identity/permissions.py", ROLE_LABELS.values()
    yield "platform/care/review/signs.py", (it.text_sv for it in signs.SIGNALS)
    yield "platform/care/review/signs.py", (it.why_sv for it in signs.SIGNALS)
    yield "platform/care/training/scenarios.py", _words_of(scenarios.SCENARIOS)
    yield "platform/care/training/survey.py", (it.text for it in survey.STATEMENTS)
    yield "tenants/onboarding.py", onboarding.TITLES.values()


def _words_of(scenarios: Iterable[Any]) -> Iterator[str]:
    for it in scenarios:
        yield from (it.title, it.about)
        for task in it.tasks:
            yield from (task.text, task.hint)


def _files(suffix: str) -> Iterator[Path]:
    for source in SOURCES:
        for path in sorted(source.rglob(f"*{suffix}")):
            if not SKIPPED & set(path.relative_to(source).parts):
                yield path


def _add(found: Texts, given: Iterable[Text], path: Path) -> None:
    for text in given:
        found.setdefault(text, set()).add(path.relative_to(ROOT).as_posix())


def _read() -> polib.POFile:
    return polib.pofile(str(CATALOGUE), wrapwidth=100)


def _key(entry: polib.POEntry) -> Text:
    return entry.msgid, entry.msgid_plural


def _new(text: Text) -> polib.POEntry:
    one, many = text
    if many:
        return polib.POEntry(msgid=one, msgid_plural=many, msgstr_plural={0: "", 1: ""})
    return polib.POEntry(msgid=one)


def main() -> int:
    """Do what the words say and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true")
    choice.add_argument("--compile", action="store_true")
    words = parser.parse_args()
    if words.compile:
        compile_catalogue()
        return 0
    if not words.check:
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        bring_in_line().save(str(CATALOGUE))
    wrong = list(faults())
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
