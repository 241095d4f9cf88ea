"""Crib sheets: one A4 for each role, for everybody, in the words of the pages."""

import io
import re

import pypdf
import pytest
from architecture import house
from cast import REGION
from visits import browser, text

from billing.papers.pdf import pdf
from portal import cribs

A4 = (595.28, 841.89)
ALL = [pytest.param(it, id=it.name) for it in cribs.CRIBS]
PAGES = [
    path
    for path in house.tracked()
    if path.is_relative_to(house.ROOT / "platform" / "portal")
    and (path.suffix == ".html" or (path.suffix == ".py" and path.name != "cribs.py"))
]


def words_of_the_pages() -> str:
    """Return the Swedish texts of the pages, without those of the sheets themselves."""
    shown = "\n".join(house.text_of(it) for it in PAGES)
    return re.sub(r'"\s*\n\s*"', "", shown)


def reader(crib: cribs.Crib) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(cribs.sheet(crib.name)))


@pytest.mark.parametrize("crib", ALL)
def test_a_sheet_is_exactly_one_a4(crib: cribs.Crib) -> None:
    (page,) = reader(crib).pages

    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(A4, abs=0.1)


@pytest.mark.parametrize("crib", ALL)
def test_a_sheet_is_tagged_and_tells_what_its_pictures_show(crib: cribs.Crib) -> None:
    catalogue = reader(crib).trailer["/Root"]

    assert catalogue["/MarkInfo"]["/Marked"]
    assert str(catalogue["/Lang"]).startswith("sv")
    assert "pdfuaid:part" in catalogue["/Metadata"].get_data().decode()
    raw = cribs.sheet(crib.name)
    with_pictures = [it for part in crib.parts for it in (part.picture, part.alt)]
    assert all(with_pictures)
    assert len(reader(crib).pages[0].images) == 2
    assert raw == cribs.sheet(crib.name)


@pytest.mark.parametrize("crib", ALL)
def test_what_a_sheet_names_stands_on_a_page(crib: cribs.Crib) -> None:
    pages = words_of_the_pages().lower()

    assert len(cribs.named(crib)) >= 8
    assert [it for it in cribs.named(crib) if it.lower() not in pages] == []


@pytest.mark.parametrize("crib", ALL)
def test_every_word_of_a_sheet_is_printed_and_no_asterisk(crib: cribs.Crib) -> None:
    printed = "".join(reader(crib).pages[0].extract_text().split())
    told = [it for part in crib.parts for it in (part.title, *part.steps)]
    for it in (crib.title, crib.about, *told, *crib.good_to_know):
        assert "".join(it.replace("**", "").split()) in printed
    assert "**" not in printed


def test_a_sheet_is_for_everybody_and_another_is_not_there() -> None:
    assert {it.name for it in cribs.CRIBS} == {
        "avdelning", "primarvard", "koordinator", "handlaggare"
    }  # fmt: skip


@pytest.mark.django_db
def test_the_help_leads_to_the_sheets() -> None:
    client = browser(tenant=REGION)
    page = client.get("/help").content.decode()
    for it in cribs.CRIBS:
        url = f"/help/crib/{it.name}.pdf"
        assert f'href="{url}"' in page
        answer = client.get(url)
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
    assert "finns inte" in text(client, "/help/crib/nobody.pdf", 404)


def test_a_mark_stands_at_the_foot_of_every_page() -> None:
    content = {"title": "T", "owner": "O", "on": "x", "since": "x", "counts": "", "steps": [],
               "beside_heads": [""] * 3, "beside": [], "experts": [], "groups": [], "region": "",
               "moved": []}  # fmt: skip
    words = {"verbatim": {}, "on": cribs.MADE_ON, "folder": "portal.papers"}

    with_mark = pdf("readiness.typ", content, **words, mark="Övning")
    without = pdf("readiness.typ", content, **words)

    assert "Övning" in pypdf.PdfReader(io.BytesIO(with_mark)).pages[0].extract_text()
    assert "Övning" not in pypdf.PdfReader(io.BytesIO(without)).pages[0].extract_text()
