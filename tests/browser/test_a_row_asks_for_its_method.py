"""The form of a cost row, in the browser: what the chosen method asks for, and nothing else."""

import re

import pytest
from playwright.sync_api import Page, expect
from served import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
FIELDS = ("equal_part", "values", "reason", "bands", "over", "rebate")


def in_view(page: Page) -> set[str]:
    """Return the fields of methods that are seen."""
    return {it for it in FIELDS if page.locator(f"[name={it}]").is_visible()}


def test_a_row_shows_what_its_method_asks_for(somebody: SignIn) -> None:
    page = somebody("regionjh", "Gunilla Åsberg").go("/costs")
    page.locator("a.row-link[href^='/costs/tables/']").first.click()
    page.get_by_role("link", name="Ny rad").click()

    assert in_view(page) == set()
    for method, fields in {
        "Fasta andelar": {"values"},
        "För hand": {"values", "reason"},
        "En del lika, resten efter folkmängd": {"equal_part"},
        "Avgift efter storlek": {"bands"},
        "Folkmängd med rabatt för stora": {"over", "rebate"},
        "Efter antal användare": set(),
    }.items():
        page.get_by_role("radio", name=method).check()
        assert in_view(page) == fields, method

    page.get_by_label("Aktivitet").fill("Support")
    page.get_by_label("Kommunerna betalar tillsammans (kr)").fill("1 000")
    page.get_by_label("Kostnadsslag").select_option("support")
    page.get_by_role("radio", name="Fasta andelar").check()
    page.get_by_role("button", name="Spara").click()
    # The lines to fill in name every municipality; the error leads to the field, which is in view.
    page.get_by_role("link", name=re.compile("rad 1: värdet saknas för Ragunda kommun")).click()
    expect(page.get_by_label("Värde per kommun")).to_have_value(re.compile("2380; Östersunds"))
    assert in_view(page) == {"values"}
    lines = page.get_by_label("Värde per kommun").input_value().splitlines()
    page.get_by_label("Värde per kommun").fill("\n".join(f"{it} 12,5" for it in lines))
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_role("rowheader", name=re.compile("Support"))).to_contain_text(
        "Fasta andelar"
    )
