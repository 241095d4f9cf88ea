"""The board's paper: a tjänsteskrivelse that can be read by everybody, and that nobody can bend."""

import re
import time
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from billing import runs
from billing.papers import pdf
from billing.papers.board import Decision, NotThisRecord, Officer
from billing.runs import BadRecord, Funded, Kind
from billing.table import CostLine
from tests.billing.papers import printed
from tests.billing.papers.printed import LINK2

MARKUP = '#read("/etc/passwd") *fet* $x^2$ <b>"citat"</b> @ref `kod` \\ #panic()'
ENGLISH = re.compile(
    r"\b(page|figure|table|total|sum|the|and|of|by|none|null|true|false|appendix|date)\b"
)


def test_head_proposals_summary_and_signature_stand_on_it() -> None:
    first, *others = printed.pages_of(printed.printed(LINK2))

    assert first.startswith("Gemensamma nämnden för samverkan Tjänsteskrivelse Datum 2018-05-14")
    assert "Diarienummer GNS/2018:41 Handläggare Karin Ek, nämndsekreterare" in first
    assert "Förslag till beslut 1. Nämnden fastställer fördelningen. 2. Regionen" in first
    assert "Sammanfattning Regionen och kommunerna inför LINK2. Kommunerna delar" in first
    assert "Skickas till Region Jämtland Härjedalen samt kommunerna Ragunda" in others[0]


def test_every_page_says_which_it_is_of_how_many() -> None:
    pages = printed.pages_of(printed.printed(LINK2))

    assert len(pages) == 3
    for number, page in enumerate(pages, 1):
        assert page.endswith(f"Sida {number} (3)")
    assert all("diarienummer GNS/2018:41" in page for page in pages[1:])


def test_a_proposal_says_so_and_a_decision_its_day_and_paragraph() -> None:
    decided = Decision(date(2018, 12, 12), "§ 41")

    assert "Status Förslag, inte beslutat" in printed.text_of(printed.printed(LINK2))
    assert "beslutade i ärendet den 12 december 2018, § 41." in printed.text_of(
        printed.printed(LINK2, decision=decided)
    )


def test_it_is_for_the_archive_and_for_everybody_in_one_file() -> None:
    root: Any = printed.reader_of(printed.printed(LINK2)).trailer["/Root"]
    told = root["/Metadata"].get_data()

    assert b"<pdfaid:part>2</pdfaid:part>" in told
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in told
    assert b"<pdfuaid:part>1</pdfuaid:part>" in told
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"


