"""The glossary binds every English word of the domain to the Swedish one, and to nothing else."""

import ast
import inspect
import re
from enum import Enum
from functools import cache

import pytest
from architecture import house
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver

from billing import methods
from care.discharge import operations as discharge_operations
from care.identity.permissions import Permission
from care.inbox import blocks, consents, emergencies, protection
from care.inbox import operations as inbox_operations
from care.inbox.models import Delivery
from care.law import deadlines, preconditions, terms
from care.law.discharge import Act
from care.sharing import readers
from portal import labels
from project import urls
from tenants import rows

GLOSSARY = (house.DOCS / "glossary.md").read_text("utf-8")
CHOICES = house.choices()
# What the pages say of answers and reasons: plain texts in messages, not choices in the code.
SAID = (
    labels.ANSWERS, labels.NEEDS, labels.MEETING_FORMS, labels.DESTINATIONS, labels.ABORT_REASONS,
    labels.WITHDRAWAL_REASONS, labels.INFORMED_HOW, labels.REJECTION_REASONS, labels.GROUNDS,
    labels.GIVEN_HOW, labels.READ_HOW,
)  # fmt: skip


@cache
def sections() -> dict[str, tuple[str, ...]]:
    """Return the terms of each section: the code in the first column of its tables."""
    found: dict[str, tuple[str, ...]] = {}
    for part in re.split(r"^#{2,3} ", GLOSSARY, flags=re.MULTILINE)[1:]:
        heading, _, rest = part.partition("\n")
        found[heading] = tuple(re.findall(r"^\| `([^`]+)` \|", rest, flags=re.MULTILINE))
    return found


def under(name: str) -> set[str]:
    """Return the terms of the sections whose heading names something."""
    named = [terms for heading, terms in sections().items() if f"`{name}`" in heading]
    assert named, f"no section of the glossary is headed `{name}`"
    return {term for terms in named for term in terms}


def section(heading: str) -> set[str]:
    """Return the terms of one section."""
    return set(sections()[heading])


def acts_beside_the_process() -> set[str]:
    """Return the acts that are recorded without being a step of the process."""
    trees = [ast.parse(house.text_of(it)) for it in house.sources() if "care" in it.parts]
    recorded = {act for tree in trees for act in house.literal(tree, "act")}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_after":
                recorded |= {str(it.value) for it in node.args if isinstance(it, ast.Constant)}
    return (recorded | set(labels.HAPPENED)) - set(Act)


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_every_choice_has_its_swedish_word(name: str) -> None:
    values = {str(member.value) for member in CHOICES[name] if member.value}

    assert values <= under(name)


def test_no_choice_stands_in_the_glossary_that_the_code_lacks() -> None:
    stale = {
        (heading, term)
        for heading, listed in sections().items()
        if (named := [CHOICES[it] for it in re.findall(r"`([\w.]+)`", heading) if it in CHOICES])
        for term in set(listed) - {str(member.value) for kind in named for member in kind}
    }

    assert stale == set()


def test_every_section_that_names_a_choice_names_one_that_is_there() -> None:
    headed = {it for heading in sections() for it in re.findall(r"`(\w+\.\w+)`", heading)}

    known = {*CHOICES, "deadlines.RULES", "terms.TERMS", "methods.METHODS", "care.law"}
    assert {it for it in headed if not _is_package(it)} <= known


def test_every_model_has_its_swedish_word() -> None:
    ours = {"care", "billing", "tenants"}
    named = {it.__name__ for it in apps.get_models() if it.__module__.split(".")[0] in ours}
    listed = {term for heading, found in sections().items() if _is_app(heading) for term in found}

    assert listed == named


def things_of(package: str) -> set[str]:
    """Return the values of a package: its public classes that are no choice, verdict or row."""
    return {
        it.__name__
        for module, it in house.classes()
        if module.__name__.startswith(f"{package}.")
        and not it.__name__.startswith("_")
        and not issubclass(it, Enum | Exception | models.Model)
    }


def test_every_class_of_the_law_has_its_swedish_word() -> None:
    public = things_of("care.law")

    assert public - section("Things of `care.law`") <= {"Deadline"}  # the model's name too
    assert section("Things of `care.law`") <= public


def test_every_thing_of_the_costs_has_its_swedish_word() -> None:
    assert section("Things of `billing`") == things_of("billing")


