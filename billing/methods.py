"""The methods by which parties may agree to share a cost, each with its name and version.

A method is a function of an amount, a basis and the agreement's parameters, and answers with the
parts into which the amount falls and the weights that split each. It reads nothing else. A method
that must change gets a new version beside the old one: what was decided by the old one can be
computed again, to the öre, as long as the decision is kept.

Parameters are plain JSON, so that they can be stored and hashed as they were agreed. Fractions
are text, "3/10" or "0.3": a number with decimals would pass through a float on its way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import TypeAlias

from billing import allocation, amounts
from billing.allocation import CannotAllocate, Part, Shares, Weights

Parameters: TypeAlias = Mapping[str, object]
NO_PARAMETERS: Parameters = MappingProxyType({})
REST = "rest"
BY_HAND = "manual@1"

PER_PARTY = {"shares": "De fasta andelarna", "amounts_ore": "Beloppen för hand"}
COUNTED = {
    "population": "Folkmängd",
    "users": "Antal användare",
    "cases": "Antal ärenden",
    "tax_capacity_ore": "Skattekraft",
}


@dataclass(frozen=True)
class Basis:
    """Underlag: the parties that share, and what has been counted at each of them.

    `cases` are sums that somebody has counted and handed in; billing knows no case.
    `tax_capacity_ore` is skattekraft, öre of taxable income per inhabitant.
    """

    parties: tuple[str, ...]
    population: Mapping[str, int] = field(default_factory=dict)
    users: Mapping[str, int] = field(default_factory=dict)
    cases: Mapping[str, int] = field(default_factory=dict)
    tax_capacity_ore: Mapping[str, int] = field(default_factory=dict)

    def of(self, counted: str) -> dict[str, int]:
        """Return what has been counted at every party; raise CannotAllocate if one lacks."""
        counts: Mapping[str, int] = getattr(self, counted)
        missing = ", ".join(party for party in self.parties if party not in counts)
        if missing:
            raise CannotAllocate(
                f"{COUNTED[counted]} saknas för {missing}. Lägg till uppgiften i underlaget."
            )
        return {party: counts[party] for party in self.parties}


@dataclass(frozen=True)
class Method:
    """Fördelningsmetod: a name, a version, the Swedish words, what it needs, what it does."""

    name: str
    version: int
    label_sv: str
    parameters: tuple[str, ...]
    parts: Callable[[int, Basis, Parameters], tuple[Part, ...]]
    counted: tuple[str, ...] = ()  # what must be handed in besides the population

    @property
    def id(self) -> str:
        """Return what a decision says: the name and the version."""
        return f"{self.name}@{self.version}"


def allocate(
    method_id: str, total_ore: int, basis: Basis, parameters: Parameters = NO_PARAMETERS
) -> Shares:
    """Return what each party gets by a method, in öre.

    :raises CannotAllocate: as `parts_of`
    """
    return allocation.allocate_parts(parts_of(method_id, total_ore, basis, parameters))


def parts_of(
    method_id: str, total_ore: int, basis: Basis, parameters: Parameters = NO_PARAMETERS
) -> tuple[Part, ...]:
    """Return the parts into which an amount falls by a method, each with its weights.

    :raises CannotAllocate: if there is no such method, or basis or parameters do not suit it
    """
    if method_id not in METHODS:
        raise CannotAllocate(
            f"Metoden ”{method_id}” finns inte. Välj en av {', '.join(sorted(METHODS))}."
        )
    method = METHODS[method_id]
    if set(parameters) != set(method.parameters):
        wanted = ", ".join(method.parameters) or "inga"
        raise CannotAllocate(
            f"Metoden {method_id} fick parametrarna {', '.join(sorted(parameters)) or 'inga'}. "
            f"Ange {wanted}."
        )
    return method.parts(total_ore, basis, parameters)


def counted_for(method_id: str, parameters: Parameters) -> frozenset[str]:
    """Return what must have been counted and handed in for a method, and for each of its parts."""
    method = METHODS.get(method_id)
    parts = parameters.get("parts", ()) if method and method.parts is mixed else ()
    return frozenset(method.counted if method else ()).union(
        *(
            counted_for(str(part.get("method")), part.get("parameters") or {})
            for part in (parts if isinstance(parts, list | tuple) else ())
        )
    )


def population(total_ore: int, basis: Basis, parameters: Parameters) -> tuple[Part, ...]:
    """Split by inhabitants; `billing.periods.DateRule` says on which day they are counted."""
    return (Part(total_ore, basis.of("population")),)


def equal(total_ore: int, basis: Basis, parameters: Parameters) -> tuple[Part, ...]:
    """Split in equal shares."""
    return (Part(total_ore, dict.fromkeys(basis.parties, 1)),)


def users(total_ore: int, basis: Basis, parameters: Parameters) -> tuple[Part, ...]:
    """Split by the number of users of the system."""
    return (Part(total_ore, basis.of("users")),)


def cases(total_ore: int, basis: Basis, parameters: Parameters) -> tuple[Part, ...]:
    """Split by the number of cases, as a sum that was handed in."""
    return (Part(total_ore, basis.of("cases")),)


def fixed_shares(total_ore: int, basis: Basis, parameters: Parameters) -> tuple[Part, ...]:
    """Split by shares that the agreement fixes; `shares` gives each party its fraction."""
    shares = _of_parties(basis, parameters, "shares", _fraction)
    if sum(shares.values()) != 1:
        raise CannotAllocate(
            "De fasta andelarna är tillsammans"
            f" {amounts.in_percent(Fraction(sum(shares.values())))} procent. De ska vara 100."
        )
    return (Part(total_ore, shares),)


def tiers(total_ore: int, basis: Basis, parameters: Parameters) -> tuple[Part, ...]:
    """Split in proportion to a fee for each band of population.

    `bands` is a list of {"from": inhabitants, "fee_ore": öre}; a party has the highest band that it
    reaches. Fees whose sum is the amount are what the parties pay.
    """
    bands = _list(parameters["bands"], "bands")
    fees = {
        _whole(_of(band, "from", "bands"), "from"): _whole(_of(band, "fee_ore", "bands"), "fee_ore")
        for band in bands
    }
    if len(fees) < len(bands):
        raise CannotAllocate("Två steg i bands börjar lika. Låt varje steg börja för sig.")
    weights: Weights = {
        party: fees[max(_reached(fees, party, inhabitants))]
        for party, inhabitants in basis.of("population").items()
    }
    return (Part(total_ore, weights),)


def rebate(total_ore: int, basis: Basis, parameters: Parameters) -> tuple[Part, ...]:
    """Split by inhabitants, of which the largest parties count a part less.

    Who has more than `over` inhabitants weighs `rebate` less, on all of them: so do the fees of
    Sveriges Kommuner och Regioner, a tenth above 200 000 inhabitants.
    """
    over = _whole(parameters["over"], "over")
    counts = 1 - _fraction(parameters["rebate"], "rebate")
    if counts < 0:
        raise CannotAllocate("rebate är mer än hela underlaget. Ange en andel från 0 till 1.")
    weights = {
        party: inhabitants * counts if inhabitants > over else inhabitants
        for party, inhabitants in basis.of("population").items()
    }
    return (Part(total_ore, weights),)


def tax_base(total_ore: int, basis: Basis, parameters: Parameters) -> tuple[Part, ...]:
    """Split by inhabitants times taxable income per inhabitant."""
    capacity = basis.of("tax_capacity_ore")
    inhabitants = basis.of("population")
    return (Part(total_ore, {it: inhabitants[it] * capacity[it] for it in basis.parties}),)


def manual(total_ore: int, basis: Basis, parameters: Parameters) -> tuple[Part, ...]:
    """Split as somebody has decided by hand: `amounts_ore` of each party, and the `reason`.

    The amounts are the weights: as they make up the total, each party gets precisely its own.
    """
    if not (isinstance(parameters["reason"], str) and parameters["reason"].strip()):
        raise CannotAllocate("reason saknas. Skriv varför beloppen är satta för hand.")
    given = _of_parties(basis, parameters, "amounts_ore", _whole)
    if sum(given.values()) != abs(total_ore):
        raise CannotAllocate(
            f"Beloppen för hand är tillsammans {amounts.kronor(int(sum(given.values())))} kr och"
            f" ska fördela {amounts.kronor(abs(total_ore))} kr. Ändra dem så att summan stämmer."
        )
    # Nothing to split: any weights give everybody nothing.
    return (Part(total_ore, given if total_ore else dict.fromkeys(basis.parties, 1)),)


def mixed(total_ore: int, basis: Basis, parameters: Parameters) -> tuple[Part, ...]:
    """Split in parts, each by a method of its own.

    `parts` is a list of {"share": fraction, "method": id, "parameters": {...}}; the share of the
    last one is "rest". Each part gets its whole öre, rounded down, the last one what is left.
    """
    named = _list(parameters["parts"], "parts")
    *first, last = (_of(part, "share", "parts") for part in named)
    if last != REST:
        raise CannotAllocate(f"Den sista delen har andelen {last}. Ange andelen ”{REST}” för den.")
    pieces = allocation.split(total_ore, [_fraction(share, "share") for share in first])
    return tuple(
        it
        for piece, part in zip(pieces, named, strict=True)
        for it in parts_of(
            str(_of(part, "method", "parts")),
            piece,
            basis,
            _mapping(part.get("parameters", {}), "parameters"),
        )
    )


METHODS: Mapping[str, Method] = {
    method.id: method
    for method in (
        Method("population", 1, "Efter folkmängd", (), population),
        Method("equal", 1, "Lika delar", (), equal),
        Method("fixed_shares", 1, "Fasta andelar", ("shares",), fixed_shares),
        Method("users", 1, "Efter antal användare", (), users, ("users",)),
        Method("cases", 1, "Efter antal ärenden", (), cases, ("cases",)),
        Method("mixed", 1, "Blandat, del för del", ("parts",), mixed),
        Method("tiers", 1, "Avgift efter storlek", ("bands",), tiers),
        Method("rebate", 1, "Folkmängd med rabatt för stora", ("over", "rebate"), rebate),
        Method("tax_base", 1, "Folkmängd gånger skattekraft", (), tax_base, ("tax_capacity_ore",)),
        Method("manual", 1, "För hand, med skäl", ("amounts_ore", "reason"), manual),
    )
}


def _reached(fees: Mapping[int, int], party: str, inhabitants: int) -> list[int]:
    reached = [at_least for at_least in fees if at_least <= inhabitants]
    if not reached:
        raise CannotAllocate(
            f"{party} har {inhabitants} invånare, och inget steg i bands börjar så lågt. Lägg till "
            f"ett steg från 0."
        )
    return reached


def _of_parties(
    basis: Basis, parameters: Parameters, name: str, read: Callable[[object, str], Fraction | int]
) -> dict[str, int | Fraction]:
    given = _mapping(parameters[name], name)
    if set(given) != set(basis.parties):
        different = ", ".join(sorted(set(given) ^ set(basis.parties)))
        raise CannotAllocate(
            f"{PER_PARTY[name]} ska ha ett värde för varje part och inga andra: se över"
            f" {different}."
        )
    return {party: read(value, name) for party, value in given.items()}


def _fraction(value: object, name: str) -> Fraction:
    try:
        # Text and whole numbers only: a float is no longer what somebody agreed on.
        fraction = Fraction(value) if isinstance(value, str | int) else None
    except (ValueError, ZeroDivisionError):
        fraction = None
    if fraction is None or fraction < 0:
        raise CannotAllocate(f"{name} kan inte vara {value!r}. Ange ett bråk som ”3/10” eller 1.")
    return fraction


def _whole(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise CannotAllocate(f"{name} kan inte vara {value!r}. Ange ett heltal från 0.")
    return value


def _mapping(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise CannotAllocate(f"{name} kan inte vara {value!r}. Ange namn med värden.")
    return value


def _list(value: object, name: str) -> list[Mapping[str, object]]:
    if not isinstance(value, list | tuple) or not value:
        raise CannotAllocate(f"{name} kan inte vara {value!r}. Ange en lista med minst en del.")
    return [_mapping(it, name) for it in value]


def _of(row: Mapping[str, object], key: str, name: str) -> object:
    if key not in row:
        raise CannotAllocate(f"{key} saknas i {name}. Ange {key} för varje del.")
    return row[key]
