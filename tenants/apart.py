"""Real or training (övningshuvudman): told by the name of the schema, which is the role's name too.

So PostgreSQL itself keeps the two apart: a training huvudman is a member of another party role, and
the policies of the common rows ask for the same beginning of owner and reader. Nothing that a page
forgets can bring a training message to a real inbox, or the other way round.
"""

PREFIX = "training_"
MARK = "övning"  # after the name of the real one, on every page
# No organisation has a number that begins with 0, so no HSA-id of a real unit begins so.
UNIT_PREFIX = "SE0"


class Apart(Exception):
    """One of the two is a training huvudman and the other is not: they have nothing in common."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other} are kept apart")


def is_training(schema_name: str) -> bool:
    """Tell whether a schema is that of a training huvudman."""
    return schema_name.startswith(PREFIX)


def are_apart(one: str, other: str) -> bool:
    """Tell whether two huvudmän are kept apart."""
    return is_training(one) != is_training(other)


def refuse_apart(one: str, other: str) -> None:
    """Let only two of the same kind through.

    :raises Apart: otherwise
    """
    if are_apart(one, other):
        raise Apart(one, other)


def schema_of(real: str) -> str:
    """Return the schema of the training huvudman of a real one: t_krokom, training_krokom."""
    return PREFIX + real.removeprefix("t_")


def unit_id_of(hsa_id: str) -> str:
    """Return the HSA-id of a training unit: that of the real one, with 0 for its first digit."""
    return UNIT_PREFIX + hsa_id[len(UNIT_PREFIX) :]
