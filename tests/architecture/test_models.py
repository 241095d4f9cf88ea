"""What holds for every model: it says its kind, nothing happens behind its back."""

import ast
import re
from pathlib import Path

import pytest
from architecture import house
from django.apps import apps
from django.conf import settings
from django.db import models

from tenants.rows import Common, Isolation, Row

PACKAGES = {"care", "billing", "tenants"}
OURS = [it for it in apps.get_models() if it.__module__.split(".")[0] in PACKAGES]
# The registry is written by the migrator alone, and read while nobody is acted for.
REGISTRY = {"Tenant", "Domain", "Departed"}
BEHIND = re.compile(r"django\.db\.models\.signals|django\.dispatch|@receiver")
GENERIC = re.compile(r"GenericForeignKey|GenericRelation|contenttypes\.(?:fields|models)")


def python() -> list[tuple[str, str]]:
    """Return the product's sources by their names."""
    return [
        (str(path.relative_to(house.ROOT)), house.text_of(path))
        for path in house.sources(migrations=True)
    ]


def overridden(source: str) -> list[str]:
    """Return the classes that do something of their own when they are saved or deleted."""
    return [
        f"{node.name}.{it.name}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
        for it in node.body
        if isinstance(it, ast.FunctionDef) and it.name in {"save", "delete"}
    ]


@pytest.mark.parametrize("model", OURS, ids=lambda it: it.__name__)
def test_every_model_says_its_kind(model: type[models.Model]) -> None:
    if model.__name__ in REGISTRY:
        return
    is_at_home = f"{model.__module__.rpartition('.')[0]}" in settings.TENANT_APPS

    assert issubclass(model, Row if is_at_home else Common)
    assert isinstance(getattr(model, "isolation", None), Isolation)


@pytest.mark.parametrize("model", OURS, ids=lambda it: it.__name__)
def test_every_model_says_what_it_is(model: type[models.Model]) -> None:
    assert (model.__doc__ or "").strip()
    assert not (model.__doc__ or "").startswith(f"{model.__name__}(")  # written by Django


def test_nothing_listens_to_signals() -> None:
    assert [name for name, text in python() if BEHIND.search(text)] == []
    assert [name for name, _ in python() if Path(name).name == "signals.py"] == []


def test_no_row_points_to_a_row_of_any_kind() -> None:
    assert [name for name, text in python() if GENERIC.search(text)] == []


def test_no_row_does_anything_when_it_is_saved() -> None:
    found = {name: it for name, text in python() if (it := overridden(text))}

    assert found == {}


def test_a_row_that_does_would_be_found() -> None:
    assert overridden("class Case:\n    def save(self): ...") == ["Case.save"]
    assert BEHIND.search("from django.db.models.signals import post_save")
    assert GENERIC.search("GenericForeignKey('a', 'b')")
