"""The figures of a record, each taken out once, so that paper and workbook cannot differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from billing import allocation, runs, settlement
from billing.allocation import Bearer
from billing.papers import rules
from billing.periods import Period
from billing.runs import BadRecord, Kind
from billing.settlement import Compared, PartyBalance
from billing.table import REGION


@dataclass(frozen=True)
class PrintedLine:
    """Tryckt kostnadsrad: a line with its number in the table, amounts in öre."""

    number: int
    activity: str
    category: str
    note: str
    region_ore: int
    municipalities_ore: int
    is_unknown: bool
    method_id: str
    parameters: Mapping[str, Any]
    has_rule: bool
    shares_ore: Mapping[str, int]  # of the municipalities, by code
    quotas_ore: Mapping[str, str]  # the same as exact fractions

    @property
    def total_ore(self) -> int:
        """Return what all pay together."""
        return self.region_ore + self.municipalities_ore

    @property
    def has_amount(self) -> bool:
        """Tell whether the line costs anything; else its note says who bears the cost."""
        return bool(self.region_ore or self.municipalities_ore)

    @property
    def is_shared(self) -> bool:
        """Tell whether the municipalities share it."""
        return bool(self.municipalities_ore)


@dataclass(frozen=True)
class PrintedShare:
    """Tryckt andel: a municipality, its inhabitants, what it pays in all, in öre."""

    code: str
    name: str
    inhabitants: int
    share_ore: int
    more_at_once_ore: int  # if the sum were split once; 0 too where there is no such split
    of_whole: Fraction | None  # of what the municipalities pay; None where they pay nothing

    @property
    def per_inhabitant_ore(self) -> int:
        """Return what it pays for each inhabitant, to the nearest öre."""
        return _each(self.share_ore, self.inhabitants)


@dataclass(frozen=True)
class PrintedCount:
    """Tryckt räkning: what has been counted, on which day and by whom, at each municipality."""

    what: str  # counts.What
    on: date
    source: str
    sha256: str
    counts: Mapping[str, int]  # by code


@dataclass(frozen=True)
class Figures:
    """Siffrorna i en uträkning: what was asked and what came out, as it is printed."""

    title: str
    period: Period
    region_name: str
    population_on: date
    wanted_on: date | None  # the day that the agreement asks for, where another one stands in
    source: str
    population_sha256: str
    record_sha256: str
    lines: tuple[PrintedLine, ...]
    shares: tuple[PrintedShare, ...]
    splits_at_once: bool  # one method for all lines, so that their sum can be split too
    total_ore: int
    region_ore: int
    municipalities_ore: int
    agreement: int  # the version of the cost agreement; 0: none is kept
    days: Mapping[str, int]  # of each municipality that is not in all the time, by its name
    host_bears_gap: bool
    followed: str  # the title of the budget whose outcome this is
    carried_from: str  # the title of the outcome whose balance is paid with this
    compared: tuple[Compared, ...]
    balances: tuple[PartyBalance, ...]
    counts: tuple[PrintedCount, ...] = ()  # besides the population, those that a line needs

    @property
    def shared_lines(self) -> tuple[PrintedLine, ...]:
        """Return the lines that the municipalities share."""
        return tuple(line for line in self.lines if line.is_shared)

    @property
    def differing_at_once(self) -> tuple[PrintedShare, ...]:
        """Return who would pay another amount if the sum of the lines were split once."""
        return tuple(share for share in self.shares if share.more_at_once_ore)

    @property
    def together(self) -> Compared:
        """Return budget and outcome of all activities as one."""
        return settlement.together(self.compared)

    def name(self, code: str) -> str:
        """Return the name of a municipality; its code where it takes part no longer."""
        return next((it.name for it in self.shares if it.code == code), code)

    @property
    def inhabitants(self) -> int:
        """Return the inhabitants of all municipalities that take part."""
        return sum(share.inhabitants for share in self.shares)

    @property
    def per_inhabitant_ore(self) -> int:
        """Return what the municipalities pay for each inhabitant, to the nearest öre."""
        return _each(self.municipalities_ore, self.inhabitants)


def of(record: Mapping[str, Any]) -> Figures:
    """Return the figures of a record (`billing.runs.record`).

    :raises BadRecord: if it is of another format
    """
    if record.get("format") != runs.FORMAT:
        raise BadRecord(
            f"Uträkningen har formatet {record.get('format')}, men {runs.FORMAT} kan tryckas. Hämta"
            " den på nytt från sidan för fördelningen."
        )
    asked, result = record["asked"], record["result"]
    at_once = runs.at_once(record)
    population = asked["population"]
    on, wanted = population["on"], population["wanted_on"]
    return Figures(
        title=asked["title"],
        period=Period.of(asked["period"]),
        region_name=asked["names"][REGION],
        population_on=date.fromisoformat(on),
        wanted_on=date.fromisoformat(wanted) if wanted and wanted != on else None,
        source=population["source"],
        population_sha256=population["sha256"],
        record_sha256=runs.hash_of(record),
        lines=_lines(asked, result),
        shares=_shares(record, at_once or {}),
        splits_at_once=at_once is not None,
        total_ore=result["total_ore"],
        region_ore=result["region_ore"],
        municipalities_ore=result["municipalities_ore"],
        agreement=asked.get("agreement", {}).get("version", 0),
        days=_days(asked),
        host_bears_gap=any(it.get("rule", {}).get("gap") == Bearer.HOST for it in asked["lines"]),
        followed=asked.get("follows", {}).get("title", ""),
        carried_from=asked.get("carries", {}).get("title", ""),
        compared=settlement.compared(record),
        balances=settlement.balances(record),
        counts=_counts(asked),
    )


def _counts(asked: Mapping[str, Any]) -> tuple[PrintedCount, ...]:
    return tuple(
        PrintedCount(what, date.fromisoformat(it["on"]), it["source"], it["sha256"], it["counts"])
        for what, it in sorted(asked.get("counts", {}).items())
    )


def _days(asked: Mapping[str, Any]) -> dict[str, int]:
    whole = Period.of(asked["period"]).days
    days = asked.get("members", {}).get("days", {})
    return {asked["names"][code]: its for code, its in days.items() if its != whole}


def _lines(asked: Mapping[str, Any], result: Mapping[str, Any]) -> tuple[PrintedLine, ...]:
    return tuple(
        PrintedLine(
            number=number,
            activity=line["activity"],
            category=line["category"],
            note=" ".join(filter(None, [line["note"], rules.told(line.get("rule", {}))])),
            # What is paid: a rule may let the region bear what a cap spares the municipalities.
            region_ore=out["shares_ore"][REGION],
            municipalities_ore=sum(out["shares_ore"].values()) - out["shares_ore"][REGION],
            is_unknown=line["kind"] == Kind.UNKNOWN,
            method_id=line["method"],
            parameters=line["parameters"],
            has_rule="rule" in line,
            shares_ore={it: ore for it, ore in out["shares_ore"].items() if it != REGION},
            quotas_ore=out["quotas_ore"],
        )
        for number, (line, out) in enumerate(zip(asked["lines"], result["lines"], strict=True), 1)
    )


def _shares(record: Mapping[str, Any], at_once: Mapping[str, int]) -> tuple[PrintedShare, ...]:
    asked, result = record["asked"], record["result"]
    together = result["municipalities_ore"]
    return tuple(
        PrintedShare(
            code=code,
            name=asked["names"][code],
            inhabitants=inhabitants,
            share_ore=(share := result["shares_ore"].get(code, 0)),
            more_at_once_ore=at_once.get(code, share) - share,
            of_whole=Fraction(share, together) if together else None,
        )
        for code, inhabitants in sorted(asked["population"]["inhabitants"].items())
    )


def _each(amount_ore: int, inhabitants: int) -> int:
    return allocation.half_up(Fraction(amount_ore, inhabitants)) if inhabitants else 0
