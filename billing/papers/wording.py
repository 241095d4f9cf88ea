"""What paper and workbook say in words of a method, a population and a record."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from billing import amounts, methods
from billing.papers import swedish
from billing.papers.figures import Figures, PrintedLine
from billing.runs import Category

VERIFY = "samplan cost verify RUN.json --hash KONTROLLSUMMA"
UNKNOWN = "Beloppet är inte känt"
CATEGORIES: Mapping[str, str] = {
    Category.LICENCE: "Licens",
    Category.OPERATION: "Drift",
    Category.SUPPORT: "Support",
    Category.PROJECT: "Projekt",
    Category.TRAVEL: "Resor",
    Category.STAFF: "Personal",
    Category.OTHER: "Övrigt",
}
HOW = (
    "Varje kommuns kvot räknas ut exakt, som ett bråk. Kommunen får först de hela örena i sin kvot."
    " De ören som då blir över går, ett till var, till de kommuner som har störst rest. Är två"
    " rester lika stora går öret till den lägsta kommunkoden. Därför stämmer summan alltid, och"
    " ingen andel är ett helt öre från sin kvot.",
    "Raderna fördelas var för sig, så att både rader och kolumner går att summera och en faktura"
    " går att följa till sina rader. Ingenting avrundas till hela kronor; det sker tidigast på"
    " fakturan.",
    "Metoden, största rest, har en känd egenhet: om beloppet ökar med ett öre kan en kommuns andel"
    " minska med ett öre. Det rör sig om högst ett öre på varje rad.",
)


def matter(figures: Figures) -> str:
    """Return what the matter is called: "LINK2 – fördelning av kostnader"."""
    return f"{figures.title} – fördelning av kostnader"


def period(figures: Figures) -> str:
    """Return the period, both days: "1 september 2018 – 30 juni 2019"."""
    first_on, last_on = figures.period.first_on, figures.period.last_on
    return f"{swedish.day(first_on)} – {swedish.day(last_on)}"


def population(figures: Figures) -> str:
    """Return which day's population stands under the split, and for which day it stands in."""
    on = f"Underlag: {swedish.short_day(figures.population_on)}"
    if figures.wanted_on is None:
        return f"{on}."
    return f"{on}, ersätter {swedish.short_day(figures.wanted_on)}."


def stands_in(figures: Figures) -> str | None:
    """Return what it means that another day's population stands in; None where none does."""
    if figures.wanted_on is None:
        return None
    return (
        f"Folkmängden den {swedish.day(figures.population_on)} är använd i stället för den"
        f" {swedish.day(figures.wanted_on)} som parterna har kommit överens om."
    )


def counts(figures: Figures) -> list[str]:
    """Return what has been counted besides the population: "Antal användare 1 nov 2025: SITHS."."""
    return [
        f"{methods.COUNTED[it.what]} {swedish.short_day(it.on)}: {it.source}."
        for it in figures.counts
    ]


def recipients(figures: Figures) -> str:
    """Return to whom the decision is sent: the region and the municipalities that take part."""
    names = [share.name for share in figures.shares]
    return (
        f"{figures.region_name} samt {'kommunen' if len(names) == 1 else 'kommunerna'}"
        f" {swedish.listed(names)}"
    )


def how(figures: Figures) -> list[str]:
    """Return the paragraphs that explain the split, with one share worked as an example."""
    example = _example(figures)
    return [shared_by(figures), *HOW, *([example] if example else [])]


def by(line: PrintedLine) -> str:
    """Return the method of a line in words: "efter folkmängd"; of a mixed one, part by part."""
    return _by(line.method_id, line.parameters)


def ways(figures: Figures) -> dict[str, list[int]]:
    """Return how the municipalities share, with the numbers of the lines shared in that way."""
    found: dict[str, list[int]] = {}
    for line in figures.shared_lines:
        found.setdefault(by(line), []).append(line.number)
    return found


def shared_by(figures: Figures) -> str:
    """Return the sentence that says by what the municipalities share their part."""
    found = ways(figures)
    if not found:
        return "Kommunerna betalar ingen del."
    if len(found) == 1:
        return f"Kommunerna delar sin del av varje rad {next(iter(found))}."
    each = "; ".join(
        f"{'rad' if len(numbers) == 1 else 'raderna'}"
        f" {swedish.listed([str(it) for it in numbers])} {way}"
        for way, numbers in found.items()
    )
    return f"Kommunerna delar sin del så här: {each}."


def at_once(figures: Figures) -> str | None:
    """Return what would differ if the sum of the lines were split once; None: nothing can."""
    if not figures.splits_at_once:
        return None
    amount = f"{swedish.kronor(figures.municipalities_ore)} kronor"
    differing = len(figures.differing_at_once)
    if not differing:
        return f"Om hela beloppet, {amount}, delades på en gång skulle alla andelar bli desamma."
    return (
        f"Om hela beloppet, {amount}, delades på en gång skulle {differing} av"
        f" {len(figures.shares)} kommuner betala något annat:"
    )


