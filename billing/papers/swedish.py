"""Numbers and days as they stand on a Swedish paper: no-break spaces, decimal comma, real minus.

A number never breaks over two lines. Rounding is by whole numbers, a half away from zero; nothing
here passes through a float.
"""

from datetime import date
from fractions import Fraction

from billing import allocation, amounts
from billing.months import MONTHS

NO_BREAK = "\u00a0"
MINUS = "−"
NOTHING = "–"
SHORT_MONTHS = (
    "jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec",
)  # fmt: skip


def number(whole: int) -> str:
    """Return a whole number: "62 601"."""
    return _kept_together(amounts.thousands(whole))


def kronor(amount_ore: int) -> str:
    """Return öre as kronor with two decimals: "272 480,20"."""
    return _kept_together(amounts.kronor(amount_ore))


def signed(amount_ore: int) -> str:
    """Return a difference with its sign, and none where there is none: "+1 000,50", "0,00"."""
    return f"+{kronor(amount_ore)}" if amount_ore > 0 else kronor(amount_ore)


def whole_kronor(amount_ore: int) -> str:
    """Return öre as kronor without decimals: "2 810 000"; for amounts of whole kronor only."""
    return kronor(amount_ore).removesuffix(",00")


def percent(part: Fraction) -> str:
    """Return a part of one in percent with three decimals, without the sign: "48,227"."""
    thousandths = allocation.half_up(part * 100_000)
    whole, rest = divmod(abs(thousandths), 1000)
    return _kept_together(f"{'-' if thousandths < 0 else ''}{amounts.thousands(whole)},{rest:03}")


def day(on: date) -> str:
    """Return a day with its month in words: "31 december 2017"."""
    return f"{on.day}{NO_BREAK}{MONTHS[on.month - 1]} {on.year}"


def short_day(on: date) -> str:
    """Return a day with its month cut short: "31 dec 2017"."""
    return _kept_together(f"{on.day} {SHORT_MONTHS[on.month - 1]} {on.year}")


def listed(words: list[str]) -> str:
    """Return words as a list in a sentence: "Berg, Bräcke och Åre"."""
    *first, last = words
    return f"{', '.join(first)} och {last}" if first else last


def _kept_together(text: str) -> str:
    return text.replace(" ", NO_BREAK).replace("-", MINUS)
