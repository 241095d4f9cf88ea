"""Who acts when a command does what a local administrator does on the pages."""

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from care.identity.actors import Actor


def operator(schema: str, *, command: str) -> "Actor":
    """Return who acts: the operator, by the command line, with a local administrator's rights."""
    from care.identity.actors import Actor
    from care.identity.permissions import Role

    return Actor(
        tenant=schema,
        staff_id=UUID(int=0),
        name="Driften",
        assignment_id=UUID(int=0),
        role=Role.LOCAL_ADMINISTRATOR,
        title=command,
        purpose="administration",
        unit_id="",
        unit_name="",
        unit_kind="",
        branch="",
    )
