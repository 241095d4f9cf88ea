"""A case as its own huvudman holds it, for whoever reads it when the product is gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care.cases import queries as cases
from care.cases.queries import Due, Happening, Taken
from care.inbox import queries as inbox
from care.inbox.queries import Sent
from care.individuals import operations as people
from care.individuals import queries as individuals
from care.individuals.operations import Person
from care.individuals.queries import BlockShown, ConsentShown
from care.sharing import access, emergencies
from care.sharing.access import Seen
from care.sharing.emergencies import EmergencyShown


@dataclass(frozen=True)
class Record:
    """Journalhandling: everything that the huvudman has of a case, in the order of time."""

    common_id: UUID
    lead: str
    variant: str
    state: str
    state_at: datetime
    opened_at: datetime
    sending_unit: str
    expected_discharge_at: datetime | None
    person: Person
    parts: tuple[Taken, ...]
    messages: tuple[Sent, ...]
    contributions: tuple[Seen, ...]
    consents: tuple[ConsentShown, ...]
    blocks: tuple[BlockShown, ...]
    emergencies: tuple[EmergencyShown, ...]
    dues: tuple[Due, ...]
    happenings: tuple[Happening, ...]


def every_record() -> Iterator[Record]:
    """Yield every case of the huvudman for whom we act, one at a time."""
    for case, written in access.every_case():
        yield Record(
            common_id=case.common_id,
            lead=case.lead,
            variant=case.variant,
            state=case.state,
            state_at=case.state_at,
            opened_at=case.opened_at,
            sending_unit=case.sending_unit.name,
            expected_discharge_at=case.expected_discharge_at,
            person=people.person(case.individual),
            parts=cases.all_parts(case),
            messages=tuple(reversed(inbox.messages(case))),
            contributions=written,
            consents=tuple(reversed(individuals.consents(case.common_id))),
            blocks=tuple(reversed(individuals.blocks(case.individual_id))),
            emergencies=tuple(reversed(emergencies.of_case(case.common_id))),
            dues=cases.dues(case),
            happenings=tuple(cases.happenings(case)),
        )
