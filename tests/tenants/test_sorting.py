"""Swedish order, as ICU's collation "sv" gives it, without ICU."""

import random

import pytest
from cast import MUNICIPALITY, REGION, STRANGER

from tenants.models import Tenant
from tenants.sorting import sort_key

# Sorted by ICU 78.2, Intl.Collator("sv"); ICU also ranks names with equal keys among themselves.
ICU = [
    "Aaberg", "Aberg", "Andersson", "Ann Marie", "Ann-Marie", "Anna", "Annamarie", "Celik", "Dal",
    "Dam", "Elan", "Eld", "Luk", "Lund", "Myller", "Nandu", "O'Neil", "Oeuvre", "Oneil", "Oun",
    "Simic", "Strasse", "Strast", "Thor", "Tor", "Uebel", "v", "Vallin", "van Dam", "von Essen",
    "w", "Wallin", "Ybel", "Yngve", "Yr", "z", "Zetterlund", "Å", "Ångström", "Ä", "Æbler",
    "Ählin", "Äng", "Ö", "Öberg", "Ödberg", "Ødegård", "Örs",
]  # fmt: skip


def test_names_come_in_the_order_of_icu() -> None:
    mixed = random.Random(1).sample(ICU, len(ICU))
    assert sorted(mixed, key=sort_key) == ICU


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "Myller"),
        ("Çelik", "celik"),
        ("Straße", "Strasse"),
        ("Þor", "Thor"),
        ("Őrs", "örs"),
        ("ÅBERG", "åberg"),
        ("A\u030aberg", "Åberg"),  # å written as a and a ring
    ],
)
def test_letters_that_icu_ranks_as_equal_have_the_same_key(one: str, other: str) -> None:
    assert sort_key(one) == sort_key(other)


@pytest.mark.django_db
def test_the_database_sorts_by_the_key() -> None:
    here = Tenant.objects.filter(schema_name__in=[REGION, MUNICIPALITY, STRANGER])
    names = list(here.order_by("name_sort", "name").values_list("name", flat=True))
    assert names == sorted(names, key=sort_key) == ["Främlinge kommun", "Region Test", "Testkommun"]
