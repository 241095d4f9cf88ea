"""What the page of a case shows of contributions, asked by itself."""

from datetime import datetime

from care.cases import queries as cases
from care.identity.actors import Actor
from care.individuals import queries as individuals
from care.sharing import access
from care.sharing.access import Case, Hidden, Seen


def contributions(
    *, actor: Actor, case: Case, at: datetime
) -> tuple[tuple[Seen, ...], tuple[Hidden, ...]]:
    """Return what is opened to an actor in a case, and what is not, as its page asks it."""
    return access.contributions(
        actor=actor,
        case=case,
        parties=cases.branches(cases.parts(case)),
        consents=individuals.consents(case.common_id),
        blocks=individuals.blocks(case.individual_id),
        at=at,
    )