def test_every_method_of_the_costs_has_its_swedish_word() -> None:
    assert under("methods.METHODS") == {it.name for it in methods.METHODS.values()}


def test_every_deadline_has_its_swedish_word() -> None:
    assert under("deadlines.RULES") == {rule.name for rule in deadlines.RULES}


def test_whom_a_deadline_binds_and_what_liability_asks_have_their_swedish_words() -> None:
    asked = {row.name for row in preconditions.PRECONDITIONS}

    assert section("Whom a deadline binds") == {rule.binds for rule in deadlines.RULES}
    assert section("Preconditions: förutsättningar") == asked


def test_every_kind_of_row_has_its_meaning() -> None:
    kinds = {
        it.__name__
        for it in vars(rows).values()
        if inspect.isclass(it) and issubclass(it, models.Model) and it is not rows.Row
    }

    assert section("Kinds of rows") == kinds


def test_the_words_of_the_person_are_names_in_the_code() -> None:
    code = "\n".join(house.text_of(it) for it in house.sources())

    assert {it for it in section("Words of the person and the stay") if it not in code} == set()


def test_every_term_of_an_agreement_has_its_swedish_word() -> None:
    assert under("terms.TERMS") == {term.name for term in terms.TERMS}


def test_every_act_beside_the_process_has_its_swedish_word() -> None:
    assert section("Acts beside the process") == acts_beside_the_process()


def test_every_fact_of_a_delivery_has_its_swedish_word() -> None:
    facts = {it.name for it in Delivery._meta.get_fields() if isinstance(it, models.DateTimeField)}

    assert section("Facts of a delivery") == facts


def test_what_a_message_holds_has_its_swedish_word() -> None:
    assert section("What a message holds") == {*labels.CONTENT, *labels.NOT_SHOWN}


def test_what_is_answered_in_messages_has_its_swedish_word() -> None:
    said = {name for words in SAID for name in words}

    assert section("Answers, reasons and places in messages") == said


def test_every_role_of_the_database_has_its_meaning() -> None:
    cluster = (house.ROOT / "tenants" / "sql" / "cluster.sql").read_text("utf-8")
    made = set(re.findall(r"^CREATE ROLE (\w+)", cluster, flags=re.MULTILINE))

    assert section("Roles of PostgreSQL") == made | {"login_<schema>"}


def test_every_row_has_a_swedish_word_and_a_paragraph_or_a_dash() -> None:
    rows = [it for it in GLOSSARY.splitlines() if it.startswith("| `")]

    assert [
        row for row in rows if not all(cell.strip() for cell in row.strip("|").split("|"))
    ] == []


def test_an_act_has_one_name_in_its_right_its_operation_and_its_event() -> None:
    acts = {*Act, *acts_beside_the_process()}
    modules = (
        discharge_operations, inbox_operations, consents, blocks, emergencies, readers, protection,
    )  # fmt: skip
    operations = {name for module in modules for name in vars(module)}
    of_acts = {
        it.value.partition(":")[2]
        for it in Permission
        if it.value.startswith(("case:", "inbox:")) and not it.value.endswith(":read")
    }

    assert of_acts - acts == set()
    assert of_acts - operations == set()


def test_a_right_is_named_alike_in_code_and_value() -> None:
    def spoken(right: Permission) -> set[str]:
        of, _, does = right.value.partition(":")
        return {does, f"{does}_{of}", f"{does}_{of}s"}

    assert [it for it in Permission if it.name.lower() not in spoken(it)] == []


def test_an_act_has_the_same_name_in_its_address() -> None:
    addresses = {route.split("/")[-1] for route in routes(urls.urlpatterns)}
    modules = (discharge_operations, inbox_operations, consents, blocks, emergencies, protection)
    operations = {name for module in modules for name in vars(module)}
    acts = acts_beside_the_process() & operations

    assert {act for act in acts if act.replace("_", "-") not in addresses} == set()


def routes(patterns: list[URLPattern | URLResolver]) -> list[str]:
    """Return every address of the portal."""
    found = []
    for it in patterns:
        if isinstance(it, URLResolver):
            found += routes(it.url_patterns)
        else:
            found.append(str(it.pattern))
    return found


def _is_app(heading: str) -> bool:
    named = re.match(r"`(tenants(?:\.home)?|billing|care\.\w+)`: ", heading)
    return named is not None and named[1] != "care.law"


def _is_package(name: str) -> bool:
    return name in {module.__name__ for module in house.modules()}
