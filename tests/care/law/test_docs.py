"""The documentation of the law: every row and every cited paragraph stands in it."""

import re
from pathlib import Path

from care.law import registry

ROOT = Path(__file__).parents[3]
CODE = ROOT / "platform" / "care" / "law"
PARAGRAPHS = (ROOT / "docs" / "law" / "paragraphs.md").read_text("utf-8")
CITATION = re.compile(
    r"(?:PDL )?\d+ kap\. \d+(?:[–,] ?\d+)* §§?(?: \d st\.)?|lag \(\d{4}:\d+\)", re.IGNORECASE
)


def cited() -> set[str]:
    """Return every paragraph that the source of care/law cites, in data and in prose."""
    texts = [path.read_text("utf-8") for path in sorted(CODE.glob("*.py"))]
    found = {match for text in texts for match in CITATION.findall(text)}
    return {
        citation[0].lower() + citation[1:] if citation[0] == "L" else citation for citation in found
    }


def test_every_paragraph_cited_in_the_code_stands_in_the_documentation() -> None:
    assert {citation for citation in cited() if citation not in PARAGRAPHS} == set()


def test_every_row_stands_in_the_documentation_beside_its_paragraph() -> None:
    lines = PARAGRAPHS.splitlines()

    missing = [
        row
        for row in registry.all_rows()
        if not any(
            line.startswith(f"| {row.statute} |") and f"`{row.key}`" in line for line in lines
        )
    ]

    assert missing == []


def test_every_test_and_module_that_the_documentation_names_is_there() -> None:
    tests = set(re.findall(r"`(test_\w+\.py)`", PARAGRAPHS))
    modules = set(re.findall(r"`([a-z]+)\.\w", PARAGRAPHS))

    assert {name for name in tests if not (Path(__file__).parent / name).exists()} == set()
    assert {name for name in modules if not (CODE / f"{name}.py").exists()} == set()


def test_the_documentation_has_no_row_that_the_code_lacks() -> None:
    rows = set(re.findall(r"\| `\w+\.[A-Z]+`: `([^`]+)` \|", PARAGRAPHS))

    assert rows == {row.key for row in registry.all_rows()}


def test_the_citations_are_found_by_their_pattern() -> None:
    assert {"2 kap. 1–3 §§", "5 kap. 3 § 2 st.", "PDL 3 kap. 14 §", "lag (1930:173)"} <= cited()
