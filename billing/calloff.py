"""Avrop: what each municipality pays when some of them call an option off and others do not.

Pure: the price of an offer, the inhabitants and who takes part go in. Those who call off share the
price to the öre, by the model of the offer. A price cap (pristak) is the most that a municipality
pays per inhabitant and year; what is over it the host carries. So the ones who come first do not
pay for those who stay away.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billing import bounds, methods, simulation
from billing.bounds import Bounds
from billing.methods import Basis


class Answer(StrEnum):
    """Besked om en option."""

    CALL_OFF = "call_off"
    DECLINE = "decline"
    DEFER = "defer"


@dataclass(frozen=True)
class Price:
    """Pris i ett erbjudande, i öre, for the municipalities together where nothing else is said."""

    yearly_ore: int
    one_off_ore: int
    model: str  # simulation.model
    cap_ore: int | None = None  # per inhabitant and year
    present_ore: int | None = None  # what the present system costs in a year


@dataclass(frozen=True)
class Effect:
    """Effekt av avropen: what each of those who take part pays, and what the host carries."""

    yearly_ore: Mapping[str, int]
    one_off_ore: Mapping[str, int]
    over_cap_ore: int

    @property
    def paid_ore(self) -> int:
        """Return what the municipalities pay together in a year."""
        return sum(self.yearly_ore.values())


def effect(price: Price, inhabitants: Mapping[str, int], codes: Collection[str]) -> Effect:
    """Return what each municipality pays if some take part, and no other; nobody: nothing.

    The yearly shares and what is over the cap are together the price.

    :param inhabitants: of every municipality that the offer is made to, by its code
    :param codes: of those that take part
    :raises CannotAllocate: if one of them is not among the inhabitants, or there is no such model
    """
    if not codes:
        return Effect({}, {}, 0)
    full = split(price.yearly_ore, price, inhabitants, codes)
    caps = {} if price.cap_ore is None else bounds.per_inhabitant(price.cap_ore, inhabitants)
    limits = Bounds(caps_ore=caps)
    paid = {code: limits.of(code, share) for code, share in full.items()}
    return Effect(
        paid,
        split(price.one_off_ore, price, inhabitants, codes),
        price.yearly_ore - sum(paid.values()),
    )


def present(price: Price, inhabitants: Mapping[str, int]) -> Mapping[str, int]:
    """Return what the present system costs each municipality in a year, split as the offer is.

    Empty: the offer does not say what it costs.
    """
    if price.present_ore is None:
        return {}
    return split(price.present_ore, price, inhabitants, inhabitants)


def split(
    total_ore: int, price: Price, inhabitants: Mapping[str, int], codes: Collection[str]
) -> dict[str, int]:
    """Return what each municipality pays of an amount by the model of an offer.

    :raises CannotAllocate: as `effect`
    """
    model = simulation.model(price.model)
    basis = Basis(parties=tuple(sorted(codes)), population=inhabitants)
    return methods.allocate(model.method_id, total_ore, basis, model.parameters)


def days_left(last_on: date, *, today: date) -> int:
    """Return the days until the last one on which an option can be called off; 0: it is today."""
    return (last_on - today).days
