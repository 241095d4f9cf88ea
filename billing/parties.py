"""Who takes part in the board, by the code under which each pays."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from billing.table import REGION
from tenants.context import acting_for
from tenants.models import Departed, JointBoard, Tenant
from tenants.window import looking_into


class NoBoard(Exception):
    """The huvudman is a party of no joint board."""


@dataclass(frozen=True)
class Board:
    """Gemensam nämnd: its host, and the code and name of each party by its schema.

    A party that has left the product keeps its name and number in the books, and has no schema.
    """

    name: str
    host: str
    codes: dict[str, str]
    names: dict[str, str]  # by code, in the order of the codes
    organisation_numbers: dict[str, str]  # by code

    @property
    def municipalities(self) -> dict[str, str]:
        """Return the names of the municipalities by their code."""
        return {code: name for code, name in self.names.items() if code != REGION}

    def readers(self, code: str) -> tuple[str, ...]:
        """Return the schema of a party by its code, if it has not left: who may read its rows."""
        return tuple(schema for schema, its_code in self.codes.items() if its_code == code)

    @property
    def is_hosted_here(self) -> bool:
        """Tell whether we host the board."""
        return self.host == acting_for()


def board() -> Board:
    """Return the joint board that the huvudman is a party of.

    :raises NoBoard: if there is none
    """
    row = JointBoard.objects.filter(parties__contains=[acting_for()]).order_by("name").first()
    if row is None:
        raise NoBoard
    here, left = (_named(it, row.parties) for it in (Tenant, Departed))
    named = [*left.values(), *here.values()]
    return Board(
        name=row.name,
        host=row.owner,
        codes={schema: code for schema, (code, _, _) in here.items()},
        names=dict(sorted((code, name) for code, name, _ in named)),
        organisation_numbers={code: number for code, _, number in named},
    )


def _named(
    model: type[Tenant] | type[Departed], parties: list[str]
) -> dict[str, tuple[str, str, str]]:
    """Return code, name and organisation number of some parties by schema."""
    found = model._default_manager.filter(schema_name__in=parties).values_list(
        "schema_name", "municipality_code", "name", "organisation_number"
    )
    return {schema: (code or REGION, name, number) for schema, code, name, number in found}


@contextmanager
def books_of(schema: str) -> Iterator[None]:
    """Read at home, or through a window into the schema of another party."""
    if schema == acting_for():
        yield
    else:
        with looking_into(schema):
            yield
