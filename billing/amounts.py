"""Amounts as Swedes write them, and öre as the computer counts them.

An allocation is exact to the öre. Whole kronor (lag (1970:1029) om avrundning av vissa öresbelopp)
come on the invoice, never before.
"""

import re
from fractions import Fraction

# What stands between thousands: a space, no-break, thin, or narrow no-break.
SPACES = " \u00a0\u2009\u202f"
_KRONOR = rf"[0-9]{{1,3}}(?:[{SPACES}][0-9]{{3}})+|[0-9]+"
# A document marks an amount for its footnotes: 1 400 000**.
AMOUNT = re.compile(rf"({_KRONOR})(?:,([0-9]{{1,2}}))?(?:[{SPACES}]?kr)?\**")
NUMBER = re.compile(_KRONOR)
NEGATIVE = re.compile(r"[-−–]\s*[0-9]")
MOST_DECIMALS = 10
PERCENT = re.compile(rf"([0-9]{{1,3}}(?:[.,][0-9]{{1,{MOST_DECIMALS}}})?)[{SPACES}]?%?")
DECIMAL = re.compile(rf"[0-9]{{1,9}}(?:[.,][0-9]{{1,{MOST_DECIMALS}}})?")
FRACTION = re.compile(r"[0-9]{1,9}/[1-9][0-9]{0,8}")
MOST_KRONOR = 10**13  # a database counts öre to 9,2 · 10^18, and sums of many lines must fit too


class BadAmount(Exception):
    """A text that is no amount; the message says in Swedish what to do."""


def ore(text: str) -> int:
    """Return an amount in öre: "1 400 000", "1400000,50", "25 000,5 kr".

    :raises BadAmount: if the text is anything else, negative, or beyond all budgets
    """
    match = AMOUNT.fullmatch(text.strip())
    if NEGATIVE.match(text.strip()):
        raise BadAmount(f"”{text}” är negativt. Ange ett belopp från 0.")
    if match is None:
        raise BadAmount(f"”{text}” är inget belopp. Skriv det som 1 400 000 eller 1 400 000,50.")
    kronor = _whole(match[1])
    if kronor > MOST_KRONOR:
        raise BadAmount(f"”{text}” är för stort. Ange ett belopp i kronor.")
    return kronor * 100 + int((match[2] or "").ljust(2, "0"))


def number(text: str) -> int:
    """Return a whole number from 1: "62 601".

    :raises BadAmount: if the text is anything else
    """
    match = NUMBER.fullmatch(text.strip())
    if match is None or not 0 < (whole := _whole(match[0])) <= MOST_KRONOR:
        raise BadAmount(f"”{text}” är inget antal. Skriv ett heltal från 1, som 62 601.")
    return whole


def whole(text: str) -> int:
    """Return a whole number from 0: "62 601", "0".

    :raises BadAmount: if the text is anything else
    """
    match = NUMBER.fullmatch(text.strip())
    if match is None or (found := _whole(match[0])) > MOST_KRONOR:
        raise BadAmount(f"”{text}” är inget antal. Skriv ett heltal från 0, som 62 601.")
    return found


def percent(text: str) -> Fraction:
    """Return a part of one, written in percent or as a fraction: "48,2", "48,2 %", "1/3".

    :raises BadAmount: if the text is anything else, negative, or more than the whole
    """
    match = PERCENT.fullmatch(text.strip())
    part = Fraction(match[1].replace(",", ".")) / 100 if match else None
    if FRACTION.fullmatch(text.strip()):
        part = Fraction(text.strip())
    if part is None or part > 1:
        raise BadAmount(f"”{text}” är ingen andel. Skriv den i procent från 0 till 100, som 48,2.")
    return part


def decimal(text: str) -> Fraction:
    """Return a number with or without decimals, exactly: "113,2", "113.2".

    :raises BadAmount: if the text is anything else, or negative
    """
    if not DECIMAL.fullmatch(text.strip()):
        raise BadAmount(f"”{text}” är inget tal. Skriv det med siffror, som 113,2.")
    return Fraction(text.strip().replace(",", "."))


def in_percent(part: Fraction) -> str:
    """Return a part of one as `percent` reads it, exactly: "48,2"; a third is "1/3"."""
    for decimals in range(MOST_DECIMALS + 1):
        scaled = part * 100 * 10**decimals
        if scaled.denominator == 1:
            whole, rest = divmod(scaled.numerator, 10**decimals)
            return f"{whole},{rest:0{decimals}}" if decimals else str(whole)
    return str(part)


def kronor(amount_ore: int) -> str:
    """Return öre as kronor with two decimals: "-1 400 000,50"."""
    whole, rest = divmod(abs(amount_ore), 100)
    return f"{'-' if amount_ore < 0 else ''}{thousands(whole)},{rest:02}"


def plain(amount_ore: int) -> str:
    """Return öre as kronor with two decimals for a computer to read: "-1400000.50"."""
    whole, rest = divmod(abs(amount_ore), 100)
    return f"{'-' if amount_ore < 0 else ''}{whole}.{rest:02}"


def thousands(whole: int) -> str:
    """Return a whole number with spaces between thousands."""
    return f"{whole:,}".replace(",", " ")


def _whole(text: str) -> int:
    digits = re.sub(rf"[{SPACES}]", "", text).lstrip("0")[: len(str(MOST_KRONOR)) + 1]
    return int(digits or "0")
