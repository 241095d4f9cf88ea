"""The cost agreement: what the parties have agreed of sharing, apart from any one table.

Pure. A version is plain JSON where it is kept. What a table is shared by is what holds on its first
day: whose population, who takes part on which days and who bears the gap, and which index.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from billing import periods
from billing.allocation import Bearer, CannotAllocate
from billing.funding import Membership, Rule
from billing.indexation import IndexClause
from billing.periods import DateRule, Period

DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
STAY = re.compile(
    rf"(?:från\s+)?(?P<first>{DAY})?\s*(?:(?:till|–|-)\s*(?P<last>{DAY}))?", re.IGNORECASE
)
FOLLOWS_INDEX = "follows_index"  # a row's mark in its rule: the agreement's index is meant


@dataclass(frozen=True)
class Participation:
    """Deltagande: from and until which day a municipality takes part, both days counted."""

    joined_on: date | None = None
    left_on: date | None = None

    def __post_init__(self) -> None:
        if self.joined_on and self.left_on and self.left_on < self.joined_on:
            raise CannotAllocate(
                f"Deltagandet slutar {self.left_on}, innan det börjar {self.joined_on}. Ändra en"
                " av dagarna."
            )


def participation(text: str) -> Participation:
    """Return from and until when, as a person writes it: "från 2026-07-01", "till 2028-12-31".

    :raises CannotAllocate: if the text is anything else, or ends before it begins
    """
    match = STAY.fullmatch(text.strip())
    try:
        days = [_day(match[name]) for name in ("first", "last")] if match else []
    except ValueError:
        days = []
    if not any(days):
        raise CannotAllocate(
            f"”{text}” är inga dagar. Skriv från 2026-07-01, till 2028-12-31 eller"
            " 2026-07-01 till 2028-12-31."
        )
    return Participation(*days)


def written(stay: Participation) -> str:
    """Return from and until when as `participation` reads it."""
    told = [f"från {stay.joined_on}"] if stay.joined_on else []
    return " ".join([*told, *([f"till {stay.left_on}"] if stay.left_on else [])])


@dataclass(frozen=True)
class IndexTerms:
    """Indexvillkor: which index amounts follow, how, and its value for each year.

    Values and the cap are fractions as text, "1132/10" or "113.2".
    """

    name: str
    clause: IndexClause
    values: Mapping[int, str]

    def rule(self, year: int) -> dict[str, Any]:
        """Return what a row's rule says of the index in a year (billing.funding)."""
        cap = self.clause.cap
        return {
            "name": self.name,
            "base_year": self.clause.base_year,
            "lag_years": self.clause.lag_years,
            "cap": str(cap) if cap is not None else "",
            "rounding_ore": self.clause.rounding_ore,
            "values": {str(it): value for it, value in sorted(self.values.items())},
            "year": year,
        }


@dataclass(frozen=True)
class AgreedSharing:
    """Kostnadsavtal, en version: from when it holds, who decided it, and what it says."""

    contract: str
    valid_from: date
    decision: str  # the board, the day, the paragraph
    date_rule: DateRule | None  # None: nothing is agreed of the day
    fixed_on: date | None = None  # of DateRule.FIXED_DATE
    gap: Bearer = Bearer.OTHERS
    members: Mapping[str, Participation] = field(default_factory=dict)  # by code; others: always
    index: IndexTerms | None = None
    exit_terms: str = ""

    def __post_init__(self) -> None:
        if self.date_rule is DateRule.FIXED_DATE and self.fixed_on is None:
            raise CannotAllocate(
                "Den bestämda dagen saknas. Ange vilken dags folkmängd som gäller."
            )

    def membership(self, period: Period, codes: Mapping[str, str], host: str) -> Membership:
        """Return on how many days of a period each municipality takes part."""
        days = {code: self._days(code, period) for code in codes}
        return Membership(days, period.days, host)

    def taking_part(self, period: Period, names: Mapping[str, str]) -> dict[str, str]:
        """Return the names of those who take part on any of the days, by their codes."""
        return {code: name for code, name in names.items() if self._days(code, period)}

    def wanted_on(self, period: Period) -> date | None:
        """Return the day whose population the agreement asks for, None where it asks for none.

        :raises CannotAllocate: if it asks for several: the table must be one for each year
        """
        if self.date_rule is None:
            return None
        several = periods.stretches(self.date_rule, period, fixed_on=self.fixed_on)
        if len(several) > 1:
            raise CannotAllocate(
                "Kostnadsavtalet räknar folkmängden före varje kalenderår. Dela upp tabellen i en"
                " för varje år."
            )
        return several[0].population_on

    def ruled(self, rule: Rule, period: Period, *, is_outcome: bool = False) -> Rule:
        """Return a row's rule with what the agreement says of the index and of the gap.

        An outcome is in its own prices, and follows no index.

        :raises CannotAllocate: if the row follows an index and the agreement has none
        """
        told = {key: value for key, value in rule.items() if key != FOLLOWS_INDEX}
        if rule.get(FOLLOWS_INDEX) and not is_outcome:
            if self.index is None:
                raise CannotAllocate(NO_INDEX)
            told["index"] = self.index.rule(period.first_on.year)
        if self.gap is not Bearer.OTHERS and self._has_gap(period):
            told["gap"] = self.gap.value
        return told

    def _has_gap(self, period: Period) -> bool:
        return any(self._days(code, period) < period.days for code in self.members)

    def _days(self, code: str, period: Period) -> int:
        stay = self.members.get(code, Participation())
        return period.active_days(joined_on=stay.joined_on, left_on=stay.left_on)


NOTHING_AGREED = AgreedSharing("", date.min, "", date_rule=None)
NO_INDEX = (
    "En rad följer index, men kostnadsavtalet har inget. Skriv indexet i en ny version av avtalet,"
    " eller låt raden vara utan index."
)


def plain(agreed: AgreedSharing) -> dict[str, Any]:
    """Return a version as JSON has it: days and fractions as text."""
    content: dict[str, Any] = json.loads(json.dumps(asdict(agreed), default=str))
    return content


def read(content: Mapping[str, Any]) -> AgreedSharing:
    """Return the version that `plain` has written."""
    index = content["index"]
    return AgreedSharing(
        contract=content["contract"],
        valid_from=date.fromisoformat(content["valid_from"]),
        decision=content["decision"],
        date_rule=DateRule(content["date_rule"]) if content["date_rule"] else None,
        fixed_on=_day(content["fixed_on"]),
        gap=Bearer(content["gap"]),
        members={
            code: Participation(_day(it["joined_on"]), _day(it["left_on"]))
            for code, it in content["members"].items()
        },
        index=_index(index) if index else None,
        exit_terms=content["exit_terms"],
    )


def _index(content: Mapping[str, Any]) -> IndexTerms:
    clause = content["clause"]
    cap = clause["cap"]
    return IndexTerms(
        content["name"],
        IndexClause(
            clause["base_year"],
            clause["lag_years"],
            Fraction(cap) if cap is not None else None,
            clause["rounding_ore"],
        ),
        {int(year): value for year, value in content["values"].items()},
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