def unknown(figures: Figures) -> str | None:
    """Return the warning that costs will come on top; None where every amount is known."""
    numbers = [str(line.number) for line in figures.lines if line.is_unknown]
    if not numbers:
        return None
    rows = f"{'rad' if len(numbers) == 1 else 'raderna'} {swedish.listed(numbers)}"
    return f"Beloppet är inte känt för {rows}. Kostnaden tillkommer och ingår inte i summorna."


def members(of: Figures) -> str | None:
    """Return who takes part on some of the days, and who bears the gap; None: all on all days."""
    if not of.days:
        return None
    told = [f"{name} är med {its} av {of.period.days} dagar." for name, its in of.days.items()]
    bearer = "Värden" if of.host_bears_gap else "De andra kommunerna"
    return " ".join([*told, f"{bearer} betalar det som saknas."])


def agreed(of: Figures) -> str | None:
    """Return by which version of the cost agreement the table is shared; None: none is kept."""
    return f"Kostnadsavtal, version {of.agreement}" if of.agreement else None


def follows(of: Figures) -> str:
    """Return which budget the outcome is of, and how a difference reads."""
    return (
        f"Utfallet är av ”{of.followed}”. Ett plus betyder att det kostade mer än budgeten, och"
        " ett minus att det kostade mindre."
    )


def settled(of: Figures) -> str:
    """Return how what is due is made up."""
    told = ["Att betala är andelen"]
    if of.carried_from:
        told.append(f" och det som förs över från ”{of.carried_from}”")
    if of.followed:
        told.append(", minus det som är fakturerat. Ett minus betalas tillbaka")
    return "".join([*told, "."])


def check() -> tuple[str, str]:
    """Return what stands before and after the record's hash: what it is, how to check it."""
    return (
        "Allt som fördelningen räknades på, och det som kom ut, finns i en uträkning. Dess"
        " kontrollsumma (SHA-256) är:",
        "Hämta uträkningen som JSON från sidan för fördelningen och skriv kommandot nedan. Det"
        " räknar om varje andel och svarar ”Stämmer” om ingenting har ändrats.",
    )


def _example(figures: Figures) -> str | None:
    """Return the first line split by population, for a municipality that got an odd öre there."""
    found = [
        line
        for line in figures.shared_lines
        if line.method_id == "population@1" and line.municipalities_ore > 0 and not line.has_rule
    ]
    if not found:
        return None
    line = found[0]
    quotas = {code: Fraction(quota) for code, quota in line.quotas_ore.items()}
    has_odd = [
        share for share in figures.shares if line.shares_ore[share.code] > quotas[share.code]
    ]
    share = (has_odd or figures.shares)[0]
    share_ore, quota_ore = line.shares_ore[share.code], quotas[share.code]
    odd = (
        f"var {len(has_odd)} öre kvar, och {share.name} fick ett, eftersom dess rest är en av de"
        " största"
        if has_odd
        else "var inget öre kvar"
    )
    return (
        f"Exempel, rad {line.number} på {swedish.kronor(line.municipalities_ore)} kronor:"
        f" {share.name} har {swedish.number(share.inhabitants)} av"
        f" {swedish.number(figures.inhabitants)} invånare. Kvoten är {_cut_short(quota_ore)}"
        f" kronor, hela ören alltså {swedish.kronor(int(quota_ore))}. När alla hade fått sina hela"
        f" ören {odd}. Andelen är {swedish.kronor(share_ore)} kronor."
    )


def _cut_short(quota_ore: Fraction) -> str:
    whole_ore, rest = divmod(quota_ore, 1)
    return f"{swedish.kronor(whole_ore)}{int(rest * 1000):03}…"


def _by(method_id: str, parameters: Mapping[str, Any]) -> str:
    if method_id.startswith("mixed@"):
        return swedish.listed(
            [
                f"{_share(part['share'])} {_by(part['method'], part.get('parameters', {}))}"
                for part in parameters["parts"]
            ]
        )
    match method_id:
        case "fixed_shares@1":
            return "efter fasta andelar"
        case "tax_base@1":
            return "efter folkmängd gånger skattekraft"
        case "tiers@1":
            steps = [
                f"från {swedish.number(it['from'])} invånare {swedish.kronor(it['fee_ore'])} kr"
                for it in parameters["bands"]
            ]
            return f"efter avgift för storlek ({', '.join(steps)})"
        case "rebate@1":
            rebate = amounts.in_percent(Fraction(parameters["rebate"]))
            return (
                f"efter folkmängd, med {rebate}{swedish.NO_BREAK}% rabatt över"
                f" {swedish.number(parameters['over'])} invånare"
            )
        case "manual@1":
            return f"för hand: {parameters['reason'].rstrip(' .')}"
    label = methods.METHODS[method_id].label_sv
    return label[0].lower() + label[1:]


def _share(share: str | int) -> str:
    if share == methods.REST:
        return "resten"
    text = swedish.percent(Fraction(share)).rstrip("0").rstrip(",")
    return f"{text}{swedish.NO_BREAK}%"
