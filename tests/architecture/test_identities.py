"""No personal number in the repository is anybody's: only the published test numbers are here.

A number that is made up may be a living person's. So every text that could be a valid
personnummer or samordningsnummer is looked up in the list of published test numbers.
"""

import re
from datetime import date

import pytest
from architecture import house

from care.individuals import trial_identities
from project.demo import people

# Skatteverket's open data set of test personal numbers; these are also in other public test data.
PUBLISHED = frozenset(
    """
    190301249801 193008077723 193012299263 193805028432 194001079120 194004057032 194201199124
    194408139089 194502024732 194504118359 195102031753 195312242083 195702182568 195711212893
    195712302842 196107293059 196108193175 196108283166 196109072972 196201082697 196404153832
    197103011032 197907179191 197911109291 197912309296 198101079294 198705212382 198808112380
    199001252387 199006022397 199007212393 199007282388 199007302384 199107172380 199212252382
    199312162390 199312172381 199504242398 199610202385 199705162387 199710182396 199912282382
    200001022391 200001032382 200001042399 200001052380 200002262384 200007312382 200304302383
    200510162381 200512312398
    """.split()
)
# Vectors that the law, and others' documents, print for the check digit; allowed where it is tried.
VECTORS = frozenset({"196408233234", "191212121212", "197010632391"})
CHECK_DIGITS = re.compile(r"tests/.*identi\w*\.py")

SHAPE = re.compile(r"(?<![\w.])(\d{6}|\d{8})([-+]?)(\d{4})(?![\w])")
CENTURIES = ("18", "19", "20")


def valid(text: str) -> set[str]:
    """Return every personal number that a text holds, with the ten or twelve digits it has."""
    shaped = ((day, day + tail) for day, _, tail in SHAPE.findall(text))
    return {
        number
        for day, number in shaped
        if _check_digit(number[-10:])
        and any(
            _is_a_day(it) for it in ([day] if len(day) == 8 else [it + day for it in CENTURIES])
        )
    }


def _check_digit(ten: str) -> bool:
    """Tell whether the last of ten digits follows from the others (Luhn)."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(ten)]
    return sum(it // 10 + it % 10 for it in doubled) % 10 == 0


def _is_a_day(eight: str) -> bool:
    day = int(eight[6:])
    try:
        date(int(eight[:4]), int(eight[4:6]), day - 60 if day > 60 else day)
    except ValueError:
        return False
    return True


def strangers(name: str, text: str) -> set[str]:
    """Return the personal numbers of a file that are on no list."""
    allowed = PUBLISHED | (VECTORS if CHECK_DIGITS.fullmatch(name) else frozenset())
    return valid(text) - allowed - {it[2:] for it in allowed}


def test_every_personal_number_in_the_repository_is_a_published_test_number() -> None:
    found = {}
    for path in house.tracked():
        name = str(path.relative_to(house.ROOT))
        if path.samefile(__file__):
            continue
        if unknown := strangers(name, house.text_of(path)):
            found[name] = unknown

    assert found == {}


def test_the_people_of_the_demo_have_published_numbers_only() -> None:
    assert set(trial_identities.NUMBERS) == PUBLISHED
    assert set(people.NUMBERS) <= PUBLISHED
    assert len(PUBLISHED) == 51


@pytest.mark.parametrize("number", sorted(PUBLISHED))
def test_a_published_number_is_recognized_however_it_is_written(number: str) -> None:
    ways = (number, f"{number[:8]}-{number[8:]}", number[2:], f"{number[2:8]}+{number[8:]}")

    assert all(valid(f"number={it}.") <= {number, number[2:]} for it in ways)
    assert all(valid(f"number={it}.") for it in ways)


def test_a_number_of_anybody_else_would_be_found() -> None:
    vector = "640823" + "-" + "3234"

    assert strangers("docs/index.md", vector)
    assert not strangers("tests/care/individuals/test_identity_numbers.py", vector)


def test_an_organisation_number_is_no_personal_number() -> None:
    assert valid("2999999218 232100-0214") == set()
