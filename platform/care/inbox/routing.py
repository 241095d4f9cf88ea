"""Who would get this? Which units an admission reaches, and who looks into each inbox then.

Only the address book is read, so everybody gets the same answer about every huvudman.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from care.identity import units
from care.identity.units import Address
from tenants import progress, registry
from tenants.models import Unit

MUNICIPAL = (Unit.Kind.SOCIAL_SERVICES, Unit.Kind.MUNICIPAL_HEALTH_CARE)


@dataclass(frozen=True)
class Route:
    """Väg: a unit that an admission can be told to, and who looks into its inbox at a moment."""

    unit: Address
    takes_over: tuple[Address, ...]  # one after another, while nobody watches
    watcher: Address | None  # the first of them all that watches; None: it waits

    @property
    def is_chosen(self) -> bool:
        """Tell whether the ward has it chosen from the start (förvald)."""
        return self.unit.is_default


def receivers(*, region: str, municipality_code: str) -> tuple[Address, ...]:
    """Return the units an admission can be told to: the municipality's, then health centres.

    :param region: schema of the huvudman whose ward tells
    :param municipality_code: where the person is registered
    """
    named = registry.kin().filter(municipality_code=municipality_code)
    theirs = units.receiving(
        owners=list(named.values_list("schema_name", flat=True)), kinds=MUNICIPAL
    )
    return (*theirs, *units.receiving(owners=[region], kinds=[Unit.Kind.PRIMARY_CARE]))


def asked(*, municipality_code: str, at: datetime) -> tuple[Route, ...]:
    """Return where it goes when a ward of the county tells of an admission at a moment.

    Those that are chosen from the start come first.
    """
    region = progress.region_of(municipality_code) or ""
    found = receivers(region=region, municipality_code=municipality_code)
    owners = sorted({it.owner for it in found})
    own = {it.hsa_id: it for it in units.receiving(owners=owners, kinds=Unit.Kind.values)}
    ordered = sorted(found, key=lambda it: not it.is_default)
    return tuple(_route(it, units.line(it, own), at=at) for it in ordered)


def left_out(own: Sequence[Address]) -> tuple[Address, ...]:
    """Return those of a huvudman's units that a ward tells of nothing unless it finds them itself.

    Reached is who is chosen from the start, or takes over from somebody who is reached. A health
    centre is never left out: the ward chooses among all of them, by where the person is listed.
    """
    told = {it.hsa_id: it for it in own if it.kind in MUNICIPAL}
    reached: set[str] = set()
    for it in told.values():
        if it.is_default:
            reached |= {it.hsa_id, *(heir.hsa_id for heir in units.line(it, told))}
    return tuple(it for hsa_id, it in told.items() if hsa_id not in reached)


def _route(unit: Address, line: Sequence[Address], *, at: datetime) -> Route:
    watcher = next((it for it in (unit, *line) if units.is_open(it, at=at)), None)
    return Route(unit, tuple(line), watcher)
