"""Every requirement of ASVS 5.0 in our scope is decided, and what is met can be looked up.

The scope: levels 1 and 2 without WebRTC (V17), and eight of level 3.
"""

import csv
import re
from collections import Counter
from functools import cache

import pytest
from architecture import house

FILE = house.DOCS / "security" / "asvs.csv"
# How many of levels 1 and 2 each chapter has (OWASP ASVS 5.0.0).
CHAPTERS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9,
            13: 13, 14: 9, 15: 13, 16: 16}  # fmt: skip
OF_LEVEL_3 = {"V7.5.3", "V8.1.3", "V8.1.4", "V8.2.4", "V8.3.2", "V8.3.3", "V8.4.2", "V16.5.4"}
STATUSES = {"met", "not_applicable", "not_met", "planned"}
ISSUE = re.compile(r"^issue [678]\b")


@cache
def rows() -> list[dict[str, str]]:
    with FILE.open(newline="") as file:
        return list(csv.DictReader(file))


def fault(row: dict[str, str]) -> str:
    """Return what is wrong with a row."""
    status, evidence, remark = row["status"], row["evidence"], row["remark"]
    if status not in STATUSES or not row["requirement"]:
        return "not decided"
    if status == "planned":
        return "" if ISSUE.match(remark) else "no issue says when"
    if status != "met":
        return "" if remark and not evidence else "no reason"
    return missing(evidence) or (
        "" if remark or "::" in evidence or "#" in evidence else "no reason"
    )


def missing(evidence: str) -> str:
    """Return what evidence names that is not there: a file, a test in it, a section of it."""
    name = re.split("::|#", evidence)[0]
    path = house.ROOT / name
    if not name or path not in house.tracked():
        return f"no file {name}"
    text = house.text_of(path)
    if "::" in evidence and f"def {evidence.partition('::')[2]}(" not in text:
        return f"no test {evidence}"
    headings = {it.lower().replace(" ", "-") for it in re.findall(r"^## (.+)$", text, re.MULTILINE)}
    if "#" in evidence and evidence.partition("#")[2] not in headings:
        return f"no section {evidence}"
    return ""


def test_every_requirement_of_the_scope_stands_there_once() -> None:
    ids = [it["id"] for it in rows()]
    ordinary = [it["id"] for it in rows() if it["level"] in {"1", "2"}]

    assert len(ids) == len(set(ids)) == 254
    assert Counter(int(it[1:].partition(".")[0]) for it in ordinary) == CHAPTERS
    assert Counter(it["level"] for it in rows()) == {"1": 70, "2": 176, "3": 8}
    assert {it["id"] for it in rows() if it["level"] == "3"} == OF_LEVEL_3


def test_every_one_is_decided_and_what_is_met_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    counted = Counter(it["status"] for it in rows())
    with capsys.disabled():
        print(f"\nASVS 5.0: {dict(counted)}")

    assert {it["id"]: what for it in rows() if (what := fault(it))} == {}


@pytest.mark.parametrize(
    ("status", "evidence", "remark"),
    [
        ("met", "", ""),
        ("met", "tests/architecture/test_asvs.py::test_nothing", ""),
        ("met", "docs/security/index.md#nothing", ""),
        ("met", "pyproject.toml", ""),
        ("met", "nothing.py", "a reason"),
        ("not_applicable", "", ""),
        ("planned", "", "later"),
        ("perhaps", "", ""),
    ],
)
def test_what_cannot_be_looked_up_would_be_found(status: str, evidence: str, remark: str) -> None:
    row = {"status": status, "evidence": evidence, "remark": remark, "requirement": "x"}

    assert fault(row) != ""