def test_it_is_tagged_for_pdf_ua_with_swedish_a_title_and_a_chart_in_words() -> None:
    reader = printed.reader_of(printed.printed(LINK2))
    root: Any = reader.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "sv-SE"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "LINK2 – fördelning av kostnader"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    kinds, described = tags(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/H3", "/Table", "/THead", "/TH", "/TD", "/Figure", "/L"} <= kinds
    assert any("Störst är Östersund med 272\u00a0480,20" in it for it in described)


def tags(node: Any) -> tuple[set[str], list[str]]:
    """Return the kinds of tags in a tree, and the words that stand in for pictures."""
    kinds, described = {str(node.get("/S", ""))}, [str(node["/Alt"])] if "/Alt" in node else []
    below = node.get("/K", [])
    for it in below if isinstance(below, list) else [below]:
        child = it.get_object()
        if hasattr(child, "get") and "/S" in child:
            more, words = tags(child)
            kinds |= more
            described += words
    return kinds, described


def test_every_page_is_in_swedish() -> None:
    decided = Decision(date(2018, 12, 12), "§ 41")
    mixed = [printed.cost(1), printed.cost(2, method_id="equal@1")]

    for record in (LINK2, printed.invented(3, *mixed)):
        for page in printed.pages_of(printed.printed(record, decision=decided)):
            text = page.replace("samplan cost verify", "")
            assert ENGLISH.findall(text.lower()) == []
            assert re.search(r"[åäö]", text)
            assert re.findall(r"\d,\d{3}\D|\d\.\d{2}\b", without_percent(text)) == []


def without_percent(text: str) -> str:
    """Return a text without the percentages, whose three decimals look like thousands."""
    return re.sub(r" \d{1,3},\d{3}(?= )", "", text)


def test_another_day_that_stands_in_is_said_where_the_shares_stand() -> None:
    same = printed.changed(LINK2)
    same["asked"]["population"]["wanted_on"] = ""

    assert "Underlag: 31 dec 2017, ersätter 1 nov 2017." in printed.text_of(printed.printed(LINK2))
    text = printed.text_of(printed.printed(same))
    assert "Underlag: 31 dec 2017." in text
    assert "ersätter" not in text


def test_footnotes_keep_the_marks_of_the_document_and_number_the_others() -> None:
    first = printed.pages_of(printed.printed(LINK2))[0]

    assert "LINK-modulen, licenskostnad 1 400 000 1 400 000** –" in first
    assert "** Kostnad som Region Jämtland Härjedalen har oavsett vilket system" in first
    assert "Projektledare RJH 50–75 %¹ 400 000" in first
    assert "Projektledare kommunerna 50–75 %¹ 400 000" in first
    assert "¹ Beräknad på en genomsnittlig tjänstgöring på 60 %" in first
    assert "Kommunikatör 10–25 %² 80 000" in first
    assert "Rad Aktivitet Totalt Regionen Kommunerna*" in first
    assert "* Kommunerna delar sin del av varje rad efter folkmängd." in first


def test_a_line_without_amount_prints_who_pays_or_that_nobody_knows_yet() -> None:
    unknown = Funded(CostLine("Konsulter", 0, 0, "Offert väntas", False), kind=Kind.UNKNOWN)
    text = printed.text_of(printed.printed(printed.invented(2, printed.cost(1), unknown)))

    assert "arbetsgrupper Finansieras av respektive huvudman" in printed.text_of(
        printed.printed(LINK2)
    )
    assert "Konsulter Beloppet är inte känt. Offert väntas" in text
    assert "Beloppet är inte känt för rad 2. Kostnaden tillkommer" in text


def test_several_methods_are_told_line_by_line_and_have_no_split_at_once() -> None:
    halves = {
        "parts": [
            {"share": "3/10", "method": "equal@1"},
            {"share": "rest", "method": "population@1"},
        ]
    }
    lines = (printed.cost(1), printed.cost(2, method_id="mixed@1", parameters=halves))
    text = printed.text_of(printed.printed(printed.invented(3, *lines)))

    assert "rad 1 efter folkmängd; rad 2 30 % lika delar och resten efter folkmängd." in text
    assert "på en gång" not in text


def test_the_method_is_shown_on_a_share_that_got_an_odd_ore() -> None:
    text = printed.text_of(printed.printed(LINK2))

    assert "rad 2 på 400 000,00 kronor: Åre har 11 268 av 129 806 invånare." in text
    assert "Kvoten är 34 722,58601… kronor, hela ören alltså 34 722,58." in text
    assert "Andelen är 34 722,59 kronor." in text


def test_what_the_region_pays_alone_needs_no_appendix_of_lines() -> None:
    alone = Funded(CostLine("Licens", 5_000, 0, "", False))
    text = printed.text_of(printed.printed(printed.invented(2, alone)))

    assert "Kommunerna betalar ingen del." in text
    assert "rad för rad" not in text


def test_a_large_county_repeats_its_heads_on_every_page() -> None:
    lines = [printed.cost(it, note=("", "Avser hela året")[it % 2]) for it in range(1, 31)]
    started = time.monotonic()
    pages = printed.pages_of(printed.printed(printed.invented(49, *lines)))

    assert time.monotonic() - started < 20  # half a second on a machine that does nothing else
    assert len(pages) < 25
    rows_by_head = {
        "Rad Aktivitet Totalt Regionen Kommunerna*": r"med support, drift och \w+¹? \d+ ",
        "Kod Kommun Folkmängd Andel, % Kronor Kronor per invånare": r"\b14\d\d Kommun \d+ ",
    }
    for head, row in rows_by_head.items():
        having = [page for page in pages if re.search(row, page)]
        assert len(having) > 1
        assert all(head in page for page in having)


# With so many, the last row of a table just fits on its page, and the sum would not.
@pytest.mark.parametrize("municipalities", [25, 28, 41])
def test_a_sum_stands_below_a_row_of_its_table(municipalities: int) -> None:
    record = printed.invented(municipalities, *(printed.cost(it) for it in range(1, 9)))

    for page in printed.pages_of(printed.printed(record)):
        for sums in re.finditer(r"Summa [\d ]+,", page):
            assert re.search(rf"Kommun {municipalities} [\d ,–]*$", page[: sums.start()])


def test_what_people_write_is_printed_as_it_is_and_never_runs() -> None:
    record = printed.changed(LINK2, title=MARKUP, names=LINK2["asked"]["names"] | {"2303": MARKUP})
    record["asked"]["lines"][1]["activity"] = MARKUP
    record["asked"]["lines"][0]["note"] = MARKUP
    text = printed.text_of(
        printed.printed(
            record,
            board=MARKUP,
            diary_number=MARKUP,
            officer=Officer(MARKUP, MARKUP),
            proposals=(MARKUP,),
            summary=MARKUP,
            decision=Decision(date(2018, 12, 12), MARKUP),
        )
    )

    assert text.count("#panic()") > 12
    assert "root:" not in text
    written = MARKUP.replace(" ", "")
    assert text.replace(" ", "").count(written) > 12


def test_a_sign_that_no_typeface_has_is_a_question_mark_and_the_rest_is_whole() -> None:
    names = LINK2["asked"]["names"] | {"2303": "Ra😀gunda\x07 漢\u202e", "2305": "Ŋåŧđ–Bräcke"}
    text = printed.text_of(printed.printed(printed.changed(LINK2, names=names)))

    assert "2303 Ra?gunda ? 5 444 4,194 23 695,82" in text
    assert "2305 Ŋåŧđ–Bräcke 6 501 5,008 28 296,57" in text


def test_a_word_without_end_breaks_and_the_figures_stay() -> None:
    names = LINK2["asked"]["names"] | {"2303": "A" * 300}
    pages = printed.reader_of(printed.printed(printed.changed(LINK2, names=names))).pages

    widths: list[float] = []
    for page in pages:
        page.extract_text(visitor_text=lambda text, cm, tm, font, size: widths.append(tm[4]))
    assert max(widths) < 595


def test_the_typeface_is_inter_and_the_paper_comes_out_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert typefaces(printed.printed(LINK2)) == {"Inter", "DejaVuSansMono"}

    monkeypatch.setattr(pdf, "FONT_PACKAGE", "not_installed_here")
    pdf._fonts.cache_clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = printed.printed(LINK2)
    pdf._fonts.cache_clear()

    assert typefaces(made) == {"LibertinusSerif", "DejaVuSansMono"}
    assert "Östersund 62 601 48,227 272 480,20 4,35" in printed.text_of(made)


def typefaces(made: bytes) -> set[str]:
    """Return the families of the typefaces that lie in a PDF."""
    found = set()
    for page in printed.reader_of(made).pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            found.add(font.get_object()["/BaseFont"].split("+")[1].split("-")[0])
    return found


def test_the_same_record_and_paper_give_the_same_bytes() -> None:
    assert printed.printed(LINK2) == printed.printed(LINK2)
    assert printed.printed(LINK2) != printed.printed(LINK2, on=date(2018, 5, 15))


def test_a_paper_about_another_record_is_refused() -> None:
    with pytest.raises(NotThisRecord, match="en annan uträkning"):
        printed.printed(LINK2, record_sha256=runs.hash_of(printed.changed(LINK2, title="Annat")))


def test_a_record_of_another_format_is_refused() -> None:
    with pytest.raises(BadRecord, match="formatet 2"):
        printed.printed({**LINK2, "format": 2})


def test_many_papers_do_not_fill_the_memory() -> None:
    record = printed.invented(49, *(printed.cost(it) for it in range(1, 31)))
    printed.printed(record)
    before = megabytes()

    for number in range(5):
        printed.printed(record, diary_number=f"GNS/2018:{number}")

    assert megabytes() - before < 120  # 50 for each paper, were nothing forgotten


def megabytes() -> float:
    """Return the memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1_000_000
