"""Every paragraph that the code cites stands in the documentation of the law or the glossary."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from architecture import house

from care.law import registry

# A paragraph: of which law ("" is lag 2017:612), which chapter, which number.
Paragraph = tuple[str, str, str]

LAWS = r"PDL|OSL|HSL|SoL|KL|LPT|LRV|patientlagen|2022:913|HSLF-FS 2016:40"
CITATION = re.compile(
    rf"(?:(?P<law>{LAWS}) )?(?P<chapter>\d+) kap\. (?P<numbers>\d+(?: ?(?:[–,-]|och|a) ?\d*)*) §"
)
# What joins a citation to the one before it, so that both are of the same law.
JOINED = re.compile(r" ?§?(?: \d st\.)?(?:,| och) ")
NUMBERED = re.compile(r"\(?(\d{4}:\d+)\)?")
GAZETTE = re.compile(r"(?:lag|förordning) ?\(?(\d{4}:\d+)\)?", re.IGNORECASE)


def cited(text: str) -> Iterator[Paragraph]:
    """Give every paragraph that a text cites, one for each number in a row or a span."""
    law, end = "", 0
    for match in CITATION.finditer(text):
        is_joined = end and JOINED.fullmatch(text[end : match.start()])
        law = match["law"] or (law if is_joined else "")
        end = match.end()
        for number in _numbers(match["numbers"]):
            yield law, match["chapter"], number


def _numbers(text: str) -> Iterator[str]:
    for part in re.split(r" ?(?:,| och) ?", text):
        first, _, last = re.sub("-", "–", part).partition("–")
        if last.strip().isdigit() and first.strip().isdigit():
            yield from (str(it) for it in range(int(first), int(last) + 1))
        elif first.strip():
            yield first.strip()


@cache
def documented() -> frozenset[Paragraph]:
    """Return every paragraph that the documentation of the law and the glossary know."""
    places = [*sorted((house.DOCS / "law").glob("*.md")), house.DOCS / "glossary.md"]
    return frozenset(it for place in places for it in cited(house.text_of(place)))


def undocumented(texts: Iterable[tuple[str, str]]) -> set[tuple[str, Paragraph]]:
    """Return each paragraph that a named text cites and no document knows."""
    return {(name, it) for name, text in texts for it in cited(text) if it not in documented()}


def product() -> list[tuple[str, str]]:
    """Return the product's sources, templates too, by their names."""
    templates = [
        path
        for path in house.tracked()
        if path.suffix == ".html" and path.is_relative_to(house.ROOT / "platform")
    ]
    return [
        (str(path.relative_to(house.ROOT)), house.text_of(path))
        for path in (*house.sources(), *templates)
    ]


def test_every_paragraph_that_the_code_cites_is_documented() -> None:
    assert undocumented(product()) == set()


def test_every_row_of_the_law_cites_a_paragraph_of_its_own_documentation() -> None:
    own = {
        it
        for place in (house.DOCS / "law").glob("*.md")
        for it in cited(house.text_of(place))
    }  # fmt: skip

    assert {it for row in registry.all_rows() for it in cited(row.statute)} - own == set()


def test_every_statute_that_the_code_names_is_documented() -> None:
    places = [*(house.DOCS / "law").glob("*.md"), house.DOCS / "glossary.md"]
    known = {it for place in places for it in NUMBERED.findall(house.text_of(place))}

    assert {it for _, text in product() for it in GAZETTE.findall(text)} <= known


def test_citations_are_read_as_they_are_printed() -> None:
    assert set(cited("2 kap. 1–3 §§ och 5 kap. 3 § 1 st.")) == {
        ("", "2", "1"), ("", "2", "2"), ("", "2", "3"), ("", "5", "3"),
    }  # fmt: skip
    assert set(cited("OSL 25 kap. 1 §, 26 kap. 1 §")) == {("OSL", "25", "1"), ("OSL", "26", "1")}
    assert set(cited("2 kap. 2 och 4 §§; PDL 4 kap. 3 §")) == {
        ("", "2", "2"), ("", "2", "4"), ("PDL", "4", "3"),
    }  # fmt: skip


def test_a_paragraph_that_nobody_has_documented_would_be_found() -> None:
    assert undocumented([("a.py", "9 kap. 9 §")]) == {("a.py", ("", "9", "9"))}
